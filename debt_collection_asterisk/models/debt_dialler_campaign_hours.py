from odoo import fields, models

from odoo.addons.debt_collection.tools.clock import local

#: The fields of the days, as `date.weekday` counts them.
WEEK = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


class DebtDiallerCampaign(models.Model):
    """On which days, and from when to when, a campaign dials.

    The law of each debtor stays above it: these are the hours at which operators are
    there, where the company is.
    """

    _inherit = "debt.dialler.campaign"

    monday = fields.Boolean(default=True)
    tuesday = fields.Boolean(default=True)
    wednesday = fields.Boolean(default=True)
    thursday = fields.Boolean(default=True)
    friday = fields.Boolean(default=True)
    saturday = fields.Boolean(default=True)
    sunday = fields.Boolean(default=True)
    hour_from = fields.Float(
        string="Dials From", default=0.0, help="Where the company is."
    )
    hour_to = fields.Float(
        string="Dials Until",
        default=24.0,
        help="Where the company is. Who is being talked to then is talked to.",
    )

    _hours_in_order = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_from < hour_to AND hour_to <= 24)",
        "A campaign dials from an hour to a later one of the same day.",
    )
    _some_day = models.Constraint(
        "CHECK(monday OR tuesday OR wednesday OR thursday OR friday OR saturday"
        " OR sunday)",
        "Choose at least one day on which the campaign dials.",
    )

    def _dials_at(self, now):
        """Whether an instant (naive UTC) is within the campaign's days and hours."""
        self.ensure_one()
        here = local(self.company_id._debt_zone(), now)
        hour = here.hour + here.minute / 60 + here.second / 3600
        return self[WEEK[here.weekday()]] and self.hour_from <= hour < self.hour_to

    def _stopped_by(self):
        """Beside the button: outside its hours nothing more is dialled."""
        reason = super()._stopped_by()
        return reason or ("" if self._dials_at(fields.Datetime.now()) else "paused")

    def _claimable(self, wanted):
        """Nobody is claimed who would wait until the campaign dials again."""
        return 0 if self._stopped_by() else super()._claimable(wanted)
