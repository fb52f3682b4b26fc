from odoo import api, fields, models
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = "res.users"

    debt_provider_id = fields.Many2one(
        "debt.telephony.provider",
        string="Telephony Provider",
        ondelete="restrict",
        help="What you dial debtors with. Empty: what your company uses.",
    )

    debt_present = fields.Boolean(
        string="Works Cases Today",
        compute="_compute_debt_present",
        search="_search_debt_present",
        help="Not archived, and in a collection team still, if ever in one.",
    )

    def _compute_debt_present(self):
        left = self._debt_left()
        for user in self:
            user.debt_present = user not in left

    @api.model
    def _search_debt_present(self, operator, value):
        """Those who are present: archived users never are."""
        if operator != "in":
            return NotImplemented
        # Superuser, as for the mark: who works no cases any more is no secret.
        members = self.env["debt.team.member"].sudo().with_context(active_test=False)
        groups = members._read_group([], ["user_id"], ["active:bool_or"])
        former = [user.id for user, active in groups if not active]
        present = Domain("active", "=", True) & Domain("id", "not in", former)
        return present if True in value else ~present

    @api.depends_context("debt_mark_left")
    def _compute_display_name(self):
        """In reports, whoever left is told from those who work today (rule 12)."""
        result = super()._compute_display_name()
        if self.env.context.get("debt_mark_left"):
            for user in self._debt_left():
                user.display_name = self.env._("%(name)s (left)", name=user.name)
        return result

    def _debt_left(self):
        """Those who are archived, or were members of a team and are of none now."""
        # Superuser: whoever may see a report may know who works no cases any more.
        groups = (
            self.env["debt.team.member"]
            .sudo()
            .with_context(active_test=False)
            ._read_group([("user_id", "in", self.ids)], ["user_id"], ["active:bool_or"])
        )
        former = {user.id for user, active in groups if not active}
        return self.filtered(lambda user: not user.active or user.id in former)

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
