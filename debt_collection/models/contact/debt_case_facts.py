from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from operator import attrgetter

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import zones as zone_tools
from ...tools.clock import local
from ...tools.consent import Word
from ...tools.contact import Contact, Policy
from ..card.res_partner import DEBT_PHONE_FIELDS
from .public_holidays import holidays_of

# What is read of all the records at once; anything more comes by the thousand.
CASE_FACTS = [
    *("partner_id", "company_id", "state", "callback_at", "hold_until"),
    *("ladder_id", "ladder_started_on"),
]
DEBTOR_FACTS = [
    *("country_id", "state_id", "zip", "city", "is_company", "debt_kind", "debt_tz"),
    *("debt_contact_policy_id", "debt_do_not_call", "debt_no_work_calls"),
    *("debt_protection", "debt_protection_since", "debt_protection_until"),
    "debt_representative_id",
    "debt_preferred_hour",
]
CALL_FACTS = ["partner_id", "user_id", "state", "claim_until"]
# The longest rolling limit in any law we know is a month, and none is longer than four
# (`LONGEST_LIMIT`); ladders count their attempts from their first day.
HISTORY_DAYS = 130
# No call counts for longer, however long nobody closed it.
A_DAY_OF_MINUTES = 24 * 60


@dataclass(slots=True)
class Facts:
    """What the gate and the planner must know about one debtor.

    ``busy`` is the call that is open with him, whoever's it is; ``words`` are the
    consents he gave or withdrew; ``usable_phones`` those of ``phones`` that may be
    dialled.
    """

    policy: Policy | None = None
    zones: tuple[str, ...] = ()
    holidays: frozenset = frozenset()
    history: list[Contact] = field(default_factory=list)
    phones: list = field(default_factory=list)
    usable_phones: list = field(default_factory=list)
    hours: dict[int, int] = field(default_factory=dict)
    busy: object = None
    words: list[Word] = field(default_factory=list)

    def history_after(self, made):
        """The contacts, with the open call as it will have been.

        :param Contact made: what it will have been, had it been dialled now
        """
        call = self.busy
        if not call or call.state == "draft":
            return [*self.history, made]
        rang = call.direction == "inbound"
        made = made._replace(at=call.started_at, incoming=rang)
        return [*(c for c in self.history if c.at != call.started_at), made]

    @property
    def zone(self):
        return self.zones[0] if self.zones else None


