from odoo import api, fields, models

from ..card.groups import SETTERS


class ResCompany(models.Model):
    """A day begins where the company is: at five in the morning UTC in New York."""

    _inherit = "res.company"

    debt_day = fields.Date(
        string="Day Begun",
        groups="debt_collection.group_debt_manager",
        help="The last day, where the company is, whose due dates were worked.",
    )

    debt_dormant_ladder_id = fields.Many2one(
        "debt.ladder",
        string="Ladder When Dormant",
        groups=SETTERS,
        default=lambda self: self.env.ref(
            "debt_collection.ladder_dormant", raise_if_not_found=False
        ),
        ondelete="restrict",
        help="How dormant debtors are written to. Empty: they are left alone.",
    )

    @api.model
    def _cron_debt_day(self):
        """The hourly job: the daily one for companies where a new day has begun.

        It comes to nothing in all other hours.
        """
        if companies := self._debt_with_a_new_day():
            self.env["debt.case"]._cron_refresh(companies)
            for company in companies:
                company.debt_day = company._debt_today()

    @api.model
    def _debt_with_a_new_day(self):
        # Superuser: a scheduled action, for each company's own day.
        companies = self.sudo().search([])
        return companies.filtered(lambda one: one.debt_day != one._debt_today())
