from odoo import api, fields, models
from odoo.tools import SQL

#: Days past due with which a band begins, by the column it is told in.
BANDS = {
    "not_due": (None, 0),
    "days_1_30": (1, 30),
    "days_31_60": (31, 60),
    "days_61_90": (61, 90),
    "over_90": (91, None),
}


class DebtAgedReport(models.Model):
    """What every debtor owes by age, as of a day: what the ledger leaves of its items.

    Credits are laid against the items as `debt.ledger` does it; what remains of them
    stands in a column of its own. The day is ``debt_as_of`` of the context, today
    otherwise.
    """

    _name = "debt.aged.report"
    _description = "Aged Receivables"
    _auto = False
    _order = "total desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", string="Debtor", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    currency_id = fields.Many2one(
        "res.currency", readonly=True, help="In which the items are billed."
    )
    case_id = fields.Many2one("debt.case", readonly=True)
    user_id = fields.Many2one("res.users", string="Operator", readonly=True)
    stage_id = fields.Many2one("debt.stage", readonly=True)
    oldest_due_date = fields.Date(readonly=True)
    not_due = fields.Monetary(readonly=True, currency_field="company_currency_id")
    days_1_30 = fields.Monetary(
        "1–30 Days", readonly=True, currency_field="company_currency_id"
    )
    days_31_60 = fields.Monetary(
        "31–60 Days", readonly=True, currency_field="company_currency_id"
    )
    days_61_90 = fields.Monetary(
        "61–90 Days", readonly=True, currency_field="company_currency_id"
    )
    over_90 = fields.Monetary(
        "Over 90 Days", readonly=True, currency_field="company_currency_id"
    )
    credit = fields.Monetary(
        "Credits Left",
        readonly=True,
        currency_field="company_currency_id",
        help="Payments and credit notes that no item is left for; below zero.",
    )
    total = fields.Monetary(readonly=True, currency_field="company_currency_id")
    total_currency = fields.Monetary(
        "Total in Currency", readonly=True, currency_field="currency_id"
    )

    @property
    def _table_query(self):
        day = self.env.context.get("debt_as_of")
        ledger = self.env["debt.ledger"].sudo()._with_day(day)
        ledger._flush()
        self.env["account.partial.reconcile"].flush_model()
        self.env["debt.case"].flush_model()
        entities = ledger._readable_companies().sudo()
        if not entities:
            entities = ledger._entities(self.env.companies)
        return SQL(
            """
            WITH %(items)s
            SELECT row_number() OVER (ORDER BY aged.company_id, aged.partner_id,
                                               aged.currency_id)::integer AS id,
                   aged.*, company.currency_id AS company_currency_id,
                   debt_case.id AS case_id, debt_case.user_id, debt_case.stage_id
              FROM (%(aged)s) aged
              JOIN res_company company ON company.id = aged.company_id
              LEFT JOIN debt_case ON debt_case.company_id = aged.company_id
                    AND debt_case.partner_id = aged.partner_id
                    AND debt_case.closed_at IS NULL
            """,
            aged=self._aged(ledger, entities),
            items=ledger._row_ctes(entities, scoped=False),
        )

    @api.model
    def _search(self, *args, **kwargs):
        # A row has the same id as of whatever day.
        self.invalidate_model(flush=False)
        return super()._search(*args, **kwargs)

    def _aged(self, ledger, entities):
        """SQL of the sums by legal entity, debtor and currency."""
        today = ledger._by_company(entities, "today", SQL("company_id"))
        bands = (
            SQL(
                'coalesce(sum("left") FILTER (WHERE "left" > 0 AND %s), 0) AS %s',
                self._in_band(SQL("%s - due", today), *band),
                SQL.identifier(name),
            )
            for name, band in BANDS.items()
        )
        return SQL(
            """
            SELECT company_id, partner_id, currency_id, %(bands)s,
                   coalesce(sum("left") FILTER (WHERE "left" < 0), 0) AS credit,
                   sum("left") AS total, sum(left_currency) AS total_currency,
                   min(due) FILTER (WHERE "left" > 0) AS oldest_due_date
              FROM listed
             WHERE "left" <> 0
             GROUP BY company_id, partner_id, currency_id
            """,
            bands=SQL(", ").join(bands),
        )

    @staticmethod
    def _in_band(days, first, last):
        if first is None:
            return SQL("%s <= %s", days, last)
        if last is None:
            return SQL("%s >= %s", days, first)
        return SQL("%s BETWEEN %s AND %s", days, first, last)

    def action_open_items(self):
        """The debtor's open items, as they are now."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.account_move_line_action_open"
        )
        # What is open today, whatever day the report was of.
        rows = self.env["debt.ledger"].items(self.partner_id.ids)
        return action | {"domain": [("id", "in", [row["line_id"] for row in rows])]}
