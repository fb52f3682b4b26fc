"""Champion and challenger: by lot, and decided only where there is something."""

import math
import unittest
from random import Random

from ..tools.experiment import (
    CHALLENGER,
    CHAMPION,
    LEAST,
    Arm,
    arm,
    collect,
    judge,
    needed,
    needed_of,
    typical,
)

RUNS, MOST, LOOK = 400, 1500, 25


def _paid(share):
    return lambda luck: float(luck.random() < share)


def _money(factor):
    """Most pay nothing, and a few much: as it is."""
    return lambda luck: (
        factor * luck.lognormvariate(5, 1) if luck.random() < 0.3 else 0.0
    )


def _run(seed, champion, challenger, least, truth, most=MOST):
    """One experiment that is looked at after every 25 debtors in each arm.

    :return: the result, the debtors in each arm, whether each interval held the truth
    """
    luck, ours, theirs, held = Random(seed), [], [], True
    for _look in range(most // LOOK):
        ours += [champion(luck) for _one in range(LOOK)]
        theirs += [challenger(luck) for _one in range(LOOK)]
        verdict = judge(collect(ours), collect(theirs), least)
        if verdict.result != "few":
            held = held and verdict.low <= truth <= verdict.high
        if verdict.decided:
            break
    return verdict.result, len(ours), held


class TestExperiment(unittest.TestCase):
    def test_who_gets_what_is_as_good_as_drawn_and_stays(self):
        arms = [arm(11, debtor) for debtor in range(10_000)]
        self.assertEqual(arms, [arm(11, debtor) for debtor in range(10_000)])
        self.assertLess(abs(arms.count(CHALLENGER) - 5000), 200)
        # Another experiment draws anew: else the same debtors were always tried on.
        other = [arm(12, debtor) for debtor in range(10_000)]
        both = sum(a == b == CHALLENGER for a, b in zip(arms, other, strict=True))
        self.assertLess(abs(both - 2500), 200)

    def test_nobody_or_everybody(self):
        self.assertEqual({arm(1, debtor, 0) for debtor in range(100)}, {CHAMPION})
        self.assertEqual({arm(1, debtor, 1) for debtor in range(100)}, {CHALLENGER})

    def test_looking_daily_finds_nothing_where_there_is_nothing(self):
        """The error rate is kept at every look, for shares and for money."""
        for name, brings, least in (
            ("few pay", _paid(0.05), 0.05),
            ("a third pays", _paid(0.3), 0.05),
            ("money", _money(1), 20),
        ):
            with self.subTest(name):
                runs = [_run(seed, brings, brings, least, 0) for seed in range(RUNS)]
                wrong = sum(result in (CHAMPION, CHALLENGER) for result, *_ in runs)
                self.assertLessEqual(wrong, 0.05 * RUNS)
                self.assertGreaterEqual(sum(held for *_, held in runs), 0.95 * RUNS)

    def test_the_usual_interval_would_err_far_more_often(self):
        """Why it is not used."""
        wrong = 0
        for seed in range(RUNS):
            luck, ours, theirs = Random(seed), [], []
            for _look in range(MOST // LOOK):
                ours += [_paid(0.3)(luck) for _one in range(LOOK)]
                theirs += [_paid(0.3)(luck) for _one in range(LOOK)]
                one, other = collect(ours), collect(theirs)
                top = typical(one, other) or 1
                error = math.sqrt(one.error(top) + other.error(top))
                if len(ours) >= LEAST and abs(one.mean - other.mean) > 1.96 * error:
                    wrong += 1
                    break
        self.assertGreater(wrong, 0.15 * RUNS)

    def test_a_difference_of_the_size_asked_for_is_found_in_time(self):
        for share, least in ((0.2, 0.1), (0.4, 0.08)):
            with self.subTest(share):
                most = needed(share, least) // 2
                runs = [
                    _run(seed, _paid(share), _paid(share + least), least, least, most)
                    for seed in range(RUNS)
                ]
                found = sum(result == CHALLENGER for result, *_ in runs)
                self.assertGreaterEqual(found, 0.75 * RUNS)
                self.assertFalse(
                    [result for result, *_ in runs if result == CHAMPION],
                    "never the wrong one",
                )
                self.assertGreaterEqual(sum(held for *_, held in runs), 0.95 * RUNS)

    def test_two_that_are_alike_are_told_to_be(self):
        result, count, _held = _run(3, _paid(0.1), _paid(0.1), 0.05, 0, 20_000)
        self.assertEqual(result, "same")
        self.assertLess(count, 20_000)

    def test_an_arm_in_which_nobody_paid_is_not_known_for_sure(self):
        self.assertGreater(Arm(60).error(1), 0)
        verdict = judge(Arm(60), Arm(60, 1, 1), 0.05)
        self.assertEqual(verdict.result, "open")
        self.assertLess(verdict.low, 0)

    def test_money_that_nobody_brought_says_nothing(self):
        """One who pays brings hundreds: that nobody did yet is no proof of likeness."""
        self.assertEqual(judge(Arm(50), Arm(50), 10).result, "few")
        verdict = judge(Arm(50), Arm(50, 10_000, 2_000_000), 10)
        self.assertGreater(verdict.high - verdict.low, 30)

    def test_a_step_and_an_experiment_of_one_number_draw_apart(self):
        both = sum(arm(3, one) == arm("step 3", one) for one in range(10_000))
        self.assertLess(abs(both - 5000), 200)

    def test_how_many_are_needed_is_told(self):
        few = needed_of(0.16, 0.16, 0.5)
        self.assertEqual(few, 2 * LEAST, "of fewer nothing is said")
        self.assertEqual(needed_of(0.16, 0.16, 0.5, 0.1), 10 * LEAST)
        self.assertGreater(needed(0.3, 0.02), 5 * needed(0.3, 0.05))
        self.assertGreater(needed(0.5, 0.05), needed(0.1, 0.05))
        # Half and half decides soonest; at one in five it takes 0.25 / 0.16 as many.
        ratio = needed(0.3, 0.05, 0.2) / needed(0.3, 0.05)
        self.assertAlmostEqual(ratio, 0.25 / 0.16, delta=0.02)

    def test_the_error_rate_holds_for_arms_of_unequal_size(self):
        self._assert_errs_rarely(_paid(0.2), 0.05, part=0.1)

    def test_the_error_rate_holds_where_hardly_anybody_pays(self):
        self._assert_errs_rarely(_paid(0.01), 0.05)
        self._assert_errs_rarely(_paid(0.01), 0.01)

    def test_the_error_rate_holds_for_a_few_large_payments(self):
        def brings(luck):
            return luck.lognormvariate(5, 1.5) if luck.random() < 0.1 else 0.0

        for least in (1, 20, 200):
            self._assert_errs_rarely(brings, least)

    def test_the_error_rate_holds_when_money_is_booked_late(self):
        """Who paid counts as one who did not, until the bank's statement is read."""
        wrong = 0
        for seed in range(RUNS):
            luck = Random(seed)
            arms = ([], [])
            for look in range(MOST // LOOK):
                for debtors in arms:
                    debtors += [
                        (luck.random() < 0.3, look + luck.randrange(4))
                        for _one in range(LOOK)
                    ]
                seen = (
                    collect(float(paid and known <= look) for paid, known in debtors)
                    for debtors in arms
                )
                verdict = judge(*seen, 0.05)
                if verdict.decided:
                    wrong += verdict.result != "same"
                    break
        self.assertLessEqual(wrong, 0.05 * RUNS)

    def _assert_errs_rarely(self, brings, least, part=0.5):
        """Between two that are alike, looked at after every 50 debtors."""
        wrong = 0
        for seed in range(RUNS):
            luck = Random(seed)
            ours, theirs = [], []
            for _look in range(MOST // LOOK):
                for _one in range(2 * LOOK):
                    arm = theirs if luck.random() < part else ours
                    arm.append(brings(luck))
                verdict = judge(collect(ours), collect(theirs), least)
                if verdict.decided:
                    wrong += verdict.result != "same"
                    break
        self.assertLessEqual(wrong, 0.05 * RUNS)
