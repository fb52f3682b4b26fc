from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..card.debt_case_write import PAUSES

#: What a case that is closed no longer has.
CLEARED = (
    "next_contact_at",
    "contact_until",
    "next_contact_code",
    "next_contact_block",
)
#: A debit that nobody authorised can be called back for thirteen months.
UNDONE_WITHIN = timedelta(days=400)
PROMISED = """
    CASE WHEN EXISTS (SELECT FROM debt_promise promise
                       WHERE promise.case_id = old.id AND promise.state = 'open')
         THEN 'promised' END
"""


class DebtLedger(models.AbstractModel):
    """The one statement that compares ledger and cases and writes what differs."""

    _inherit = "debt.ledger"

    @api.model
    def _refresh_statement(self, entities, partner_ids=None):
        """SQL that opens, updates and closes cases and tells what it did.

        Cases are locked in the order of their ids and inserted in the order of
        their debtors, so that two of these wait for each other and never deadlock.

        :return: SQL giving rows ``(kind, number, ids)``; see `_refresh_effects`
        """
        return SQL(
            """
            WITH %(ledger)s,
            current AS (%(current)s),
            differing AS MATERIALIZED (%(differing)s),
            changed AS MATERIALIZED (%(changed)s),
            opened AS (%(insert)s),
            written AS (%(update)s)
            %(effects)s
            """,
            ledger=self._ctes(entities, partner_ids, self._allocates(partner_ids)),
            current=self._refresh_current(entities, partner_ids),
            differing=self._refresh_differing(entities),
            changed=self._refresh_changed(entities),
            insert=self._refresh_insert(entities),
            update=self._refresh_update(entities, partner_ids),
            effects=self._refresh_effects(partner_ids),
        )

    @api.model
    def _refresh_current(self, entities, partner_ids):
        """SQL of the open cases that are compared."""
        in_scope = SQL("AND partner_id IN (SELECT commercial_partner_id FROM scope)")
        return SQL(
            """
            SELECT id, company_id, partner_id, state, stage_id, amount_overdue,
                   amount_disputed, oldest_due_date
              FROM debt_case
             WHERE closed_at IS NULL AND company_id = ANY(%s) %s
            """,
            entities.ids,
            SQL() if partner_ids is None else in_scope,
        )

    @api.model
    def _refresh_differing(self, entities):
        """SQL of the debtors whose case is to be opened, updated or closed.

        Cases that only announce what falls due are left to `_current_statement`.
        """
        return SQL(
            """
            SELECT difference.*
              FROM (
                    SELECT old.id, company_id, partner_id, old.state, old.stage_id,
                           new.stage_id AS new_stage_id, new.ladder_id,
                           new.amount_overdue, new.amount_disputed,
                           new.oldest_due_date, coalesce(new.is_open, FALSE) AS is_open,
                           coalesce(new.close_reason, 'paid') AS close_reason,
                           old.amount_overdue + old.amount_disputed AS was_overdue,
                           old.amount_overdue IS DISTINCT FROM new.amount_overdue
                           OR old.amount_disputed IS DISTINCT FROM new.amount_disputed
                           OR old.oldest_due_date IS DISTINCT FROM new.oldest_due_date
                           OR old.state IS DISTINCT FROM %s
                           AS other
                      FROM verdict new
                      FULL JOIN current old USING (company_id, partner_id)
                     WHERE old.id IS NOT NULL OR new.is_open
                   ) difference
             WHERE (NOT is_open OR other OR stage_id IS DISTINCT FROM new_stage_id)
               AND NOT coalesce(%s, FALSE)
            """,
            self._refresh_state(SQL("old"), SQL("new")),
            self._spared(entities),
        )

    @api.model
    def _refresh_changed(self, entities):
        """SQL of the cases to open, to take up again, to update or to close."""
        return SQL(
            "SELECT case_.*, %s AS new_state FROM (%s) case_",
            self._refresh_state(SQL("case_"), SQL("case_")),
            self._refresh_coming_back(entities),
        )

    @api.model
    def _refresh_state(self, old, new):
        """SQL of the state a case is to have.

        It is disputed while nothing undisputed is owed, and active again after; what
        people and promises decide about its state stays.
        """
        return SQL(
            """
            CASE WHEN coalesce(%(old)s.state, 'active') = 'active'
                      AND %(new)s.amount_overdue = 0 THEN 'disputed'
                 WHEN coalesce(%(old)s.state, 'disputed') = 'disputed'
                      AND %(new)s.amount_overdue > 0 THEN 'active'
                 ELSE %(old)s.state END
            """,
            old=old,
            new=new,
        )

    @api.model
    def _prepare_refresh_insert(self, entities):
        """SQL expression by column of a case that is opened.

        For add-ons: this is where their own required columns get a value, since new
        cases are inserted without the ORM. Nobody creates a case, the ledger does.

        :return: dict of SQL; ``changed`` and ``company`` can be referred to
        """
        today = self._by_company(entities, "today", SQL("changed.company_id"))
        now = fields.Datetime.now()
        return {
            "company_id": SQL("changed.company_id"),
            "partner_id": SQL("changed.partner_id"),
            "currency_id": SQL("company.currency_id"),
            "amount_overdue": SQL("changed.amount_overdue"),
            "amount_disputed": SQL("changed.amount_disputed"),
            "oldest_due_date": SQL("changed.oldest_due_date"),
            "stage_id": SQL("changed.new_stage_id"),
            "ladder_id": SQL("changed.ladder_id"),
            "ladder_started_on": today,
            "state": SQL("changed.new_state"),
            "never_overdue": SQL(
                "changed.amount_overdue + changed.amount_disputed = 0"
            ),
            "priority": SQL("'0'"),
            "plan_dirty": SQL("TRUE"),
            "create_date": SQL("%s::timestamp", now),
            "write_date": SQL("%s::timestamp", now),
        }

    @api.model
    def _refresh_insert(self, entities):
        """SQL that opens cases; the unique index has the last word."""
        columns = self._prepare_refresh_insert(entities)
        return SQL(
            """
            INSERT INTO debt_case (%s)
            SELECT %s
              FROM changed
              JOIN res_company company ON company.id = changed.company_id
             WHERE changed.id IS NULL
             ORDER BY changed.company_id, changed.partner_id
                ON CONFLICT (company_id, partner_id) WHERE closed_at IS NULL DO NOTHING
            RETURNING id
            """,
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(columns.values()),
        )

    @api.model
    def _refresh_update(self, entities, partner_ids):
        """SQL that writes amounts, closes what nothing is owed for, and takes up again
        what comes back.

        Closing clears what `_close` clears. A new stage or state is left to the ORM,
        for the chatter to remember. Rows tell in ``kinds`` what happened to a case.
        """
        columns = self._prepare_refresh_update(entities)
        return SQL(
            """
            UPDATE debt_case old
               SET %(columns)s
              FROM (
                    SELECT changed.*, held.state AS held_state,
                           held.amount_overdue AS amount_before
                      FROM changed JOIN debt_case held ON held.id = changed.id
                     ORDER BY held.id FOR NO KEY UPDATE OF held
                   ) new
             WHERE old.id = new.id
            RETURNING old.id, %(kinds)s AS kinds
            """,
            columns=SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), value)
                for name, value in columns.items()
            ),
            kinds=self._refresh_kinds(partner_ids),
        )

    @api.model
    def _prepare_refresh_update(self, entities):
        """SQL expression by column of a case that is written.

        The days on which it is closed do not use up its ladder.

        :return: dict of SQL; ``old`` (the case) and ``new`` can be referred to
        """
        now = fields.Datetime.now()
        today = self._by_company(entities, "today", SQL("old.company_id"))
        paused = SQL("new.state = ANY(%s)", sorted(PAUSES))
        days = SQL(
            "CASE WHEN new.comes_back AND NOT %s"
            " THEN greatest(0, %s - old.paused_on) ELSE 0 END",
            paused,
            today,
        )
        return {
            "amount_overdue": SQL("coalesce(new.amount_overdue, 0)"),
            "amount_disputed": SQL("coalesce(new.amount_disputed, 0)"),
            "oldest_due_date": SQL("new.oldest_due_date"),
            "state": SQL(
                "CASE WHEN NOT new.is_open THEN 'closed'"
                " WHEN new.comes_back THEN new.state ELSE old.state END"
            ),
            "closed_state": SQL("CASE WHEN NOT new.is_open THEN old.state END"),
            "closed_at": SQL("CASE WHEN NOT new.is_open THEN %s::timestamp END", now),
            "close_reason": SQL("CASE WHEN NOT new.is_open THEN new.close_reason END"),
            "paused_on": SQL(
                "CASE WHEN NOT new.is_open THEN coalesce(old.paused_on, %s)"
                " WHEN NOT new.comes_back OR %s THEN old.paused_on END",
                today,
                paused,
            ),
            "ladder_started_on": SQL(
                "old.ladder_started_on"
                " + least(%s, greatest(0, %s - old.ladder_started_on))",
                days,
                today,
            ),
            "ladder_paused_days": SQL("coalesce(old.ladder_paused_days, 0) + %s", days),
            "never_overdue": SQL(
                "(old.never_overdue OR new.comes_back) AND"
                " coalesce(new.amount_overdue + new.amount_disputed, 0) = 0"
            ),
            "plan_dirty": SQL("(old.plan_dirty OR new.comes_back) AND new.is_open"),
            "untold": SQL(
                "NOT new.comes_back AND (old.untold IS TRUE OR"
                " coalesce(new.amount_overdue, 0) + coalesce(new.amount_disputed, 0)"
                " < old.amount_overdue + old.amount_disputed)"
            ),
            "write_date": SQL("%s::timestamp", now),
        } | {
            name: SQL("CASE WHEN new.is_open THEN old.%s END", SQL.identifier(name))
            for name in CLEARED
        }

    @api.model
    def _refresh_kinds(self, partner_ids):
        """SQL of the kinds of effect a case that was written has, as an array.

        ``busy``: something hangs on a closed case that must be put in order.
        """
        return SQL(
            """
            array_remove(CASE WHEN new.is_open THEN ARRAY[
                CASE WHEN new.undone THEN 'undone'
                     WHEN new.comes_back THEN 'reopened' ELSE 'updated' END,
                CASE WHEN old.stage_id IS DISTINCT FROM new.new_stage_id
                     THEN 'stage ' || coalesce(new.new_stage_id, 0) END,
                CASE WHEN new.state <> new.new_state
                     THEN 'state ' || new.new_state END,
                CASE WHEN new.held_state = 'dormant'
                      AND new.amount_before <> new.amount_overdue THEN 'woken' END,
                %s
            ] ELSE ARRAY[
                'closed',
                CASE WHEN EXISTS (SELECT FROM debt_promise promise
                                   WHERE promise.case_id = old.id
                                     AND promise.state = 'open')
                       OR EXISTS (SELECT FROM debt_call call
                                   WHERE call.case_id = old.id
                                     AND call.state = 'draft')
                       OR EXISTS (SELECT FROM mail_activity activity
                                   WHERE activity.res_model = 'debt.case'
                                     AND activity.res_id = old.id
                                     AND activity.active)
                     THEN 'busy' END
            ] END, NULL)
            """,
            SQL("NULL") if partner_ids is not None else SQL(PROMISED),
        )

    @api.model
    def _refresh_effects(self, partner_ids=None):
        """SQL that tells what was written, in few rows however many cases there are.

        Of debtors who are named something has moved, even where what they owe in all
        has not (an invoice posted and paid in one go): their promises are decided,
        those of closed cases too.

        Rows are ``(kind, number, ids)``; kinds are ``opened``, ``updated``, ``closed``,
        ``reopened`` and ``undone`` (taken up again, see `_refresh_coming_back`),
        ``busy`` (of the closed ones), ``promised``, ``woken`` (dormant until now), and
        one of ``stage 7`` or ``state disputed`` for every stage or state that cases
        have to be moved to.
        """
        # A payment may be undone long after it kept a promise.
        decided = SQL(
            """
            UNION ALL
            SELECT DISTINCT promise.case_id, 'promised'
              FROM debt_promise promise
              JOIN debt_case promised ON promised.id = promise.case_id
             WHERE promised.partner_id IN (SELECT commercial_partner_id FROM scope)
               AND promise.state <> 'cancelled'
               AND (promise.state = 'open' OR promise.date >= %s)
            """,
            fields.Date.today() - UNDONE_WITHIN,
        )
        return SQL(
            """
            SELECT kind, count(*), array_agg(id ORDER BY id)
              FROM (SELECT id, 'opened' AS kind FROM opened
                     UNION ALL
                    SELECT id, unnest(kinds) FROM written
                    %s) effect
             GROUP BY kind
            """,
            SQL() if partner_ids is None else decided,
        )
