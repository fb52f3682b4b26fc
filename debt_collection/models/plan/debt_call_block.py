from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools.policy import Window

DAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class DebtCallBlock(models.Model):
    """Hours of the week at which an operator calls, in his own time.

    The planner gives him calls within them only; whoever has none calls during the
    company's calling day. Callbacks are made when the debtor asked for them.
    """

    _name = "debt.call.block"
    _inherit = "debt.plan.source"
    _description = "Calling Hours"
    _order = "user_id, dayofweek, hour_from, id"

    user_id = fields.Many2one(
        "res.users",
        string="Operator",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    dayofweek = fields.Selection(DAYS, string="Day", required=True, default="0")
    hour_from = fields.Float(
        string="From", required=True, default=9.0, help="The operator's own time."
    )
    hour_to = fields.Float(
        string="To", required=True, default=18.0, help="The operator's own time."
    )

    @api.constrains("hour_from", "hour_to")
    def _check_hours(self):
        for block in self:
            if not 0 <= block.hour_from < block.hour_to <= 24:
                raise ValidationError(
                    self.env._(
                        "Calling hours begin before they end, between 0:00 and 24:00."
                    )
                )

    @api.depends("user_id.name", "dayofweek")
    def _compute_display_name(self):
        days = dict(self._fields["dayofweek"]._description_selection(self.env))
        for block in self:
            block.display_name = f"{block.user_id.name}, {days.get(block.dayofweek)}"

    def _get_planned_domain(self):
        """Only the cases of these operators are called at these hours."""
        return Domain("user_id", "in", self.user_id.ids)

    def _to_pure(self):
        """As a `tools.policy.Window`."""
        self.ensure_one()
        days = frozenset((int(self.dayofweek),))
        return Window(days, round(60 * self.hour_from), round(60 * self.hour_to))