class DebtCase(models.Model):
    """What is known of debtors before they are contacted, read for many at once."""

    _inherit = "debt.case"

    def _contact_facts(self):
        """What the gate must know, in as many queries for one case as for thousands.

        Read as superuser because the law counts what all operators and all companies
        did to a debtor; only the debtors of these cases are read.

        :return: dict of `Facts` by case
        """
        cases = self.sudo()
        cases.fetch(CASE_FACTS)
        debtors = cases.partner_id
        debtors.fetch(DEBTOR_FACTS)
        phones = self.env["debt.phone"]._listed(debtors)
        history, hours = cases._contact_history(debtors, self._work_numbers(phones))
        busy = cases._open_calls(debtors)
        words = cases._consent_words(debtors)
        policies = self.env["debt.contact.policy"]
        facts = {}
        for case, own in zip(cases, self, strict=True):
            debtor = case.partner_id
            known = phones[debtor.id]
            said = words[debtor.id, case.company_id.id]
            usable = [
                phone
                for phone in known
                if phone._is_usable() and not case._refused_at_work(phone, said)
            ]
            facts[own] = Facts(
                policy=policies._chosen_policy(case._policy_choice()),
                zones=case._resolve_zones(usable[0] if usable else None).names,
                holidays=case._public_holidays(),
                history=history[debtor.id],
                phones=known,
                usable_phones=usable,
                hours=hours[debtor.id],
                busy=busy.get(debtor.id),
                words=said,
            )
        return facts

    def _open_calls(self, debtors):
        """The calls that are not over with these debtors, whoever's they are.

        :return: dict of ``debt.call`` (superuser) by partner id
        """
        # Superuser: a line that is busy is busy for all companies.
        calls = self.env["debt.call"].sudo()
        theirs = [("partner_id", "in", debtors.ids), ("state", "!=", "done")]
        return {
            call.partner_id.id: call for call in calls.search_fetch(theirs, CALL_FACTS)
        }

    def _contact_history(self, debtors, work=(), since=None):
        """Contacts made with these debtors, in all companies.

        Of a call nobody logged an outcome for, the worst is assumed: that it was a
        conversation. Where the debtor rang us, it is a conversation but no attempt. A
        call that failed before any telephone rang is none either. A message counts
        from the moment it was handed over.

        :param work: numbers that ring at a place of work
        :param datetime since: naive UTC; by default as far back as any limit looks
        :return: two dicts by partner id: list of `tools.contact.Contact`, the oldest
            first, and counts of answered calls by local hour
        """
        self.env["debt.call"].flush_model()
        self.env["debt.message"].flush_model()
        since = since or fields.Datetime.now() - timedelta(days=HISTORY_DAYS)
        # Contacts that differ in nothing but their time come as one row: hundreds of
        # thousands of rows took longer to hand over than all else to decide.
        rows = self.env.execute_query(
            SQL(
                """
                WITH contact AS (
                    SELECT partner_id, started_at AS at,
                           CASE mode WHEN 'robot' THEN 'robot_call'
                                     WHEN 'voice_message' THEN 'voice_message'
                                     ELSE 'call' END AS channel,
                           connected OR answered_at IS NOT NULL OR party != 'none'
                           OR outcome_id IS NULL AND party IS NULL AS connected,
                           party = 'right_party'
                           OR outcome_id IS NULL AND party IS NULL AS conversed,
                           requested, company_id, direction = 'inbound' AS incoming,
                           CEIL(EXTRACT(EPOCH FROM
                                COALESCE(ended_at, %(now)s) - started_at) / 60)::int
                           AS minutes, local_hour,
                           CASE WHEN number = ANY(%(work)s) THEN 'work' ELSE '' END
                           AS place,
                           outcome_id IN (SELECT id FROM debt_call_outcome
                                           WHERE retry_minutes > 0) AS busy
                      FROM debt_call
                     WHERE partner_id = ANY(%(debtors)s)
                       AND state != 'draft'
                       AND unreached IS NOT TRUE
                       AND started_at > %(since)s
                    UNION ALL
                    SELECT partner_id, sent_at, channel, FALSE, FALSE, requested,
                           company_id, FALSE, 1, NULL,
                           CASE WHEN address = ANY(%(work)s) THEN 'work' ELSE '' END,
                           FALSE
                      FROM debt_message
                     WHERE partner_id = ANY(%(debtors)s)
                       AND sent_at > %(since)s
                )
                SELECT partner_id,
                       CASE WHEN connected AND NOT incoming THEN local_hour END,
                       array_agg(at),
                       -- as tools.contact.Contact has them
                       channel, COALESCE(connected, FALSE),
                       COALESCE(conversed, FALSE), COALESCE(requested, FALSE),
                       company_id, incoming, LEAST(GREATEST(minutes, 1), %(longest)s),
                       place, COALESCE(busy, FALSE)
                  FROM contact
                 GROUP BY 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12
                """,
                debtors=debtors.ids,
                longest=A_DAY_OF_MINUTES,
                since=since,
                now=fields.Datetime.now(),
                work=list(work),
            )
        )
        history = defaultdict(list)
        hours = defaultdict(lambda: defaultdict(int))
        for debtor_id, answered_hour, times, *how in rows:
            history[debtor_id] += [Contact(at, *how) for at in times]
            if answered_hour is not None:
                hours[debtor_id][answered_hour] += len(times)
        for contacts in history.values():
            contacts.sort(key=attrgetter("at"))
        return history, hours

    # --- where the debtor is ----------------------------------------------------------
    def _resolve_zones(self, phone):
        """Zones in which the debtor may be, the most reliable source first.

        :param phone: ``debt.phone`` or None
        :return: `tools.zones.Zones`
        """
        debtor = self.partner_id
        holder = phone.contact_id if phone else debtor
        home = holder if holder.country_id else debtor
        address = zone_tools.address_zones(
            home.country_id.code or "",
            home.state_id.code or "",
            home.zip or "",
            home.city or "",
        )
        return zone_tools.resolve(
            holder.debt_tz or debtor.debt_tz or None,
            address,
            phone._parsed() if phone else None,
            elsewhere=holder != debtor,
        )

    def _local_hour(self, at, facts=None):
        """Hour of the day (0 to 23) where the debtor is; UTC where that is unknown."""
        facts = facts or self._contact_facts()[self]
        return local(facts.zone or "UTC", at).hour

    def _public_holidays(self, year=None):
        """Public holidays wherever the debtor may live.

        :param int year: the first one that matters; this one when None
        """
        partner = self.partner_id
        countries = partner._debt_countries(self.company_id)
        places = ((country.code, partner.state_id.code or "") for country in countries)
        return holidays_of(tuple(places), year or fields.Date.today().year)

    @api.model
    def _cron_daily(self):
        """Tables of zones and prefixes change with the addon: numbers follow them."""
        super()._cron_daily()
        self.env["debt.phone"]._follow_tables()

    def _on_debtor_changed(self, names):
        if self and names & DEBT_PHONE_FIELDS:
            self.env["debt.phone"]._sync(self.partner_id)
        super()._on_debtor_changed(names)
