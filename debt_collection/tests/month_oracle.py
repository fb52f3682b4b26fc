"""What is right in a simulated month: a plain reading of the rules, by hand.

Standard library only: nothing of the add-on is believed or called. Money is whole units
of one currency; times are naive UTC; days are those of the company, unless said
otherwise.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Europe/Brussels")
DAY = timedelta(days=1)
GRACE = timedelta(days=2)
#: A law that spares a callback spares one that is made about then.
SOON = timedelta(hours=1)


def local(at: datetime, zone: ZoneInfo) -> datetime:
    return at.replace(tzinfo=UTC).astimezone(zone)


def today(at: datetime) -> date:
    """The company's day."""
    return local(at, HOME).date()


#: Public holidays in the week, by hand: Belgium's and Japan's, to March 2027.
HOLIDAYS = {
    "Europe/Brussels": (
        "2026-04-06 2026-05-01 2026-05-14 2026-05-25 2026-07-21 2026-08-15 "
        "2026-11-11 2026-12-25 2027-01-01"
    ),
    "Asia/Tokyo": (
        "2026-03-20 2026-04-29 2026-05-04 2026-05-05 2026-05-06 2026-07-20 "
        "2026-08-11 2026-09-21 2026-09-22 2026-09-23 2026-10-12 2026-11-03 "
        "2026-11-23 2027-01-01 2027-01-11 2027-02-11 2027-02-23"
    ),
}


@dataclass
class Law:
    """Hours by weekday (Monday: 0), and how often."""

    hours: dict[int, tuple[int, int]]
    attempts_a_day: int
    conversations_a_day: int
    connects_a_week: int = 0
    spares_callback: bool = False


@dataclass
class Talk:
    """A call as it was made; ``ours``: we rang."""

    at: datetime
    ours: bool = True
    answered: bool = False
    with_debtor: bool = False


@dataclass(eq=False)
class Bill:
    """One invoice: of another debtor it is another one, though day and sum agree."""

    due: date
    amount: int
    paid: dict = field(default_factory=dict)  # by payment
    contested: int = 0
    contested_until: date = date.min
    left_out_until: date = date.min

    @property
    def left(self) -> int:
        return self.amount - sum(self.paid.values())


@dataclass
class Word:
    """A promise: so much by that day, counted from when it was made."""

    amount: int
    by: date
    made: datetime
    withdrawn: bool = False


@dataclass
class Debtor:
    zone: ZoneInfo
    law: Law
    numbers: set = field(default_factory=set)  # that may be dialled
    bills: list[Bill] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    money: list = field(default_factory=list)  # [payment, instant, amount]
    held_until: date = date.min
    callback: datetime | None = None
    never: bool = False  # refused, bankrupt, or has a representative

    # --- money ------------------------------------------------------------------------
    def owes(self, at: datetime) -> tuple[int, int]:
        """What is collected, and what is disputed."""
        day, collected, disputed = today(at), 0, 0
        for bill in self.bills:
            if bill.due >= day or bill.left <= 0 or bill.left_out_until >= day:
                continue
            held = bill.contested if bill.contested_until >= day else 0
            held = min(held, bill.left)
            disputed += held
            collected += bill.left - held
        return collected, disputed

    def state_of(self, word: Word, at: datetime) -> str:
        """open, kept, partial, broken or withdrawn, by the money that came."""
        if word.withdrawn:
            return "withdrawn"
        came = self._came_for(word)
        if came >= word.amount:
            return "kept"
        if today(at) <= word.by + GRACE:
            return "open"
        return "partial" if came else "broken"

    def forgive(self, at: datetime):
        """In the night: whoever owes nothing when his word falls due breaks none.

        What is put off or credited by then is not asked for, and nobody need pay it.
        """
        for word in self.words:
            falls_due = today(at) == word.by + GRACE + DAY
            if falls_due and not any(self.owes(at)):
                word.withdrawn |= self.state_of(word, at) == "broken"

    def _came_for(self, word: Word) -> int:
        """Money that came for it: what an earlier one that stands has taken is gone."""
        left = {one[0]: one[2] for one in self.money}
        for other in sorted(self.words, key=lambda one: (one.by, one.made)):
            got = 0
            for payment, came, _amount in sorted(self.money, key=lambda one: one[1]):
                fits = came >= other.made and today(came) <= other.by + GRACE
                if fits and not other.withdrawn:
                    taken = min(left[payment], other.amount - got)
                    left[payment] -= taken
                    got += taken
            if other is word:
                return got
        raise ValueError("not a promise of this debtor")

    # --- may he be called? ------------------------------------------------------------
    def awaits(self, at: datetime, within: timedelta = DAY) -> bool:
        """He asked to be called at this time, or a while ago."""
        return (
            self.callback is not None and self.callback <= at < self.callback + within
        )

    def is_paused(self, at: datetime) -> bool:
        """By a hold, or a promise that may still be kept."""
        if self.held_until >= today(at):
            return True
        failed = [
            today(word.made)
            for word in self.words
            if self.state_of(word, at) in ("partial", "broken")
        ]
        since = max(failed, default=date.min)
        return any(
            self.state_of(word, at) == "open" and today(word.made) > since
            for word in self.words
        )

    def why_not(self, at: datetime, number=None) -> str | None:
        """Why he may not be called at this instant; None where he may."""
        collected, disputed = self.owes(at)
        if self.never:
            return "never"
        if not self.numbers or (number is not None and number not in self.numbers):
            return "number"
        if self.callback is not None and at < self.callback:
            return "before the callback"
        if collected <= 0 and not (disputed and self.awaits(at)):
            return "owes nothing"
        if self.is_paused(at) and not self.awaits(at):
            return "paused"
        return self._why_not_by_law(at)

    def _why_not_by_law(self, at):
        clock = local(at, self.zone)
        first, last = self.law.hours.get(clock.weekday(), (0, 0))
        holiday = clock.date().isoformat() in HOLIDAYS[self.zone.key]
        if holiday or not first <= clock.hour < last:
            return "hours"
        if self.awaits(at, SOON) and self.law.spares_callback:
            return None
        same_day = [
            talk
            for talk in self.talks
            if local(talk.at, self.zone).date() == clock.date()
        ]
        week = clock.date().isocalendar()[:2]
        same_week = [
            talk
            for talk in self.talks
            if local(talk.at, self.zone).date().isocalendar()[:2] == week
        ]
        if sum(talk.ours for talk in same_day) >= self.law.attempts_a_day:
            return "attempts"
        if sum(talk.with_debtor for talk in same_day) >= self.law.conversations_a_day:
            return "conversations"
        connects = sum(talk.ours and talk.answered for talk in same_week)
        if self.law.connects_a_week and connects >= self.law.connects_a_week:
            return "connects"
        return None

    # --- two contacts turn out to be one ----------------------------------------------
    def absorb(self, other: "Debtor"):
        """All that is known of the other is known of this one."""
        for name in ("bills", "talks", "words", "money"):
            getattr(self, name).extend(getattr(other, name))
        self.numbers |= other.numbers
        self.never |= other.never
        self.held_until = max(self.held_until, other.held_until)
        self.callback = min(filter(None, (self.callback, other.callback)), default=None)
