from odoo import fields, models

from ..card.groups import SETTERS

#: Settings by which cases open and close.
REFRESHING = frozenset(
    (
        "debt_auto_flag",
        "debt_collect_entries",
        "debt_current_days",
        "debt_current_ladder_id",
        "debt_current_profile_ids",
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

    debt_current_ladder_id = fields.Many2one(
        "debt.ladder",
        groups=SETTERS,
        string="Ladder Before the Due Date",
        ondelete="restrict",
        help="How debtors are told of what falls due: by e-mail, SMS or call. Empty: "
        "nothing is written, and nobody called, before the due date.",
    )
    debt_current_days = fields.Integer(
        groups=SETTERS,
        string="Days Before the Due Date",
        default=5,
        help="Day 1 of that ladder is so many days before the due date.",
    )
    debt_current_profile_ids = fields.Many2many(
        "debt.profile",
        "res_company_debt_current_profile_rel",
        "company_id",
        "profile_id",
        groups=SETTERS,
        string="Told Before the Due Date",
        default=lambda self: self.env.ref(
            "debt_collection.profile_forgetful", raise_if_not_found=False
        ),
        help="Only debtors of these profiles; none chosen: all debtors.",
    )

    _debt_current_days_positive = models.Constraint(
        "CHECK(debt_current_days > 0)",
        "What falls due is announced at least a day before.",
    )
    _debt_max_age_positive = models.Constraint(
        "CHECK(debt_max_age_days >= 0)", "The greatest age cannot be negative."
    )

    def write(self, vals):
        """What is collected follows the company's rules soon, not only next morning.

        Beside the card's own `write`, which plans anew: the ledger is read again.
        """
        result = super().write(vals)
        if "debt_current_ladder_id" in vals:
            # Superuser: a setting's, for all cases of these companies.
            self.env["debt.ledger"].sudo()._on_announcing(self)
        if not REFRESHING.isdisjoint(vals):
            self.env["debt.ledger"]._refresh_later()
        return result
