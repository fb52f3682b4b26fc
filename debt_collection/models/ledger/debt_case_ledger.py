from collections import defaultdict
from contextlib import contextmanager

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ..card.dormant import wake
from .ledger_sql import COLLECTED, CREDIT, NOT_DUE, WITHHELD

# So many items are shown, the oldest first: nobody reads more of them aloud.
ITEMS_SHOWN = 200
ITEM_STATUSES = [
    ("overdue", "Overdue"),
    ("open", "Not Due"),
    ("credit", "Credit"),
    ("promised", "Promised"),
    ("disputed", "Disputed"),
    ("excluded", "Excluded"),
    ("barred", "May Be Barred"),
    ("covered", "Covered"),
]


class DebtCase(models.Model):
    """How a case asks the ledger, and how the ledger tells a case.

    What the debtor owes is told to people without rights in accounting, too.
    """

    _inherit = "debt.case"

    items_html = fields.Html(
        string="Open Items", compute="_compute_items_html", sanitize=False
    )
    amount_text = fields.Char(
        compute="_compute_amount_text",
        help="What is overdue in the currencies of the invoices, for texts to the "
        "debtor.",
    )

    @api.model
    def refresh(self, partner_ids=None):
        """Open, update and close cases by what the ledger says now.

        Companies are all those of the user; with ``partner_ids`` only these debtors.
        The number of statements does not depend on how many they are.

        :param partner_ids: ids of ``res.partner``, debtors or contacts of theirs
        :return: dict of counts ``opened``, ``updated``, ``closed``, ``stage_changed``;
            zeros when another refresh got ahead, which is then made good for by the
            scheduled action
        :raises AccessError: the user may not read cases
        :raises ValidationError: ``partner_ids`` is no list of ids
        """
        self.check_access("read")
        companies, ledger = self.env.companies, self.env["debt.ledger"]
        ledger._check_ids(partner_ids)
        if self.env.uid == SUPERUSER_ID and not self.env.context.get(
            "allowed_company_ids"
        ):
            companies = companies.search([])
        effects = ledger._refresh(companies, partner_ids)
        ledger._follow_pending()
        if effects is None:
            return ledger._refresh_later()
        return ledger._refresh_follow(effects)

    @api.model
    def _cron_refresh(self, companies=None):
        """The daily job: the companies' ledger, then what a new day brings.

        :param companies: ``res.company``, all of them when None
        """
        ledger = self.env["debt.ledger"].sudo()
        companies = companies or ledger.env["res.company"].search([])
        while (effects := ledger._refresh(companies)) is None:
            # Somebody has just written the same cases. A new transaction sees that,
            # and only within a scheduled action may we begin one.
            in_cron = self.env.context.get("ir_cron_progress_id")
            if not in_cron or not self.env["ir.cron"]._commit_progress():
                ledger._refresh_later()
                break
        else:
            ledger._refresh_follow(effects)
        self.sudo()._cron_daily()
        return True

    def _on_ledger(self, effect):
        """Hook: what follows for cases that the ledger has changed.

        :param str effect: ``busy`` (closed, with something to be put in order),
            ``undone`` or ``reopened`` (taken up again, because what closed it was
            undone or because the debtor owes again), ``promised``, ``stage`` or
            ``woken`` (dormant, and something was paid or fell due)
        """
        match effect:
            case "busy":
                self._on_closed()
            case "stage":
                self._on_stage_changed()
            case "woken":
                wake(
                    self,
                    self.env._(
                        "What the debtor owes has changed: the case is no longer "
                        "dormant."
                    ),
                )
            case "undone" | "reopened":
                self.env["debt.ledger"]._tell_reopened(self, effect == "undone")

    def _plan_some(self):
        """Plan a few cases at once; many would keep the caller waiting."""
        if not self:
            return
        if len(self) <= self._plan_at_once():
            self._plan()
        else:
            self._trigger_planning()

    @api.model
    def _plan_at_once(self):
        """How many cases are planned within the caller's transaction."""
        return 50

    # --- reading a case -----------------------------------------------------------
    @api.model
    def _search(self, *args, **kwargs):
        """Cases are read by way of here: bring them up to date first."""
        with self._caches_kept():
            self.env["debt.ledger"]._refresh_pending()
        return super()._search(*args, **kwargs)

    @contextmanager
    def _caches_kept(self):
        """Let a refresh happen in the middle of reading a field.

        Whoever reads a field holds its cache in his hands while the ORM fetches it by
        way of `_search`. Deleting a record (an activity, a claim) makes the ORM throw
        all caches away and begin new ones; the one he holds would stay empty.
        """
        caches = self.env.transaction.field_data
        held = dict(caches)
        yield
        for field, cache in held.items():
            fresh = caches.get(field)
            if fresh is cache:
                continue
            parts = [(cache, fresh or {})]
            if field in self.env._field_depends_context:
                parts = [
                    (part, (fresh or {}).get(key, {})) for key, part in cache.items()
                ]
            for old, new in parts:
                old.clear()
                old.update(new)
            if fresh and field in self.env._field_depends_context:
                cache.update({k: v for k, v in fresh.items() if k not in cache})
            caches[field] = cache

    # --- what is owed, item by item ---------------------------------------------------
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
        return lines.browse(dict.fromkeys(row["line_id"] for row in rows))

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

    def _read_items(self, every=False):
        """Open items of the debtor in the case's company, oldest first, in one query.

        The operator has no rights in accounting: exactly this debtor's lines in this
        company are read for him.

        :param bool every: all of them, not only as many as a window shows
        :return: list of dict: ``line_id``, ``move_id``, ``name``, ``due``,
            ``currency_id``, ``amount_currency`` and ``amount`` (company currency), what
            is left of it; ``status`` (of `ITEM_STATUSES`), ``collected`` (whether it is
            in the sum that is asked for), ``total`` (count of all items), ``documents``
            (count of those collected) and ``newest_due``, the last of their due days
        """
        self.ensure_one()
        self.check_access("read")
        ledger = self.env["debt.ledger"]
        ledger._flush()
        entity = ledger._entities(self.company_id)
        return self.env.execute_query_dict(
            SQL(
                """
                WITH %(scope)s%(ctes)s
                SELECT item.line_id, item.move_id, item.name, item.due,
                       item.currency_id, item.left_currency AS amount_currency,
                       item.left AS amount, %(status)s AS status,
                       item.part = %(collected)s AND item."left" > 0 AS collected,
                       count(*) OVER () AS total, documents, newest_due
                  FROM listed item,
                       (SELECT count(DISTINCT move_id) AS documents,
                               max(due) AS newest_due
                          FROM listed
                         WHERE part = %(collected)s AND "left" > 0) counted
                 ORDER BY due, line_id
                 LIMIT %(limit)s
                """,
                collected=COLLECTED,
                ctes=ledger._row_ctes(entity, scoped=True),
                limit=None if every else ITEMS_SHOWN,
                scope=ledger._scope(self.partner_id.ids),
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
                 WHEN item.reason = 'may_be_barred' THEN 'barred'
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
