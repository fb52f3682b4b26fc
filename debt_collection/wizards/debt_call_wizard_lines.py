from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.ledger.debt_case_ledger import ITEM_STATUSES


class DebtCallWizardPhone(models.TransientModel):
    """A number in the call window, with its button."""

    _name = "debt.call.wizard.phone"
    _description = "Number in the Call Window"
    _order = "id"

    wizard_id = fields.Many2one(
        "debt.call.wizard", required=True, index=True, ondelete="cascade"
    )
    phone_id = fields.Many2one(
        "debt.phone", required=True, readonly=True, ondelete="cascade"
    )
    contact_id = fields.Many2one(related="phone_id.contact_id")
    number = fields.Char(related="phone_id.number")
    extension = fields.Char(related="phone_id.extension")
    health = fields.Selection(related="phone_id.health")
    can_dial = fields.Boolean(compute="_compute_can_dial", compute_sudo=True)

    @api.depends("phone_id.health")
    def _compute_can_dial(self):
        for line in self:
            line.can_dial = line.phone_id._is_usable()

    def action_dial(self):
        """Put the call on record, then let the telephone dial it."""
        self.ensure_one()
        if self.wizard_id.call_id.state != "draft":
            return self.wizard_id._dial_next(self.phone_id)
        return self.wizard_id._dial(phone=self.phone_id)


class DebtCallWizardItem(models.TransientModel):
    """An open item as the operator may see it.

    Operators have no rights in accounting: the values are copied for him, and nothing
    leads from here to the ledger but the tick for a dispute.
    """

    _name = "debt.call.wizard.item"
    _description = "Open Item in the Call Window"
    _order = "is_apart, date_due, id"

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
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(
        string="In Company Currency",
        readonly=True,
        currency_field="company_currency_id",
    )
    status = fields.Selection(ITEM_STATUSES, readonly=True)
    is_apart = fields.Boolean(
        readonly=True, help="Not in the sum that is asked for now."
    )
    can_dispute = fields.Boolean(readonly=True)
    line_ref = fields.Integer(readonly=True, help="The entry's line, by its id.")
    selected = fields.Boolean(string="Talked About")


class DebtCallWizard(models.TransientModel):
    _inherit = "debt.call.wizard"

    other_item = fields.Char(
        string="Another Invoice", help="The number of an open item that is not shown."
    )

    @api.model
    def _prepare_window(self, call, ticked=(), claim=None):
        """Values of the numbers and of the items as the ledger says now.

        :param call: ``debt.call`` of the window
        :param ticked: ids of the lines the operator ticked before
        :param Claim claim: what the gate said when the queue handed it out
        """
        # Superuser: the case of the operator's own call, which he may read.
        case = call.case_id.sudo()
        today = case.company_id._debt_today()
        rows = case._read_items()
        if set(ticked) - {row["line_id"] for row in rows}:
            every = case._read_items(every=True)
            rows = rows + [
                row for row in every[len(rows) :] if row["line_id"] in ticked
            ]
        in_company = self.with_company(case.company_id)
        items = [in_company._prepare_item_values(row, today, ticked) for row in rows]
        answer, facts = self._ask_gate(call.case_id, claim)
        return {
            "phone_ids": self._prepare_phones(facts),
            "item_count": rows[0]["total"] if rows else 0,
            "item_ids": [Command.create(item) for item in items],
            "gate_asked": self._tell_gate(call.case_id, answer, facts),
            **self._prepare_matter(case, rows),
        }

    @api.model
    def _prepare_item_values(self, row, today, ticked):
        return {
            "move_id": row["move_id"],
            "name": row["name"],
            "date_due": row["due"],
            "days_past_due": max(0, (today - row["due"]).days),
            "currency_id": row["currency_id"],
            "amount_currency": row["amount_currency"],
            "company_currency_id": self.env.company.currency_id.id,
            "amount": row["amount"],
            "status": row["status"],
            "is_apart": not row["collected"],
            "can_dispute": row["status"] in ("overdue", "open", "promised"),
            "line_ref": row["line_id"],
            "selected": row["line_id"] in ticked,
        }

    # --- more items than are shown --------------------------------------------------
    def action_add_item(self):
        """Tick an item that the debtor names by its number, shown or not.

        :raises UserError: no open item has such a number, or several have
        """
        self.ensure_one()
        self.call_id._check_owner()
        named = (self.other_item or "").strip().lower()
        # Superuser: the case of the operator's own call, which he may read.
        case = self.case_id.sudo()
        rows = [
            row
            for row in case._read_items(every=True)
            if named
            and named in (row["name"] or "").lower()
            and row["status"] not in ("covered", "credit")
        ]
        rows = [row for row in rows if row["name"].lower() == named] or rows
        # An invoice of several instalments is one number.
        if len({row["move_id"] for row in rows}) != 1:
            raise UserError(
                self.env._("Type the number of one open invoice, or its last digits.")
                if not rows
                else self.env._(
                    "%(count)s open items have that in their number: type more of it.",
                    count=len(rows),
                )
            )
        # Superuser: the window points at invoices, which an operator may not read.
        window = self.sudo().with_company(case.company_id)
        ticked = {row["line_id"] for row in rows}
        shown = window.item_ids.filtered(lambda one: one.line_ref in ticked)
        shown.selected = True
        today, there = case.company_id._debt_today(), set(shown.mapped("line_ref"))
        window.item_ids = [
            Command.create(window._prepare_item_values(row, today, ticked))
            for row in rows
            if row["line_id"] not in there
        ]
        self.other_item = False

    # --- the buttons --------------------------------------------------------------
    def _dial(self, phone=None, number=None):
        """Dial through the gate, with the telephony provider of the operator."""
        self.ensure_one()
        return self.call_id._place(phone=phone, number=number) or False

    def action_dial_other(self):
        """Dial a number that was typed in, and keep it."""
        self.ensure_one()
        if not self.other_number:
            raise UserError(self.env._("Type the number to be dialled."))
        return self._dial_learned(self.call_id.learn(number=self.other_number))

    def action_save(self):
        """Log the outcome and leave the window."""
        self._finish()
        logged = self.env._(
            "%(debtor)s: %(outcome)s.",
            debtor=self.partner_id.display_name,
            outcome=self.outcome_id.name,
        )
        return {
            "type": "ir.actions.client",
            "tag": "debt_collection.leave",
            "params": {"message": logged},
        }

    def action_save_next(self):
        """Log the outcome and bring the next debtor."""
        self._finish()
        claim = self._next_claim()
        if not claim:
            return self._queue_is_empty()
        return self._replace_by(self._action_open(claim.call, claim))

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

    def action_skip(self):
        """Ask why this debtor is passed over, then take the next one."""
        self.ensure_one()
        self.call_id._check_owner()
        pause = self.env["debt.case.pause"]
        return pause._action_ask("skip", self.case_id, self.call_id)

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
        if missing := self._missing():
            raise UserError(missing)
        self._prefetch_partners(self.call_id)
        self.call_id._name_dialled(self.dialled_phone_id)
        self.call_id.finish(self.outcome_id.code, **self._prepare_finish_values())
        # Superuser: the call is the operator's own, whose outcome has just been taken.
        call = self.call_id.sudo()
        call._log_path(self.path or [], call.ended_at)

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
            values |= self._prepare_promise_values()
        return values
