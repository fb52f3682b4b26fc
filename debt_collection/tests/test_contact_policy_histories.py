"""Every law that comes with the addon against thousands of random histories.

Two thousand of them a law: debtors in all zones in use, over leap day, year end and
changes of the clock, held against the slow reading of the law in `test_tools_oracle`.
For a long night, with more of them:
`DEBT_EXAMPLES=20000 ./dev test debt_collection/tests/test_contact_policy_histories.py`
"""

from datetime import date, datetime, time, timedelta
from random import Random

from odoo.tests import TransactionCase, tagged

from ..tools.clock import local, middle
from ..tools.contact import CHANNELS
from ..tools.countries import country_zones
from ..tools.ladder import Step
from .questions import check, plan
from .test_tools_oracle import GRID, HISTORIES, lawful, random_debtor

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
# One history in so many is walked through by the quarter of an hour, ladder and all.
WALKED = 20


@tagged("post_install", "-at_install")
class TestPolicyHistories(TransactionCase):
    # The clock is not frozen: all times are given, and frozen ones are slow.
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.laws = [
            (law.name, law._to_pure(), country_zones(law.country_ids[:1].code or "BE"))
            for law in cls.env["debt.contact.policy"].search([])
        ]
        codes = cls.env["res.country"].search([]).mapped("code")
        cls.everywhere = sorted({z for code in codes for z in country_zones(code)})
        cls.ladders = [
            [step for step in ladder._steps() if step.channel == "call"]
            for ladder in cls.env["debt.ladder"].search([])
        ]
        cls.ladders = [steps for steps in cls.ladders if steps]

    def _debtor(self, seed):
        """What the gate asks for, the same for all laws; each has zones of its own."""
        rnd = Random(seed)
        debtor = random_debtor(rnd, 900, 8)
        channels = [rnd.choice(CHANNELS) for _contact in debtor["history"]]
        debtor["history"] = [
            contact._replace(channel=channel)
            for contact, channel in zip(debtor["history"], channels, strict=True)
        ]
        if seed % 4 == 1:
            # One after the other, alone or with others.
            one = self.everywhere[seed // 4 % len(self.everywhere)]
            debtor["zones"] = [one, *rnd.sample(self.everywhere, rnd.randint(0, 2))]
        return debtor | {"channel": rnd.choice(CHANNELS)}

    def _under(self, law, debtor, seed):
        """The debtor under a law, every other time somewhere in its country."""
        _name, policy, zones = law
        if seed % 2 == 0:
            few = Random(seed).sample(zones, min(len(zones), seed // 2 % 3 + 1))
            debtor = debtor | {"zones": few}
        return debtor | {"policy": policy}

    def _each(self):
        for seed in range(HISTORIES):
            debtor = self._debtor(seed)
            for law in self.laws:
                yield law[0], seed, self._under(law, debtor, seed)

    def test_all_zones_in_use_are_tried(self):
        tried = {
            zone for _name, _seed, debtor in self._each() for zone in debtor["zones"]
        }
        if HISTORIES >= 2000:
            self.assertFalse(set(self.everywhere) - tried)
        self.assertGreater(len(tried), 26)

    def test_no_law_is_ever_broken_and_nobody_starves(self):
        for name, seed, debtor in self._each():
            self._hold_against_oracle(debtor, (name, seed))

    def _hold_against_oracle(self, debtor, which):
        at = debtor["at"]
        answer = check(**debtor)
        self.assertEqual(answer.allowed, lawful(**debtor), which)
        if answer.next_at:
            for instant in (answer.next_at, answer.until - MICROSECOND):
                self.assertTrue(lawful(**debtor | {"at": instant}), which)
        found = answer.next_at or at + 400 * DAY
        hours = range(int((found - at) / HOUR))
        # All of the first days, and some of the long wait for a distant day.
        tried = [*hours[:48], *hours[48 :: max(1, len(hours) // 24)]]
        before = (at + n * HOUR for n in tried)
        starved = [one for one in before if lawful(**debtor | {"at": one})]
        self.assertFalse(starved, which)
        self._hold_eager_planner(debtor, answer, which)

    def _hold_eager_planner(self, debtor, answer, which):
        """An eager ladder is planned for the day on which the gate first opens."""
        facts = dict(debtor, callback=None)
        channel, now = facts["channel"], facts.pop("at")
        first = answer.next_at
        if debtor["callback"]:
            first = check(at=now, **facts).next_at
        home = middle(tuple(debtor["zones"]), now.date())
        today = local(home, now).date()
        step = Step(1, 60, channel=channel, attempts=99, gap=0)
        planned = plan([step], today, now, **facts).at
        if planned:
            self.assertTrue(lawful(at=planned, **facts), which)
            day = local(home, first).date()
            self.assertEqual(local(home, planned).date(), day, which)
        elif first:
            self.assertGreater((local(home, first).date() - today).days, 58, which)

    # --- the ladders that come with the addon -----------------------------------------
    def test_no_ladder_misses_a_day_on_which_a_call_is_lawful(self):
        """The day planned is the first that the ladder wants and the law allows."""
        for seed in range(0, HISTORIES, WALKED):
            debtor = dict(self._debtor(seed), callback=None, channel="call")
            for number, law in enumerate(self.laws):
                steps = self.ladders[(seed // WALKED + number) % len(self.ladders)]
                one = self._under(law, debtor, seed + number)
                self._hold_ladder(one, steps, (seed + number) % 9, (law[0], seed))

    def _hold_ladder(self, debtor, steps, days, which):
        now = debtor["at"]
        home = middle(tuple(debtor["zones"]), now.date())
        started = local(home, now).date() - days * DAY
        facts = {key: debtor[key] for key in debtor.keys() - {"at", "channel"}}
        planned = plan(steps, started, now, **facts)
        wanted = self._first_day(debtor, steps, started, home)
        self.assertEqual(planned.at and local(home, planned.at).date(), wanted, which)

    def _first_day(self, debtor, steps, started, home):
        """Walk by the quarter of an hour until a step wants what the law allows."""
        # A telephone that rang for a machine has rung.
        ringing = "call", "robot_call", "voice_message"
        calls = [c for c in debtor["history"] if c.channel in ringing]
        mine = [c for c in calls if debtor["case"] in (None, c.case) or not c.case]
        made = [(local(home, c.at).date() - started).days + 1 for c in mine]
        first = (local(home, debtor["at"]).date() - started).days + 1
        for day in range(first, max(step.last_day for step in steps) + 1):
            gaps = [
                timedelta(minutes=step.gap)
                for step in steps
                if step.first_day <= day <= step.last_day
                if self._left(step, day, made) > 0
            ]
            quarters = self._quarters(home, started + (day - 1) * DAY) if gaps else ()
            for at in quarters:
                apart = any(all(abs(at - c.at) >= gap for c in calls) for gap in gaps)
                if at >= debtor["at"] and apart and lawful(**debtor | {"at": at}):
                    return local(home, at).date()
        return None

    def _left(self, step, day, made):
        start, end = step.span(day)
        in_span = sum(start <= one <= end for one in made)
        return step.left(day, in_span, made.count(day))

    def _quarters(self, home, day):
        start = datetime.combine(day, time()) - 15 * HOUR
        quarters = (start + n * GRID for n in range(4 * 54))
        return [at for at in quarters if local(home, at).date() == day]

    # --- laws together ----------------------------------------------------------------
    def test_a_new_yorker_is_under_all_laws_at_once_and_in_time(self):
        """The federal laws, and the city's from its day on, the strictest in each."""
        values = {
            "name": "Jane",
            "country_id": self.env.ref("base.us").id,
            "state_id": self.env.ref("base.state_us_27").id,
            "zip": "10001",
        }
        debtor = self.env["res.partner"].create(values)
        choice = self.env["debt.contact.policy"]._choose(debtor, self.env.company)
        policy = choice.policy()
        for seed in range(HISTORIES):
            rnd = Random(seed)
            asked = self._debtor(seed) | {"policy": policy}
            if rnd.random() < 0.7:
                asked["zones"] = ["America/New_York"]
            asked["at"] = datetime(2026, 8, 25) + rnd.randrange(14 * 96) * HOUR / 4
            days = {local(zone, asked["at"]).date() for zone in asked["zones"]}
            laws = {law for day in days for law in choice.on(day)}
            wanted = all(lawful(**asked | {"policy": law.policy}) for law in laws)
            self.assertEqual(check(**asked).allowed, wanted, seed)
        regf, tcpa, city = (
            self.env.ref(f"debt_collection.policy_us_{name}").id
            for name in ("regf", "tcpa", "nyc")
        )
        august, september = (choice.on(date(2026, month, 15)) for month in (8, 9))
        self.assertEqual({law.id for law in august}, {regf, tcpa})
        self.assertEqual({law.id for law in september}, {regf, tcpa, city})
