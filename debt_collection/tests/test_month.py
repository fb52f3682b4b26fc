"""A month of calls, payments and everything that comes between, held against an oracle.

Thirty days in every run; a year, or another month, by
`DEBT_DAYS=365 DEBT_SEED=7 ./dev test debt_collection/tests/test_month.py`.
"""

import os
from datetime import timedelta

from odoo.tests import tagged

from .month_oracle import DAY, HOME, local, today
from .month_world import MonthCommon

DAYS = int(os.environ.get("DEBT_DAYS", "30"))
SEED = int(os.environ.get("DEBT_SEED", "1"))
#: The shipped ladder: so many days with a call each, and the last day of all.
LADDER_SURE, LADDER_ENDS = 21, 28
#: A debtor who was skipped comes last for so long.
RESTS = timedelta(hours=12)
#: What must have happened at least once for the month to have shown anything.
HAPPENS = (
    "dialled calls",
    "incoming calls",
    "payments",
    "bounces",
    "holds",
    "exclusions",
    "callback",
    "promise",
    "disputed",
    "merges",
    "changed laws",
    "people who left or came back",
)


@tagged("post_install", "-at_install")
class TestMonth(MonthCommon):
    """Hours, caps, money, activities, pauses; and nobody is forgotten for a day."""

    def test_a_month_goes_by_the_rules(self):
        self._play(SEED, DAYS)
        self.assertEqual(self.faults, [], "\n".join(self.faults))
        missing = [what for what in HAPPENS if not self.counts.get(what)]
        self.assertFalse(DAYS > 30 and missing)

    # --- the queue --------------------------------------------------------------------
    def _callable(self, user):
        """Debtors whom this operator could be given now, and whose time has come."""
        for partner, debtor in self.book.items():
            if debtor.why_not(self.now):
                continue
            case = self._case_of(partner)
            busy = case.call_ids.filtered(lambda call: call.state != "done")
            if not case or busy:
                continue
            rests = case.skipped_at and case.skipped_at > self.now - RESTS
            if case.user_id in (user, case.user_id.browse()):
                yield partner, debtor, case, rests

    def _check_nobody(self, user):
        """The queue is empty: nobody waits whose time has come by plan or wish."""
        for partner, debtor, case, rests in self._callable(user):
            if rests or case.state == "dormant":
                continue
            if debtor.awaits(self.now):
                self._fault("a callback is not offered", partner, case.state)
            elif case.next_contact_at and case.next_contact_at <= self.now:
                self._fault("is due and not offered", partner, case.state)

    def _check_offered(self, user, window):
        """Whoever asked to be called by now comes before all others."""
        call = window.call_id
        self.assertEqual(call.user_id, user)
        if call.started_at or self.book[window.partner_id].awaits(self.now):
            return
        if call.create_date and call.create_date < self.now:
            return  # It was open already.
        for partner, debtor, case, rests in self._callable(user):
            if debtor.awaits(self.now) and not rests:
                self._fault("a callback came second", partner, case.state)

    # --- every night ------------------------------------------------------------------
    def _audit(self):
        self.env.invalidate_all()
        members = self.team.member_ids.user_id
        for partner, debtor in self.book.items():
            case = self._case_of(partner)
            self._audit_money(partner, debtor, case)
            self._audit_promises(partner, debtor)
            if case:
                self._audit_case(partner, debtor, case, members)
                self._audit_activity(partner, case)
        self._audit_others()

    def _audit_money(self, partner, debtor, case):
        owed = debtor.owes(self.now)
        told = (case.amount_overdue, case.amount_disputed) if case else (0, 0)
        if told != owed:
            self._fault(f"owes {owed}, and the case says {told}", partner)
        if len(case) > 1 or bool(case) != any(owed):
            self._fault(f"owes {owed} and has {len(case)} cases", partner)

    def _audit_promises(self, partner, debtor):
        promises = self.env["debt.promise"].search(
            [("partner_id", "=", partner.id), ("state", "!=", "cancelled")]
        )
        told = sorted((one.date, one.amount, one.state) for one in promises)
        words = [word for word in debtor.words if not word.withdrawn]
        right = sorted((w.by, w.amount, debtor.state_of(w, self.now)) for w in words)
        if told != right:
            self._fault(f"promises are {told}, not {right}", partner)

    def _audit_case(self, partner, debtor, case, members):
        day, about = today(self.now), (partner, case.state)
        if case.user_id and case.user_id not in members:
            self._fault("is worked by somebody who left", *about)
        if case.state == "on_hold" and case.hold_until < day:
            self._fault(f"is on hold since {case.hold_until}", *about)
        if case.state == "promised" and not debtor.is_paused(self.now):
            self._fault("is promised without a promise", *about)
        if case.callback_at and case.callback_at != debtor.callback:
            self._fault(f"callback {case.callback_at}", *about, debtor.callback)
        if debtor.callback and case.callback_at != debtor.callback:
            self._fault(f"lost its callback {debtor.callback}", *about)
        if case.contact_until and case.contact_until < self.now - DAY:
            self._fault(f"was to be called until {case.contact_until}", *about)
        self._audit_plan(debtor, case, about)

    def _audit_plan(self, debtor, case, about):
        """Whoever may be called within a week has a time for it."""
        ahead = [self.now + timedelta(hours=hour) for hour in range(1, 8 * 24, 2)]
        might = next((at for at in ahead if not debtor.why_not(at)), None)
        if not might or case.state in ("dormant", "legal"):
            return
        if case.state == "disputed" and not debtor.owes(self.now)[0]:
            return  # Something falls due first; until then there is nothing to plan.
        rung = (today(might) - case.ladder_started_on).days + 1
        if not case.next_contact_at:
            # In the fourth week there are two calls, and then the ladder is over.
            if rung <= LADDER_SURE:
                self._fault(f"might be called {might}, and has no plan", *about)
            elif case.state == "active" and rung > LADDER_ENDS + 8:
                self._fault("is active, though its ladder is over", *about)
        elif case.next_contact_at > self.now + 15 * DAY:
            self._fault(f"waits until {case.next_contact_at}", *about)

    def _audit_activity(self, partner, case):
        calls = self.env["mail.activity"]._debt_calls(case)
        called = case.state == "active" or case.callback_at
        soon = today(self.now) + DAY
        wanted = bool(called and case.user_id and case.next_contact_at)
        if wanted:
            wanted = local(case.next_contact_at, HOME).date() <= soon
        if len(calls) != wanted or calls.user_id - case.user_id:
            self._fault(
                f"{len(calls)} activities instead of {int(wanted)}",
                partner,
                case.state,
                case.next_contact_at,
            )

    def _audit_others(self):
        """Nothing else is left over from before."""
        day = today(self.now)
        for dispute in self.env["debt.dispute"].search([("state", "=", "open")]):
            if dispute.deadline < day:
                self._fault(f"is disputed since {dispute.deadline}", dispute.partner_id)
        old = self.now - timedelta(hours=3)
        stale = [("state", "!=", "done"), ("create_date", "<", old)]
        for call in self.env["debt.call"].search(stale):
            if call.state != "draft" or call.claim_until < self.now:
                self._fault("is on the line since yesterday", call.partner_id.name)
