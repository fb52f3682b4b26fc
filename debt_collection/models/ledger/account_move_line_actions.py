from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..card.groups import READERS
from .account_move_actions import COLLECTED_TYPES


class AccountMoveLine(models.Model):
    """What an accountant decides about open items, whether of invoices or not."""

    _inherit = "account.move.line"

    debt_decision_ids = fields.One2many("debt.item.decision", "line_id", groups=READERS)
    debt_status = fields.Selection(
        lambda self: (
            self.env["debt.decision.mixin"]
            ._fields["debt_status"]
            ._description_selection(self.env)
        ),
        string="Collection",
        compute="_compute_debt_decision",
        search="_search_debt_status",
        groups=READERS,
    )
    debt_excluded_until = fields.Date(
        string="Excluded Until", compute="_compute_debt_decision", groups=READERS
    )
    debt_reason = fields.Char(
        string="Reason", compute="_compute_debt_decision", groups=READERS
    )

    @api.depends(
        "move_id.debt_status",
        "move_id.debt_excluded_until",
        "move_id.debt_reason",
        "debt_decision_ids.debt_status",
        "debt_decision_ids.debt_excluded_until",
        "debt_decision_ids.debt_reason",
    )
    def _compute_debt_decision(self):
        for line in self:
            decided = line.debt_decision_ids or line.move_id
            excluded = decided._debt_is_excluded()
            lapsed = decided.debt_status == "excluded" and not excluded
            line.debt_status = "none" if lapsed else decided.debt_status or "none"
            line.debt_excluded_until = excluded and decided.debt_excluded_until
            line.debt_reason = not lapsed and decided.debt_reason

    @api.model
    def _search_debt_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        others = {"flagged", "excluded"} - set(value)
        if "none" in value:
            return ~self._debt_decided(others) if others else Domain.TRUE
        return self._debt_decided(set(value))

    @api.model
    def _debt_decided(self, statuses):
        statuses = list(statuses)
        return Domain("move_id.debt_status", "in", statuses) | Domain(
            "debt_decision_ids.debt_status", "in", statuses
        )

    def action_debt_flag(self):
        """Flag for collection; an entry loses Odoo's own no-follow-up mark."""
        moves, lines = self._debt_check_decision()
        return self.env["debt.flag.wizard"]._flag_or_ask(moves, lines)

    def action_debt_clear(self):
        """Take back flags and exclusions; what there was before holds again."""
        moves, lines = self._debt_check_decision()
        moves._debt_undecide()
        (lines._debt_item_decisions() | self.debt_decision_ids)._debt_undecide()
        self._debt_refresh_debtors()

    def action_debt_exclude(self):
        """Ask until when, and why, the items are left out of collection."""
        moves, lines = self._debt_check_decision()
        return self.env["debt.exclude.wizard"]._action_ask(moves, lines)

    def _debt_flag(self):
        """Flag items of general entries."""
        self._debt_check_decision()
        self._debt_item_decisions()._debt_decide("flagged")
        self._debt_refresh_debtors()

    def _debt_exclude(self, until, reason):
        """Leave items of general entries out until the end of a day.

        :raises ValidationError: no such day, or no reason
        """
        self._debt_check_decision()
        decisions = self._debt_item_decisions()
        decisions._debt_check_exclusion(until, reason)
        decisions._debt_decide("excluded", until, reason)
        self._debt_refresh_debtors()

    def _debt_left_out(self):
        """Items of general entries that an accountant has left out of collection.

        Odoo's mark does not count: general entries bear it unless somebody takes it
        off.
        """
        return self.filtered(
            lambda line: any(
                decision._debt_is_excluded() for decision in line.debt_decision_ids
            )
        )

    def _debt_check_decision(self):
        """Accountants decide, and about what customers owe alone.

        :return: invoices of these items, and those items that are of no invoice
        """
        self.env["debt.decision.mixin"]._debt_check_decider()
        self.check_access("write")
        self._debt_check_items()
        of_invoices = self.filtered(lambda line: line.move_type in COLLECTED_TYPES)
        of_invoices.move_id._debt_check_decision()
        return of_invoices.move_id, self - of_invoices

    def _debt_check_items(self):
        """:raises UserError: something among them is no open item to collect"""
        wrong = self.filtered(
            lambda line: (
                line.account_type != "asset_receivable"
                or line.parent_state != "posted"
                or line.balance <= 0
                or not line.partner_id
            )
        )
        if wrong:
            raise UserError(
                self.env._(
                    "Only posted items that a customer owes can be collected: "
                    "%(names)s",
                    names=", ".join(wrong[:5].mapped("display_name")),
                )
            )

    def _debt_item_decisions(self):
        """The decision of each item, made where there is none yet."""
        decisions = self.env["debt.item.decision"].sudo()
        missing = self - self.debt_decision_ids.line_id
        decisions.create([{"line_id": line.id} for line in missing])
        # Superuser: who decides has been checked, and no decision is written by hand.
        return self.debt_decision_ids.sudo()

    def _debt_refresh_debtors(self):
        """The decision counts at once, not tonight."""
        for company in self.company_id:
            lines = self.filtered(lambda line, c=company: line.company_id == c)
            self.env["debt.case"].with_company(company).refresh(lines.partner_id.ids)
