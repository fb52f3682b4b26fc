import os
from collections import defaultdict
from contextlib import closing
from itertools import zip_longest
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from . import ledger_oracle as oracle
from .ledger_history import LedgerHistories
from .ledger_steps import HISTORY

#: Histories that are played side by side, one debtor each, and how often.
SIDE_BY_SIDE = 50
#: 200 histories; the nightly run plays more.
TIMES = int(os.environ.get("DEBT_HISTORIES", "200")) // SIDE_BY_SIDE
COMPANY = st.fixed_dictionaries(
    {
        "debt_auto_flag": st.sampled_from((True, True, False)),
        "debt_grace_days": st.sampled_from((0, 0, 10)),
        "debt_min_amount": st.sampled_from((0.0, 0.0, 50.0)),
    }
)


@tagged("post_install", "-at_install")
class TestRefreshProperties(LedgerHistories):
    """Rules 1 and 2 over any history, against an oracle that counts by hand."""

    def test_cases_say_what_the_ledger_says(self):
        @settings(
            max_examples=TIMES,
            deadline=None,
            derandomize=True,
            database=None,
            # A smaller example would be nice, but each takes seconds; the message
            # tells the story of the one debtor that matters.
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(
            st.tuples(COMPANY, COMPANY),
            st.lists(HISTORY, min_size=SIDE_BY_SIDE, max_size=SIDE_BY_SIDE),
        )
        def play(companies, histories):
            with closing(self.env.cr.savepoint()):
                for company, values in zip(self.entities, companies, strict=True):
                    company.write(values)
                self._play(histories)

        self.played = 0
        # Planning is tested elsewhere and would take most of the time.
        with patch.object(type(self.cases), "_plan", lambda cases: None):
            play()
        self.assertGreaterEqual(self.played, TIMES * SIDE_BY_SIDE)

    def _play(self, histories):
        self.played += len(histories)
        self.stories = dict(zip(self.debtors, histories, strict=True))
        rounds = zip_longest(*([first, *rest] for _company, first, rest in histories))
        for number, steps in enumerate(rounds):
            self.play_round(
                [
                    (debtor, self._place(history[0], number), step)
                    for debtor, history, step in zip(
                        self.debtors, histories, steps, strict=True
                    )
                    if step
                ]
            )
            self._check_cases()
        self._check_totals()
        self.env.cr.flush()
        self.assertEqual(
            self.cases.refresh(),
            {"opened": 0, "updated": 0, "closed": 0, "stage_changed": 0},
            "what was noted on the way is all there is",
        )

    def _place(self, choice, number):
        places = self.places[choice]
        return places[number % len(places)]

    def _check_cases(self):
        """Every case is what the oracle says, without anybody asking for a refresh."""
        cases = self.cases.search([("closed_at", "=", False)])
        found = {(case.partner_id, case.company_id): case for case in cases}
        truth = oracle.owed(self.debtors, self.companies)
        for key, owed in truth.items():
            story = f"{key[1].name}: {self.stories[key[0]]}"
            self.assertEqual(bool(found.get(key)), owed.is_open, story)
        for (debtor, company), case in found.items():
            owed = truth[debtor, company]
            self.assertEqual(
                (
                    case.amount_overdue,
                    case.amount_disputed,
                    case.oldest_due_date,
                    case.stage_id,
                    case.state,
                ),
                (
                    owed.overdue,
                    owed.disputed,
                    owed.oldest,
                    oracle.stage(self.env, owed, company),
                    "active" if owed.overdue else "disputed",
                ),
                f"{company.name}: {self.stories[debtor]}",
            )

    def _check_totals(self):
        """What is read before a debtor is contacted says the same, item by item."""
        found = defaultdict(list)
        for item in self.ledger.items(self.debtors.ids):
            told = (item["part"], item["left"], item["left_currency"])
            found[item["line_id"], item["partner_id"]].append(told)
        for (debtor, company), owed in oracle.owed(
            self.debtors, self.companies
        ).items():
            story = f"{company.name}: {self.stories[debtor]}"
            by_line = defaultdict(list)
            for (id_, _is_half), told in owed.items.items():
                by_line[id_].append(told)
            for id_, items in by_line.items():
                told = found.pop((id_, debtor.id))
                # An item of which a part is disputed is told as two.
                for one, other in zip(sorted(told), sorted(items), strict=True):
                    self.assertEqual(one[:2], other[:2], story)
                    self.assertAlmostEqual(one[2], other[2], 2, story)
            self.assertEqual(
                self.ledger._totals(debtor, company),
                {
                    "amount_overdue": owed.overdue,
                    "amount_disputed": owed.disputed,
                    "oldest_due_date": owed.oldest or False,
                    "is_open": owed.is_open,
                },
                f"{company.name}: {self.stories[debtor]}",
            )
        self.assertFalse(found, "no item that the oracle does not know")
