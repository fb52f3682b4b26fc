from datetime import timedelta

from odoo import Command, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

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
        """Flag for collection, whatever the company's grace days and minimum."""
        self._debt_check_decision()
        self.write(self._prepare_debt_decision("flagged"))
        self._debt_refresh_debtors()
        return self._debt_tell_cases()

    def action_debt_clear(self):
        """Take back a flag or an exclusion: the company's rules decide again."""
        self._debt_check_decision()
        self.write(self._prepare_debt_decision("none"))
        self._debt_refresh_debtors()

    def action_debt_exclude(self):
        """Ask until when, and why, the invoices are left out of collection."""
        self._debt_check_decision()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_exclude_wizard_action"
        )
        return action | {
            "context": {"default_move_ids": [Command.set(self.ids)]},
        }

    def action_debt_case(self):
        """The debtor's card."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "debt.case",
            "res_id": self.debt_case_id.id,
            "views": [(False, "form")],
        }

    def _debt_exclude(self, until, reason):
        """Leave out of collection until the end of a day.

        :param date until: the last day; it must lie in the future
        :param str reason: why, for those who wonder later
        """
        self._debt_check_decision()
        if not until or until <= fields.Date.context_today(self):
            raise ValidationError(self.env._("An exclusion must end on a future date."))
        if not (reason or "").strip():
            raise ValidationError(self.env._("Say why it is excluded."))
        values = self._prepare_debt_decision("excluded")
        self.write(values | {"debt_excluded_until": until, "debt_reason": reason})
        self._debt_refresh_debtors()

    def _prepare_debt_decision(self, status):
        return {
            "debt_status": status,
            "debt_excluded_until": False,
            "debt_reason": False,
        }

    def _debt_check_decision(self):
        """Accountants decide, and about customers' posted invoices alone."""
        if not self.env.user.has_group("debt_collection.group_debt_accountant"):
            raise AccessError(
                self.env._("Only collection accountants decide what is collected.")
            )
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

    def _debt_tell_cases(self):
        """Say what became of it; a case may not open when nothing is overdue yet."""
        cases = self.commercial_partner_id.debt_case_id
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if cases else "info",
                "message": self.env._(
                    "%(count)s invoice(s) flagged; %(cases)s debtor(s) in collection.",
                    count=len(self),
                    cases=len(cases),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
