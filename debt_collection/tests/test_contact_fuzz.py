"""Whatever is typed or sent: an answer, or an error that people can read."""

import math
from datetime import date, datetime
from random import Random

import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ..tools.contact import CHANNELS
from .common import DebtCommon
from .test_tools_oracle import thorough

REASONS_ONLY = {"allowed", "reason", "message", "next_at"}
bounded = settings(thorough, max_examples=40)
printable = st.text(st.characters(exclude_characters="\0"), max_size=40)
digits = st.text("0123456789+()-. /,;x#доб", max_size=40)
numbers = st.none() | printable | digits | st.integers() | st.lists(st.integers())
times = (
    st.none()
    | printable
    | st.datetimes()
    | st.dates()
    | st.datetimes(timezones=st.just(pytz.utc))
    | st.integers()
    | st.sampled_from(["2026-03-10 09:00:00", "2026-02-30", math.nan, True])
)
channels = st.sampled_from(CHANNELS) | printable | st.none() | st.integers()


@tagged("post_install", "-at_install")
class TestFuzz(DebtCommon):
    def setUp(self):
        super().setUp()
        self._invoice(1000, 10)
        self.case = self._case()

    def _tidy(self, answer):
        self.assertLessEqual(REASONS_ONLY, set(answer))
        self.assertEqual(answer["allowed"], answer["reason"] in ("ok", "callback"))
        self.assertTrue(answer["message"])

    def test_the_gate_answers_or_explains(self):
        @bounded
        @given(channels, numbers, times)
        def ask(channel, number, at):
            try:
                self._tidy(self.case.check_contact(channel, number, at))
            except UserError as error:
                self.assertTrue(error.args[0])

        ask()

    def test_the_gate_knows_instants_however_they_are_given(self):
        noon = datetime(2026, 3, 10, 11)
        wanted = self.case.check_contact("call", at=noon)
        for at in ("2026-03-10 11:00:00", pytz.utc.localize(noon)):
            self.assertEqual(self.case.check_contact("call", at=at), wanted)
        midnight = self.case.check_contact("call", at=date(2026, 3, 10))
        self.assertEqual(midnight["reason"], "hours")
        for at in ("tomorrow", "2026-02-30", datetime.max, datetime.min, 7, [noon]):
            with self.assertRaises(UserError):
                self.case.check_contact("call", at=at)
        for number in (7, ["+32"], b"+32"):
            with self.assertRaises(UserError):
                self.case.check_contact("call", number=number)

    def test_any_number_can_stand_on_a_contact(self):
        """It is listed, to be called or to be mended; nothing typed is lost."""

        @bounded
        @given(printable | digits)
        def save(typed):
            with self.cr.savepoint():
                self.debtor.phone = typed
                self.case._plan()
                self._tidy(self.case.check_contact("call"))
                phones = self.debtor.debt_phone_ids
                self.assertEqual(bool(phones), bool(self.debtor.phone))
                for phone in phones:
                    self.assertNotEqual(bool(phone.number), bool(phone.error))

        save()

    def test_any_address_leads_somewhere_or_to_a_refusal(self):
        countries = self.env["res.country"].search([])
        states = self.env["res.country.state"].search([])

        @bounded
        @given(st.integers(0, 2**32), printable, printable)
        def move(seed, code, town):
            rnd = Random(seed)
            country = rnd.choice([*countries, countries.browse()])
            here = states.filtered(lambda state: state.country_id == country)
            values = {"country_id": country.id, "zip": code, "city": town}
            values["state_id"] = rnd.choice([*here, states.browse()]).id
            with self.cr.savepoint():
                self.debtor.write(values)
                self.case._plan()
                answer = self.case.check_contact("email")
                self._tidy(answer)
                self.assertTrue(country or answer["reason"] == "no_zone")

        move()

    def test_a_zone_that_is_none_any_more_is_no_evidence(self):
        """The tz database forgets names; a column may hold one all the same."""
        for name in ("Mars/Olympus", "../../etc/passwd", "", "Europe", "🜨"):
            self.env.flush_all()
            self.env.cr.execute(
                SQL(
                    "UPDATE res_partner SET debt_tz = %s WHERE id = %s",
                    name,
                    self.debtor.id,
                )
            )
            self.debtor.invalidate_recordset()
            self._tidy(self.case.check_contact("call"))
            facts = self.case._contact_facts()[self.case]
            self.assertEqual(facts.zones, ("Europe/Brussels",))

    def test_a_case_plans_at_any_time_of_the_years(self):
        """Leap days, turns of the year, and the hours that there are twice or never."""

        @bounded
        @given(st.integers(0, 5 * 365 * 24 * 60))
        def plan(minutes):
            with self._at(minutes=minutes), self.cr.savepoint():
                self.case.sudo().ladder_started_on = self.company._debt_today()
                self.case._plan()
                at, until = self.case.next_contact_at, self.case.contact_until
                self.assertGreaterEqual(at, datetime.now().replace(microsecond=0))
                self.assertGreater(until, at)
                asked = self.case.check_contact("call", at=at)
                self.assertTrue(asked["allowed"], asked)

        plan()
