"""Half a year of three companies as plain values, and what it comes to by hand.

Nothing here knows the database or the code that counts: `test_figures_half_year`
writes such a world into it and compares. Amounts are cents of the company's currency.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

BEGIN, TODAY = date(2026, 1, 1), date(2026, 7, 1)
#: Where each company is: their days end at other instants.
ZONES = ("Europe/Brussels", "America/New_York", "Europe/Moscow")
OPERATORS, SCRIPTS, LADDERS = range(5), range(2), range(2)
LOOKED_BACK, GRACE = 7, 2
#: By outcome: whether somebody answered, and who.
OUTCOMES = {
    "no_answer": (False, None),
    "busy": (False, None),
    "third_party": (True, "third_party"),
    "refused": (True, "right_party"),
    "promise": (True, "right_party"),
}
CHANNELS = {"robot": "robot_call", "voice_message": "voice_message"}
BANDS = ((366, "6"), (181, "5"), (91, "4"), (61, "3"), (31, "2"), (1, "1"))
AMOUNTS = ((5000_00, "5"), (1000_00, "4"), (500_00, "3"), (100_00, "2"))
PERIOD, QUARTER = timedelta(days=30), timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Payment:
    day: date
    cents: int
    entered_at: datetime
    matched: bool = True


@dataclass(slots=True)
class Bill:
    day: date
    due: date
    cents: int
    #: Of the document, which is in another currency at two for one.
    is_foreign: bool
    payments: list[Payment] = field(default_factory=list)

    def left(self, day):
        """What was left of it at the end of a day, unmatched money taken off too."""
        if self.day > day:
            return 0
        return self.cents - sum(one.cents for one in self.payments if one.day <= day)


@dataclass(slots=True)
class Promise:
    made_on: date
    day: date
    cents: int
    paid: int
    state: str
    created_at: datetime
    #: The bill it names, or none.
    bill: Bill | None


@dataclass(slots=True)
class Call:
    at: datetime
    user: int
    outcome: str
    mode: str
    direction: str
    script: int
    talk: int
    wrapup: int
    promise: Promise | None = None

    @property
    def connected(self):
        return OUTCOMES[self.outcome][0]

    @property
    def party(self):
        return OUTCOMES[self.outcome][1]

    @property
    def channel(self):
        return CHANNELS.get(self.mode, "call")


@dataclass(frozen=True, slots=True)
class Message:
    at: datetime
    channel: str
    arrived: bool


@dataclass(slots=True)
class Debtor:
    number: int
    company: int
    is_person: bool
    lang: str
    user: int
    ladder: int
    opened_at: datetime
    closed_at: datetime | None
    bills: list[Bill]
    calls: list[Call]
    messages: list[Message]

    @property
    def promises(self):
        return [call.promise for call in self.calls if call.promise]

    def overdue(self, day):
        """Cents past due and days of the oldest, at the end of a day."""
        late = [bill for bill in self.bills if bill.due < day and bill.left(day) > 0]
        oldest = max(((day - bill.due).days for bill in late), default=0)
        return sum(bill.left(day) for bill in late), oldest


def day_of(zone, at):
    """The day of an instant (UTC) in a zone."""
    return at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


def midnight(zone, day):
    """When a day begins in a zone, naive UTC."""
    start = datetime.combine(day, time(), ZoneInfo(zone))
    return start.astimezone(UTC).replace(tzinfo=None)


# --- the world --------------------------------------------------------------------
def imagine(seed, debtors):
    """Debtors of all companies, by lot; the same for the same seed.

    :param int debtors: how many there are in each company
    """
    random = Random(seed)
    return [
        _debtor(random, company * debtors + number, company)
        for company in range(len(ZONES))
        for number in range(debtors)
    ]


def _debtor(random, number, company):
    bills = [_bill(random) for _number in range(random.choice((1, 1, 2, 3)))]
    first = min(bill.due for bill in bills) + timedelta(days=random.randint(1, 20))
    opened_at = datetime.combine(first, time(random.randint(0, 23)))
    closed_at = None
    if random.random() < 0.2:
        closed_at = opened_at + timedelta(days=random.randint(2, 60), minutes=7)
    debtor = Debtor(
        number,
        company,
        random.random() < 0.4,
        random.choice(("en_US", "fr_FR")),
        random.choice(OPERATORS),
        random.choice(LADDERS),
        opened_at,
        closed_at if closed_at and closed_at.date() < TODAY else None,
        bills,
        [],
        [],
    )
    last = datetime.combine(TODAY, time())
    hours = int((last - opened_at).total_seconds() // 3600)
    wanted = random.randint(0, 9) if hours > 48 else 0
    # No two at the same instant: which was the last would be a matter of taste.
    for minute in random.sample(range(60, 60 * (hours - 30)), wanted) if wanted else ():
        at = opened_at + timedelta(minutes=minute)
        if random.random() < 0.3:
            arrived = random.random() < 0.8
            channel = random.choice(("email", "sms", "letter"))
            debtor.messages.append(Message(at, channel, arrived))
        else:
            debtor.calls.append(_call(random, debtor, at))
    # Which of a debtor's items unmatched money pays is the ledger's own question, and
    # has its own oracle: here there is one.
    _pay(random, debtor, unmatched=len(bills) == 1 and random.random() < 0.3)
    return debtor


def _bill(random):
    day = BEGIN + timedelta(days=random.randint(0, 160))
    due = day + timedelta(days=random.choice((0, 14, 30)))
    return Bill(day, due, random.randint(20_00, 3_000_00), random.random() < 0.2)


def _pay(random, debtor, unmatched):
    """Money comes soon after a contact, or when it comes."""
    contacts = [one.at.date() for one in (*debtor.calls, *debtor.messages)]
    for bill in debtor.bills:
        left = bill.cents
        for day in sorted(
            random.choice(contacts or [bill.day])
            + timedelta(days=random.randint(0, 12))
            if random.random() < 0.7
            else bill.day + timedelta(days=random.randint(0, 90))
            for _number in range(random.choice((0, 1, 2, 3)))
        ):
            if not (bill.day <= day < TODAY and left):
                continue
            cents = left if random.random() < 0.4 else random.randint(1, left)
            entered = timedelta(days=random.randint(0, 3), hours=random.randint(6, 18))
            entered_at = datetime.combine(day, time()) + entered
            bill.payments.append(Payment(day, cents, entered_at))
            left -= cents
        if unmatched and bill.payments:
            # The ledger lays what is left over against what was due on its day.
            last = bill.payments[-1]
            late = last.day > bill.due and not bill.is_foreign
            bill.payments[-1] = replace(last, matched=not late)


def _call(random, debtor, at):
    outcome = random.choice(list(OUTCOMES))
    answered = OUTCOMES[outcome][0]
    mode = random.choice(("manual", "preview", "predictive", "robot", "voice_message"))
    inbound = answered and random.random() < 0.1
    call = Call(
        at,
        random.choice(OPERATORS),
        outcome,
        "manual" if inbound else mode,
        "inbound" if inbound else "outbound",
        random.choice(SCRIPTS),
        random.randint(5, 400) if answered else 0,
        random.choice((0, random.randint(1, 300))),
    )
    if outcome == "promise":
        call.promise = _promise(random, debtor, at)
    return call


def _promise(random, debtor, at):
    made_on = day_of(ZONES[debtor.company], at)
    day = made_on + timedelta(days=random.randint(1, 14))
    cents = random.randint(10_00, 500_00)
    state = random.choice(("kept", "partial", "broken", "cancelled"))
    if day >= TODAY:
        state = "open"
    paid = {"kept": cents, "partial": cents // 3}.get(state, 0)
    named = random.choice((None, *debtor.bills))
    return Promise(made_on, day, cents, paid, state, at, named)


# --- what it comes to -------------------------------------------------------------
def band(days):
    """The code of a band of days past due."""
    return next((code for first, code in BANDS if days >= first), "0")


def amount_band(cents):
    """The code of a band of an amount."""
    return next((code for first, code in AMOUNTS if cents >= first), "1")


def collected(debtors, stages):
    """What is told of each payment on an item in collection, by debtor and number.

    :param stages: first days past due, ascending
    """
    found = []
    for debtor in debtors:
        zone = ZONES[debtor.company]
        closed = debtor.closed_at and day_of(zone, debtor.closed_at)
        for bill in debtor.bills:
            for paid in bill.payments:
                is_open = day_of(zone, debtor.opened_at) <= paid.day and not (
                    closed and closed < paid.day
                )
                if bill.due < paid.day and is_open:
                    found.append(_told(debtor, bill, paid, zone, stages))
    return found


def _told(debtor, bill, paid, zone, stages):
    contact = _contact(debtor, paid, zone)
    promise = _standing(debtor, bill, paid)
    channel = contact.channel if contact else False
    followed = {False: "5none", "call": "2talk"}.get(channel, "4message")
    if channel in CHANNELS.values():
        followed = "3voice"
    call = contact if isinstance(contact, Call) else None
    age = (paid.day - bill.due).days
    return {
        "debtor": debtor.number,
        "company": debtor.company,
        "day": paid.day,
        "amount": paid.cents,
        "amount_document": paid.cents * (2 if bill.is_foreign else 1),
        "age": age,
        "stage": sum(first <= age for first in stages) - 1,
        "age_band": band(age),
        "amount_band": amount_band(paid.cents),
        "followed": "1promise" if promise else followed,
        "channel": channel,
        "mode": call.mode if call else False,
        "script": call.script if call else False,
        "user": contact.user if channel == "call" else debtor.user,
        "ladder": debtor.ladder,
        "kept": bool(promise and promise.state == "kept"),
        "at": contact.at if contact else False,
    }


def _contact(debtor, paid, zone):
    """The last call that was answered, or message that left, in the days before."""
    start = midnight(zone, paid.day - timedelta(days=LOOKED_BACK))
    end = midnight(zone, paid.day + timedelta(days=1))
    contacts = [call for call in debtor.calls if call.connected]
    contacts += [message for message in debtor.messages if message.arrived]
    near = [
        one for one in contacts if start <= one.at < end and one.at <= paid.entered_at
    ]
    return max(near, key=lambda one: one.at, default=None)


def _standing(debtor, bill, paid):
    """The promise that stood for a bill on the day of a payment."""
    standing = [
        one
        for one in debtor.promises
        if one.state != "cancelled"
        and one.made_on <= paid.day <= one.day + timedelta(days=GRACE)
        and one.created_at <= paid.entered_at
        and one.bill in (None, bill)
    ]
    return min(standing, key=lambda one: (one.bill is None, one.day), default=None)


def call_rows(debtors, stages):
    """Each call with what it is grouped by, and what is counted of it."""
    brought = defaultdict(int)
    for debtor in debtors:
        for row in collected([debtor], stages):
            if row["at"] and row["mode"]:
                brought[debtor.number, row["at"]] += row["amount"]
    for debtor in debtors:
        for call in debtor.calls:
            yield _call_row(debtor, call, brought[debtor.number, call.at], stages)


def _call_row(debtor, call, brought, stages):
    cents, late = debtor.overdue(call.at.date())
    here = call.at.replace(tzinfo=UTC).astimezone(ZoneInfo(ZONES[0]))
    out = call.direction == "outbound"
    right = call.party == "right_party"
    made = call.promise if call.promise and call.promise.state != "cancelled" else None
    decided = made if made and made.state != "open" else None
    kept = bool(decided and decided.state == "kept")
    return {
        "company": debtor.company,
        "user": call.user,
        "mode": call.mode,
        "direction": call.direction,
        "script": call.script,
        "ladder": debtor.ladder,
        "kind": "person" if debtor.is_person else "company",
        "lang": debtor.lang,
        "hour": here.hour,
        "weekday": str(here.isoweekday()),
        "outcome": call.outcome,
        "stage": sum(first <= late for first in stages) - 1,
        "age_band": band(late),
        "amount_band": amount_band(cents),
        "attempts": int(out),
        "answered": int(out and call.connected),
        "right_party": int(right),
        "right_party_out": int(out and right),
        "promised": int(bool(made)),
        "promises": int(bool(made)),
        "promises_kept": int(kept),
        "amount_promised": made.cents if made else 0,
        "promises_due": int(bool(decided)),
        "promises_kept_due": int(kept),
        "amount_due": decided.cents if decided else 0,
        "amount_paid_due": decided.paid if decided else 0,
        "collected": brought,
        "duration": call.talk,
        "talks": int(call.talk > 0),
        "wrapup": call.wrapup,
        "wrapups": int(call.wrapup > 0),
    }


def receivables(debtors, company, day):
    """What each column of a company's day comes to, by column and band of age."""
    found = defaultdict(int)
    for debtor in debtors:
        if debtor.company == company:
            worst = [_worst(debtor, one) for one in (day, day - PERIOD)]
            _count_debtor(found, *worst)
            for bill in debtor.bills:
                _count_bill(found, bill, day)
    for code in ("0", *(code for _first, code in BANDS)):
        found["not_due" if code == "0" else "overdue", code] = found["balance", code]
    return found


