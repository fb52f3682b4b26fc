from odoo import api, fields, models
from odoo.tools import SQL

from ..card.groups import SETTERS

#: How the cases of a list are joined with their places in the queue.
PLACES = "c"


class DebtQueueSorted(models.AbstractModel):
    """Lists that open in the order in which “Next Call” would bring them."""

    _name = "debt.queue.sorted"
    _description = "Sorted as Next Call"

    @api.model
    def web_search_read(self, *args, **kwargs):
        return super(DebtQueueSorted, self._as_listed()).web_search_read(
            *args, **kwargs
        )

    @api.model
    def web_read_group(self, *args, **kwargs):
        return super(DebtQueueSorted, self._as_listed()).web_read_group(*args, **kwargs)

    @api.model
    def _as_listed(self):
        """In the order of the queue, where a screen asks for it.

        Screens hand on their context: what buttons do is not to read that order.
        """
        asked = self.env.context.get("debt_queue_order")
        return self.with_context(debt_queue_listed=True) if asked else self

    def _order_to_sql(self, order, query, alias=None, reverse=False):
        """The user's queue, where a list asks for it and nobody sorts it otherwise."""
        asked = self.env.context.get("debt_queue_listed") and not reverse
        own = (alias or self._table) == self._table
        if not (asked and own and order in (None, "", self._order)):
            return super()._order_to_sql(order, query, alias=alias, reverse=reverse)
        queue = self.env["debt.queue"]
        # What the SQL below reads.
        self.env["debt.call"].flush_model()
        self.flush_model()
        places = queue._places_sql(fields.Datetime.now())
        same = SQL("c.id = %s", SQL.identifier(self._table, "id"))
        query.add_join("JOIN", PLACES, places, same)
        return SQL("c.place, c.place_at, %s, c.id", queue._due_order())


class DebtCase(models.Model):
    """Where a case stands among those that are due, see ``debt.queue.order``."""

    _name = "debt.case"
    _inherit = ["debt.case", "debt.queue.sorted"]

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
