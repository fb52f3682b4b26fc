from collections import defaultdict
from contextlib import contextmanager

from odoo import api, models, tools
from odoo.tools import SQL

#: What the statements read and people or accounting may just have changed.
READ = {
    "account.account": ["account_type", "non_trade"],
    "account.move": [
        "amount_residual",
        "amount_residual_signed",
        "debt_collect_barred",
        "debt_excluded_until",
        "debt_status",
        "payment_state",
        "reversed_entry_id",
        "state",
    ],
    "account.move.line": [
        "account_id",
        "amount_residual",
        "amount_residual_currency",
        "company_id",
        "currency_id",
        "date",
        "date_maturity",
        "display_type",
        "no_followup",
        "parent_state",
        "partner_id",
        "reconciled",
    ],
    "account.payment": [
        "amount",
        "amount_company_currency_signed",
        "company_id",
        "currency_id",
        "date",
        "invoice_ids",
        "move_id",
        "partner_id",
        "partner_type",
        "payment_type",
        "state",
    ],
    "debt.case": ["company_id", "partner_id", "state"],
    "debt.dispute": [
        "amount",
        "company_id",
        "credit_note_ids",
        "deadline",
        "move_ids",
        "partner_id",
        "state",
    ],
    "debt.item.decision": [
        "debt_collect_barred",
        "debt_excluded_until",
        "debt_status",
        "line_id",
    ],
    "debt.limitation": ["active", "country_id", "debtor", "from_year_end", "years"],
    "debt.promise": ["case_id", "date", "state"],
    "debt.stage": ["days_from", "ladder_id"],
    "res.partner": ["commercial_partner_id", "country_id", "is_company"],
}
#: What a legal entity has of its own in the statements, see `_by_company`.
TERMS = (
    "today",
    "digits",
    "debt_auto_flag",
    "debt_collect_entries",
    "debt_grace_days",
    "debt_max_age_days",
    "debt_min_amount",
)


