from odoo import api, fields, models
from odoo.exceptions import UserError

from .debt_aged_report import BANDS
from .ir_actions_report import made_text

#: What is summed up for each company, from left to right.
SUMS = (*BANDS, "credit", "total")


class DebtAgedPrint(models.AbstractModel):
    """Aged receivables on paper: the rows of the report, and their sums."""

    _name = "report.debt_collection.aged"
    _description = "Aged Receivables, Printed"

    @api.model
    def _get_report_values(self, docids, data=None):
        """:param dict data: ``as_of``, a day as text; today when it is missing
        :raises UserError: the day cannot be read
        """
        try:
            day = fields.Date.to_date((data or {}).get("as_of") or False)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("Name the day as YYYY-MM-DD.")) from error
        day = day or self.env.company._debt_today()
        rows = self.env["debt.aged.report"].with_context(
            debt_as_of=fields.Date.to_string(day)
        )
        rows = rows.search([])
        return {
            "doc_ids": docids,
            "day": day,
            "made": made_text,
            "sums": SUMS,
            "docs": [
                self._account(company, of_company)
                for company, of_company in rows.grouped("company_id").items()
            ],
        }

    @api.model
    def _account(self, company, rows):
        """The receivables of one legal entity.

        :return: dict with ``company``, ``rows``, ``totals`` by column, and ``shares``
            of each band in what is owed, in percent
        """
        totals = {name: sum(rows.mapped(name)) for name in SUMS}
        owed = sum(totals[name] for name in BANDS)
        shares = {name: owed and 100 * totals[name] / owed for name in BANDS}
        return {"company": company, "rows": rows, "totals": totals, "shares": shares}
