"""Numbers that several models need."""

from datetime import timedelta

# A job the process was given and has not dialled comes back after so long.
LEASE = timedelta(seconds=60)
# A click that no process fetched is void after so long: nobody waits at his telephone.
CLICK = timedelta(seconds=30)
# Without a heartbeat for so long, nothing new is asked of the process.
ALIVE = timedelta(seconds=10)
# Without a heartbeat for so long, the process is dead: what it did not dial comes back.
DEAD = timedelta(seconds=30)
# No dialler rings who answered and found no operator, for so long. (An operator may:
# he is there when the debtor answers.)
ABANDONED_QUIET = timedelta(hours=72)
# No campaign dials again whom a call could not reach, for so long.
UNREACHED_QUIET = timedelta(hours=1)
# The share of abandoned calls is watched over so long.
ABANDONED_WINDOW = timedelta(minutes=30)
# The law in the strictest of the countries with a figure.
HIGHEST_CAP = 0.03
LEAST_RING_SECONDS = 15
# Days; a promise by key farther away is taken for a slip of the finger.
FARTHEST_PROMISE = 62
# Most cases looked at, and handed out, in one heartbeat.
CLAIMS_A_SYNC = 20
# Only a call that needs no operator, or for which one waits, is dialled by itself.
AUTOMATIC_MODES = ("progressive", "predictive", "voice_message")


def plain_text(value, longest):
    """What a process sent, as a text that the database can keep."""
    text = "" if value in (None, False) else str(value)
    return text.replace("\0", "")[:longest]


def utc_text(at):
    """A naive UTC datetime as the protocol writes it, None where there is none."""
    return at.isoformat(timespec="seconds") + "Z" if at else None
