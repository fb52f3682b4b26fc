from datetime import date, timedelta
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from ..tools.summary import Clause, Situation, Why, clauses, why

TODAY = date(2026, 3, 10)
SITUATIONS = st.builds(
    Situation,
    day=st.just(TODAY),
    overdue=st.booleans(),
    disputed=st.booleans(),
    broken=st.integers(0, 3),
    promised=st.none() | st.just(TODAY + timedelta(days=3)),
    attempts=st.integers(0, 30),
    reached=st.none() | st.integers(0, 60).map(lambda n: TODAY - timedelta(days=n)),
)


class TestSummary(TestCase):
    """The debtor's sentence says what matters, and nothing twice."""

    def test_a_debtor_nobody_called_yet(self):
        self.assertEqual(clauses(Situation(TODAY)), [Clause.OWES, Clause.NEVER_CALLED])

    def test_a_debtor_who_does_not_answer(self):
        self.assertEqual(
            clauses(Situation(TODAY, attempts=7)), [Clause.OWES, Clause.NEVER_REACHED]
        )

    def test_a_debtor_who_broke_promises_and_fell_silent(self):
        reached = TODAY - timedelta(days=12)
        situation = Situation(TODAY, broken=2, attempts=9, reached=reached)
        self.assertEqual(clauses(situation), [Clause.OWES, Clause.BROKE, Clause.SILENT])
        self.assertEqual(situation.silent_days, 12)

    def test_yesterdays_talk_is_not_silence(self):
        reached = TODAY - timedelta(days=1)
        self.assertEqual(
            clauses(Situation(TODAY, attempts=1, reached=reached)), [Clause.OWES]
        )

    @given(SITUATIONS)
    def test_of_calls_one_thing_is_said_at_most(self, situation):
        about_calls = {Clause.NEVER_CALLED, Clause.NEVER_REACHED, Clause.SILENT}
        self.assertLessEqual(len(about_calls & set(clauses(situation))), 1)

    @given(SITUATIONS)
    def test_the_order_is_always_the_same(self, situation):
        said = clauses(situation)
        self.assertEqual(said, sorted(said, key=list(Clause).index))


class TestWhy(TestCase):
    """Why the call is made: what happened since the last conversation comes first."""

    def test_nothing_is_planned(self):
        self.assertIsNone(why(Situation(TODAY)))

    def test_what_the_debtor_asked_for_comes_before_what_he_did(self):
        missed = TODAY - timedelta(days=1)
        situation = Situation(TODAY, code="callback", missed=missed)
        self.assertEqual(why(situation), Why.CALLBACK)

    def test_a_missed_instalment_is_told_from_a_broken_promise(self):
        known = {"code": "ladder", "attempts": 2, "missed": TODAY - timedelta(days=1)}
        self.assertEqual(why(Situation(TODAY, **known)), Why.PROMISE)
        situation = Situation(TODAY, **known, instalment=True)
        self.assertEqual(why(situation), Why.INSTALMENT)

    def test_what_was_talked_about_is_no_reason_any_more(self):
        situation = Situation(
            TODAY,
            code="ladder",
            attempts=3,
            missed=TODAY - timedelta(days=9),
            answered=TODAY - timedelta(days=8),
            newest_due=TODAY - timedelta(days=7),
            reached=TODAY - timedelta(days=2),
        )
        self.assertEqual(why(situation), Why.LADDER)

    def test_an_invoice_that_fell_due_since_the_last_talk(self):
        situation = Situation(
            TODAY,
            code="ladder",
            attempts=3,
            newest_due=TODAY - timedelta(days=1),
            reached=TODAY - timedelta(days=9),
        )
        self.assertEqual(why(situation), Why.NEW_ITEM)

    def test_to_whom_nobody_has_spoken_nothing_is_new(self):
        newest = TODAY - timedelta(days=1)
        situation = Situation(TODAY, code="ladder", newest_due=newest)
        self.assertEqual(why(situation), Why.FIRST)
        busy = Situation(TODAY, code="retry", attempts=1, newest_due=newest)
        self.assertEqual(why(busy), Why.BUSY)
