from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from .ledger_sql import CREDIT, NOT_DUE, WITHHELD

# So many items are shown, the oldest first: nobody reads more of them aloud.
ITEMS_SHOWN = 200
ITEM_STATUSES = [
    ("overdue", "Overdue"),
    ("open", "Not Due"),
    ("credit", "Credit"),
    ("promised", "Promised"),
    ("disputed", "Disputed"),
    ("excluded", "Excluded"),
    ("covered", "Covered"),
]


class DebtCase(models.Model):
    """What the debtor owes, item by item, for people without rights in accounting."""

    _inherit = "debt.case"

    items_html = fields.Html(
        string="Open Items", compute="_compute_items_html", sanitize=False
    )

    @api.depends_context("uid", "lang")
    def _compute_items_html(self):
        # An operator has no accounting to follow a link to.
        links = self.env["account.move"].has_access("read")
        ledger, currencies = self.env["debt.ledger"], self.env["res.currency"]
        statuses = self.env["debt.call.wizard.item"]._fields["status"]
        labels = dict(statuses._description_selection(self.env))
        for case in self:
            items = case._read_items() if isinstance(case.id, int) else []
            case.items_html = case.env["ir.qweb"]._render(
                "debt_collection.case_items",
                {
                    "items": items,
                    "currency": case.currency_id,
                    "currencies": {
                        item["currency_id"]: currencies.browse(item["currency_id"])
                        for item in items
                        if item["currency_id"] != case.currency_id.id
                    },
                    "labels": labels,
                    "links": links,
                    "totals": ledger._left_by_part(case) if items else [],
                },
            )

    amount_text = fields.Char(
        compute="_compute_amount_text",
        help="What is overdue in the currencies of the invoices, for texts to the "
        "debtor.",
    )

    @api.depends("amount_overdue")
    @api.depends_context("lang")
    def _compute_amount_text(self):
        for case in self:
            rows = case._collected() if isinstance(case.id, int) else []
            case.amount_text = case._format_left(rows) or case.currency_id.format(
                case.amount_overdue
            )

    def _collected(self):
        """The items that make up the overdue amount, and no others; see `items`."""
        self.ensure_one()
        self.check_access("read")
        return self.env["debt.ledger"]._collected(self)

    def _open_items(self):
        """All open items of the debtor in the case's legal entity, oldest first.

        An operator has no accounting rights; exactly these lines are named for him.

        :return: ``account.move.line`` (superuser)
        """
        self.ensure_one()
        rows = self.env["debt.ledger"]._case_rows(self)
        lines = self.env["account.move.line"].sudo()
        return lines.browse(row["line_id"] for row in rows)

    def action_open_items(self):
        """Invoices and entries behind the amount, for those with accounting rights."""
        self.ensure_one()
        self.check_access("read")
        view = self.env.ref("debt_collection.account_move_line_view_list_open")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open Items"),
            "res_model": "account.move.line",
            "views": [(view.id, "list"), (False, "form")],
            "domain": [("id", "in", self._open_items().ids)],
        }

    @api.model
    def _format_left(self, rows):
        """What is left of items in words, each currency apart: "20.00 €, 5.00 CHF"."""
        sums = defaultdict(float)
        for row in rows:
            sums[row["currency_id"]] += row["left_currency"]
        currencies = self.env["res.currency"].browse(sums)
        return ", ".join(currency.format(sums[currency.id]) for currency in currencies)

    def _format_promised(self, amount, line_ids=()):
        """An amount of company currency in the currency that the debtor is billed in.

        :param float amount: company currency
        :param line_ids: ids of the items it is about; none: what is overdue
        """
        self.ensure_one()
        ledger = self.env["debt.ledger"]
        currency, rate = ledger._billed(self, line_ids) or (self.currency_id, 1)
        return currency.format(amount * rate)

    def _read_items(self):
        """Open items of the debtor in the case's company, oldest first, in one query.

        The operator has no rights in accounting: exactly this debtor's lines in this
        company are read for him.

        :return: list of dict: ``line_id``, ``move_id``, ``name``, ``due``,
            ``currency_id``, ``amount_currency`` and ``amount`` (company currency), what
            is left of it; ``status`` (of `ITEM_STATUSES`), ``total`` (count of all
            items)
        """
        self.ensure_one()
        self.check_access("read")
        ledger = self.env["debt.ledger"]
        ledger._flush()
        entity = ledger._entities(self.company_id)
        return self.env.execute_query_dict(
            SQL(
                """
                WITH %(ctes)s
                SELECT item.line_id, item.move_id, item.name, item.due,
                       item.currency_id, item.left_currency AS amount_currency,
                       item.left AS amount, %(status)s AS status,
                       count(*) OVER () AS total
                  FROM (%(item)s) item
                 ORDER BY due, line_id
                 LIMIT %(limit)s
                """,
                ctes=ledger._row_ctes(entity, self.partner_id.ids),
                item=ledger._row(),
                limit=ITEMS_SHOWN,
                status=self._item_status(),
            )
        )

    def _item_status(self):
        """SQL of the one thing to be said of an item."""
        return SQL(
            """
            CASE WHEN item.part = %(credit)s THEN 'credit'
                 WHEN item.left = 0 THEN 'covered'
                 WHEN item.reason = 'disputed' THEN 'disputed'
                 WHEN item.part = %(withheld)s OR item.reason IS NOT NULL
                 THEN 'excluded'
                 WHEN EXISTS (
                      SELECT FROM account_move_line_debt_promise_rel named
                        JOIN debt_promise promise ON promise.id = named.debt_promise_id
                       WHERE named.account_move_line_id = item.line_id
                         AND promise.state = 'open')
                 THEN 'promised'
                 WHEN item.part = %(not_due)s THEN 'open'
                 ELSE 'overdue' END
            """,
            credit=CREDIT,
            not_due=NOT_DUE,
            withheld=WITHHELD,
        )
