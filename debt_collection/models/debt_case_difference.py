from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# A case opened so soon after another one continues it.
REOPENS_WITHIN = timedelta(days=30)


class DebtCase(models.Model):
    """The one statement that compares ledger and cases and writes what differs."""

    _inherit = "debt.case"

    @api.model
    def _refresh_statement(self, companies, partner_ids=None):
        """SQL that opens, updates and closes cases and tells what it did.

        Cases are locked in the order of their ids and inserted in the order of
        their debtors, so that two refreshes wait for each other and never deadlock.

        :return: SQL giving rows ``(kind, value, number, ids)``; see `_refresh_effects`
        """
        return SQL(
            """
            WITH %(ledger)s,
            current AS (%(current)s),
            changed AS MATERIALIZED (%(changed)s),
            locked AS MATERIALIZED (
                SELECT id FROM debt_case
                 WHERE id IN (SELECT id FROM changed WHERE id IS NOT NULL)
                 ORDER BY id FOR NO KEY UPDATE
            ),
            opened AS (%(insert)s),
            promises AS (%(promises)s),
            disputes AS (%(disputes)s),
            updated AS (%(update)s),
            closed AS (%(close)s)
            %(effects)s
            """,
            ledger=self._ledger_ctes(companies, partner_ids),
            current=self._refresh_current(companies, partner_ids),
            changed=self._refresh_changed(),
            insert=self._refresh_insert(companies),
            promises=self._refresh_inherit("debt_promise"),
            disputes=self._refresh_inherit("debt_dispute"),
            update=self._refresh_update(),
            close=self._refresh_close(),
            effects=self._refresh_effects(),
        )

    @api.model
    def _refresh_current(self, companies, partner_ids):
        """SQL of the open cases that are compared."""
        in_scope = SQL("AND partner_id IN (SELECT commercial_partner_id FROM scope)")
        return SQL(
            """
            SELECT id, company_id, partner_id, state, stage_id, amount_overdue,
                   amount_disputed, oldest_due_date
              FROM debt_case
             WHERE closed_at IS NULL AND company_id = ANY(%s) %s
            """,
            companies.ids,
            SQL() if partner_ids is None else in_scope,
        )

    @api.model
    def _refresh_changed(self):
        """SQL of the cases to open, update or close: those that differ, no others.

        A case is disputed while nothing undisputed is owed, and active again after;
        what people and promises decide about its state stays.
        """
        return SQL(
            """
            SELECT difference.*, state IS DISTINCT FROM new_state AS restated,
                   stage_id IS DISTINCT FROM new_stage_id AS restaged
              FROM (
                    SELECT old.id, company_id, partner_id, old.state, old.stage_id,
                           new.stage_id AS new_stage_id, new.ladder_id,
                           new.amount_overdue, new.amount_disputed,
                           new.oldest_due_date, coalesce(new.is_open, FALSE) AS is_open,
                           coalesce(new.close_reason, 'paid') AS close_reason,
                           CASE WHEN coalesce(old.state, 'active') = 'active'
                                     AND new.amount_overdue = 0 THEN 'disputed'
                                WHEN coalesce(old.state, 'disputed') = 'disputed'
                                     AND new.amount_overdue > 0 THEN 'active'
                                ELSE old.state END AS new_state,
                           old.amount_overdue IS DISTINCT FROM new.amount_overdue
                           OR old.amount_disputed IS DISTINCT FROM new.amount_disputed
                           OR old.oldest_due_date IS DISTINCT FROM new.oldest_due_date
                           AS other_amounts
                      FROM verdict new
                      FULL JOIN current old USING (company_id, partner_id)
                     WHERE old.id IS NOT NULL OR new.is_open
                   ) difference
             WHERE NOT is_open OR other_amounts OR state IS DISTINCT FROM new_state
                   OR stage_id IS DISTINCT FROM new_stage_id
            """
        )

    @api.model
    def _prepare_refresh_insert(self, companies):
        """SQL expression by column of a case that is opened.

        For add-ons: this is where their own required columns get a value, since new
        cases are inserted without the ORM.

        :return: dict of SQL; ``changed`` and ``company`` can be referred to
        """
        today = self._by_company(companies, "today", SQL("changed.company_id"))
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
            "state": SQL(
                "CASE WHEN former.restrains THEN former.closed_state"
                " ELSE changed.new_state END"
            ),
            "hold_until": SQL("CASE WHEN former.restrains THEN former.hold_until END"),
            "callback_at": SQL("CASE WHEN former.recent THEN former.callback_at END"),
            "profile_id": SQL("former.profile_id"),
            "priority": SQL("'0'"),
            "plan_dirty": SQL("TRUE"),
            "create_uid": SQL("%s::integer", self.env.uid),
            "write_uid": SQL("%s::integer", self.env.uid),
            "create_date": SQL("%s::timestamp", now),
            "write_date": SQL("%s::timestamp", now),
        }

    @api.model
    def _refresh_insert(self, companies):
        """SQL that opens cases; the unique index has the last word."""
        columns = self._prepare_refresh_insert(companies)
        return SQL(
            """
            INSERT INTO debt_case (%s)
            SELECT %s
              FROM changed
              JOIN res_company company ON company.id = changed.company_id
              LEFT JOIN LATERAL (%s) former ON TRUE
             WHERE changed.id IS NULL
             ORDER BY changed.company_id, changed.partner_id
                ON CONFLICT (company_id, partner_id) WHERE closed_at IS NULL DO NOTHING
            RETURNING id, company_id, partner_id
            """,
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(columns.values()),
            self._refresh_former(),
        )

    @api.model
    def _refresh_former(self):
        """SQL of the debtor's last case, whose restraints a new one takes over.

        An invoice corrected by way of draft closes a case and opens another: that
        must not undo a promise, a hold, a callback or, ever, a legal stop.
        """
        now = fields.Datetime.now()
        return SQL(
            """
            SELECT former.closed_state, former.hold_until, former.callback_at,
                   former.profile_id, former.closed_at > %(since)s AS recent,
                   former.closed_state = 'legal' OR former.closed_at > %(since)s AND (
                       former.closed_state = 'on_hold'
                       AND former.hold_until >= %(today)s
                       OR former.closed_state = 'promised'
                       AND EXISTS (SELECT FROM debt_promise promise
                                    WHERE promise.case_id = former.id
                                      AND promise.state = 'open')
                   ) AS restrains
              FROM debt_case former
             WHERE former.company_id = changed.company_id
               AND former.partner_id = changed.partner_id
               AND former.closed_at IS NOT NULL
             ORDER BY former.closed_at DESC, former.id DESC
             LIMIT 1
            """,
            since=now - REOPENS_WITHIN,
            today=now.date(),
        )

    @api.model
    def _refresh_inherit(self, table):
        """SQL that gives what is open about a debtor to the case just opened."""
        return SQL(
            """
            UPDATE %(table)s inherited
               SET case_id = opened.id
              FROM opened
              JOIN debt_case former ON former.company_id = opened.company_id
               AND former.partner_id = opened.partner_id
             WHERE former.id = inherited.case_id
               AND former.closed_at IS NOT NULL AND inherited.state = 'open'
            """,
            table=SQL.identifier(table),
        )

    @api.model
    def _refresh_update(self):
        """SQL that writes amounts; the ORM writes what the chatter tracks."""
        return SQL(
            """
            UPDATE debt_case
               SET amount_overdue = changed.amount_overdue,
                   amount_disputed = changed.amount_disputed,
                   oldest_due_date = changed.oldest_due_date,
                   write_uid = %s, write_date = %s
              FROM changed JOIN locked ON locked.id = changed.id
             WHERE debt_case.id = changed.id AND changed.is_open
            RETURNING debt_case.id, changed.restaged, changed.new_stage_id,
                      changed.restated, changed.new_state,
                      EXISTS (SELECT FROM debt_promise promise
                               WHERE promise.case_id = debt_case.id
                                 AND promise.state = 'open') AS promised
            """,
            self.env.uid,
            fields.Datetime.now(),
        )

    @api.model
    def _refresh_close(self):
        """SQL that closes cases, clearing what `_close` clears.

        ``busy``: something hangs on the case that the ORM must put in order.
        """
        now = fields.Datetime.now()
        return SQL(
            """
            UPDATE debt_case
               SET state = 'closed', closed_state = debt_case.state, closed_at = %s,
                   close_reason = changed.close_reason,
                   amount_overdue = coalesce(changed.amount_overdue, 0),
                   amount_disputed = coalesce(changed.amount_disputed, 0),
                   oldest_due_date = changed.oldest_due_date,
                   next_contact_at = NULL, contact_until = NULL,
                   next_contact_code = NULL, next_contact_block = NULL,
                   plan_dirty = FALSE,
                   write_uid = %s, write_date = %s
              FROM changed JOIN locked ON locked.id = changed.id
             WHERE debt_case.id = changed.id AND NOT changed.is_open
            RETURNING debt_case.id,
                   EXISTS (SELECT FROM debt_promise promise
                            WHERE promise.case_id = debt_case.id
                              AND promise.state = 'open')
                   OR EXISTS (SELECT FROM debt_call call
                               WHERE call.case_id = debt_case.id
                                 AND call.state = 'draft')
                   OR EXISTS (SELECT FROM mail_activity activity
                               WHERE activity.res_model = 'debt.case'
                                 AND activity.res_id = debt_case.id
                                 AND activity.active) AS busy
            """,
            now,
            self.env.uid,
            now,
        )

    @api.model
    def _refresh_effects(self):
        """SQL that tells what was written, in few rows however many cases there are.

        Rows are ``(kind, value, number, ids)``: ``opened`` with the first few ids,
        ``updated`` without, ``closed`` with the busy ones, ``promised`` with all, and
        a row for every new ``stage`` or ``state``, which is in ``value``.
        """
        return SQL(
            """
            SELECT 'opened', NULL, count(*), (
                   SELECT array_agg(id) FROM (SELECT id FROM opened LIMIT %s) few)
              FROM opened
             UNION ALL
            SELECT 'updated', NULL, count(*), NULL FROM updated
             UNION ALL
            SELECT 'closed', NULL, count(*),
                   array_agg(id ORDER BY id) FILTER (WHERE busy)
              FROM closed
             UNION ALL
            SELECT 'promised', NULL, count(*), array_agg(id ORDER BY id)
              FROM updated WHERE promised
             UNION ALL
            SELECT 'stage', new_stage_id::text, count(*), array_agg(id ORDER BY id)
              FROM updated WHERE restaged GROUP BY new_stage_id
             UNION ALL
            SELECT 'state', new_state, count(*), array_agg(id ORDER BY id)
              FROM updated WHERE restated GROUP BY new_state
            """,
            self._plan_at_once() + 1,
        )
