"""A month of a small company: who owes, who calls, and what happens to them.

Everything is done through the methods that the screens and the scheduled actions use;
what is done is told to `month_oracle` as it would be told to a colleague. By a seed.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from random import Random
from unittest.mock import patch
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError

from .common import DebtCommon
from .month_oracle import DAY, Bill, Debtor, Law, Talk, Word, today

DEBTORS = 16
START = datetime(2026, 3, 2)
HOUR = timedelta(hours=1)
PLACES = {"base.be": "Europe/Brussels", "base.jp": "Asia/Tokyo"}
WORKDAYS = range(5)
#: What may come of a call that was dialled, and how often of a hundred.
OUTCOMES = {
    "no_answer": 26,
    "busy": 8,
    "voicemail": 6,
    "invalid_number": 2,
    "wrong_number": 3,
    "third_party": 6,
    "callback": 10,
    "promise": 13,
    "refused": 6,
    "disputed": 5,
    "claims_paid": 4,
    "hardship": 2,
    "do_not_call": 1,
    "bankrupt": 1,
    "question": 3,
    "other": 4,
}
CONNECTED = set(OUTCOMES) - {"no_answer", "busy", "voicemail", "invalid_number"}
BY_DEBTOR = CONNECTED - {"wrong_number", "third_party", "other"}
HOLDS = {"claims_paid": 3, "hardship": 14}


class MonthCommon(DebtCommon):
    """The people, the debtors, and one day after the other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.phone = False
        cls.third = cls._new_user("debt_third", "group_debt_operator")
        cls.operators = [cls.operator, cls.colleague, cls.third]
        cls.env["debt.team"].search([]).active = False
        # The scheduled actions work in the test's own transaction.
        cron = type(cls.env["ir.cron"])
        go_on = patch.object(cron, "_commit_progress", lambda self, *done, **left: 600)
        cls.startClassPatcher(go_on)

    # --- the scene ------------------------------------------------------------------
    def _begin(self, seed):
        self.luck = Random(seed)
        self.faults, self.counts, self.faulty = [], {}, set()
        self.stories = defaultdict(list)
        self.cases = self.env["debt.case"]
        self.laws = [
            Law(dict.fromkeys(WORKDAYS, (9, 18)), 4, 1),
            Law(
                dict.fromkeys(WORKDAYS, (8, 20)) | {5: (9, 15)},
                3,
                1,
                connects_a_week=2,
                spares_callback=True,
            ),
        ]
        self.policies = [self._policy(law) for law in self.laws]
        members = [Command.create({"user_id": user.id}) for user in self.operators]
        self.team = self.env["debt.team"].create({"name": "M", "member_ids": members})
        self.book = dict(self._new_debtors())
        self.bills = {}
        for partner in self.book:
            for _bill in range(self.luck.randint(1, 3)):
                self._bill(partner, self.luck.choice((-10, 1, 5, 30, 100)))

    def _policy(self, law):
        """A contact policy that says what the oracle's law says."""
        names = [f"{START + day * DAY:%A}".lower() for day in range(7)]
        windows = [
            Command.create(
                dict.fromkeys((*names, "holiday"), False)
                | {names[day]: True, "hour_from": first, "hour_to": last}
            )
            for day, (first, last) in law.hours.items()
        ]
        caps = [
            {"count": "attempt", "maximum": law.attempts_a_day},
            {"count": "conversation", "maximum": law.conversations_a_day},
        ]
        if law.connects_a_week:
            week = {"maximum": law.connects_a_week, "period": "week"}
            caps.append(week | {"count": "connect"})
        return self.env["debt.contact.policy"].create(
            {
                "name": f"Law {law.attempts_a_day}",
                "callback_beyond_limits": law.spares_callback,
                "window_ids": windows,
                "limit_ids": [Command.create(cap) for cap in caps],
            }
        )

    def _new_debtors(self):
        for number in range(DEBTORS):
            country = self.luck.choice(["base.be", "base.be", "base.jp"])
            numbers = [f"+3247055{number:02}{n:02}" for n in range(2)]
            if country == "base.jp":
                numbers = [f"+8190123{number:02}{n:03}" for n in range(2)]
            law = self.luck.randrange(2)
            partner = self._new_debtor(
                f"Debtor {number}",
                ", ".join(numbers),
                country,
                is_company=law == 0,
                debt_contact_policy_id=self.policies[law].id,
            )
            zone = ZoneInfo(PLACES[country])
            yield partner, Debtor(zone, self.laws[law], set(numbers))

    # --- one day after the other ------------------------------------------------------
    def _play(self, seed, days):
        with freeze_time(START) as self.clock:
            self._go_to(START)
            self._begin(seed)
            for day in range(days):
                if day == days - 5:
                    self._law_changes()
                self._play_day(START + day * DAY)
                self.env.invalidate_all()

    def _play_day(self, midnight):
        """The night's work, then whatever happens between 5:00 and 20:00 UTC."""
        self._go_to(midnight - HOUR + timedelta(minutes=5))
        self.env["res.company"]._cron_debt_day()
        for debtor in self.book.values():
            debtor.forgive(self.now)
        self._go_to(midnight + HOUR)
        self._scheduled()
        self._audit()
        moments = [(self._hour(5, 20), self._operator_turn) for _turn in range(12)]
        moments += [(self._hour(6, 18), self._office_turn) for _turn in range(4)]
        for after, turn in sorted(moments, key=lambda one: one[0]):
            self._go_to(midnight + after)
            self._scheduled()
            turn()
            self.env.cr.flush()

    def _hour(self, first, last):
        return timedelta(seconds=self.luck.randrange(first * 3600, last * 3600))

    def _go_to(self, at):
        self.env.cr.flush()
        self.clock.move_to(at)
        # A transaction has one time; here it is many of them, one after the other.
        self.env.cr._now = at
        self.now = at

    def _scheduled(self):
        """What runs every few minutes."""
        self.env["debt.call"]._cron_release_stale()
        self.env["debt.case"]._cron_plan()
        self.env.cr.flush()
        for debtor in self.book.values():
            if debtor.callback and debtor.callback + DAY <= self.now:
                debtor.callback = None

    def _note(self, what, partner=None, *about):
        """Count what happened, and put it into the debtor's story."""
        self.counts[what] = self.counts.get(what, 0) + 1
        told = f"{self.now:%a %d %b %H:%M} {what}"
        self.stories[partner].append(" ".join([told, *map(str, about)]))

    def _fault(self, what, partner, *about):
        """The first fault of a debtor, with all that happened to him before."""
        if partner in self.faulty:
            return
        self.faulty.add(partner)
        self._note(f"FAULT: {what}", partner, *about)
        story = "\n    ".join(self.stories[partner])
        self.faults.append(f"{partner.name}:\n    {story}")

    def _chosen(self, weights):
        return self.luck.choices(list(weights), list(weights.values()))[0]

    # --- money ------------------------------------------------------------------------
    def _bill(self, partner, days_late):
        amount = self.luck.randint(2, 90) * 10
        move = self._invoice(amount, days_late, partner)
        bill = Bill(today(self.now) - days_late * DAY, amount)
        self.assertEqual(move.invoice_date_due, bill.due)
        self.book[partner].bills.append(bill)
        self.bills[move] = bill
        self._note("invoices", partner, amount, bill.due)

    def _open_bills(self, partner):
        bills = self.book[partner].bills
        return [
            move for move, bill in self.bills.items() if bill in bills and bill.left > 0
        ]

    def _some_debtor(self):
        return self.luck.choice(list(self.book))

    def _office_turn(self):
        """What others than operators do."""
        turns = {
            self._pays: 34,
            self._is_billed: 16,
            self._bounces: 8,
            self._is_left_out: 6,
            self._is_held: 6,
            self._is_settled: 8,
            self._closes_the_browser: 6,
            self._leaves_or_comes_back: 4,
            self._turns_out_to_be_another: 2,
            self._law_changes: 2,
        }
        turn = self._chosen(turns)
        turn()

    def _pays(self):
        partner = self._some_debtor()
        if not (moves := self._open_bills(partner)):
            return
        move = self.luck.choice(moves)
        bill = self.bills[move]
        amount = (
            bill.left if self.luck.random() < 0.6 else self.luck.randint(1, bill.left)
        )
        payment = self._pay(move, amount)
        bill.paid[payment] = amount
        self.book[partner].money.append([payment, self.now, amount])
        self._note("payments", partner, amount, move.name)

    def _bounces(self):
        """The bank takes a payment back."""
        paid = [
            (partner, one)
            for partner, debtor in self.book.items()
            for one in debtor.money
        ]
        if not paid:
            return
        partner, one = self.luck.choice(paid)
        payment = one[0]
        payment.action_draft()
        payment.action_cancel()
        self.book[partner].money.remove(one)
        for bill in self.book[partner].bills:
            bill.paid.pop(payment, None)
        self._note("bounces", partner, one[2])

    def _is_billed(self):
        self._bill(self._some_debtor(), self.luck.choice((-14, -3, -1, 1, 20)))

    def _is_left_out(self):
        partner = self._some_debtor()
        if not (moves := self._open_bills(partner)):
            return
        move, until = moves[0], today(self.now) + self.luck.randint(1, 9) * DAY
        asked = move.with_user(self.accountant).action_debt_exclude()
        wizards = self.env[asked["res_model"]].with_user(self.accountant)
        wizards = wizards.with_context(**asked["context"])
        wizards.create({"date": until, "reason": "A goodwill"}).action_exclude()
        self.bills[move].left_out_until = until
        self._note("exclusions", partner, move.name, until)

    def _case_of(self, partner):
        return self.cases.search(
            [("partner_id", "=", partner.id), ("closed_at", "=", False)]
        )

    def _is_held(self):
        partner = self._some_debtor()
        case = self._case_of(partner)
        if not case or case.state == "legal":
            return
        until = today(self.now) + self.luck.randint(0, 8) * DAY
        pauses = self.env["debt.case.pause"].with_user(self.accountant)
        asked = pauses._action_ask("hold", case)
        wizard = pauses.with_context(**asked["context"]).create(
            {"until": until, "reason": "A letter came"}
        )
        wizard.action_apply()
        self.book[partner].held_until = until
        self._note("holds", partner, until)

    def _is_settled(self):
        disputes = self.env["debt.dispute"].search([("state", "=", "open")])
        if not disputes:
            return
        dispute = self.luck.choice(disputes)
        self.assertEqual(len(dispute.move_ids), 1)
        asked = dispute.with_user(self.accountant).action_reject()
        wizards = self.env[asked["res_model"]].with_user(self.accountant)
        wizards = wizards.with_context(**asked["context"])
        wizards.create({"reason": "It was delivered"}).action_settle()
        self.bills[dispute.move_ids].contested_until = date.min
        self._note("settled disputes", dispute.partner_id)

    # --- people -----------------------------------------------------------------------
    def _closes_the_browser(self):
        """A window stays open until its time is over."""
        user = self._operator()
        if self.env["debt.call.wizard"].with_user(user).action_next().get("res_id"):
            self._note("windows left open")

    def _operator(self):
        working = self.team.member_ids.user_id
        return self.luck.choice(working.sorted("id"))

    def _leaves_or_comes_back(self):
        members = self.team.every_member_ids
        away = members.filtered(lambda member: not member.active)
        if away:
            away.active = True
        elif len(members) > 1:
            self.luck.choice(members.sorted("id")).active = False
        self._note("people who left or came back")

    def _turns_out_to_be_another(self):
        """Two contacts are one debtor: merged by whoever may."""
        same = [
            (one, other)
            for one, his in self.book.items()
            for other, theirs in self.book.items()
            if one != other and (his.zone, his.law) == (theirs.zone, theirs.law)
        ]
        if len(self.book) < DEBTORS // 2 or not same:
            return
        kept, gone = self.luck.choice(same)
        if self.env["debt.call"].search_count(
            [("partner_id", "in", (kept + gone).ids), ("state", "!=", "done")]
        ):
            return
        his, theirs = self.book[kept], self.book[gone]
        restrained = [self._case_of(one).state for one in (kept, gone)]
        if "legal" in restrained or his.never != theirs.never:
            return
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([gone.id, kept.id], kept)
        self.env.cr.flush()
        his.absorb(theirs)
        del self.book[gone]
        self.stories[kept] += self.stories[gone]
        self._note("merges", kept)

    def _law_changes(self):
        """A law becomes stricter. It is shared: no manager's of a company to change."""
        law, policy = self.laws[0], self.policies[0]
        if law.attempts_a_day < 4:
            return
        policy.limit_ids.filtered(lambda cap: cap.count == "attempt").maximum = 2
        policy.window_ids.write({"hour_from": 10, "hour_to": 17})
        law.attempts_a_day, law.hours = 2, dict.fromkeys(WORKDAYS, (10, 17))
        self._note("changed laws")

    # --- operators --------------------------------------------------------------------
    def _operator_turn(self):
        user = self._operator()
        if self.luck.random() < 0.08:
            self._rings_us(user)
            return
        action = self.env["debt.call.wizard"].with_user(user).action_next()
        if not action.get("res_id"):
            self._check_nobody(user)
            return
        window = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        self._check_offered(user, window)
        match self.luck.randrange(12):
            case 0 if window.call_id.state == "draft":
                self._skips(window)
            case 1 if window.call_id.state == "draft":
                window.action_release()
            case _:
                self._dials(window)

    def _skips(self, window):
        partner, asked = window.partner_id, window.action_skip()
        pauses = self.env[asked["res_model"]].with_user(window.env.user)
        pauses = pauses.with_context(**asked["context"])
        pauses.create({"reason": "I know him"}).action_apply()
        self._note("skips", partner)

    def _rings_us(self, user):
        partner = self._some_debtor()
        debtor, case = self.book[partner], self._case_of(partner)
        if not case or not debtor.numbers:
            return
        number = self.luck.choice(sorted(debtor.numbers))
        inbound = self.env["debt.call.inbound"].with_user(user)
        try:
            with self.cr.savepoint():
                action = inbound.action_take(case.id, number)
        except UserError:
            self._note("calls put through", partner)
            return
        window = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        talk = Talk(self.now, ours=False)
        debtor.talks.append(talk)
        self._finish(window, debtor, talk, self._ending(CONNECTED - {"wrong_number"}))
        self._note("incoming calls", partner)

    def _ending(self, among):
        return self._chosen({code: OUTCOMES[code] for code in sorted(among)})

    def _dials(self, window):
        debtor, call = self.book[window.partner_id], window.call_id
        if call.state != "draft":
            talk = debtor.talks[-1]
        else:
            line = window.phone_ids.filtered("can_dial")[:1]
            if why := debtor.why_not(self.now, line.number):
                self._fault(f"offered, though: {why}", window.partner_id)
            try:
                with self.cr.savepoint():
                    line.action_dial()
            except UserError as refused:
                self._fault(f"offered and refused: {refused}", window.partner_id)
                window.action_release()
                return
            self.assertEqual(call.started_at, self.now.replace(microsecond=0))
            talk = Talk(self.now)
            debtor.talks.append(talk)
            self._note("dialled calls", window.partner_id, line.number)
            if self.luck.random() < 0.04:
                return  # The browser closes while he speaks.
        among = set(OUTCOMES) if call.direction == "outbound" else CONNECTED
        self._finish(window, debtor, talk, self._ending(among))

    def _finish(self, window, debtor, talk, code):
        """Say in the window how the call ended, and save."""
        at = self.now + self.luck.randint(1, 9) * timedelta(minutes=1)
        self._go_to(at)
        values = self._said(window, debtor, code)
        if values is None:
            code, values = "other", {}
        party = self.env.ref(f"debt_collection.outcome_{code}")
        window.write(
            {
                "outcome_id": party.id,
                "party": party.party if code != "other" else "third_party",
                "note": "He said so",
                **values,
            }
        )
        number = window.call_id.number
        ours = window.call_id.direction == "outbound"
        window.action_save()
        self._note(code, window.partner_id, self.follows)
        self._learn(debtor, talk, code, number, ours)

    def _said(self, window, debtor, code):
        """What the outcome asks for; None where it cannot be given.

        What follows for the oracle is kept in `self.follows`.
        """
        self.follows = None
        match code:
            case "callback":
                return self._asks_for_a_callback(window)
            case "promise":
                return self._promises(debtor)
            case "disputed":
                return self._disputes(window)
            case "claims_paid":
                return {"paid_on": today(self.now), "paid_amount": 10}
        return {}

    def _asks_for_a_callback(self, window):
        hours = self.luck.choice((1, 2, 5, 20, 24, 48, 72))
        at = (self.now + hours * HOUR).replace(second=0)
        outcome = self.env.ref("debt_collection.outcome_callback")
        window.write(
            {"outcome_id": outcome.id, "party": "right_party", "callback_at": at}
        )
        if window.callback_hint:
            if not window.callback_slot:
                return None
            window.action_take_slot()
        self.follows = window.callback_at
        return {}

    def _promises(self, debtor):
        collected, _disputed = debtor.owes(self.now)
        if collected <= 0:
            return None
        amount = self.luck.choice((collected, collected, max(1, collected // 2)))
        by = today(self.now) + self.luck.choice((0, 1, 3, 6, 10)) * DAY
        self.follows = Word(amount, by, self.now)
        return {"promise_amount": amount, "promise_date": by, "promise_parts": 1}

    def _disputes(self, window):
        day = today(self.now)
        for item in window.item_ids.filtered("can_dispute"):
            bill = self.bills[item.move_id]
            if bill.due < day and bill.contested_until < day and bill.left > 1:
                break
        else:
            return None
        part = self.luck.choice((0, bill.left // 2))
        item.selected = True
        self.follows = (bill, part or 10**6)
        return {"dispute_reason": "Never came", "dispute_amount": part}

    def _learn(self, debtor, talk, code, number, ours):
        """What the oracle is told of the call."""
        talk.answered = code in CONNECTED
        talk.with_debtor = code in BY_DEBTOR
        if debtor.callback and (
            debtor.callback <= self.now or not ours and talk.with_debtor
        ):
            debtor.callback = None
        if not ours and talk.with_debtor and number not in debtor.numbers:
            debtor.numbers.add(number)
        if code in ("invalid_number", "wrong_number"):
            debtor.numbers.discard(number)
        self._learn_agreed(debtor, code)

    def _learn_agreed(self, debtor, code):
        if code in HOLDS:
            until = today(self.now) + HOLDS[code] * DAY
            debtor.held_until = max(until, debtor.held_until)
        debtor.never |= code in ("do_not_call", "bankrupt")
        match code:
            case "callback":
                debtor.callback = self.follows
            case "promise":
                self._learn_promise(debtor)
            case "disputed":
                bill, part = self.follows
                bill.contested = part
                bill.contested_until = today(self.now) + 14 * DAY

    def _learn_promise(self, debtor):
        for word in debtor.words:
            if debtor.state_of(word, self.now) == "open":
                word.withdrawn = True
        debtor.words.append(self.follows)
