from odoo import api, models
from odoo.tools import SQL


class DebtRates(models.AbstractModel):
    """Rates in a report: of a group they come from its sums.

    An average of the rows' rates would be another number.
    """

    _name = "debt.rates"
    _description = "Rates of a Report"
    #: By the name of a rate: what is counted, and among what. Each is a column; the
    #: rates are declared with the aggregator ``avg``.
    _rates = {}

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        name, _, function = aggregate_spec.partition(":")
        if name not in self._rates or function != "avg":
            return super()._read_group_select(aggregate_spec, query)
        return self._rate(name)

    @api.model
    def _rate(self, name):
        """SQL of a rate of whatever rows there are, NULL where there is nothing."""
        part, whole = (SQL.identifier(self._table, word) for word in self._rates[name])
        return SQL("sum(%s)::float / nullif(sum(%s), 0)", part, whole)

    @api.model
    def _with_rates(self, rows):
        """SQL of the rows of a report, each with the rates it has by itself.

        :param SQL rows: a SELECT with all columns but the rates
        """
        rates = SQL(", ").join(
            SQL(
                "(%s)::float / nullif(%s, 0) AS %s",
                SQL(part),
                SQL(whole),
                SQL.identifier(name),
            )
            for name, (part, whole) in self._rates.items()
        )
        return SQL("SELECT rated.*, %s FROM (%s) rated", rates, rows)
