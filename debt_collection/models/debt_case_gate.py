from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytz

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.consent import Word
from ..tools.contact import CHANNELS, Answer, Contact, Policy, check

PHONE_CHANNELS = {"call", "robot_call", "voice_message", "sms"}
# What is read of all the records at once; anything more comes by the thousand.
CASE_FACTS = ["partner_id", "company_id", "callback_at", "state"]
DEBTOR_FACTS = [
    *("country_id", "state_id", "zip", "city", "is_company", "debt_kind", "debt_tz"),
    *("debt_contact_policy_id", "debt_do_not_call", "debt_no_work_calls"),
    *("debt_protection", "debt_protection_until", "debt_representative_id"),
]
# The longest rolling limit in any law we know is a month; a quarter more is for the
# ladder, whose attempts are counted from its first day.
HISTORY_DAYS = 130
# Nobody plans further ahead, and the calendars end somewhere.
FARTHEST_ASKED = timedelta(days=3653)
# No call counts for longer, however long nobody closed it.
A_DAY_OF_MINUTES = 24 * 60


@dataclass(slots=True)
class Facts:
    """What the gate and the planner must know about one debtor.

    ``busy`` is the call that is open with him, whoever's it is; ``words`` are the
    consents he gave or withdrew.
    """

    policy: Policy | None = None
    zones: tuple[str, ...] = ()
    holidays: frozenset = frozenset()
    history: list[Contact] = field(default_factory=list)
    phones: list = field(default_factory=list)
    hours: dict[int, int] = field(default_factory=dict)
    busy: object = None
    words: list[Word] = field(default_factory=list)

    @property
    def usable_phones(self):
        return [phone for phone in self.phones if phone._is_usable()]

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
    _inherit = "debt.case"

    def check_contact(self, channel, number=None, at=None):
        """The one gate: may this debtor be contacted so, now or at a given instant?

        :param str channel: one of call, robot_call, sms, email, voice_message,
            letter, visit
        :param str number: the number to be dialled, in any form, or the e-mail address
            to be written to; any usable number of the debtor when None
        :param datetime at: naive UTC; now when None
        :return: ``{"allowed": bool, "reason": code, "message": text in the user's
            language, "next_at": naive UTC or False}``
        :raises UserError: the channel is unknown, the number no text, or the time none
        """
        self.ensure_one()
        if channel not in CHANNELS:
            raise UserError(
                self.env._("There is no way of contact “%(name)s”.", name=channel)
            )
        if number is not None and not isinstance(number, str):
            raise UserError(self.env._("Give the number as text."))
        self.check_access("read")
        at = self._asked_at(at)
        answer, facts = self._ask_gate(channel, at, number)
        return {
            "allowed": answer.allowed,
            "reason": answer.reason,
            "message": self._contact_message(answer, at, facts),
            "next_at": answer.next_at or False,
        }

    def _asked_at(self, at):
        """The instant asked for, naive UTC; now when there is none.

        :raises UserError: it is no time, or none near enough to reckon with
        """
        now = fields.Datetime.now()
        try:
            if isinstance(at, datetime) and at.tzinfo:
                at = at.astimezone(pytz.utc).replace(tzinfo=None)
            at = fields.Datetime.to_datetime(at) or now
            fits = abs(at - now) <= FARTHEST_ASKED
        except (OverflowError, TypeError, ValueError):
            fits = False
        if not fits:
            raise UserError(
                self.env._(
                    "Ask about a time in UTC within ten years, not “%(time)s”.", time=at
                )
            )
        return at

    def _ask_gate(self, channel, at, number=None, lifted=()):
        """The gate's answer, and what it knew about the debtor.

        :param datetime at: naive UTC
        :param lifted: codes of the pauses that do not keep this contact back
        :return: `tools.contact.Answer` and `Facts`
        """
        facts = self._contact_facts()[self]
        by_phone = number and channel in PHONE_CHANNELS
        phone = self._find_phone(facts, number) if by_phone else None
        if phone:
            facts.zones = self._resolve_zones(phone).names
        answer = self._contact_gate(channel, at, facts, number, phone, lifted)
        return answer, facts

    def _contact_gate(self, channel, at, facts, number=None, phone=None, lifted=()):
        """Answer for one channel and instant; the ledger is read again first.

        :return: `tools.contact.Answer`
        """
        self.ensure_one()
        for reason in (
            self._refused_by_ledger(),
            self._refused_by_debtor(channel, facts, number, phone),
        ):
            if reason:
                return Answer(False, reason)
        if facts.busy and facts.busy._keeps_away(self.env.user, at):
            return Answer(False, "busy", facts.busy.claim_until)
        paused, resumes = self._paused(channel)
        target = self._contact_target(channel, facts, number, phone)
        if paused and paused not in lifted and at < resumes:
            later = self._ask_policy(channel, resumes, facts, target)
            return Answer(False, paused, later.next_at, later.until)
        return self._ask_policy(channel, at, facts, target)

    def _ask_policy(self, channel, at, facts, target):
        return check(
            facts.policy,
            facts.zones,
            channel,
            at,
            facts.history,
            holidays=facts.holidays,
            callback=(channel == "call" and self.callback_at) or None,
            case=self.id,
            target=target,
        )

    def _refused_by_ledger(self):
        """A debtor who owes nothing that is due is not contacted (rules 1, 2)."""
        if self.state == "closed":
            return "closed"
        totals = self._ledger_totals(self.partner_id, self.company_id)
        if totals["amount_overdue"] <= 0:
            return "disputed" if totals["amount_disputed"] > 0 else "nothing_owed"
        if self.state == "legal" or self.state == "on_hold" and not self.hold_until:
            return self.state
        return None

    def _refused_by_debtor(self, channel, facts, number, phone):
        if facts.policy is None:
            return "no_policy"
        if self._is_representative(channel, number):
            return None
        if reason := self._refused_protected(channel):
            return reason
        if self._has_opted_out(channel, facts, number, phone):
            return "opted_out"
        if channel in PHONE_CHANNELS:
            return self._refused_number(facts, number, phone)
        stranger = channel == "email" and number and not self._is_debtors_email(number)
        return "bad_address" if stranger else None

    def _refused_number(self, facts, number, phone):
        # Whether he refused calls is the debtor's own word, whoever may read contacts.
        if self.partner_id.sudo().debt_do_not_call:
            return "do_not_call"
        if self._forbidden_at_work(facts, phone):
            return "work_forbidden"
        if number and (phone is None or not phone._is_usable()):
            return "bad_number"
        return None if facts.usable_phones else "no_number"

    def _paused(self, channel):
        """A hold or a promise pauses contact, but not a call he asked for.

        :return: (reason, naive UTC from which on it no longer does), or (None, None)
        """
        if channel == "call" and self.callback_at:
            return None, None
        if self.state == "on_hold" and self.hold_until:
            return "on_hold", self._day_end(self.hold_until)
        last_day = self._promise_last_day()
        return ("promised", self._day_end(last_day)) if last_day else (None, None)

    def _promise_last_day(self):
        """Last day on which the first open promise can still be kept.

        A broken instalment ends the pause, whatever later ones are still open.
        """
        # Superuser: whoever may read a case may know that it is promised.
        promises = self.sudo().promise_ids
        failed = promises.filtered(lambda p: p.state in ("broken", "partial"))
        made_on = max(failed.mapped("made_on"), default=date.min)
        standing = promises.filtered(
            lambda p: p.state == "open" and p.made_on > made_on
        )
        grace = timedelta(days=self.company_id.debt_promise_grace_days)
        return min(standing.mapped("date")) + grace if standing else None

    def _day_end(self, day):
        """The first instant after a local day of the company, naive UTC."""
        zone = ZoneInfo(self.company_id.partner_id.tz or "UTC")
        midnight = datetime.combine(
            day + timedelta(days=1), datetime.min.time(), tzinfo=zone
        )
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    # --- facts, read set-wise -----------------------------------------------------
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
        busy = {
            call.partner_id.id: call
            for call in self.env["debt.call"]
            .sudo()
            .search([("partner_id", "in", debtors.ids), ("state", "!=", "done")])
        }
        policies = self.env["debt.contact.policy"]
        words = cases._consent_words(debtors)
        facts = {}
        for case, own in zip(cases, self, strict=True):
            partner = case.partner_id
            known = phones[partner.id]
            usable = [phone for phone in known if phone._is_usable()]
            facts[own] = Facts(
                policy=policies._chosen_policy(case._policy_choice()),
                zones=case._resolve_zones(usable[0] if usable else None).names,
                holidays=case._public_holidays(),
                history=history[partner.id],
                phones=known,
                hours=hours[partner.id],
                busy=busy.get(partner.id),
                words=words[partner.id, case.company_id.id],
            )
        return facts

    def _contact_history(self, debtors, work=(), since=None):
        """Contacts made with these debtors, in all companies.

        Of a call nobody logged an outcome for, the worst is assumed: that it was a
        conversation. Where the debtor rang us, it is a conversation but no attempt. A
        message counts from the moment it was handed over.

        :param work: numbers that ring at a place of work
        :param datetime since: naive UTC; by default as far back as any limit looks
        :return: two dicts by partner id: list of `tools.contact.Contact`, and counts
            of answered calls by local hour
        """
        self.env["debt.call"].flush_model()
        self.env["debt.message"].flush_model()
        since = since or fields.Datetime.now() - timedelta(days=HISTORY_DAYS)
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
                           requested, case_id, direction = 'inbound' AS incoming,
                           CEIL(EXTRACT(EPOCH FROM
                                COALESCE(ended_at, %(now)s) - started_at) / 60)::int
                           AS minutes, local_hour,
                           CASE WHEN number = ANY(%(work)s) THEN 'work' ELSE '' END
                           AS place
                      FROM debt_call
                     WHERE partner_id = ANY(%(debtors)s)
                       AND state != 'draft'
                       AND started_at > %(since)s
                    UNION ALL
                    SELECT partner_id, sent_at, channel, FALSE, FALSE, requested,
                           case_id, FALSE, 1, NULL,
                           CASE WHEN address = ANY(%(work)s) THEN 'work' ELSE '' END
                      FROM debt_message
                     WHERE partner_id = ANY(%(debtors)s)
                       AND sent_at > %(since)s
                )
                SELECT partner_id,
                       CASE WHEN connected AND NOT incoming THEN local_hour END,
                       -- as tools.contact.Contact has them
                       at, channel, COALESCE(connected, FALSE),
                       COALESCE(conversed, FALSE), COALESCE(requested, FALSE),
                       case_id, incoming, LEAST(GREATEST(minutes, 1), %(longest)s),
                       place
                  FROM contact
                 ORDER BY at
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
        for debtor_id, answered_hour, *contact in rows:
            history[debtor_id].append(Contact(*contact))
            if answered_hour is not None:
                hours[debtor_id][answered_hour] += 1
        return history, hours

    def _find_phone(self, facts, number):
        """The debtor's ``debt.phone`` for a number written in any form, or None."""
        parsed = self.env["debt.phone"]._prepare_values(self.partner_id, number)
        wanted = parsed["number"]
        return next((p for p in facts.phones if wanted and p.number == wanted), None)
