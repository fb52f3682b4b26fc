from odoo import fields, models

from ..card.groups import SETTERS

#: Settings by which cases open and close.
REFRESHING = frozenset(
    (
        "debt_auto_flag",
        "debt_collect_entries",
        "debt_grace_days",
        "debt_max_age_days",
        "debt_min_amount",
    )
)


class ResCompany(models.Model):
    _inherit = "res.company"

    debt_max_age_days = fields.Integer(
        groups=SETTERS,
        string="Greatest Age",
        help="What is past due for more days is not collected by itself, it may be "
        "barred by time: an accountant looks at it and flags it. 0: no limit.",
    )

    _debt_max_age_positive = models.Constraint(
        "CHECK(debt_max_age_days >= 0)", "The greatest age cannot be negative."
    )

    def write(self, vals):
        """What is collected follows the company's rules soon, not only next morning.

        Beside the card's own `write`, which plans anew: the ledger is read again.
        """
        result = super().write(vals)
        if not REFRESHING.isdisjoint(vals):
            self.env["debt.ledger"]._refresh_later()
        return result
