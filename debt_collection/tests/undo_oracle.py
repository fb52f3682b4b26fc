"""What becomes of cases and promises when money comes and goes, in plain Python.

Knows nothing of Odoo: a debtor's invoices, payments and promises, counted by hand.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

GRACE = timedelta(days=2)
REOPENS = timedelta(days=30)


@dataclass
class Payment:
    number: int
    invoice: int
    amount: int
    day: date


@dataclass
class Invoice:
    number: int
    amount: int
    due: date
    entered: date
    state: str = "posted"
    payments: list[Payment] = field(default_factory=list)

    def left(self):
        paid = sum(payment.amount for payment in self.payments)
        return self.amount - paid if self.state == "posted" else 0


@dataclass
class Promise:
    number: int
    amount: int
    made_on: date
    until: date
    state: str = "open"
    paid: int = 0


@dataclass
class Case:
    number: int
    closed_on: date | None = None
    reason: str | None = None
    promises: list[Promise] = field(default_factory=list)


@dataclass
class Debtor:
    """One debtor's ledger, and the cases that follow from it."""

    invoices: dict[int, Invoice] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)

    def owed(self, today):
        return sum(i.left() for i in self.invoices.values() if i.due < today)

    def open_case(self):
        return next((case for case in self.cases if not case.closed_on), None)

    def follow(self, today, did):
        """Open, take up again or close; then decide all promises.

        :param str did: reason of closing that what has just been done would have
        """
        case, owed = self.open_case(), self.owed(today)
        if owed and not case:
            self._open(today)
        elif case and not owed:
            case.closed_on, case.reason = today, did
        for each in self.cases:
            self._decide(each, today)

    def _open(self, today):
        last = max(
            self.cases, key=lambda case: (case.closed_on, case.number), default=0
        )
        if last and (last.closed_on > today - REOPENS or self._is_undone(last)):
            last.closed_on = last.reason = None
        else:
            self.cases.append(Case(len(self.cases)))
            self._hand_over(self.cases[-1])

    def _is_undone(self, case):
        return any(
            invoice.left()
            and invoice.due < case.closed_on
            and invoice.entered <= case.closed_on
            for invoice in self.invoices.values()
        )

    def _hand_over(self, case):
        """What is still open moves to the new case."""
        for former in self.cases[:-1]:
            case.promises += [p for p in former.promises if p.state == "open"]
            former.promises = [p for p in former.promises if p.state != "open"]

    def _decide(self, case, today):
        """Each takes what was received from its day until its last, earliest first."""
        money = sorted(
            ([payment.day, payment.amount] for payment in self._payments()),
            key=lambda one: one[0],
        )
        standing = [p for p in case.promises if p.state != "cancelled"]
        for promise in sorted(standing, key=lambda p: (p.until, p.number)):
            paid = 0
            for one in money:
                if promise.made_on <= one[0] <= promise.until:
                    part = min(one[1], promise.amount - paid)
                    paid += part
                    one[1] -= part
            promise.paid = paid
            promise.state = self._state(promise, case.closed_on, today)

    def _payments(self):
        return (p for invoice in self.invoices.values() for p in invoice.payments)

    @staticmethod
    def _state(promise, closed, today):
        if promise.paid == promise.amount:
            return "kept"
        if today <= promise.until:
            return "open"
        if promise.paid:
            return "partial"
        settled = closed and closed <= promise.until and promise.state == "open"
        return "cancelled" if settled else "broken"
