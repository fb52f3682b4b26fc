from odoo import fields, models

from ..card.groups import READERS
from ..ledger.account_move_actions import COLLECTED_TYPES


class AccountMove(models.Model):
    """Invoices of late fees know what they are for."""

    _inherit = "account.move"

    debt_fee_ids = fields.One2many(
        "debt.fee", "move_id", string="Late Fees", readonly=True, groups=READERS
    )
    debt_fee_rule_id = fields.Many2one(
        "debt.fee.rule",
        string="Charged by Rule",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        groups=READERS,
        help="A copy of an invoice of late fees is one as well: it bears no interest.",
    )

    def _post(self, soft=True):
        """Extends it: late fees, and copies of their invoices, are no reason to call
        unless their rule or a person says so."""
        posted = super()._post(soft)
        # Superuser: whoever posts an invoice need not know of rules.
        for move in posted.sudo().filtered("debt_fee_rule_id"):
            to_collect = move.debt_fee_rule_id.collect or move.debt_status == "flagged"
            if move._debt_is_fee() and not to_collect:
                move._debt_lines().no_followup = True
        return posted

    def _debt_is_fee(self):
        """Whether it is an invoice of late fees, or a copy of one (superuser)."""
        charged = self.debt_fee_rule_id or self.debt_fee_ids
        return bool(charged) and self.move_type in COLLECTED_TYPES


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _debt_why(self, row):
        """Extends it: late fees are left out by their rule, not by somebody's mark."""
        # Superuser: whether there are fees; the caller may read the item.
        if row["reason"] == "no_followup" and self.move_id.sudo()._debt_is_fee():
            return self.env._("Late fees are no reason to call.")
        return super()._debt_why(row)


class DebtCase(models.Model):
    _inherit = "debt.case"

    fee_ids = fields.One2many("debt.fee", "case_id", string="Late Fees", readonly=True)