def _worst(debtor, day):
    """The band of a debtor's oldest item, or nothing."""
    owed = (bill for bill in debtor.bills if bill.left(day))
    return max((band((day - bill.due).days) for bill in owed), default="")


def _count_debtor(found, now, before):
    if now > "0":
        found["debtors", now] += 1
    if before > "0":
        found["debtors_before", before] += 1
        found["cured", before] += now in ("", "0")


def _count_bill(found, bill, day):
    now, then = bill.left(day), bill.left(day - PERIOD)
    age, age_then = (band((one - bill.due).days) for one in (day, day - PERIOD))
    found["balance", age] += now
    found["opening", age_then] += then
    if age_then < age and then:
        found["rolled_from", age] += then
        found["rolled", age] += now
    for name, length in (("sales", PERIOD), ("sales_quarter", QUARTER)):
        if day - length < bill.day <= day:
            found[name, "0"] += bill.cents


def team_day(debtors, company, day):
    """What a company's operators did in a day, and its promises of 30 days, by name."""
    calls = [
        call
        for debtor in debtors
        if debtor.company == company
        for call in debtor.calls
        if day_of(ZONES[company], call.at) == day
        and call.direction == "outbound"
        and call.mode not in CHANNELS
    ]
    hours = 0
    for user in OPERATORS:
        spans = sorted(
            (call.at, call.at + timedelta(seconds=20 + call.talk + call.wrapup))
            for call in calls
            if call.user == user
        )
        hours += _without_pauses(spans)
    decided = [
        promise.state
        for debtor in debtors
        if debtor.company == company
        for promise in debtor.promises
        if promise.state in ("kept", "partial", "broken")
        and day - PERIOD < promise.day <= day
    ]
    return {
        "attempts": len(calls),
        "answered": sum(call.connected for call in calls),
        "hours": hours,
        "promises_due": len(decided),
        "promises_kept": decided.count("kept"),
    }


def _without_pauses(spans):
    """Hours from the first to the last, less what nobody did for over half an hour."""
    if not spans:
        return 0
    seconds, end = 0, spans[0][0]
    for start, until in spans:
        pause = (start - end).total_seconds()
        if 0 < pause <= 30 * 60:
            seconds += pause
        seconds += max(0, (until - max(start, end)).total_seconds())
        end = max(end, until)
    return seconds / 3600
