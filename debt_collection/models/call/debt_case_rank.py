from odoo import fields, models

from ..card.groups import SETTERS


class DebtCase(models.Model):
    """Where a case stands among those that are due, see ``debt.queue.order``."""

    _inherit = "debt.case"

    queue_rate = fields.Float(
        string="Expected of a Minute",
        readonly=True,
        copy=False,
        help="What a minute of an operator is expected to add, in company currency, "
        "less what waiting for a better hour of today would add.",
    )
    queue_random = fields.Boolean(
        string="Ordered at Random",
        readonly=True,
        copy=False,
        help="Of the share of cases that are called in any order, to measure the order "
        "by.",
    )

    _gain_idx = models.Index(
        "(user_id, priority DESC, queue_rate DESC NULLS LAST, next_contact_at, id)"
        " WHERE closed_at IS NULL AND state = 'active' AND next_contact_at IS NOT NULL"
    )


class ResCompany(models.Model):
    _inherit = "res.company"

    debt_queue_order = fields.Selection(
        [("due", "Who Has Been Due Longest"), ("gain", "Where a Call Adds Most")],
        string="Order of the Queue",
        groups=SETTERS,
        default="due",
        help="After callbacks and raised priority. Where a call adds most: by the "
        "chance to reach the debtor at this hour, times by how much a talk raises the "
        "chance that he pays, times what he owes; learned from your own calls. Who is "
        "easier to reach later today comes later.",
    )
    debt_queue_random = fields.Float(
        string="Share at Random",
        groups=SETTERS,
        default=0.05,
        help="So many cases are called in any order, to measure the order by them.",
    )

    _debt_queue_random_share = models.Constraint(
        "CHECK(debt_queue_random BETWEEN 0 AND 0.5)",
        "The share of cases that are ordered at random is 0 to 50 %.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    debt_queue_order = fields.Selection(
        related="company_id.debt_queue_order", readonly=False, required=True
    )
    debt_queue_random = fields.Float(
        related="company_id.debt_queue_random", readonly=False
    )
