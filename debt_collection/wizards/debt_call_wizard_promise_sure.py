from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..models.card.debtor_words import amount_by


class DebtCallWizard(models.TransientModel):
    """A promise of more than is owed is confirmed, and one that stands is corrected."""

    _inherit = "debt.call.wizard"

    promise_is_sure = fields.Boolean(string="The Promised Sum Is Right")
    promise_sure_total = fields.Monetary(help="The total when it was confirmed.")
    promise_beyond = fields.Char(
        compute="_compute_promise_beyond",
        help="The question that is asked where more is promised than is owed.",
    )
    standing_promise = fields.Char(
        compute="_compute_history_html", help="What is promised already."
    )

    @api.depends(
        "outcome_id", "promise_amount", "instalment_ids.amount", "item_ids.selected"
    )
    def _compute_promise_beyond(self):
        for wizard in self:
            wizard.promise_beyond = False
            if not wizard.needs_promise or wizard.call_state == "done":
                continue
            money, total = wizard.currency_id, wizard._promise_total()
            beyond = wizard._promise_beyond(total)
            if not money.is_zero(beyond):
                wizard.promise_beyond = self.env._(
                    "Yes, %(total)s is meant, %(amount)s more than is owed.",
                    total=money.format(total),
                    amount=money.format(beyond),
                )

    def _promise_total(self):
        """All that is promised, company currency."""
        values = self._prepare_promise_values()
        parts = [
            values["promise_amount"],
            *(one for one, _day in values["promise_plan"]),
        ]
        return sum(part or 0 for part in parts)

    def _promise_beyond(self, total):
        # Superuser: the debtor whom the operator has on the line (checked on opening).
        promises = self.env["debt.promise"].sudo()
        case = self.case_id.sudo()
        ticked = self.item_ids.filtered("selected").mapped("line_ref")
        replaced = promises._replaced_by(case, ticked)
        return promises._beyond(case, total, ticked, replaced)

    @api.onchange("promise_is_sure")
    def _onchange_promise_is_sure(self):
        """Confirmed is the sum that is on the screen at this moment, and no other."""
        self.promise_sure_total = self._promise_total() if self.promise_is_sure else 0

    @api.onchange("promise_amount", "promise_parts", "instalment_ids")
    def _onchange_promise_total(self):
        if self.promise_is_sure and self._promise_total() != self.promise_sure_total:
            self.promise_is_sure = False
            self.promise_sure_total = 0

    # --- what stands already --------------------------------------------------------
    def _tell_standing(self, entries):
        """What is promised already, in words; read with what happened before.

        :param entries: as of `_read_history`
        """
        standing = [
            amount_by(
                self.env,
                self.currency_id.format(entry["amount"]),
                format_date(self.env, entry["due"]),
            )
            for entry in sorted(
                (e for e in entries if (e["kind"], e["state"]) == ("promise", "open")),
                key=lambda entry: entry["due"],
            )
        ]
        return ", ".join(standing) or False

    def _standing_promises(self):
        # Superuser: exactly this debtor's, whom the operator has on the line.
        return self.case_id.sudo().promise_ids._standing()

    def action_correct_promise(self):
        """Correct or cancel what stands, without leaving the call."""
        self.ensure_one()
        self.call_id._check_owner()
        standing = self._standing_promises().sorted("date").with_env(self.env)
        if not standing:
            raise UserError(self.env._("Nothing is promised at present."))
        return standing[0].action_correct()
