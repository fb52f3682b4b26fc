"""Both sides of every border of every law, taken from the laws' own data."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from odoo.tests import TransactionCase, tagged

from ..tools.clock import period_start
from ..tools.contact import CHANNELS, Contact, Policy, Target, Window
from ..tools.policy import windows_for
from .questions import check

MONDAY = date(2026, 6, 1)
HOLIDAY = MONDAY + timedelta(days=14)
MINUTE = timedelta(minutes=1)
SPANS = {"day": 1, "week": 7, "month": 30}
ALWAYS = Window(frozenset(range(8)), 0, 1440)


@tagged("post_install", "-at_install")
class TestPolicyBorders(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        policies = cls.env["debt.contact.policy"].search([])
        cls.laws = [(policy.name, policy._to_pure()) for policy in policies]

    def _asked(self, policy, channel, at, history=(), place="", **target):
        target = Target(place, **{"consented": True, "recorded": True} | target)
        return check(
            policy,
            ["UTC"],
            channel,
            at,
            list(history),
            holidays=frozenset([HOLIDAY]),
            case=1,
            target=target,
        )

    def _midnight(self, day):
        """Midnight of a pseudo weekday of a window: 0 is Monday, 7 a holiday."""
        date_ = HOLIDAY if day == 7 else MONDAY + timedelta(days=day)
        return datetime(date_.year, date_.month, date_.day)

    # --- hours --------------------------------------------------------------------
    def test_each_window_opens_and_closes_at_its_minute(self):
        for name, law in self.laws:
            for channel in CHANNELS:
                with self.subTest(law=name, channel=channel):
                    self._assert_windows(replace(law, limits=()), channel)

    def _assert_windows(self, law, channel):
        windows = windows_for(law.windows, channel)
        for day in range(8):
            open_ = [(w.start, w.end) for w in windows if day in w.days]
            borders = {0, 1439, *(m for hours in open_ for m in hours)}
            for minute in sorted({m + n for m in borders for n in (-1, 0)}):
                if 0 <= minute < 1440:
                    at = self._midnight(day) + minute * MINUTE
                    lawful = any(start <= minute < end for start, end in open_)
                    answer = self._asked(law, channel, at)
                    self.assertEqual(answer.allowed, lawful, (day, minute))

    # --- what is needed before ----------------------------------------------------
    def test_what_is_to_be_recorded_is_recorded_or_not_talked(self):
        minded = set()
        for name, law in self.laws:
            law = replace(law, windows=(ALWAYS,), limits=())
            for channel in CHANNELS:
                asked = law, channel, datetime(2026, 6, 1, 12)
                self.assertTrue(self._asked(*asked).allowed, (name, channel))
                refused = not self._asked(*asked, recorded=False).allowed
                talked = channel in ("call", "robot_call")
                self.assertEqual(refused, law.recorded and talked, (name, channel))
            minded |= {name} if law.recorded else set()
        self.assertEqual(len(minded), 3, minded)

    def test_what_wants_consent_is_refused_without(self):
        for name, law in self.laws:
            law = replace(law, windows=(ALWAYS,), limits=())
            for channel in CHANNELS:
                asked = law, channel, datetime(2026, 6, 1, 12)
                self.assertTrue(self._asked(*asked).allowed, (name, channel))
                wanted = any(
                    channel in (consent.channels or CHANNELS)
                    for consent in law.consents
                )
                answer = self._asked(*asked, consented=False)
                self.assertEqual(answer.allowed, not wanted, (name, channel))

    # --- limits -------------------------------------------------------------------
    def test_each_limit_refuses_the_contact_after_its_last(self):
        for name, law in self.laws:
            for limit in law.limits:
                for channel in sorted(limit.channels or CHANNELS):
                    with self.subTest(law=name, limit=limit, channel=channel):
                        self._assert_limit(limit, channel)

    def _assert_limit(self, limit, channel):
        policy = Policy((ALWAYS,), (limit,))
        first, last, free = self._times(limit)
        full = self._contacts(limit, channel, first, limit.maximum)
        fewer = self._contacts(limit, channel, first, limit.maximum - 1)
        place = limit.place

        def allowed(at, history):
            return self._asked(policy, channel, at, history, place).allowed

        self.assertTrue(allowed(last, fewer), "one is left")
        self.assertFalse(allowed(last, full), "none is left")
        self.assertTrue(allowed(free, full), "the period is over")

    def _times(self, limit):
        """When the contacts were, the last refused and the first free instant."""
        monday = datetime(2026, 6, 1)
        if limit.rolling:
            first = monday + timedelta(hours=10)
            span = timedelta(days=SPANS[limit.period] * limit.length)
            return first, first + span - timedelta(seconds=1), first + span
        after = period_start(monday.date(), limit.period, limit.length)
        free = datetime(after.year, after.month, after.day)
        return monday, free - MINUTE, free

    def _contacts(self, limit, channel, at, number):
        contact = Contact(at, channel, True, True, case=1, place=limit.place)
        if limit.count == "minute":
            return [contact._replace(minutes=number)] if number else []
        return [contact] * number
