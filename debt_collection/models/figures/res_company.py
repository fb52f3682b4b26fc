from odoo import fields, models

from ..card.groups import SETTERS


class ResCompany(models.Model):
    """How far back a payment is traced to a contact."""

    _inherit = "res.company"

    debt_collected_days = fields.Integer(
        groups=SETTERS,
        string="Money Follows a Contact Within",
        default=7,
        help="A payment is counted for the last contact in so many days before it. "
        "Money that came later is counted as paid without a contact.",
    )
    debt_collected_until = fields.Integer(
        groups=SETTERS,
        readonly=True,
        copy=False,
        help="The last matching of payments that the figures have been renewed with.",
    )

    debt_collected_changed = fields.Boolean(
        groups=SETTERS,
        readonly=True,
        copy=False,
        help="All that was collected is to be told anew.",
    )

    _debt_collected_days_positive = models.Constraint(
        "CHECK(debt_collected_days >= 0)",
        "The days between a contact and a payment cannot be negative.",
    )

    def write(self, vals):
        """Beside the other wings' `write`: what was collected is told anew, soon."""
        days = vals.get("debt_collected_days")
        if days is not None and set(self.mapped("debt_collected_days")) != {days}:
            vals = vals | {"debt_collected_changed": True}
            self.env.ref("debt_collection.ir_cron_debt_figures").sudo()._trigger()
        return super().write(vals)
