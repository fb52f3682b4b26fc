import unittest
from datetime import datetime, timedelta
from random import Random

from odoo.addons.debt_collection.tools.said_time import said_time

TUESDAY = datetime(2026, 3, 10, 10, 0)
SAID = {
    "in 2 hours": "2026-03-10 12:00",
    "in an hour": "2026-03-10 11:00",
    "in half an hour": "2026-03-10 10:30",
    "30 min": "2026-03-10 10:30",
    "2h": "2026-03-10 12:00",
    "1.5 hours": "2026-03-10 11:30",
    "in 3 days": "2026-03-13 10:00",
    "in a week": "2026-03-17 10:00",
    "tomorrow": "2026-03-11 09:00",
    "tomorrow 10": "2026-03-11 10:00",
    "Tomorrow at 10:30": "2026-03-11 10:30",
    "tomorrow afternoon": "2026-03-11 14:00",
    "tomorrow in the morning": "2026-03-11 09:00",
    "11:30pm": "2026-03-10 23:30",
    "11:30 am": "2026-03-10 11:30",
    "after 3": "2026-03-10 15:00",
    "9": "2026-03-11 09:00",
    "15:00": "2026-03-10 15:00",
    "noon": "2026-03-10 12:00",
    "friday 9": "2026-03-13 09:00",
    "on Tuesday at 9": "2026-03-17 09:00",
    "tonight": "2026-03-10 18:00",
    "13.03 10:00": "2026-03-13 10:00",
    "2026-04-01 14:15": "2026-04-01 14:15",
    "9.03": "2027-03-09 09:00",
    "через час": "2026-03-10 11:00",
    "через 2 часа": "2026-03-10 12:00",
    "через полчаса": "2026-03-10 10:30",
    "через полтора часа": "2026-03-10 11:30",
    "через 20 минут": "2026-03-10 10:20",
    "через 2 дня": "2026-03-12 10:00",
    "через неделю": "2026-03-17 10:00",
    "завтра в 10": "2026-03-11 10:00",
    "послезавтра 9:30": "2026-03-12 09:30",
    "сегодня после 15": "2026-03-10 15:00",
    "в 3 часа дня": "2026-03-10 15:00",
    "в 5 вечера": "2026-03-10 17:00",
    "в пятницу вечером": "2026-03-13 18:00",
    "завтра утром": "2026-03-11 09:00",
    "13.03 в 10 часов": "2026-03-13 10:00",
}
NOT_SAID = ("", "later", "soon", "позже", "maybe tomorrow", "25:00", "in 2", "call me")


class TestSaidTime(unittest.TestCase):
    """A time as it is said on the telephone."""

    def test_what_is_said_is_meant(self):
        for text, meant in SAID.items():
            with self.subTest(text):
                at = said_time(text, TUESDAY)
                self.assertEqual(at and at.strftime("%Y-%m-%d %H:%M"), meant)

    def test_what_is_not_understood_is_not_guessed(self):
        for text in NOT_SAID:
            with self.subTest(text):
                self.assertIsNone(said_time(text, TUESDAY))

    def test_an_hour_without_a_day_is_the_next_one(self):
        luck = Random(1)
        for _time in range(500):
            now = TUESDAY + timedelta(minutes=luck.randrange(60 * 24 * 400))
            at = said_time(f"{luck.randrange(24)}:{luck.randrange(60):02}", now)
            self.assertTrue(now < at <= now + timedelta(days=1))

    def test_anything_typed_is_read_or_refused(self):
        luck, words = Random(2), [*" ".join([*SAID, *NOT_SAID]).split(), "29.02", "0"]
        for _time in range(3000):
            text = " ".join(luck.choices(words, k=luck.randint(1, 4)))
            at = said_time(text, TUESDAY)
            self.assertTrue(at is None or isinstance(at, datetime), text)