class DebtLedger(models.AbstractModel):
    """What every debtor owes: the one definition of an open item (rule 1).

    Items are the posted, unreconciled lines on receivable accounts that are not
    ``non_trade``, of one debtor (commercial partner) and one legal entity (a company
    with its branches). Credits are laid against them, see `_allocation`; what is left
    of each is what is owed. Refreshing all cases, reading one debtor before he is
    contacted, lists, texts and searches use the same SQL, so they cannot disagree.
    """

    _name = "debt.ledger"
    _description = "Reading the Ledger"

    @api.model
    def _flush(self):
        """Bring what the SQL below reads into the database."""
        for model, names in READ.items():
            self.env[model].flush_model(names)

    @api.model
    def _entities(self, companies):
        """The legal entities of companies: each has the cases of its branches.

        :return: ``res.company``, superuser
        """
        roots = self._roots()
        return companies.sudo().browse({roots[id_] for id_ in companies.ids})

    @api.model
    def _totals(self, partner, company):
        """Read what one debtor owes one legal entity now, past every cache.

        :param partner: ``res.partner``, any contact of the debtor
        :param company: ``res.company``
        :return: dict with ``amount_overdue`` and ``amount_disputed`` (company
            currency, never negative), ``oldest_due_date`` (date or False) and
            ``is_open``: whether this is to be collected (rules 1 and 2)
        """
        debtor, entity = partner.sudo().commercial_partner_id, self._entities(company)
        return self._totals_of(debtor, entity)[entity.id, debtor.id]

    @api.model
    def _totals_of(self, debtors, companies):
        """The same for many debtors in all of these legal entities, in one query.

        :return: dict of such dicts by pair of ids of company and debtor
        """
        self._flush()
        # Operators have no accounting rights: exactly these debtors and companies.
        ledger = self._ctes(self._entities(companies), debtors.ids)
        rows = self.env.execute_query_dict(SQL("WITH %s SELECT * FROM verdict", ledger))
        totals = defaultdict(lambda: self._prepare_totals({}))
        for row in rows:
            totals[row["company_id"], row["partner_id"]] = self._prepare_totals(row)
        return totals

    @api.model
    def _prepare_totals(self, row):
        return {
            "amount_overdue": float(row.get("amount_overdue") or 0),
            "amount_disputed": float(row.get("amount_disputed") or 0),
            "oldest_due_date": row.get("oldest_due_date") or False,
            "is_open": row.get("is_open", False),
        }

    @api.model
    def _ctes(self, entities, partner_ids=None, allocates=True):
        """SQL of the common table expressions that end in ``verdict``.

        ``verdict`` has a row for every legal entity and commercial partner with open
        receivable items: ``company_id, partner_id, amount_overdue, amount_disputed``
        (numeric, company currency), ``oldest_due_date, stage_id, ladder_id, is_open``
        and, for what is not open, ``close_reason``.

        :param entities: ``res.company`` without parents; no other company's line is
            touched
        :param partner_ids: ids of contacts whose debtors are read; None for all
        :param bool allocates: see `_allocates`
        """
        return SQL(
            "%s%s",
            self._scope(partner_ids),
            self._verdict_ctes(entities, partner_ids is not None, allocates),
        )

    @api.model
    @tools.ormcache("self._terms(entities)", "scoped", "allocates")
    def _verdict_ctes(self, entities, scoped, allocates=True):
        """SQL from ``contested`` to ``verdict``; put together once a day."""
        return SQL(
            "%s, ledger AS (%s), verdict AS (%s)",
            self._item_ctes(entities, scoped, allocates=allocates),
            self._sums(entities),
            self._verdict(entities),
        )

    @api.model
    def _terms(self, entities):
        """All that the statements are made of besides the debtors, as a key."""
        return tuple(
            (entity.id, *(self._company_value(entity, name) for name in TERMS))
            for entity in entities
        )

    @api.model
    def _item_ctes(self, entities, scoped, more=None, allocates=True):
        """SQL of the common table expressions that end in ``rest``: what is left of
        the items of those debtors for whom there is anything to allocate.

        :param bool scoped: whether `_scope` stands before it
        :param SQL more: further columns of an item
        :param bool allocates: see `_allocates`
        """
        contacts = SQL("scope" if scoped else "res_partner")
        of_disputes = SQL(
            "AND dispute.partner_id IN (SELECT commercial_partner_id FROM scope)"
            if scoped
            else ""
        )
        return SQL(
            "contested AS (%s), contested_part AS MATERIALIZED (%s),"
            " item AS MATERIALIZED (%s), %s",
            self._contested(entities, of_disputes),
            self._contested_parts(entities),
            self._items(entities, contacts, more or SQL()),
            self._allocation(entities, contacts)
            if allocates
            else self._no_allocation(),
        )

    @contextmanager
    def _set_wise(self, partner_ids):
        """Let a statement about all debtors be planned for many rows.

        PostgreSQL cannot know how many items there are of each part, takes them for
        few, and goes through them once for each other one. Compiling the statement
        takes longer than it saves.
        """
        if partner_ids is not None:
            yield
            return
        self.env.cr.execute(SQL("SET LOCAL jit = off; SET LOCAL enable_nestloop = off"))
        yield
        self.env.cr.execute(SQL("SET LOCAL enable_nestloop = on"))

    @api.model
    def _by_company(self, companies, name, column):
        """SQL of a value that every company has its own of, most often the same.

        :param str name: a field of the legal entity, or its ``today`` or ``digits``
        :param SQL column: the company's id
        """
        roots, values = self._roots(), {}
        for company in companies:
            root = company.browse(roots[company.id])
            values.setdefault(self._company_value(root, name), []).append(company.id)
        last, *others = sorted(values, key=lambda value: len(values[value]))[::-1]
        cases = [
            SQL("WHEN %s = ANY(%s) THEN %s", column, values[value], value)
            for value in others
        ]
        if not cases:
            return self._typed(last)
        return SQL("CASE %s ELSE %s END", SQL(" ").join(cases), self._typed(last))

    @api.model
    def _company_value(self, company, name):
        match name:
            case "digits":
                # From a cache that every page needs; active as a company's currency is.
                currencies = company.env["res.currency"].get_all_currencies()
                return currencies[company.currency_id.id]["digits"][1]
            case "today":
                return self._as_of() or company._debt_today()
        return company[name]

    @staticmethod
    def _typed(value):
        """A value as a constant of its type, so that sums and differences work."""
        for kind, name in ((bool, "boolean"), (int, "integer"), (float, "numeric")):
            if isinstance(value, kind):
                return SQL(f"%s::{name}", value)
        return SQL("%s::date", value)
