from datetime import date, timedelta
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from ..tools.summary import Clause, Situation, clauses

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
