from collections import Counter, defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.profile import Facts, suggest

# Older habits say little about today's.
LOOK_BACK = timedelta(days=730)
YEAR = timedelta(days=365)
# What the statement reads and somebody may just have changed.
READ = {
    "debt.call": ["answered_at", "connected", "objection_ids", "outcome_id"],
    "debt.dispute": ["company_id", "partner_id", "state"],
    "debt.promise": ["company_id", "made_on", "partner_id", "state"],
}


class DebtProfile(models.Model):
    """Which profile fits a debtor, and why; a person decides."""

    _inherit = "debt.profile"

    @api.model
    def _suggestions(self, cases):
        """Profiles that fit these debtors, in three queries for any number of them.

        :return: dict by case of the ``debt.profile``, empty where none is suggested,
            and a list of sentences with the reasons, in the user's language
        """
        cases = cases.filtered("id")
        if not cases:
            return {}
        profiles = self.search_fetch([], ["code", "name"])
        by_code = {profile.code: profile for profile in profiles}
        facts = self._facts(cases)
        suggestions = {}
        for case in cases:
            known = facts[case.company_id.id, case.partner_id.id]
            profile, reasons = self._suggest(known)
            texts = self._texts(known.numbers())
            suggestions[case] = (
                by_code.get(profile, profiles.browse()),
                [texts[reason] for reason in reasons],
            )
        return suggestions

    @api.model
    def _suggest(self, facts):
        """Hook: the `tools.profile.Suggestion` for what is known of a debtor."""
        return suggest(facts)

    # --- facts, read set-wise -----------------------------------------------------
    @api.model
    def _facts(self, cases):
        """What payments and calls of the last two years say about these debtors.

        Read past the access rights of accounting: exactly these debtors in the
        companies of their cases, and only counts come out.

        :return: dict of `tools.profile.Facts` by company and debtor id
        """
        for model, names in READ.items():
            self.env[model].flush_model(names)
        scope = {
            "partners": cases.partner_id.ids,
            "companies": cases.company_id.ids,
            "since": fields.Date.today() - LOOK_BACK,
        }
        counts = defaultdict(lambda: defaultdict(Counter))
        for company, partner, kind, code, number in self.env.execute_query(
            self._contacts(**scope)
        ):
            counts[company, partner][kind][code] += number
        payments = self._payments(**scope, lately=fields.Date.today() - YEAR)
        return {
            key: self._prepare_facts(counts[key], *payments.get(key, ()))
            for key in {(case.company_id.id, case.partner_id.id) for case in cases}
        }

    @api.model
    def _payments(self, partners, companies, since, lately):
        """Hook: how these debtors paid, which the ledger tells.

        :param date since: due dates from which on invoices are looked at
        :param date lately: after it, months with a late payment are counted
        :return: dict by ids of company and debtor: number of settled invoices, of these
            late, days late on average, months with late payments
        """
        return {}

    @api.model
    def _prepare_facts(self, counts, settled=0, late=0, days=0, months=0):
        calls = counts["call"]
        return Facts(
            settled=settled,
            settled_late=late,
            days_late=float(days or 0),
            late_months=months,
            calls=calls["made"],
            answered=calls["answered"],
            unanswered_in_a_row=calls["silent"],
            objections=counts["objection"],
            outcomes=counts["outcome"],
            promises=counts["promise"],
            disputes=counts["dispute"],
        )

    @api.model
    def _contacts(self, partners, companies, since):
        """SQL: counts of calls, promises and disputes by kind and code.

        A debtor who calls himself is not silent. Calls without an outcome say nothing.
        """
        return SQL(
            """
            WITH call AS (
                SELECT c.id, c.company_id, c.partner_id, c.started_at, outcome.code,
                       c.direction = 'outbound' AS made,
                       c.direction = 'inbound' OR c.connected
                           OR c.answered_at IS NOT NULL AS answered
                  FROM debt_call c
                  JOIN debt_call_outcome outcome ON outcome.id = c.outcome_id
                 WHERE c.partner_id = ANY(%(partners)s)
                   AND c.company_id = ANY(%(companies)s)
                   AND c.started_at >= %(since)s
            ), heard AS (
                SELECT company_id, partner_id,
                       max(started_at) FILTER (WHERE answered) AS last_at
                  FROM call
                 GROUP BY company_id, partner_id
            )
            SELECT company_id, partner_id, 'call', 'made', count(*)
              FROM call WHERE made GROUP BY 1, 2
            UNION ALL
            SELECT company_id, partner_id, 'call', 'answered', count(*)
              FROM call WHERE made AND answered GROUP BY 1, 2
            UNION ALL
            SELECT company_id, partner_id, 'call', 'silent', count(*)
              FROM call JOIN heard USING (company_id, partner_id)
             WHERE answered IS NOT TRUE
               AND started_at > COALESCE(last_at, '-infinity')
             GROUP BY 1, 2
            UNION ALL
            SELECT company_id, partner_id, 'outcome', code, count(*)
              FROM call GROUP BY 1, 2, 4
            UNION ALL
            SELECT company_id, partner_id, 'objection', objection.code, count(*)
              FROM call
              JOIN debt_call_objection_rel rel ON rel.call_id = call.id
              JOIN debt_objection objection ON objection.id = rel.objection_id
             GROUP BY 1, 2, 4
            UNION ALL
            SELECT company_id, partner_id, 'promise', state, count(*)
              FROM debt_promise
             WHERE partner_id = ANY(%(partners)s)
               AND company_id = ANY(%(companies)s)
               AND made_on >= %(since)s
             GROUP BY 1, 2, 4
            UNION ALL
            SELECT company_id, partner_id, 'dispute', state, count(*)
              FROM debt_dispute
             WHERE partner_id = ANY(%(partners)s)
               AND company_id = ANY(%(companies)s)
               AND create_date >= %(since)s
             GROUP BY 1, 2, 4
            """,
            partners=partners,
            companies=companies,
            since=since,
        )

    @api.model
    def _texts(self, numbers):
        """Sentences by reason code; mild, for the debtor may read his record.

        :param dict numbers: `tools.profile.Facts.numbers`
        """
        return {
            "mostly_on_time": self.env._(
                "Paid %(on_time)s of %(settled)s invoices on time.", **numbers
            ),
            "short_delay": self.env._(
                "Late payments were %(days)s days late on average.", **numbers
            ),
            "said_forgot": self.env._(
                "Calls in which the invoice was said to have been forgotten: "
                "%(forgot)s.",
                **numbers,
            ),
            "keeps_promises": self.env._(
                "Kept %(kept)s of %(promises)s promises.", **numbers
            ),
            "said_hardship": self.env._(
                "Calls in which hardship was mentioned: %(hardship)s.", **numbers
            ),
            "said_no_money": self.env._(
                "Said in %(no_money)s calls that money was short.", **numbers
            ),
            "pays_in_parts": self.env._(
                "Paid %(partial)s of %(promises)s promises in part.", **numbers
            ),
            "often_late": self.env._(
                "Paid %(late)s of %(settled)s invoices late, by %(days)s days on "
                "average.",
                **numbers,
            ),
            "always_late": self.env._(
                "Paid %(late)s of %(settled)s invoices late, by %(days)s days on "
                "average.",
                **numbers,
            ),
            "late_months": self.env._(
                "Paid late in %(months)s of the last 12 months.", **numbers
            ),
            "puts_off": self.env._(
                "Asked in %(put_off)s calls to wait a little.", **numbers
            ),
            "promise_missed": self.env._(
                "%(broken)s of %(promises)s promises passed without a payment.",
                **numbers,
            ),
            "promises_missed": self.env._(
                "%(broken)s of %(promises)s promises passed without a payment.",
                **numbers,
            ),
            "unreachable": self.env._(
                "The last %(silent)s calls were not answered.", **numbers
            ),
            "seldom_answers": self.env._(
                "Answered %(answered)s of %(calls)s calls.", **numbers
            ),
            "claims_paid": self.env._(
                "Said in %(claims)s calls that it had been paid.", **numbers
            ),
            "disputes_rejected": self.env._(
                "%(disputes)s disputes ended with the debt confirmed.", **numbers
            ),
            "too_little": self.env._(
                "Too little to go by yet: %(settled)s settled invoices, %(calls)s "
                "calls, %(promises)s promises.",
                **numbers,
            ),
            "unclear": self.env._(
                "Payments and calls so far do not point to one profile."
            ),
        }
