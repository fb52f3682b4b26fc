from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.steps import PARTS
from ..card.groups import SETTERS

#: The part of the day that a ladder calls the evening begins then.
EVENING = PARTS["evening"][0] // 60


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

    debt_calls_from = fields.Float(
        string="Calls From",
        groups=SETTERS,
        default=8.0,
        help="The calling day of operators who have no calling hours of their own, in "
        "their time: the planner gives them no call before.",
    )
    debt_calls_to = fields.Float(
        string="Calls To",
        groups=SETTERS,
        default=21.0,
        help="The calling day of operators who have no calling hours of their own, in "
        "their time: the planner gives them no call after.",
    )
    debt_evening_from = fields.Float(
        string="Private Persons at Home From",
        groups=SETTERS,
        default=17.0,
        help="Private persons are planned for the evening from this hour of theirs on, "
        "and for Saturdays, where the law allows. 0: at any hour, as companies are.",
    )

    @api.constrains("debt_calls_from", "debt_calls_to", "debt_evening_from")
    def _check_debt_hours(self):
        for company in self:
            if not 0 <= company.debt_calls_from < company.debt_calls_to <= 24:
                raise ValidationError(
                    self.env._(
                        "The calling day begins before it ends, between 0:00 and 24:00."
                    )
                )
            evening = company.debt_evening_from
            if evening and not EVENING <= evening < 24:
                raise ValidationError(
                    self.env._(
                        "Private persons come home between %(hour)s:00 and 24:00; 0 "
                        "calls them at any hour.",
                        hour=EVENING,
                    )
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
