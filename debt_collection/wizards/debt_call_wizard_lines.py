from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..models.ledger_sql import OPEN_LINES

# So many items are shown, the oldest first: nobody reads more of them aloud.
ITEMS_SHOWN = 200


class DebtCallWizardPhone(models.TransientModel):
    """A number in the call window, with its button."""

    _name = "debt.call.wizard.phone"
    _description = "Number in the Call Window"
    _order = "id"

    wizard_id = fields.Many2one(
        "debt.call.wizard", required=True, index=True, ondelete="cascade"
    )
    phone_id = fields.Many2one("debt.phone", required=True, ondelete="cascade")
    contact_id = fields.Many2one(related="phone_id.contact_id")
    number = fields.Char(related="phone_id.number")
    health = fields.Selection(related="phone_id.health")
    can_dial = fields.Boolean(compute="_compute_can_dial", compute_sudo=True)

    @api.depends("phone_id.health")
    def _compute_can_dial(self):
        for line in self:
            line.can_dial = line.phone_id._is_usable()

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
    company_currency_id = fields.Many2one("res.currency", readonly=True)
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

    @api.model
    def _prepare_window(self, call, ticked=()):
        """Values of the numbers and of the items as the ledger says now.

        :param call: ``debt.call`` of the window
        :param ticked: ids of the entries the operator ticked before
        """
        case = call.case_id
        today = case.company_id._debt_today()
        rows = self._read_items(case, today)
        # Superuser: exactly this debtor's numbers, whatever team has his other cases.
        phones = self.env["debt.phone"].sudo()
        phones = phones.search_fetch(
            [("partner_id", "=", case.partner_id.id), ("number", "!=", False)],
            # The gate reads the rest in a moment.
            [name for name, field in phones._fields.items() if field.store],
        )
        phones = phones.sorted(lambda phone: not phone._is_usable())
        items = [
            self._prepare_item_values(row, today, ticked)
            | {"company_currency_id": case.currency_id.id}
            for row in rows
        ]
        return {
            "phone_ids": [Command.create({"phone_id": id_}) for id_ in phones.ids],
            "item_count": rows[0]["total"] if rows else 0,
            "item_ids": [Command.create(item) for item in items],
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
            "amount": row["amount"],
            "status": row["status"],
            "can_dispute": row["status"] in ("overdue", "open"),
            "selected": row["move_id"] in ticked,
        }

    @api.model
    def _read_items(self, case, today):
        """Open items of one debtor in one company, the oldest first, in one query.

        The operator has no rights in accounting: exactly this debtor's lines in this
        company are read for him. What is settled, though something is left on it, is
        not owed; the other parts are told apart as the case's amounts tell them.
        """
        company = case.company_id.sudo()
        cases = self.env["debt.case"]
        cases._ledger_flush()
        return self.env.execute_query_dict(
            SQL(
                """
                WITH contested AS (%(contested)s)
                SELECT line.move_id, special.name,
                       coalesce(line.date_maturity, line.date) AS due,
                       line.currency_id,
                       line.amount_residual_currency AS amount_currency,
                       line.amount_residual AS amount,
                       CASE WHEN line.amount_residual < 0 THEN 'credit'
                            WHEN contested.move_id IS NOT NULL THEN 'disputed'
                            WHEN line.no_followup OR special.payment_state = 'blocked'
                                 OR special.debt_status = 'excluded' AND coalesce(
                                    special.debt_excluded_until >= %(today)s, TRUE)
                                 %(unflagged)s
                            THEN 'excluded'
                            WHEN coalesce(line.date_maturity, line.date) >= %(today)s
                            THEN 'open'
                            ELSE 'overdue' END AS status,
                       count(*) OVER () AS total
                  FROM account_move_line line
                  JOIN account_move special ON special.id = line.move_id
                  LEFT JOIN contested ON contested.move_id = line.move_id
                 WHERE %(open)s
                   AND line.company_id = %(company)s
                   AND line.partner_id IN (
                       SELECT id FROM res_partner
                        WHERE commercial_partner_id = %(debtor)s)
                   AND line.account_id IN (
                       SELECT id FROM account_account
                        WHERE account_type = 'asset_receivable')
                   AND special.payment_state NOT IN ('in_payment', 'paid', 'reversed')
                 ORDER BY due, line.id
                 LIMIT %(limit)s
                """,
                contested=cases._ledger_contested(
                    company, SQL("AND dispute.partner_id = %s", case.partner_id.id)
                ),
                unflagged=cases._ledger_unflagged(company),
                today=today,
                open=SQL(
                    OPEN_LINES.replace("amount_", "line.amount_")
                    .replace("reconciled", "line.reconciled")
                    .replace("parent_state", "line.parent_state")
                ),
                company=company.id,
                debtor=case.partner_id.id,
                limit=ITEMS_SHOWN,
            )
        )

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
