"""A time as somebody says it on the telephone, in English or Russian.

"In 2 hours", "tomorrow at 10", "Monday after 3 pm", "через полчаса", "завтра в 10",
"в пятницу вечером": read in the clock of whoever says it.
"""

import re
from datetime import date, datetime, time, timedelta

WEEKDAYS = (
    ("mon", "monday", "пн", "понедельник"),
    ("tue", "tuesday", "вт", "вторник"),
    ("wed", "wednesday", "ср", "среда", "среду"),
    ("thu", "thursday", "чт", "четверг"),
    ("fri", "friday", "пт", "пятница", "пятницу"),
    ("sat", "saturday", "сб", "суббота", "субботу"),
    ("sun", "sunday", "вс", "воскресенье"),
)
DAYS = {
    "today": 0,
    "tonight": 0,
    "сегодня": 0,
    "tomorrow": 1,
    "завтра": 1,
    "послезавтра": 2,
}
PARTS_OF_DAY = {
    "morning": 9,
    "утром": 9,
    "noon": 12,
    "midday": 12,
    "полдень": 12,
    "afternoon": 14,
    "днём": 14,
    "днем": 14,
    "evening": 18,
    "tonight": 18,
    "вечером": 18,
}
#: Beginnings of units, in minutes; the longer ones come first.
UNITS = (
    ("минут", 1),
    ("мин", 1),
    ("min", 1),
    ("нед", 7 * 24 * 60),
    ("week", 7 * 24 * 60),
    ("час", 60),
    ("hour", 60),
    ("дн", 24 * 60),
    ("ден", 24 * 60),
    ("day", 24 * 60),
    ("h", 60),
    ("m", 1),
    ("ч", 60),
    ("d", 24 * 60),
)
FRACTIONS = (
    ("half an hour", "30 min"),
    ("half hour", "30 min"),
    ("an hour and a half", "90 min"),
    ("полтора часа", "90 мин"),
    ("полчаса", "30 мин"),
)
ONE = ("a", "an", "one", "один", "одну")
SPAN = re.compile(r"(\d+(?:[.,]\d+)?)?\s*([a-zа-яё]+)")
SPAN_OF_NOTHING = re.compile(r"(?:in|через)\s+\d+")
DATE = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b|\b(\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?\b")
CLOCK = re.compile(
    r"\b(\d{1,2})(?:[:.](\d\d))?\s*(?:час(?:а|ов)?\s*)?"
    r"(am|pm|a\.m\.|p\.m\.|утра|дня|вечера)?(?!\w)"
)
AFTERNOON = ("pm", "p.m.", "дня", "вечера")
WORDS_BETWEEN = {
    *("at", "on", "in", "after", "about", "around", "from", "the", "next", "by"),
    *("в", "во", "на", "после", "около", "с", "к", "часов", "часа", "час", "o'clock"),
    *("oclock", "h", "ч"),
}
#: An hour without more, up to this one, is one of the afternoon.
EARLIEST = 7


def said_time(text: str, now: datetime) -> datetime | None:
    """Return the time that is meant, in the clock of ``now``; None where none is read.

    Nothing is guessed that was not said: a word that is not known makes it None.

    :param text: what was said
    :param now: local time of whoever says it, naive
    :return: local time, naive, to the minute

    >>> tuesday = datetime(2026, 3, 10, 10, 0)
    >>> str(said_time("in 2 hours", tuesday))
    '2026-03-10 12:00:00'
    >>> str(said_time("tomorrow 10", tuesday))
    '2026-03-11 10:00:00'
    >>> str(said_time("через час", tuesday))
    '2026-03-10 11:00:00'
    """
    words = " ".join(text.lower().replace(",", " ").split())
    now = now.replace(second=0, microsecond=0)
    for said, meant in FRACTIONS:
        words = words.replace(said, meant)
    if (span := _span(words)) is not None:
        return now + span
    # "In 2": hours or days?
    return None if SPAN_OF_NOTHING.fullmatch(words) else _moment(words, now)


def _span(words: str) -> timedelta | None:
    """Return how long from now, where it is said so."""
    begun = re.match(r"(?:in|через)\s+", words)
    rest = words[begun.end() :] if begun else words
    first, _space, others = rest.partition(" ")
    if first in ONE:
        rest = f"1 {others}"
    match = SPAN.fullmatch(rest)
    if not match or not (begun or match[1]):
        return None
    for unit, minutes in UNITS:
        if match[2].startswith(unit) and (len(unit) > 1 or match[2] == unit):
            count = float((match[1] or "1").replace(",", "."))
            return timedelta(minutes=round(count * minutes))
    return None


def _moment(words: str, now: datetime) -> datetime | None:
    """Return the moment that a day, an hour, or both are said for."""
    day, words = _day(words, now)
    clock, words = _clock(words)
    if set(words.split()) - WORDS_BETWEEN or (day is None and clock is None):
        return None
    at = datetime.combine(day or now.date(), clock or time(9))
    if at <= now and day is None:
        at += timedelta(days=1)
    return at


def _day(words: str, now: datetime) -> tuple[date | None, str]:
    """Return the day that is named, or None, and the words that remain."""
    if match := DATE.search(words):
        dated = _date(match, now)
        # "10.30" is an hour where it cannot be a date.
        if dated is not None:
            return dated, words[: match.start()] + " " + words[match.end() :]
    kept: list[str] = []
    day: date | None = None
    for word in words.split():
        if word in DAYS and day is None:
            day = now.date() + timedelta(days=DAYS[word])
            if word == "tonight":
                kept.append("evening")
        elif (number := _weekday(word)) is not None and day is None:
            ahead = (number - now.weekday() - 1) % 7 + 1
            day = now.date() + timedelta(days=ahead)
        else:
            kept.append(word)
    return day, " ".join(kept)


def _weekday(word: str) -> int | None:
    return next((n for n, names in enumerate(WEEKDAYS) if word in names), None)


def _date(match: re.Match[str], now: datetime) -> date | None:
    try:
        if match[1]:
            return datetime(int(match[1]), int(match[2]), int(match[3])).date()
        year = int(match[6] or now.year)
        day = datetime(year, int(match[5]), int(match[4])).date()
    except ValueError:
        return None
    if day < now.date() and not match[6]:
        day = day.replace(year=year + 1) if (day.month, day.day) != (2, 29) else day
    return day


def _clock(words: str) -> tuple[time | None, str]:
    """Return the hour that is named, or None, and the words that remain."""
    match = CLOCK.search(words)
    if not match:
        for word, hour in PARTS_OF_DAY.items():
            if word in words.split():
                rest = " ".join(one for one in words.split() if one != word)
                return time(hour), re.sub(r"\bin the\b", " ", rest)
        return None, words
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    rest = words[: match.start()] + " " + words[match.end() :]
    evening = {"evening", "afternoon", "вечером", "днём", "днем"} & set(rest.split())
    rest = " ".join(one for one in rest.split() if one not in PARTS_OF_DAY)
    if hour < 12 and (half in AFTERNOON or evening):
        hour += 12
    elif hour == 12 and half in ("am", "a.m."):
        hour = 0
    elif not half and match[2] is None and 0 < hour < EARLIEST:
        hour += 12
    if hour > 23 or minute > 59:
        return None, words
    return time(hour, minute), rest
