from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.fees import Rate

STANDINGS = [
    ("primary", "Text of the Law"),
    ("secondary", "Secondary Source"),
    ("none", "Not Sourced"),
]


class DebtFeeReference(models.Model):
    """A rate that a central bank or a law sets, and from which interest is reckoned.

    The same for all companies. Beyond the day until which somebody has looked it up no
    interest is worked out from it.
    """

    _name = "debt.fee.reference"
    _description = "Reference Rate"
    _inherit = "debt.chatter"
    _order = "name"

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    known_until = fields.Date(
        required=True,
        tracking=True,
        help="Somebody has looked up the rate of each day until this one. Interest "
        "that needs the rate of a later day is not charged until it is.",
    )
    rate_ids = fields.One2many("debt.fee.rate", "reference_id", string="Rates")
    source = fields.Text(
        required=True, help="Where it was read, or is to be read. Say so if nowhere."
    )
    url = fields.Char(string="Read At")
    read_on = fields.Date(help="The day on which the source was read.")
    standing = fields.Selection(
        STANDINGS, string="Kind of Source", required=True, default="none"
    )

    @api.constrains("standing", "read_on", "url")
    def _check_source(self):
        for reference in self:
            if reference.standing != "none" and not (
                reference.read_on and reference.url
            ):
                raise ValidationError(
                    self.env._("Say where the source was read, and on which day.")
                )

    def _rates(self):
        """The rates as `tools.fees` takes them."""
        return tuple(
            Rate(rate.day, Decimal(str(rate.percent))) for rate in self.rate_ids
        )


class DebtFeeRate(models.Model):
    """What a reference rate is from a day on."""

    _name = "debt.fee.rate"
    _description = "Reference Rate From a Day On"
    _order = "reference_id, day desc"
    _rec_name = "day"

    reference_id = fields.Many2one(
        "debt.fee.reference", required=True, ondelete="cascade", index=True
    )
    day = fields.Date(string="From", required=True)
    percent = fields.Float(string="Percent a Year", digits=(7, 4), required=True)

    _day_once = models.Constraint(
        "UNIQUE(reference_id, day)", "There is a rate from this day on already."
    )
    _percent_possible = models.Constraint(
        "CHECK(percent BETWEEN -100 AND 1000)", "That is no rate: percent a year."
    )

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        rates._tell(self.env._("added"))
        return rates

    def write(self, vals):
        result = super().write(vals)
        self._tell(self.env._("changed"))
        return result

    def unlink(self):
        self._tell(self.env._("deleted"))
        return super().unlink()

    def _tell(self, what):
        """Interest of all companies hangs on it: the chatter says who changed it."""
        for rate in self:
            rate.reference_id._message_log(
                body=self.env._(
                    "Rate %(what)s: %(percent)s %% from %(day)s.",
                    what=what,
                    percent=f"{rate.percent:g}",
                    day=rate.day,
                )
            )
