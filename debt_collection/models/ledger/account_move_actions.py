from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

EXCLUDED_FOR = timedelta(days=30)
COLLECTED_TYPES = ("out_invoice", "out_receipt")


class AccountMove(models.Model):
    """What an accountant decides about an invoice: chase it, or leave it for now."""

    _inherit = "account.move"

    def write(self, vals):
        """Every exclusion ends: nobody remembers those that do not."""
        if vals.get("debt_status") == "excluded":
            ends = fields.Date.context_today(self) + EXCLUDED_FOR
            vals = {
                **vals,
                "debt_excluded_until": vals.get("debt_excluded_until", ends),
            }
        return super().write(vals)

    def action_debt_flag(self):
        """Flag for collection, whatever the company's grace days and minimum.

        What somebody left out on purpose stays out unless the user says otherwise.
        """
        self._debt_check_decision()
        return self.env["debt.flag.wizard"]._flag_or_ask(moves=self)

    def action_debt_clear(self):
        """Take back a flag or an exclusion; what there was before holds again."""
        self._debt_check_decision()
        self._debt_undecide()
        # Superuser: who decides was checked; a settlement leaves out items of them.
        self.sudo()._debt_lines().debt_decision_ids._debt_undecide()
        self._debt_refresh_debtors()

    def action_debt_exclude(self):
        """Ask until when, and why, the invoices are left out of collection."""
        self._debt_check_decision()
        return self.env["debt.exclude.wizard"]._action_ask(moves=self)

    def action_debt_case(self):
        """The debtor's card."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "debt.case",
            "res_id": self.debt_case_id.id,
            "views": [(False, "form")],
        }

    def _debt_flag(self):
        self._debt_check_decision()
        self._debt_decide("flagged")
        self._debt_refresh_debtors()

    def _debt_exclude(self, until, reason):
        """Leave out of collection until the end of a day.

        :param date until: the last day; it must lie in the future
        :param str reason: why, for those who wonder later
        :raises ValidationError: no such day, or no reason
        """
        self._debt_check_decision()
        self._debt_check_exclusion(until, reason)
        self._debt_decide("excluded", until, reason)
        self._debt_refresh_debtors()

    def _debt_left_out(self):
        """Those that somebody has left out of collection on purpose."""
        return self.filtered(
            lambda move: (
                move._debt_is_excluded()
                or any(move._debt_lines().mapped("no_followup"))
            )
        )

    def _debt_lines(self):
        return self.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )

    def _debt_check_decision(self):
        """Accountants decide, and about customers' posted invoices alone."""
        self._debt_check_decider()
        self.check_access("write")
        wrong = self.filtered(
            lambda move: move.move_type not in COLLECTED_TYPES or move.state != "posted"
        )
        if wrong:
            raise UserError(
                self.env._(
                    "Only posted customer invoices can be collected: %(names)s",
                    names=", ".join(wrong[:5].mapped("display_name")),
                )
            )

    def _debt_refresh_debtors(self):
        """The decision counts at once, not tonight."""
        for company in self.company_id:
            moves = self.filtered(lambda move, c=company: move.company_id == c)
            self.env["debt.case"].with_company(company).refresh(
                moves.commercial_partner_id.ids
            )
