from collections import defaultdict
from datetime import timedelta
from functools import partial
from random import Random

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ...tools.queue_score import (
    MINUTES,
    REACH,
    Learned,
    Sight,
    Weights,
    features,
    gain,
    learn,
)
from ..card.lock_rows import lock_found

#: Calls of so many days are learned from, at most so many rows of each kind.
LEARNED_FROM, MOST_ROWS = timedelta(days=180), 1500
#: Money that comes within a week is counted for a talk, or for having waited.
WEEK = timedelta(days=7)
#: So many are written at a time.
BATCH = 500
#: Cases due within so long are put in order.
AHEAD = timedelta(hours=2)
HOUR = timedelta(hours=1)
#: A call took no longer: whoever has no time leaves the window open.
LONGEST_CALL = 60.0


class ResCompany(models.Model):
    _inherit = "res.company"

    # What its calls have taught, see `tools.queue_score.Learned`, and the day of it.
    debt_queue_learned = fields.Json(
        string="What Its Calls Taught",
        readonly=True,
        copy=False,
        groups="debt_collection.group_debt_manager",
    )


class DebtQueueOrder(models.AbstractModel):
    """Puts those who are due in the order in which calls are expected to add most.

    What counts of a debtor is what his payments, promises and calls with us say of him,
    and nothing of his person; see `tools.queue_score`.
    """

    _name = "debt.queue.order"
    _description = "Order of the Queue by Gain"

    @api.model
    def _cron_rank(self):
        """The hourly job: learn once a day, and rank who is due."""
        companies = self.env["res.company"].sudo().search([])
        for company in companies.filtered(lambda one: one.debt_queue_order == "gain"):
            self._learn_daily(company)
            self.env["ir.cron"]._commit_progress()
            self._rank(company, self._due(company))

    @api.model
    def _due(self, company):
        """Cases that may be called within the next hours."""
        now = fields.Datetime.now()
        return (
            self.env["debt.case"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("closed_at", "=", False),
                    ("state", "=", "active"),
                    ("next_contact_at", "<=", now + AHEAD),
                    ("contact_until", ">", now),
                ]
            )
        )

    @api.model
    def _rank(self, company, cases):
        """Write where cases stand; a share of them stands anywhere.

        Those that somebody is at keep their place until the next hour.

        :param cases: ``debt.case`` of the company, superuser
        """
        rates = self._rates(company, self._sights(cases))
        pool = sorted(rates.values())
        day, share = company._debt_today(), company.debt_queue_random
        for ids in split_every(BATCH, cases.ids):
            batch = lock_found(partial(cases.browse, ids))
            for case in batch.with_context(tracking_disable=True):
                luck = Random(f"{case.id} {day}")
                random = luck.random() < share
                values = {
                    "queue_random": random,
                    "queue_rate": luck.choice(pool) if random else rates[case],
                }
                if any(case[name] != value for name, value in values.items()):
                    case.write(values)
            self.env["ir.cron"]._commit_progress()

    @api.model
    def _rates(self, company, sights):
        """Hook: what a minute of an operator is expected to add, by case.

        :param dict sights: see `_sights`
        """
        learned = self._learned(company)
        return {
            case: gain(sight, hour, learned, later).place
            for case, (sight, hour, later) in sights.items()
        }

    # --- what is seen of debtors ---
    @api.model
    def _sights(self, cases):
        """What counts of the debtors of cases, and which hour it is where they are.

        :return: dict by case of `tools.queue_score.Sight`, the hour, and the later ones
            of the day at which the debtor may be called
        """
        now = fields.Datetime.now()
        asked = SQL(
            """
            SELECT id AS key, id AS case_id, %(now)s::timestamp AS at,
                   amount_overdue AS amount,
                   %(now)s::date - oldest_due_date AS days_late
              FROM debt_case WHERE id = ANY(%(ids)s)
            """,
            now=now,
            ids=cases.ids,
        )
        dials = self._dials_by_hour(cases.partner_id)
        facts, found = cases._contact_facts(), {}
        for key, sight in self._read_sights(asked, dials):
            case = cases.browse(key)
            hour = case._local_hour(now, facts[case])
            found[case] = sight, hour, self._later(case, hour, now)
        return found

    @api.model
    def _later(self, case, hour, now):
        """The hours of the debtor's day after this one, as long as he may be called."""
        left = int(((case.contact_until or now) - now) / HOUR)
        return range(hour + 1, min(hour + left + 1, 24))

    @api.model
    def _dials_by_hour(self, partners):
        """Attempts and answers of debtors by their hour.

        :return: dict by partner id of dicts by hour of pairs
        """
        found = defaultdict(dict)
        for partner, hour, tried, answered in self.env.execute_query(
            SQL(
                """
                SELECT partner_id, local_hour, count(*),
                       count(*) FILTER (WHERE connected)
                  FROM debt_call
                 WHERE partner_id = ANY(%s) AND direction = 'outbound'
                   AND state = 'done' AND started_at IS NOT NULL
                   AND unreached IS NOT TRUE
                   AND local_hour IS NOT NULL
                 GROUP BY partner_id, local_hour
                """,
                partners.ids,
            )
        ):
            found[partner][hour] = (tried, answered)
        return found

    @api.model
    def _read_sights(self, asked, dials=None):
        """What counted of debtors at some instants.

        :param SQL asked: rows of ``key, case_id, at`` (UTC)``, amount, days_late``
        :param dials: see `_dials_by_hour`
        :return: yields key and `Sight`
        """
        for name in ("debt.call", "debt.case", "debt.promise"):
            self.env[name].flush_model()
        self.env["debt.collection.report"]._catch_up()
        query = SQL(
            """
            SELECT asked.key, k.partner_id, asked.amount, asked.days_late,
                   money.paid, money.on_time, word.made, word.kept, dial.tried,
                   dial.answered, money.usual, money.lately
              FROM (%s) asked
              JOIN debt_case k ON k.id = asked.case_id
             CROSS JOIN LATERAL (
                   SELECT count(*) AS made,
                          count(*) FILTER (WHERE state = 'kept') AS kept
                     FROM debt_promise
                    WHERE case_id = asked.case_id AND date < asked.at::date
                      AND state IN ('kept', 'partial', 'broken')) word
             CROSS JOIN LATERAL (
                   SELECT count(*) AS tried,
                          count(*) FILTER (WHERE connected) AS answered
                     FROM debt_call
                    WHERE partner_id = k.partner_id AND direction = 'outbound'
                      AND state = 'done' AND unreached IS NOT TRUE
                      AND started_at < asked.at
                      AND started_at > asked.at - interval '30 days') dial
             CROSS JOIN LATERAL (
                   SELECT count(*) AS paid,
                          count(*) FILTER (WHERE age <= 30) AS on_time,
                          coalesce(avg(amount), 0) AS usual,
                          coalesce(bool_or(day > asked.at::date - 30), FALSE) AS lately
                     FROM debt_collection_report
                    WHERE partner_id = k.partner_id AND company_id = k.company_id
                      AND day < asked.at::date) money
            """,
            asked,
        )
        dials = dials or {}
        for (
            key,
            partner,
            amount,
            late,
            *counts,
            usual,
            lately,
        ) in self.env.execute_query(query):
            paid, on_time, made, kept, tried, answered = counts
            sight = Sight(
                float(amount or 0),
                late or 0,
                paid=paid,
                paid_on_time=on_time,
                made=made,
                kept=kept,
                attempts=tried,
                answered=answered,
                usual=float(usual),
                part_paid=lately,
                hours=dials.get(partner, {}),
            )
            yield key, sight

    # --- what calls have taught ---
    @api.model
    def _learned(self, company):
        """What the company's calls have taught, as of the day when it was learned."""
        kept = company.debt_queue_learned
        return _from_json(kept) if kept else Learned()

    @api.model
    def _learn_daily(self, company):
        """Learn anew, once a day."""
        today = fields.Date.to_string(company._debt_today())
        if (company.debt_queue_learned or {}).get("day") != today:
            learned = _to_json(self._learn(company))
            company.debt_queue_learned = {"day": today, **learned}

    @api.model
    def _learn(self, company):
        talks = self._rows(self._talks(company))
        waits = self._rows(self._waits(company))
        dials = self.env.execute_query(
            SQL(
                """
                SELECT local_hour, count(*), count(*) FILTER (WHERE connected)
                  FROM debt_call
                 WHERE company_id = %s AND direction = 'outbound' AND state = 'done'
                   AND started_at > %s AND local_hour IS NOT NULL
                   AND unreached IS NOT TRUE
                 GROUP BY local_hour
                """,
                company.id,
                fields.Datetime.now() - LEARNED_FROM,
            )
        )
        hours = {hour: (n, yes) for hour, n, yes in dials}
        return learn(talks, waits, hours, self._spent(company))

    @api.model
    def _spent(self, company):
        """Minutes of operators for calls, and their number: answered, and not."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT coalesce(connected, FALSE), count(*)::int,
                       sum(least(%(longest)s, EXTRACT(EPOCH FROM
                           greatest(finished_at, ended_at) - started_at) / 60))::float
                  FROM debt_call
                 WHERE company_id = %(company)s AND direction = 'outbound'
                   AND state = 'done' AND started_at > %(since)s
                   AND mode IN ('manual', 'preview') AND finished_at >= started_at
                 GROUP BY 1
                """,
                company=company.id,
                longest=LONGEST_CALL,
                since=fields.Datetime.now() - LEARNED_FROM,
            )
        )
        found = {connected: (minutes, calls) for connected, calls, minutes in rows}
        return found.get(True, (0, 0)), found.get(False, (0, 0))

    @api.model
    def _rows(self, asked):
        """Features, and whether money came in the week after, of some instants."""
        query = SQL(
            """
            SELECT asked.key, EXISTS (
                   SELECT FROM debt_collection_report money
                    WHERE money.case_id = asked.case_id
                      AND money.day >= asked.at::date
                      AND money.day < asked.at::date + %s)
              FROM (%s) asked
            """,
            WEEK.days,
            asked,
        )
        paid = dict(self.env.execute_query(query))
        return [(features(sight), paid[key]) for key, sight in self._read_sights(asked)]

    @api.model
    def _talks(self, company):
        """SQL of talks whose week is over, the last ones."""
        now = fields.Datetime.now()
        return SQL(
            """
            SELECT id AS key, case_id, started_at AS at, amount_owed AS amount,
                   days_late
              FROM debt_call
             WHERE company_id = %s AND party = 'right_party' AND direction = 'outbound'
               AND state = 'done' AND started_at BETWEEN %s AND %s
             ORDER BY started_at DESC, id DESC LIMIT %s
            """,
            company.id,
            now - LEARNED_FROM,
            now - WEEK,
            MOST_ROWS,
        )

    @api.model
    def _waits(self, company):
        """SQL of weeks in which nobody spoke with the debtor of an open case.

        What he owed then is what he owes and has paid since.
        """
        now = fields.Datetime.now()
        return SQL(
            """
            SELECT row_number() OVER (ORDER BY week.at, k.id)::int AS key,
                   k.id AS case_id, week.at,
                   k.amount_overdue + money.amount AS amount,
                   week.at::date - least(k.oldest_due_date, money.due) AS days_late
              FROM generate_series(%(first)s::timestamp, %(last)s::timestamp,
                                   interval '7 days') AS week (at)
              JOIN debt_case k ON k.company_id = %(company)s
               AND k.create_date <= week.at
               AND (k.closed_at IS NULL OR k.closed_at > week.at)
             CROSS JOIN LATERAL (
                   SELECT coalesce(sum(amount), 0) AS amount, min(day - age) AS due
                     FROM debt_collection_report
                    WHERE case_id = k.id AND day >= week.at::date) money
             WHERE NOT EXISTS (
                   SELECT FROM debt_call c
                    WHERE c.partner_id = k.partner_id AND c.party = 'right_party'
                      AND c.started_at BETWEEN week.at - interval '7 days'
                                           AND week.at + interval '7 days')
             ORDER BY hashint8(k.id::bigint * 53 + EXTRACT(DOY FROM week.at)::bigint)
             LIMIT %(most)s
            """,
            first=now - LEARNED_FROM,
            last=now - WEEK,
            company=company.id,
            most=MOST_ROWS,
        )


def _to_json(learned):
    return {
        "talk": [learned.talk.base, *learned.talk.by_name],
        "none": [learned.none.base, *learned.none.by_name],
        "hours": {str(hour): rate for hour, rate in learned.hours.items()},
        "counts": [learned.talks, learned.waits],
        "minutes": learned.minutes,
        "usual": learned.usual,
        "worked": sorted(learned.worked),
    }


def _from_json(kept):
    talk, none = (
        Weights(base, tuple(by_name)) for base, *by_name in (kept["talk"], kept["none"])
    )
    hours = {int(hour): rate for hour, rate in kept["hours"].items()}
    # Of the day before an update there are none.
    minutes = tuple(kept.get("minutes", MINUTES))
    usual, worked = kept.get("usual", REACH), frozenset(kept.get("worked", ()))
    return Learned(talk, none, hours, *kept["counts"], minutes, usual, worked)
