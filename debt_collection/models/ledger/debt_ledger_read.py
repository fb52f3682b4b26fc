from collections import defaultdict

from odoo import SUPERUSER_ID, api, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .ledger_sql import COLLECTED, CREDIT, HALF, PARTS

ITEM_KEYS = (
    "line_id",
    "partner_id",
    "company_id",
    "currency_id",
    "due",
    "left",
    "left_currency",
    "part",
    "reason",
    "covered_by",
)


class DebtLedger(models.AbstractModel):
    """What is left of each open item, for lists, texts and other programs."""

    _inherit = "debt.ledger"

    @api.model
    def items(self, partner_ids=None):
        """What is left of each open item, and why it is collected or not.

        Companies are those of the user. Without rights in accounting one gets the
        debtors whose cases one may read, and nobody else.

        :param partner_ids: ids of ``res.partner``, debtors or contacts of theirs; all
            debtors when None
        An item of which a part is disputed comes as two, with the same ``line_id``.

        :return: list of dict, oldest first: ``line_id``; ``partner_id`` (the debtor)
            and ``company_id`` (the legal entity) as on the case; ``currency_id`` of
            the document; ``due`` (date; of a credit its date); ``left`` in company
            currency and ``left_currency``, below zero for what remains of a credit;
            ``part``: ``collected, disputed, withheld, not_due`` or ``credit``;
            ``reason``: ``covered`` or ``in_payment`` where nothing is left, otherwise
            ``no_followup, blocked, excluded, may_be_barred, too_old, unflagged,
            disputed`` or False;
            ``covered_by``: ids of the lines of credits that are laid against it
        :raises AccessError: the user may not read cases
        :raises ValidationError: ``partner_ids`` is no list of ids
        """
        cases = self.env["debt.case"]
        cases.check_access("read")
        self._check_ids(partner_ids)
        companies = self._readable_companies()
        if not companies or partner_ids is not None and not partner_ids:
            return []
        rows = self._rows(companies, partner_ids)
        if not self.env["account.move.line"].has_access("read"):
            # The record rules say which debtors are his.
            seen = cases.with_context(active_test=False)._read_group(
                [("company_id", "in", companies.ids)], ["company_id", "partner_id"]
            )
            seen = {(company.id, debtor.id) for company, debtor in seen}
            rows = [r for r in rows if (r["company_id"], r["partner_id"]) in seen]
        return [{key: row[key] for key in ITEM_KEYS} for row in rows]

    @api.model
    def _check_ids(self, ids):
        is_list = isinstance(ids, list | tuple)
        if ids is not None and not (is_list and all(type(id_) is int for id_ in ids)):
            raise ValidationError(
                self.env._("Debtors are named by a list of their numeric ids.")
            )

    @api.model
    def _readable_companies(self):
        """The user's companies that keep cases of their own; all of a scheduled job."""
        companies = self.env.companies
        if self.env.uid == SUPERUSER_ID and not self.env.context.get(
            "allowed_company_ids"
        ):
            companies = companies.search([])
        return companies & self._entities(companies).sudo(self.env.su)

    @api.model
    def _rows(self, entities, partner_ids=None):
        """What is left of each open item, whatever the user's rights.

        :return: list of dict as `items`, with ``move_id`` and ``name`` of the entry,
            ``barred``: it may be barred, whatever else is the reason, and ``flagged``:
            somebody wants it collected however little it is
        """
        self._flush()
        query = SQL(
            "WITH %s%s SELECT * FROM listed ORDER BY due, line_id",
            self._scope(partner_ids),
            self._row_ctes(entities.sudo(), partner_ids is not None),
        )
        with self._set_wise(partner_ids):
            rows = self.env.execute_query_dict(query)
        for row in rows:
            row |= {
                "left": float(row["left"]),
                "left_currency": float(row["left_currency"]),
                "part": PARTS[row["part"]],
                "reason": row["reason"] or False,
                "covered_by": row["covered_by"] or [],
            }
        return rows

    @api.model
    @tools.ormcache("self._terms(entities)", "scoped")
    def _row_ctes(self, entities, scoped):
        """SQL that ends in ``listed``, every item with what is left of it."""
        return SQL(
            "%s, cover AS (%s), listed AS (%s)",
            self._item_ctes(entities, scoped, self._reason(entities)),
            self._cover(),
            self._row(),
        )

    @api.model
    def _row(self):
        """SQL of every item with what is left of it."""
        return SQL(
            """
            SELECT (item.line_id & %(mask)s)::integer AS line_id, item.move_id,
                   move.name, item.partner_id,
                   item.company_id, item.currency_id, item.due, item.part,
                   CASE WHEN rest.amount = 0 AND rest.part = %(credit)s THEN 'covered'
                        WHEN rest.amount = 0 AND rest.paid THEN 'in_payment'
                        WHEN rest.amount = 0 THEN 'covered'
                        ELSE item.reason END AS reason, item.barred,
                   coalesce(item.flagged, FALSE) AS flagged,
                   sign(item.residual) * coalesce(rest.amount, abs(item.residual))
                       AS left,
                   sign(item.residual) * CASE
                       WHEN rest.amount = 0 THEN 0
                       ELSE round(coalesce(rest.own_left, abs(item.residual_currency))
                                  / currency.rounding) * currency.rounding END
                       AS left_currency,
                   cover.covered_by
              FROM item
              JOIN account_move move ON move.id = item.move_id
              JOIN res_currency currency ON currency.id = item.currency_id
              LEFT JOIN rest ON rest.line_id = item.line_id
              LEFT JOIN cover ON cover.line_id = item.line_id
            """,
            credit=CREDIT,
            mask=HALF - 1,
        )

    @api.model
    def _count_no_followup(self, companies):
        """How many items nobody collects for Odoo's own mark "no follow-up".

        Odoo sets it on every line of a miscellaneous journal: opening balances, debts
        moved to an account for doubtful customers.

        :return: number of debit items of these companies' legal entities
        """
        self._flush()
        entities = self._entities(companies)
        query = SQL(
            "WITH %s SELECT count(*) FROM item WHERE residual > 0 AND no_followup",
            self._item_ctes(
                entities,
                scoped=False,
                more=SQL(", %s AS no_followup", self._marked_no_followup(entities)),
            ),
        )
        return self.env.execute_query(query)[0][0]

    # --- one debtor, for people without rights in accounting --------------------------
    @api.model
    def _case_rows(self, case):
        """What is left of the items of one case's debtor; see `_rows`."""
        return self._rows(self._entities(case.company_id), case.partner_id.ids)

    @api.model
    def _left_by_part(self, case):
        """What is left of a case's items in all, part by part.

        :return: list of (label, amount in company currency), what is to be collected
            first
        """
        sums = defaultdict(float)
        for row in self._case_rows(case):
            sums[row["part"]] += row["left"]
        parts = self.env["account.move.line"]._fields["debt_part"]
        return [
            (label, sums[part])
            for part, label in parts._description_selection(self.env)
            if sums[part]
        ]

    @api.model
    def _collected(self, case):
        """The items that make up the overdue amount of a case, and no others."""
        return [
            row
            for row in self._case_rows(case)
            if row["part"] == PARTS[COLLECTED] and row["left"] > 0
        ]

    @api.model
    def _billed(self, case, line_ids=()):
        """The one foreign currency in which items are billed, and its rate.

        :param line_ids: ids of items, open or paid; none: what is overdue
        :return: pair of ``res.currency`` and what a unit of company currency is in it;
            None where it is the company's own, or there are several
        """
        sums = defaultdict(lambda: [0.0, 0.0])
        # Superuser: currency and amount of those of these lines that are the debtor's.
        lines = self.env["account.move.line"].sudo().browse(line_ids).exists()
        for line in lines.filtered(lambda one: self._is_of(one, case)):
            sums[line.currency_id.id][0] += line.amount_currency
            sums[line.currency_id.id][1] += line.balance
        for row in () if line_ids else self._collected(case):
            sums[row["currency_id"]][0] += row["left_currency"]
            sums[row["currency_id"]][1] += row["left"]
        (id_, (own, value)), *others = sums.items() or [(None, (0, 0))]
        if others or not value or id_ == case.currency_id.id:
            return None
        return case.currency_id.browse(id_), own / value

    @api.model
    def _is_of(self, line, case):
        debtor = line.partner_id.commercial_partner_id
        root = self._roots()[line.company_id.id]
        return (debtor.id, root) == (case.partner_id.id, case.company_id.id)

    # --- invoices ---------------------------------------------------------------------
    @api.model
    def _oldest_due_by_move(self, companies, partner_ids=None):
        """SQL of entries with the day since when anything left of them is due.

        :return: SQL of ``move_id, company_id, due``
        """
        return SQL(
            """
            WITH %s%s
            SELECT move_id, company_id, min(due) AS due
              FROM (%s) item WHERE amount > 0 GROUP BY move_id, company_id
            """,
            self._scope(partner_ids),
            self._item_ctes(self._entities(companies), partner_ids is not None),
            self._left(),
        )

    @api.model
    def _oldest_due(self, companies, partner_ids):
        """The days of `_oldest_due_by_move` by id of the entry."""
        self._flush()
        query = self._oldest_due_by_move(companies, partner_ids)
        return {move: due for move, _, due in self.env.execute_query(query)}
