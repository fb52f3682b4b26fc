from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.contact import HOLIDAY, Window
from .channel_groups import CHANNEL_GROUP_SELECTION, CHANNEL_GROUPS

DAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "holiday",
)
assert DAYS[HOLIDAY] == "holiday"


class DebtContactPolicyWindow(models.Model):
    _name = "debt.contact.policy.window"
    _inherit = "debt.contact.policy.part"
    _description = "Contact Hours"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "debt.contact.policy", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    channels = fields.Selection(CHANNEL_GROUP_SELECTION, required=True, default="any")
    monday = fields.Boolean(string="Mon", default=True)
    tuesday = fields.Boolean(string="Tue", default=True)
    wednesday = fields.Boolean(string="Wed", default=True)
    thursday = fields.Boolean(string="Thu", default=True)
    friday = fields.Boolean(string="Fri", default=True)
    saturday = fields.Boolean(string="Sat")
    sunday = fields.Boolean(string="Sun")
    holiday = fields.Boolean(
        string="Hol.", help="Public holidays of the debtor's country and state."
    )
    hour_from = fields.Float(string="From", required=True, default=9.0)
    hour_to = fields.Float(string="To", required=True, default=18.0)

    _hours_in_order = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_to <= 24 AND hour_from < hour_to)",
        "Contact hours lie within one day and begin before they end.",
    )

    @api.constrains(*DAYS)
    def _check_days(self):
        for window in self:
            if not any(window[day] for day in DAYS):
                raise ValidationError(
                    self.env._("Choose at least one day for each line of hours.")
                )

    def _to_pure(self):
        self.ensure_one()
        return Window(
            days=frozenset(i for i, day in enumerate(DAYS) if self[day]),
            start=round(self.hour_from * 60),
            end=round(self.hour_to * 60),
            channels=CHANNEL_GROUPS[self.channels],
        )
