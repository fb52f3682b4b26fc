"""Three worlds of debtors for `./dev bench order`; see `tools.queue_simulation.World`.

None is made as the score thinks of it: who is persuaded, who pays anyway and who is
never there is decided by rules of their own.
"""

import random
from dataclasses import replace

from tools.queue_score import Sight
from tools.queue_simulation import Called


class World:
    """What the three have in common: debts that get older, and payments that come."""

    days = 30
    hours = (9, 10, 11, 13, 14, 15, 16, 17)
    operators = 1
    count = 3000

    def __init__(self, seed):
        self.luck = random.Random(f"{type(self).__name__} {seed}")
        self.seen, self.truth, self.due = {}, {}, {}
        for debtor in range(self.count):
            self.seen[debtor], self.truth[debtor] = self.make()

    def owing(self, day):
        """Those who owe, a day older each day."""
        return {
            one: replace(sight, days_late=sight.days_late + day)
            for one, sight in self.seen.items()
        }

    def call(self, debtor, day, hour):
        """Somebody answers, it is the debtor, he is persuaded: or not."""
        truth = self.truth[debtor]
        if self.luck.random() >= self.answers(truth, hour):
            return Called(False, False, False, 0.8)
        if self.luck.random() < 0.2:
            return Called(True, False, False, 1.5)
        promised = self.luck.random() < truth["yields"]
        if promised and self.luck.random() < truth["keeps"]:
            self.due.setdefault(debtor, day + self.luck.randrange(1, 6))
        return Called(True, True, promised, 5.0)

    def paid(self, day):
        """Who was persuaded pays when he said, and some pay by themselves."""
        came = {}
        for debtor in list(self.seen):
            alone = self.luck.random() < self.truth[debtor]["alone"]
            if alone or self.due.get(debtor, self.days + 9) <= day:
                came[debtor] = self.seen.pop(debtor).amount
        return came


class Offices(World):
    """Companies, each at its desk in the morning or in the afternoon.

    Large old debts are disputed or bankrupt: nobody is persuaded. Fresh ones are an
    oversight, and a talk brings the money.
    """

    def make(self):
        luck = self.luck
        age = luck.choice((5, 15, 40, 75, 120, 200, 400, 700))
        amount = round(luck.lognormvariate(6.5 + age / 500, 1.1), 2)
        orderly = luck.random() < (0.8 if age < 100 else 0.25)
        paid = luck.randrange(2, 15)
        seen = Sight(
            amount,
            age,
            paid=paid,
            paid_on_time=sum(
                luck.random() < (0.85 if orderly else 0.3) for _n in range(paid)
            ),
            usual=amount * luck.uniform(0.3, 1.5),
        )
        yields = 0.6 if orderly and age < 100 else 0.3 if age < 200 else 0.04
        return seen, {
            "yields": yields,
            "keeps": 0.8 if orderly else 0.5,
            "alone": 0.006 if orderly else 0.001,
            "morning": luck.random() < 0.5,
        }

    def answers(self, truth, hour):
        return 0.55 if (hour < 12) == truth["morning"] else 0.12


class Households(World):
    """Private debtors: home in the evening. Most fresh ones pay without a call."""

    hours = (9, 10, 11, 14, 16, 17, 18, 19)

    def make(self):
        luck = self.luck
        age = int(luck.expovariate(1 / 80)) + 1
        amount = round(luck.lognormvariate(5.3, 0.9), 2)
        works = luck.random() < 0.6
        made = luck.randrange(0, 4)
        keeps = luck.betavariate(2, 2)
        seen = Sight(
            amount,
            age,
            paid=luck.randrange(0, 10),
            paid_on_time=0,
            made=made,
            kept=sum(luck.random() < keeps for _n in range(made)),
            usual=amount,
        )
        seen = replace(
            seen, paid_on_time=sum(luck.random() < 0.5 for _n in range(seen.paid))
        )
        alone = 0.04 if age < 15 else 0.004 if age < 60 else 0.0005
        yields = 0.35 if age < 15 else 0.6 if age < 120 else 0.12
        return seen, {"yields": yields, "keeps": keeps, "alone": alone, "works": works}

    def answers(self, truth, hour):
        if truth["works"]:
            return 0.45 if hour >= 17 else 0.06
        return 0.3


class Chronic(World):
    """Those who always pay late: half of the numbers are dead, promises are cheap.

    Who has kept his word keeps it; the amount says nothing, and neither does the age.
    """

    def make(self):
        luck = self.luck
        age = luck.randrange(20, 500)
        amount = round(luck.lognormvariate(6.0, 1.0), 2)
        honest = luck.random() < 0.4
        made = luck.randrange(1, 6)
        part = luck.random() < (0.4 if honest else 0.05)
        seen = Sight(
            amount,
            age,
            paid=8,
            paid_on_time=luck.randrange(0, 5),
            made=made,
            kept=sum(luck.random() < (0.8 if honest else 0.15) for _n in range(made)),
            usual=amount * luck.uniform(0.2, 1),
            part_paid=part,
        )
        return seen, {
            "yields": 0.7,
            "keeps": 0.75 if honest else 0.08,
            "alone": 0.001,
            "dead": luck.random() < 0.5,
        }

    def answers(self, truth, hour):
        return 0.0 if truth["dead"] else 0.35 if 10 <= hour <= 16 else 0.25


WORLDS = (Offices, Households, Chronic)
