from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

# Debtors looked at before a claim gives up: those passed over were refused by the gate
# or taken by a colleague in the same instant. Most often the first is allowed; after
# refusals, more and more are asked about at once.
CLAIM_TRIES = 1000
ASK_MORE, ASK_AT_ONCE = 8, 128
# So many refused cases are planned anew while the operator waits; more are left to the
# scheduled action.
PLAN_REFUSED = 8
# Cases planned while an operator waits; the scheduled action plans the others.
PLAN_WHILE_WAITING = 20
# Reasons of the gate that the ledger gives.
BY_LEDGER = ("closed", "disputed", "nothing_owed")
# First key of the advisory locks on debtors; any constant no other addon uses.
LOCK_SPACE = 19_230
# A debtor who was skipped is not offered for so long, and after all others for the rest
# of the day.
SKIP_RESTS = timedelta(hours=1)
SKIP_LOWERS = timedelta(hours=12)


class Claim(NamedTuple):
    """A ``debt.call`` with whoever is next, and what the gate said of him just now.

    ``answer`` and ``facts`` are None where the call was open already.
    """

    call: object
    answer: object = None
    facts: object = None


class Part(NamedTuple):
    """A part of the queue: which cases (``c``), by owner and skipping.

    ``asked``: of those, the ones who asked to be called by now, paused or not.
    """

    where: SQL
    asked: bool = False


