from odoo import fields, models

from odoo.addons.debt_collection.models.card.groups import SETTERS


class ResCompany(models.Model):
    """When debtors may ask for a meeting on their page."""

    _inherit = "res.company"

    debt_meetings_on = fields.Boolean(
        groups=SETTERS,
        string="Meetings on the Page",
        help="Debtors choose a meeting on their page, at times that are lawful, within "
        "the working hours of who works the case, and free in that calendar.",
    )
    debt_meeting_from = fields.Float(
        groups=SETTERS,
        string="Meetings From",
        default=9.0,
        help="The company's time.",
    )
    debt_meeting_to = fields.Float(
        groups=SETTERS, string="Meetings To", default=17.0, help="The company's time."
    )
    debt_meeting_minutes = fields.Integer(
        groups=SETTERS, string="Minutes a Meeting", default=30
    )

    _debt_meeting_hours = models.Constraint(
        "CHECK(debt_meeting_from >= 0 AND debt_meeting_from < debt_meeting_to"
        " AND debt_meeting_to <= 24 AND debt_meeting_minutes BETWEEN 5 AND 480)",
        "Meetings begin before they end, between 0:00 and 24:00, and last 5 to 480 "
        "minutes.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    debt_meetings_on = fields.Boolean(
        related="company_id.debt_meetings_on", readonly=False
    )
    debt_meeting_from = fields.Float(
        related="company_id.debt_meeting_from", readonly=False
    )
    debt_meeting_to = fields.Float(related="company_id.debt_meeting_to", readonly=False)
    debt_meeting_minutes = fields.Integer(
        related="company_id.debt_meeting_minutes", readonly=False
    )
