from math import ceil, floor

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import column_exists

from ..card.groups import READERS
from .ledger_sql import SPECIAL_MOVES

#: Stored fields of an entry that decide what is owed, and the one that hands down to
#: its lines whether they are posted.
WATCHED = frozenset(
    (
        "debt_collect_barred",
        "debt_excluded_until",
        "debt_status",
        "payment_state",
        "state",
    )
)
WATCHED_IN_LINES = frozenset(
    ("line_ids", "matched_payment_ids", "no_followup", "partner_id")
)


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "debt.decision.mixin"]

    # Not stored: a refresh must not rewrite the widest table of the database. They
    # are searched and grouped by SQL expressions instead (see _field_to_sql).
    debt_case_id = fields.Many2one(
        "debt.case",
        compute="_compute_debt_case_id",
        search=lambda moves, operator, value: moves._search_debt(
            "debt_case_id", operator, value
        ),
        groups=READERS,
    )
    debt_stage_id = fields.Many2one(
        "debt.stage",
        compute="_compute_debt_case_id",
        search=lambda moves, operator, value: moves._search_debt(
            "debt_stage_id", operator, value
        ),
        groups=READERS,
    )
    debt_days_past_due = fields.Integer(
        string="Days Past Due",
        compute="_compute_debt_days_past_due",
        search="_search_debt_days_past_due",
        aggregator="max",
        groups=READERS,
        help="Days since the oldest unpaid instalment was due.",
    )
    debt_status = fields.Selection(tracking=True)
    debt_excluded_until = fields.Date(tracking=True)
    debt_reason = fields.Char(tracking=True)

    _debt_special_idx = models.Index(f"(id) WHERE {SPECIAL_MOVES}")

    def _auto_init(self):
        """Give all entries there are their status without rewriting the table."""
        if not column_exists(self.env.cr, self._table, "debt_status"):
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE account_move"
                    " ADD COLUMN debt_status varchar DEFAULT 'none'"
                )
            )
            self.env.cr.execute(
                SQL("ALTER TABLE account_move ALTER COLUMN debt_status DROP DEFAULT")
            )
        return super()._auto_init()

    # --- read from the case and the open lines --------------------------------------
    @api.depends("commercial_partner_id", "company_id", "state", "payment_state")
    def _compute_debt_case_id(self):
        found = self._debt_read()
        for move in self:
            move.debt_case_id, move.debt_stage_id = found.get(move.id, (False, False))

    @api.depends("state", "line_ids.amount_residual", "line_ids.date_maturity")
    def _compute_debt_days_past_due(self):
        ledger = self.env["debt.ledger"]
        debtors = self.sudo().line_ids.partner_id
        due = ledger._oldest_due(self.company_id, debtors.ids) if debtors else {}
        for move in self:
            days = 0
            if move.id in due:
                today = move.company_id.sudo().root_id._debt_today()
                days = max(0, (today - due[move.id]).days)
            move.debt_days_past_due = days

    def _debt_read(self):
        """Case and stage by the SQL that also filters and groups, by move id."""
        if not self.ids:
            return {}
        # Superuser: access to these moves was checked when they were read.
        moves = self.sudo().with_context(active_test=False)
        query = moves._search([("id", "in", self.ids)])
        case = moves._debt_join_case(moves._table, query)
        rows = self.env.execute_query(
            query.select(
                SQL.identifier(moves._table, "id"),
                SQL.identifier(case, "id"),
                SQL.identifier(case, "stage_id"),
            )
        )
        return {id_: (case_id, stage_id) for id_, case_id, stage_id in rows}

    @api.model
    def _search_debt(self, name, operator, value):
        """Filter by the SQL of one of the fields above."""
        return Domain.custom(
            to_sql=lambda moves, alias, query: self._fields[name].condition_to_sql(
                name, operator, value, moves, alias, query
            )
        )

    @api.model
    def _search_debt_days_past_due(self, operator, value):
        """So many days at least: there is an unpaid instalment as old as that."""
        many = operator in ("in", "not in")
        asked = self.env["debt.case"]._days_asked(value if many else [value])
        if many:
            whole = [int(days) for days in asked if days == int(days)]
            return self._search_debt("debt_days_past_due", operator, whole)
        bound = (floor if operator in (">", "<=") else ceil)(asked[0])
        days = bound + 1 if operator == ">" else bound
        if operator not in (">", ">=") or days <= 0:
            return self._search_debt("debt_days_past_due", operator, bound)
        self._check_field_access(self._fields["debt_days_past_due"], "read")
        ledger = self.env["debt.ledger"]
        ledger._flush()
        entities = ledger._entities(self.env.companies)
        today = ledger._by_company(entities, "today", SQL("company_id"))
        items = SQL(
            "(SELECT move_id FROM (%s) oldest WHERE due <= %s - %s::integer)",
            ledger._oldest_due_by_move(self.env.companies),
            today,
            days,
        )
        return Domain.custom(
            to_sql=lambda _moves, alias, _query: SQL(
                "%s IN %s", SQL.identifier(alias, "id"), items
            )
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr in ("debt_case_id", "debt_stage_id", "debt_days_past_due"):
            self._check_field_access(self._fields[field_expr], "read")
        match field_expr:
            case "debt_case_id":
                return SQL.identifier(self._debt_join_case(alias, query), "id")
            case "debt_stage_id":
                return SQL.identifier(self._debt_join_case(alias, query), "stage_id")
            case "debt_days_past_due":
                today = self.env["debt.ledger"]._by_company(
                    self.env.companies.sudo(),
                    "today",
                    SQL.identifier(alias, "company_id"),
                )
                due = SQL.identifier(self._debt_join_due(alias, query), "due")
                return SQL("coalesce(greatest(0, %s - %s), 0)", today, due)
        return super()._field_to_sql(alias, field_expr, query)

    def _debt_join_case(self, alias, query):
        """Join the open case of an unpaid invoice; there is one at most.

        :return: alias of ``debt_case``
        """
        self.env["debt.ledger"]._refresh_pending()
        case = query.make_alias(alias, "open_debt_case")
        fields_read = (
            "amount_residual_signed",
            "commercial_partner_id",
            "company_id",
            "move_type",
            "state",
        )
        columns = {
            name: SQL.identifier(alias, name, to_flush=self._fields[name])
            for name in fields_read
        }
        condition = SQL(
            """
            %(case)s.closed_at IS NULL AND %(case)s.company_id = %(entity)s
            AND %(case)s.partner_id = %(commercial_partner_id)s
            AND %(state)s = 'posted' AND %(amount_residual_signed)s <> 0
            AND %(move_type)s = ANY(%(types)s)
            """,
            case=SQL.identifier(case),
            entity=self.env["debt.ledger"]._entity(columns.pop("company_id")),
            types=self.get_sale_types(include_receipts=True),
            **columns,
        )
        query.add_join("LEFT JOIN", case, "debt_case", condition)
        return case

    def _debt_join_due(self, alias, query):
        """Join the due date of the oldest unpaid instalment of every entry.

        :return: alias of a table with ``move_id`` and ``due``
        """
        ledger = self.env["debt.ledger"]
        ledger._flush()
        open_items = query.make_alias(alias, "open_items")
        table = SQL("(%s)", ledger._oldest_due_by_move(self.env.companies))
        condition = SQL(
            "%s = %s",
            SQL.identifier(open_items, "move_id"),
            SQL.identifier(alias, "id"),
        )
        query.add_join("LEFT JOIN", open_items, table, condition)
        return open_items

    # --- what the ledger's readers are told -----------------------------------------
    def write(self, vals):
        if not (WATCHED | WATCHED_IN_LINES).isdisjoint(vals):
            self.env["debt.ledger"]._note_changed("moves", self.ids)
        return super().write(vals)

    def _write_multi(self, vals_list):
        """Everything that reaches the database passes here, computed values too."""
        watched = [
            id_
            for id_, vals in zip(self._ids, vals_list, strict=True)
            if not WATCHED.isdisjoint(vals)
        ]
        self.env["debt.ledger"]._note_changed("moves", watched)
        return super()._write_multi(vals_list)
