import logging
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from functools import partial

from odoo import api, fields, models, tools
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

from ...tools.contact import check
from ...tools.ladder import Plan, Wishes, plan
from ...tools.policy import CALLBACK_LASTS
from ..card.isolated import halve_on_failure
from ..card.lock_rows import lock_found

_logger = logging.getLogger(__name__)

BATCH = 1000
# So many busy signals in a row are tried again shortly after; then the ladder decides.
QUICK_RETRIES = 2
RETRY_WITHIN = timedelta(hours=4)
# No call counts for longer: `debt_contact_facts_history.A_DAY_OF_MINUTES`.
LONGEST_CALL = timedelta(days=1)
# Reasons of the planner with which the ladder has no more calls.
CALLS_OVER = ("ladder_end", "no_steps")
# Private persons are at home in the evening, as long as nobody knows better.
AT_HOME = {18: 1.0}
UNPLANNED_STATES = ("disputed", "legal", "dormant")


class DebtCase(models.Model):
    _inherit = "debt.case"

    try_again_at = fields.Datetime(
        readonly=True, copy=False, help="When to try again, as somebody said."
    )

    @api.model
    def _cron_daily(self):
        """What could not be planned may be possible by now, whatever was mended."""
        super()._cron_daily()
        self.search(
            [("state", "=", "active"), ("next_contact_at", "=", False)]
        )._set_dirty()
        self._trigger_planning()

    @api.model
    def _cron_plan(self):
        """Plan what is unplanned, a thousand at a time; then the day's activities."""
        cron = self.env["ir.cron"]
        domain = self._get_to_plan_domain(fields.Datetime.now())
        # Looked for once: the conditions are many, and no index serves them all.
        ids = self.search(domain).ids
        for done in range(0, len(ids), BATCH):
            batch = domain & Domain("id", "in", ids[done : done + BATCH])
            cases = lock_found(partial(self.search, batch))
            cases._work_isolated(lambda some: some._plan())
            remaining = max(0, len(ids) - done - BATCH)
            if not cron._commit_progress(len(cases), remaining=remaining):
                return
        self.env["mail.activity"]._debt_sync_due()

    @api.model
    def _get_to_plan_domain(self, now):
        """Cases that changed, and those whose time passed unused (a backlog, a break).

        :param datetime now: naive UTC
        """
        called_back = Domain("callback_at", "!=", False)
        passed = Domain("state", "=", "active") | called_back
        passed &= Domain("contact_until", "<=", now)
        paused = Domain("state", "in", ("on_hold", "promised")) & ~called_back
        passed |= paused & Domain("next_contact_at", "<=", now)
        dirty = Domain("plan_dirty", "=", True)
        changed = dirty | passed | self._get_ended_domain(now)
        return Domain("closed_at", "=", False) & changed

    @api.model
    def _get_ended_domain(self, now):
        """Cases of whom something has ended by its date, whatever was planned for them.

        A day ends where the company is. Planning a case takes it out of this.

        :param datetime now: naive UTC
        """
        days = defaultdict(list)
        # Superuser: only dates and ids are read.
        for company in self.env["res.company"].sudo().search([]):
            days[company._debt_today()].append(company.id)
        ended = (
            Domain("company_id", "in", ids) & self._get_ended_by_domain(day)
            for day, ids in days.items()
        )
        return Domain("callback_at", "<=", now - CALLBACK_LASTS) | Domain.OR(ended)

    @api.model
    def _get_ended_by_domain(self, day):
        """Hook: cases whose hold or protection has ended when a day begins."""
        held = Domain("hold_until", "<", day)
        codes = list(self._protection_texts())
        protected = Domain("next_contact_code", "in", codes)
        protected &= Domain("partner_id.debt_protection_until", "<", day)
        return held | protected

    def _plan(self):
        """Plan the next contact of open cases and bring their activities in line.

        The gate is asked about every instant, but the ledger is not read again here:
        that is done before anybody is contacted.
        """
        super()._plan()
        cases = self.sudo().filtered(lambda case: not case.closed_at)
        if not cases:
            return
        self.env["debt.segment"]._give_ladders(cases)
        self.env["debt.team"]._assign(cases)
        now = fields.Datetime.now()
        for case in cases:
            case._end_pauses(now)
        facts = cases._contact_facts()
        likely = self._answering_hours()
        made = cases._ladder_messages()
        decisions, lost = self.env["debt.contact.decision"], []
        for case in cases:
            planned = case._plan_next_contact(facts[case], now, likely)
            message = case._plan_message(facts[case], now, made[case], planned.at)
            if planned.reason in CALLS_OVER:
                left = message or case._plan_message(
                    facts[case], now, made[case], None, withheld=True
                )
                planned = case._end_calls(planned, left)
            if planned.reason == "dormant" and not message:
                message = case._plan_message(facts[case], now, made[case], None)
            lost.append(decisions._prepare_lost_plan(case, facts[case], now, planned))
            values = case._prepare_plan_values(planned, message)
            if values:
                # None of this is tracked, and looking for what is takes as long.
                case.with_context(tracking_disable=True).write(values)
        decisions._keep(list(filter(None, lost)))
        self.env["mail.activity"]._debt_sync(cases)

    def _end_pauses(self, now):
        """Hook: what is over ends by itself: a hold, a callback that nobody made.

        A hold stands behind whatever state came over it, and shows again after that.
        """
        over = self.hold_until and self._day_end(self.hold_until) <= now
        if over:
            self.write({"hold_until": False, "plan_dirty": True})
        shows = self.state == "active" and self.hold_until and not self.callback_at
        if shows or over and self.state == "on_hold":
            self.write({"state": self._state_without_pause(), "plan_dirty": True})
        if self.callback_at and self.callback_at + CALLBACK_LASTS <= now:
            self._end_callback()

    def _end_callback(self):
        """Nobody called when the debtor asked for it: the case goes on as it was."""
        missed = format_datetime(
            self.env, self.callback_at, tz=self.company_id._debt_zone()
        )
        self.write({"callback_at": False, "plan_dirty": True})
        if self.state == "active":
            self.write({"state": self._state_without_pause(), "plan_dirty": True})
        self._message_log(
            body=self.env._(
                "The debtor asked to be called on %(time)s, and nobody called within "
                "a day. The case goes on as planned before.",
                time=missed,
            )
        )

    def _plan_next_contact(self, facts, now, likely=None, history=None):
        """The next contact of one case, as `tools.ladder.Plan`.

        :param facts: `Facts` of the debtor
        :param datetime now: naive UTC
        :param dict likely: answered calls by local hour of debtors like him
        :param history: `tools.history.History` instead of the one in ``facts``
        """
        self.ensure_one()
        if reason := self._unplannable(facts):
            return Plan(None, None, reason)
        asked = self._question("call", facts)
        if history is not None:
            asked = replace(asked, history=history)
        ladder = self.env["debt.ladder"].browse(facts.debtor.ladder_id or [])
        started = facts.debtor.ladder_started_on or self._ladder_start()
        wishes = self._wishes(facts, likely)
        return self._plan_retry(asked, now, wishes.working) or plan(
            asked, ladder._steps(self), started, now, wishes
        )

    def _unplannable(self, facts):
        """Why no call can be planned at all, or None."""
        debtor = facts.debtor
        if debtor.state in UNPLANNED_STATES and not debtor.callback_at:
            return debtor.state
        if debtor.state == "on_hold" and not debtor.is_held and not debtor.callback_at:
            return "on_hold"
        if reason := self._refused_by_debtor("call", facts, None, None):
            return reason
        if not debtor.ladder_id and not debtor.callback_at:
            return "no_ladder"
        return None

    def _plan_retry(self, asked, now, working):
        """A busy line is free again soon: try once more before the ladder's gap.

        What somebody said goes before: "he is in after three".

        :param working: `tools.hours.Hours` of whoever is to call
        """
        named = self.try_again_at
        if named and named > now and self.state == "active" and not self.callback_at:
            answer = check(asked, named)
            if answer.next_at:
                return Plan(answer.next_at, answer.until, "named")
        lately = now - RETRY_WITHIN - LONGEST_CALL
        if not any(
            kind.busy
            and kind.channel == "call"
            and kind.case == asked.case
            and max(times) >= lately
            for kind, times in asked.history.groups
        ):
            return None
        # Few have one: the calls of all the others are not read along.
        calls = self.with_prefetch().call_ids
        last = calls.filtered(lambda call: call.state == "done" and call.started_at)
        # The cache has a call that was just made at the end.
        last = last.sorted(lambda call: (call.started_at, call.id), reverse=True)
        last = last[: QUICK_RETRIES + 1]
        minutes = last[:1].outcome_id.retry_minutes
        if not minutes or self.callback_at or self.state != "active":
            return None
        if len(last) > QUICK_RETRIES and all(c.outcome_id.retry_minutes for c in last):
            return None
        ended = last[0].ended_at or now
        answer = check(asked, max(now, ended + timedelta(minutes=minutes)))
        if not answer.next_at or answer.next_at > ended + RETRY_WITHIN:
            return None
        if working.refusal(answer.next_at):
            return None
        return Plan(answer.next_at, answer.until, "retry")

    def _wishes(self, facts, likely):
        """When a call is best: what he said, when he answered, when others did.

        A private person who never answered is called when he is at home, and nobody
        while his operator is off duty.

        :param dict likely: as of `_answering_hours`
        :return: `tools.ladder.Wishes`
        """
        debtor, company = facts.debtor, self.company_id
        working = self.user_id._debt_working(company)
        if debtor.preferred_hour:
            return Wishes(named=debtor.preferred_hour % 24, working=working)
        others = (likely or {}).get(debtor.is_company)
        evening = not debtor.is_company and round(60 * company.debt_evening_from)
        if not evening:
            return Wishes(hours=facts.hours or others or {}, working=working)
        return Wishes(
            hours=facts.hours or others or AT_HOME,
            evening=evening,
            saturdays=True,
            working=working,
        )

    @api.model
    def _answering_hours(self):
        """When persons and companies answered in the last quarter.

        Counted over all debtors, as superuser: only counts come out. One day's count
        serves for that day: an operator who waits for the next debtor counts nothing.

        :return: dict of counts by local hour, by whether it is a company
        """
        return self._answering_hours_on(fields.Date.today())

    @api.model
    @tools.ormcache("day")
    def _answering_hours_on(self, day):
        since = fields.Datetime.to_datetime(day) - timedelta(days=90)
        hours = defaultdict(dict)
        for is_company, hour, count in self.env.execute_query(
            SQL(
                """
                SELECT p.is_company, c.local_hour, count(*)
                  FROM debt_call c
                  JOIN res_partner p ON p.id = c.partner_id
                 WHERE c.connected AND c.started_at > %s AND c.local_hour IS NOT NULL
                   AND c.direction = 'outbound'
                 GROUP BY 1, 2
                """,
                since,
            )
        ):
            hours[bool(is_company)][hour] = count
        return dict(hours)

    def _end_calls(self, planned, message):
        """No call is left on the ladder: messages may be, else it is over.

        :param planned: `tools.ladder.Plan`
        :param message: `tools.ladder_messages.Due`, sent or withheld, or None
        :return: `tools.ladder.Plan`
        """
        if message:
            return Plan(None, None, "ladder_messages")
        if self.env["debt.ledger"]._is_waiting(self):
            return Plan(None, None, "not_due")
        if planned.reason == "ladder_end" or self._has_messages_only():
            return self._leave_ladder()
        return planned

    def _has_messages_only(self):
        return self.state == "active" and bool(self.ladder_id.step_ids)

    def _leave_ladder(self):
        """The ladder is over: the case takes its exit state."""
        state = self._exit_state()
        values = {"state": state}
        slow = self.company_id.sudo().debt_dormant_ladder_id
        if slow and state == "dormant":
            today = self.company_id._debt_today()
            values |= {"ladder_id": slow.id, "ladder_started_on": today}
        self.write(values)
        self._message_log(body=self.env._("The retry ladder is over without a result."))
        return Plan(None, None, state)

    def _exit_state(self):
        """Hook: the state in which a ladder that is over leaves the case."""
        return self.ladder_id.exit_state

    def _prepare_plan_values(self, planned, message=None):
        values = {
            "next_message_at": message.at if message else False,
            "next_contact_at": planned.at or False,
            "contact_until": planned.until or False,
            "next_contact_code": planned.reason,
            "next_contact_block": planned.blocked or False,
            "plan_dirty": False,
        }
        return {name: value for name, value in values.items() if self[name] != value}

    # --- the day's activities ---------------------------------------------------------
    def _on_closed(self):
        super()._on_closed()
        self.env["mail.activity"]._debt_calls(self).unlink()

    def _on_assigned(self):
        super()._on_assigned()
        # A case that is being planned gets its activity with the plan.
        if not self.env.context.get("debt_call_logged"):
            self.env["mail.activity"]._debt_sync(self)

    # --- the messages of ladders: the wing of messages extends these -----------------
    def _ladder_start(self):
        """Day 1 of the ladder."""
        return self.ladder_started_on or self.company_id._debt_today()

    def _ladder_messages(self):
        """Hook: what these cases' ladders have sent, or are to send, by case."""
        return dict.fromkeys(self)

    def _plan_message(self, facts, now, made, call_at, withheld=False):
        """Hook: the next message of the ladder, None when none is foreseen."""

    # --- one failing case does not block the rest -----------------------------------
    def _work_isolated(self, work):
        """Do something with many cases at once, or else with all but those that fail.

        :param work: a function of ``debt.case``
        """
        halve_on_failure(self, work, lambda case, error: case._postpone_failed(error))

    def _postpone_failed(self, error):
        """Try again tomorrow, and tell people why nothing is planned until then."""
        _logger.exception("Case %s could not be planned", self.id)
        self._message_log(
            body=self.env._(
                "The next contact could not be planned. It is tried again tomorrow. "
                "Tell the administrator: %(error)s",
                error=error,
            )
        )
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        self.write(
            {
                # A span of no length: nobody is given the case before it is planned.
                "next_contact_at": tomorrow,
                "contact_until": tomorrow,
                "next_contact_code": "failed",
                "next_contact_block": False,
                "next_message_at": False,
                "plan_dirty": False,
            }
        )