class DebtQueue(models.AbstractModel):
    """The queue: who is due, in which order, and nobody's at this moment.

    Callbacks that debtors asked for come first, whatever else pauses the case; then an
    operator's own cases, then those nobody owns; last those skipped today. Within each,
    raised priority comes first, then who has been due for the longest, or, where the
    company has chosen so, with whom a call is expected to add most.
    """

    _name = "debt.queue"
    _description = "The Queue of Calls"

    @api.model
    def _claim_next(self):
        """The user's open call, else one with whoever is due next: `claim_next`.

        :return: `Claim`, None when nobody may be called now
        :raises AccessError: the user is no operator
        """
        if not self.env.user.has_group("debt_collection.group_debt_operator"):
            raise AccessError(self.env._("Only collection operators take calls."))
        now = fields.Datetime.now()
        if call := self.env["debt.case"]._open_claim(now):
            return Claim(call)
        claim = self._claim_due(now)
        return self._claim_due(now) if not claim and self._tidy(now) else claim

    @api.model
    def _claim_due(self, now):
        """Open a call with the first in the queue whom ledger and gate allow.

        :param datetime now: naive UTC
        :return: `Claim`, or None
        """
        claim, passed, refused, count = None, [], [], 1
        while not claim and len(passed) < CLAIM_TRIES:
            cases = self._lock_next(now, passed, count)
            if not cases:
                break
            passed += cases.partner_id.ids
            asked = self._ask_at_once(cases, "call", now)
            refused += [one for one in asked if not one[1].allowed]
            for case, answer, facts in asked:
                if answer.allowed and (call := case._claim(now)):
                    claim = Claim(call, answer, facts)
                    break
            count = min(count * ASK_MORE, ASK_AT_ONCE)
        if refused:
            self.env["debt.case"]._unless_contended(lambda: self._settle(refused))
        return claim

    @api.model
    def _ask_at_once(self, cases, channel, at):
        """Ask ledger and gate about many cases, in few queries.

        The queue gives nobody a case that he may not read: rights are not asked again.

        :param datetime at: naive UTC
        :return: list of (case, `tools.contact.Answer`, `Facts`) in the order of cases
        """
        facts = cases._contact_facts(only_call=channel == "call")
        ledger = self.env["debt.ledger"]
        owed = ledger._totals_of(cases.partner_id, cases.company_id)
        asked = []
        for case in cases:
            totals = owed[case.company_id.id, case.partner_id.id]
            answer = case._contact_gate(channel, at, facts[case], owed=totals)
            asked.append((case, answer, facts[case]))
        return asked

    @api.model
    def _settle(self, refused, channel="call"):
        """The queue was behind the truth: put that right, for all at once.

        The refusals are put on record and cases without a debt closed. The others leave
        the queue and are planned anew, by the scheduled action where they are many.

        :param refused: list of (case, `tools.contact.Answer`, `Facts`)
        """
        cases = self.env["debt.case"]
        self.env["debt.contact.decision"]._keep(
            [
                self._prepare_refusal(case, channel, answer, facts)
                for case, answer, facts in refused
            ]
        )
        settled = cases.concat(*(case for case, _answer, _facts in refused))
        paid = cases.concat(
            *(case for case, answer, _f in refused if answer.reason in BY_LEDGER)
        )
        if paid:
            cases.refresh(paid.partner_id.ids)
        # Superuser: only what the queue goes by is written.
        settled = settled.sudo().exists().filtered(lambda case: not case.closed_at)
        if len(settled) <= PLAN_REFUSED:
            settled._plan()
        elif settled:
            settled.write({"contact_until": fields.Datetime.now(), "plan_dirty": True})
            self._trigger_planning_once()

    @api.model
    def _prepare_refusal(self, case, channel, answer, facts):
        planned = case.next_contact_at
        key = f"claim:{case.id}:{planned}:{channel}:{answer.reason}"
        return self.env["debt.contact.decision"]._prepare_refusal(
            case, "claim", channel, answer, facts, planned, key=key
        )

    # --- who comes next ----------------------------------------------------------
    @api.model
    def _lock_next(self, now, passed, count=1):
        """The next due cases whose debtors could be locked, those due first in front.

        :param datetime now: naive UTC
        :param list passed: ids of debtors to leave out
        :param int count: how many at most
        """
        cases = self.env["debt.case"]
        self.env["debt.call"].flush_model()
        cases.flush_model()
        # PostgreSQL goes through the parts in their order and stops when it has enough;
        # what ends in a LIMIT is never read by several workers at once.
        parts = SQL(" UNION ALL ").join(
            SQL("(%s)", part) for part in self._parts(now, passed, count)
        )
        query = SQL("SELECT id FROM (%s) part LIMIT %s", parts, count)
        rows = self.env.execute_query(query)
        return cases.browse(dict.fromkeys(row[0] for row in rows))

    @api.model
    def _parts(self, now, passed, count):
        """The parts of the queue in the order in which they are gone through."""
        for part in self._parts_in_order(now):
            yield self._next_sql(part.where, now, passed, count, callback=part.asked)

    @api.model
    def _parts_in_order(self, now):
        """Which cases (``c``) are in each part of the queue, the first part in front.

        :param datetime now: naive UTC
        :return: iterator of `Part`
        """
        mine = SQL("c.user_id = %s", self.env.uid)
        pool = SQL(
            "c.user_id IS NULL AND (c.team_id IS NULL OR c.team_id IN ("
            "SELECT m.team_id FROM debt_team_member m WHERE m.user_id = %s"
            " AND m.active))",
            self.env.uid,
        )
        rested = SQL("c.skipped_at <= %s", now - SKIP_RESTS)
        fresh = SQL("(c.skipped_at IS NULL OR c.skipped_at <= %s)", now - SKIP_LOWERS)
        for owner in (mine, pool):
            yield Part(SQL("%s AND %s", owner, fresh), asked=True)
        for skipped in (fresh, rested):
            for owner in (mine, pool):
                yield Part(SQL("%s AND %s", owner, skipped))

    @api.model
    def _called_sql(self, now, callback=False):
        """SQL of the cases (``c``) that are due for a call by their state and time.

        :param datetime now: naive UTC
        :param bool callback: those who asked to be called by now, paused or not
        """
        state = SQL("c.state = 'active'")
        if callback:
            state = SQL("c.state != 'legal' AND c.callback_at <= %s", now)
        return SQL(
            "%(state)s AND c.next_contact_at <= %(now)s AND c.contact_until > %(now)s",
            state=state,
            now=now,
        )

    @api.model
    def _free_sql(self):
        """SQL of the open cases (``c``) with whose debtors nobody is on the line."""
        return SQL(
            """c.closed_at IS NULL
                       AND c.company_id = ANY(%s)
                       AND NOT EXISTS (SELECT 1
                                         FROM debt_call o
                                        WHERE o.partner_id = c.partner_id
                                          AND o.state != 'done')""",
            self.env.companies.ids,
        )

    @api.model
    def _next_sql(self, owner, now, passed, count=1, callback=False, due=None):
        """The inner query walks an index of the queue in order; the outer one stops as
        soon as it could lock enough debtors.

        ``OFFSET 0`` keeps the locks out of the inner query. A limit would, too, but the
        larger it is, the more PostgreSQL prefers to sort the whole queue.

        :param SQL owner: which cases (``c``)
        :param datetime now: naive UTC
        :param list passed: ids of debtors to leave out
        :param bool callback: those who asked to be called by now, paused or not
        :param SQL due: which are due, by their state and time, where not for a call
        """
        return SQL(
            """
            SELECT q.id
              FROM (SELECT c.id, c.partner_id
                      FROM debt_case c
                     WHERE %(owner)s
                       AND %(due)s
                       AND %(free)s
                       AND c.partner_id != ALL(%(passed)s)
                     ORDER BY %(order)s, c.id
                    OFFSET 0) q
             WHERE pg_try_advisory_xact_lock(%(space)s, q.partner_id)
             LIMIT %(count)s
            """,
            owner=owner,
            due=due or self._called_sql(now, callback),
            free=self._free_sql(),
            order=SQL("c.callback_at") if callback else self._due_order(),
            passed=passed,
            count=count,
            space=LOCK_SPACE,
        )

    @api.model
    def _places_sql(self, now):
        """Where each case stands for the user: ``place``, and ``place_at`` in it.

        First is whoever he has on the line, then the parts of the queue, and last who
        is not to be called yet, by when that is.

        :param datetime now: naive UTC
        :return: SQL of the table of cases (``c``) with these two columns more
        """
        parts = list(enumerate(self._parts_in_order(now), 1))
        free, later = self._free_sql(), len(parts) + 1
        places = [
            SQL(
                "WHEN %(free)s AND %(due)s AND %(part)s THEN %(place)s",
                free=free,
                due=self._called_sql(now, part.asked),
                part=part.where,
                place=place,
            )
            for place, part in parts
        ]
        asked = [place for place, part in parts if part.asked]
        on_line = SQL(
            "EXISTS (SELECT FROM debt_call o WHERE o.case_id = c.id"
            " AND o.state != 'done' AND o.user_id = %s)",
            self.env.uid,
        )
        return SQL(
            """(SELECT p.*, CASE WHEN p.place = ANY(%(asked)s) THEN p.callback_at
                                 WHEN p.place = %(later)s THEN p.next_contact_at
                             END AS place_at
                  FROM (SELECT c.*, CASE WHEN %(on_line)s THEN 0 %(places)s
                                         ELSE %(later)s END AS place
                          FROM debt_case c) p)""",
            asked=asked,
            later=later,
            on_line=on_line,
            places=SQL(" ").join(places),
        )

    @api.model
    def _due_order(self):
        """SQL of the order among those who are due, by the company's setting."""
        # Superuser: a setting, for those whom it sends calls. Gains can only be
        # compared where all their companies measure it, in one currency.
        companies = self.env.companies.sudo()
        by_gain = all(one.debt_queue_order == "gain" for one in companies)
        if by_gain and len(companies.currency_id) == 1:
            return SQL(
                "c.priority DESC, c.queue_rate DESC NULLS LAST, c.next_contact_at"
            )
        return SQL("c.priority DESC, c.next_contact_at")

    # --- a backlog ----------------------------------------------------------------
    @api.model
    def _tidy(self, now):
        """The queue is empty: take back stale claims, plan some of the backlog.

        The scheduled action plans the rest; whatever others are at is left to them.

        :return: whether anybody may have come into the queue
        """
        calls, cases = self.env["debt.call"], self.env["debt.case"]
        stale = calls.sudo().search_count(calls._get_stale_domain(now), limit=1)
        if stale:
            cases._unless_contended(lambda: calls._release_stale(now))
        # Superuser: planning is set-wise and not about this user's cases only.
        backlog = cases.sudo().search(
            cases._get_to_plan_domain(now)
            & Domain("company_id", "in", self.env.companies.ids)
            & Domain("user_id", "in", [self.env.uid, False]),
            limit=PLAN_WHILE_WAITING,
        )
        if backlog:
            self._trigger_planning_once()
            cases._unless_contended(
                lambda: backlog.try_lock_for_update()._work_isolated(
                    lambda some: some._plan()
                )
            )
        return bool(stale or backlog)

    @api.model
    def _trigger_planning_once(self):
        """Have the backlog planned soon, unless that is about to happen anyway."""
        cron = self.env.ref("debt_collection.ir_cron_debt_plan")
        triggers = self.env["ir.cron.trigger"].sudo()
        due = [("cron_id", "=", cron.id), ("call_at", "<=", fields.Datetime.now())]
        if not triggers.search_count(due, limit=1):
            self.env["debt.case"]._trigger_planning()

    @api.model
    def _count_without_operator(self):
        """How many calls that nobody owns are due by tomorrow, for an empty day.

        Everybody may take them from the queue, but no list of his own shows them.
        """
        ends = self.env.company._debt_day_start() + timedelta(days=2)
        due = Domain("next_contact_at", "<", ends)
        due &= Domain("contact_until", ">", fields.Datetime.now())
        return self.env["debt.case"].search_count(
            due & Domain("state", "=", "active") & Domain("user_id", "=", False)
        )
