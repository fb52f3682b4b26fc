from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .bands import AGE_BANDS

#: What is true of a day, not of a period: over several days its average is told.
LEVELS = frozenset(
    (
        "balance",
        "overdue",
        "debtors",
        "open_cases",
        "callable_cases",
        "amount_dormant",
        "amount_disputed",
        "amount_promised",
    )
)
#: Rates by name: what is counted and what it is counted among, both sums of columns.
RATES = {
    "roll_rate": ("rolled", "rolled_from"),
    "cure_rate": ("cured", "debtors_before"),
    "cei": ("opening + sales - balance", "opening + sales - not_due"),
    "dso": ("90 * balance", "sales_quarter"),
    "dso_best": ("90 * not_due", "sales_quarter"),
    "days_delinquent": ("90 * (balance - not_due)", "sales_quarter"),
    "callable_share": ("callable_cases", "open_cases"),
}


class DebtFigures(models.Model):
    """Receivables at the end of a day, by company and age: what is left, what moves.

    Amounts are in company currency. Of each item there is what it came to less what
    was matched with it by that day; unmatched credits of a debtor are laid against his
    items, the oldest first. So any past day can be worked out again, and comes out the
    same unless somebody has booked into it. States of cases (dormant, promised …) and
    numbers are written nowhere by day: they are those of the night in which the day
    was first recorded, and stay.

    Rates of a group are worked out from its sums, never from other rates. The formulas
    are those of the Credit Research Foundation; a period is 30 days.
    """

    _name = "debt.figures"
    _description = "Receivables by Day"
    _order = "day desc, company_id, age_band"
    _rec_name = "day"
    _log_access = False

    day = fields.Date(required=True, readonly=True, index=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    age_band = fields.Selection(AGE_BANDS, string="Age", required=True, readonly=True)

    balance = fields.Monetary(
        string="Receivables",
        readonly=True,
        help="What was left of customers' items at the end of the day. Over several "
        "days: on average.",
    )
    not_due = fields.Monetary(readonly=True, aggregator=None)
    overdue = fields.Monetary(
        readonly=True, help="Of the receivables, what was past due."
    )
    debtors = fields.Integer(
        string="Overdue Debtors",
        readonly=True,
        help="Each in the band of his oldest item.",
    )
    sales = fields.Monetary(
        string="Credit Sales in 30 Days",
        readonly=True,
        aggregator=None,
        help="Invoices less credit notes of the 30 days before, with taxes.",
    )
    sales_quarter = fields.Monetary(
        string="Credit Sales in 90 Days", readonly=True, aggregator=None
    )
    opening = fields.Monetary(
        string="Receivables 30 Days Before", readonly=True, aggregator=None
    )
    rolled = fields.Monetary(
        readonly=True,
        aggregator=None,
        help="Of the items that grew into this band in 30 days, what is left of them.",
    )
    rolled_from = fields.Monetary(
        readonly=True,
        aggregator=None,
        help="What had been left of the same items 30 days before.",
    )
    debtors_before = fields.Integer(
        string="Overdue Debtors 30 Days Before", readonly=True, aggregator=None
    )
    cured = fields.Integer(
        readonly=True,
        aggregator=None,
        help="Of the debtors overdue 30 days before, those with nothing overdue now.",
    )

    open_cases = fields.Integer(readonly=True, help="By the age of their oldest item.")
    callable_cases = fields.Integer(
        string="Cases That Can Be Called",
        readonly=True,
        help="Open cases whose debtor has a number that is not wrong or dead, and has "
        "not refused calls.",
    )
    amount_dormant = fields.Monetary(string="Dormant", readonly=True)
    amount_disputed = fields.Monetary(string="Disputed", readonly=True)
    amount_promised = fields.Monetary(string="Promised", readonly=True)

    roll_rate = fields.Float(
        compute="_compute_rates",
        store=True,
        aggregator="avg",
        help="What is left of the items that grew into this band in 30 days, among "
        "what had been left of them before. For Not Due: none.",
    )
    cure_rate = fields.Float(
        compute="_compute_rates",
        store=True,
        aggregator="avg",
        help="Debtors with nothing overdue any more, among those overdue 30 days "
        "before, by the band they were in then.",
    )
    cei = fields.Float(
        string="Collection Effectiveness",
        compute="_compute_rates",
        store=True,
        aggregator="avg",
        help="(Receivables 30 days before + credit sales − receivables) among "
        "(receivables 30 days before + credit sales − receivables not due). 100 %: "
        "nothing is overdue. Of all bands together.",
    )
    dso = fields.Float(
        string="DSO",
        compute="_compute_rates",
        store=True,
        aggregator="avg",
        help="Days sales outstanding: receivables among the credit sales of 90 days, "
        "times 90. Of all bands together.",
    )
    dso_best = fields.Float(
        string="Best Possible DSO",
        compute="_compute_rates",
        store=True,
        aggregator="avg",
        help="The same with the receivables that are not due.",
    )
    days_delinquent = fields.Float(
        string="Average Days Delinquent",
        compute="_compute_rates",
        store=True,
        aggregator="avg",
        help="DSO less the best possible DSO.",
    )
    callable_share = fields.Float(
        compute="_compute_rates",
        store=True,
        aggregator="avg",
        help="Cases that can be called, among the open cases.",
    )

    _once = models.UniqueIndex("(company_id, day, age_band)")

    def _compute_rates(self):
        """Of one band alone most rates say nothing: they are asked for in groups."""
        self.update(dict.fromkeys(RATES, 0))

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        name, _, function = aggregate_spec.partition(":")
        if name in RATES and function == "avg":
            part, whole = (
                SQL(" ").join(map(self._term, words.split())) for words in RATES[name]
            )
            return SQL("sum(%s)::float / nullif(sum(%s), 0)", part, whole)
        summed = super()._read_group_select(aggregate_spec, query)
        if name in LEVELS and function in ("sum", "sum_currency"):
            day = self._field_to_sql(self._table, "day", query)
            return SQL("%s / nullif(count(DISTINCT %s), 0)", summed, day)
        return summed

    @api.model
    def _term(self, word):
        """SQL of a word of a formula."""
        name = word.strip("()")
        if name not in self._fields:
            return SQL(word)
        before, _, after = word.partition(name)
        column = SQL.identifier(self._table, name)
        return SQL("%s%s%s", SQL(before), column, SQL(after))

    @api.model
    def action_record(self):
        """Record the days that are there anew, and yesterday.

        :raises AccessError: the user is no manager of collection
        """
        if not self.env.user.has_group("debt_collection.group_debt_manager"):
            raise AccessError(
                self.env._("Only a collection manager has the figures worked out anew.")
            )
        for company in self.env["debt.ledger"]._entities(self.env.companies):
            days = self.sudo().search([("company_id", "=", company.id)]).mapped("day")
            self._record(company, set(days) | {self._last_day(company)})
        return {"type": "ir.actions.client", "tag": "soft_reload"}
