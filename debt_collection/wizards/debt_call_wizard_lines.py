from odoo import Command, fields, models
from odoo.exceptions import UserError

# So many items are shown, the oldest first: nobody reads more of them aloud.
ITEMS_SHOWN = 200


class DebtCallWizardPhone(models.TransientModel):
    """A number in the call window, with its button."""

    _name = "debt.call.wizard.phone"
    _description = "Number in the Call Window"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        "debt.call.wizard", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    phone_id = fields.Many2one("debt.phone", required=True, ondelete="cascade")
    contact_id = fields.Many2one(related="phone_id.contact_id")
    number = fields.Char(related="phone_id.number")
    kind = fields.Selection(related="phone_id.kind")
    health = fields.Selection(related="phone_id.health")
    can_dial = fields.Boolean(readonly=True)
    call_state = fields.Selection(related="wizard_id.call_state")

    def action_dial(self):
        """Put the call on record, then let the telephone dial it."""
        self.ensure_one()
        return self.wizard_id._dial(phone=self.phone_id)


class DebtCallWizardItem(models.TransientModel):
    """An open item as the operator may see it.

    Operators have no rights in accounting: the values are copied for him, and nothing
    leads from here to the ledger but the tick for a dispute.
    """

    _name = "debt.call.wizard.item"
    _description = "Open Item in the Call Window"
    _order = "date_due, id"

    wizard_id = fields.Many2one(
        "debt.call.wizard", required=True, index=True, ondelete="cascade"
    )
    move_id = fields.Many2one("account.move", readonly=True, ondelete="cascade")
    name = fields.Char(string="Number", readonly=True)
    date_due = fields.Date(string="Due", readonly=True)
    days_past_due = fields.Integer(string="Days", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_currency = fields.Monetary(
        string="Open", readonly=True, currency_field="currency_id"
    )
    company_currency_id = fields.Many2one(
        related="wizard_id.currency_id", string="Company Currency"
    )
    amount = fields.Monetary(
        string="In Company Currency",
        readonly=True,
        currency_field="company_currency_id",
    )
    status = fields.Selection(
        [
            ("overdue", "Overdue"),
            ("open", "Not Due"),
            ("credit", "Credit"),
            ("disputed", "Disputed"),
            ("excluded", "Excluded"),
        ],
        readonly=True,
    )
    can_dispute = fields.Boolean(readonly=True)
    selected = fields.Boolean(string="Disputed by Him")


class DebtCallWizard(models.TransientModel):
    _inherit = "debt.call.wizard"

    def _fill_phones(self):
        """List the debtor's numbers as they are now."""
        self.ensure_one()
        phones = self.partner_id.debt_phone_ids.filtered("number")
        shown = {(line.phone_id, line.can_dial) for line in self.phone_ids}
        wanted = [(phone, phone._is_usable()) for phone in phones]
        if shown == set(wanted):
            return
        wanted.sort(key=lambda pair: (not pair[1], pair[0].sequence, pair[0].id))
        self.phone_ids = [Command.clear()] + [
            Command.create({"phone_id": phone.id, "can_dial": usable, "sequence": i})
            for i, (phone, usable) in enumerate(wanted)
        ]

    def _fill_items(self):
        """List what is open as the ledger says now, keeping what was ticked."""
        self.ensure_one()
        ticked = self.item_ids.filtered("selected").move_id
        lines = self.case_id._open_items()
        disputed = self._disputed_moves()
        today = self.company_id._debt_today()
        values = [
            self._prepare_item_values(line, today, disputed, ticked)
            for line in lines[:ITEMS_SHOWN]
        ]
        self.write(
            {
                "item_count": len(lines),
                "item_ids": [Command.clear(), *map(Command.create, values)],
            }
        )

    def _disputed_moves(self):
        # Superuser for the invoices' ids alone; the disputes are this case's.
        disputes = self.case_id.sudo().dispute_ids
        return disputes.filtered(lambda d: d.state == "open").move_ids

    def _prepare_item_values(self, line, today, disputed, ticked):
        due = line.date_maturity or line.date
        return {
            "move_id": line.move_id.id,
            "name": line.move_id.name,
            "date_due": due,
            "days_past_due": max(0, (today - due).days),
            "currency_id": line.currency_id.id,
            "amount_currency": line.amount_residual_currency,
            "amount": line.amount_residual,
            "status": self._item_status(line, due, today, disputed),
            "can_dispute": line.amount_residual > 0 and line.move_id not in disputed,
            "selected": line.move_id in ticked,
        }

    def _item_status(self, line, due, today, disputed):
        move = line.move_id
        if line.amount_residual < 0:
            return "credit"
        if move in disputed:
            return "disputed"
        until = move.debt_excluded_until
        if move.debt_status == "excluded" and (not until or until >= today):
            return "excluded"
        return "overdue" if due < today else "open"

    # --- the buttons --------------------------------------------------------------
    def _dial(self, phone=None, number=None):
        """Dial through the gate; the browser's telephone does the rest."""
        self.ensure_one()
        self.call_id.dial(phone=phone, number=number)
        return {
            "type": "ir.actions.client",
            "tag": "debt_collection.dial",
            "params": {
                "number": self.call_id.number,
                "partner_id": self.call_id.contact_id.id,
            },
        }

    def action_dial_other(self):
        """Dial a number that was typed in."""
        self.ensure_one()
        if not self.other_number:
            raise UserError(self.env._("Type the number to be dialled."))
        return self._dial(number=self.other_number)

    def action_save(self):
        """Log the outcome and leave the window."""
        self._finish()
        return {"type": "ir.actions.client", "tag": "debt_collection.leave"}

    def action_save_next(self):
        """Log the outcome and bring the next debtor."""
        self._finish()
        call_id = self.env["debt.case"].claim_next()
        if not call_id:
            return self._queue_is_empty()
        call = self.env["debt.call"].browse(call_id)
        return self._replace_by(self._action_open(call))

    def action_next_window(self):
        """From a finished window to the next debtor."""
        action = self.action_next()
        return self._replace_by(action) if action.get("res_id") else action

    def action_release(self):
        """Give the debtor back undialled, or stop looking at a finished call."""
        self.ensure_one()
        self.call_id._check_owner()
        self.call_id._release()
        return {"type": "ir.actions.client", "tag": "debt_collection.leave"}

    def _replace_by(self, action):
        return {
            "type": "ir.actions.client",
            "tag": "debt_collection.replace",
            "params": {"action": action},
        }

    def _finish(self):
        self.ensure_one()
        if not self.outcome_id:
            raise UserError(self.env._("Choose how the call ended."))
        if self.needs_note and not (self.note or "").strip():
            raise UserError(self.env._("Say in the note what it was about."))
        if self.call_state == "draft" and self.dialled_phone_id:
            # Dialled on a telephone of the operator's own; the call is his.
            self.call_id._check_owner()
            self.call_id.sudo().phone_id = self.dialled_phone_id
        self.call_id.finish(self.outcome_id.code, **self._prepare_finish_values())

    def _prepare_finish_values(self):
        """Only what the chosen outcome asks for, whatever else was typed before."""
        self.ensure_one()
        values = {
            "party": self.party or self.outcome_id.party,
            "note": self.note,
            "objection_ids": self.objection_ids.ids,
        }
        if self.needs_callback:
            values["callback_at"] = self.callback_at
        if self.needs_promise:
            values["promise_amount"] = self.promise_amount
            values["promise_date"] = self.promise_date
        if self.needs_dispute:
            ticked = self.item_ids.filtered("selected")
            values["dispute_move_ids"] = ticked.move_id.ids
            values["dispute_reason"] = self.dispute_reason
        return values
