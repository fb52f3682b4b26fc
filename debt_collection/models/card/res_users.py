from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    debt_provider_id = fields.Many2one(
        "debt.telephony.provider",
        string="Telephony Provider",
        ondelete="restrict",
        help="What you dial debtors with. Empty: what your company uses.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + ["debt_provider_id"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return super().SELF_WRITEABLE_FIELDS + ["debt_provider_id"]

    def _debt_operates_in(self, company):
        """Whether the user can be given cases of a company."""
        self.ensure_one()
        return (
            self.active
            and company in self.company_ids
            and self.has_group("debt_collection.group_debt_operator")
        )

    def write(self, vals):
        """Whoever leaves hands over his cases, his calls stay in the reports."""
        result = super().write(vals)
        if vals.get("active") is False:
            self._debt_on_left()
        return result

    def _debt_on_left(self):
        """Hook: these users have just been archived; their cases go to colleagues."""
        # Superuser: an HR officer who archives a user need not see debts; exactly the
        # archived users' cases are touched.
        owned = [("user_id", "in", self.ids), ("closed_at", "=", False)]
        cases = self.env["debt.case"].sudo().search(owned)
        self.env["debt.team"]._hand_over(cases)
