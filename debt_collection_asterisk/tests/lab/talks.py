"""The states that a conversation can be in, and what each side hears in them.

A state follows from the one before it and from a command or an event; what is heard
follows from the state. The tests are made from these tables, not written one by one.
"""

from typing import NamedTuple

from . import network

BOTH = "both"


class Talk(NamedTuple):
    """One state: who speaks with the debtor, on hold or not, recorded or not."""

    who: str = "operator"
    held: bool = False
    recorded: bool = False

    @property
    def heard(self):
        """Whom the debtor hears, and whom the one who has him hears."""
        if self.held:
            return {"music"}, set()
        return {self.who}, {"debtor"}


#: How each state is reached from the beginning of a conversation.
WAYS = {
    Talk(): (),
    Talk(held=True): ("hold",),
    Talk(recorded=True): ("record",),
    Talk(held=True, recorded=True): ("record", "hold"),
    Talk(who="colleague"): ("transfer",),
    Talk(who="colleague", held=True): ("transfer", "hold"),
    Talk(who="colleague", recorded=True): ("transfer", "record"),
}
#: Whom a transfer rings, and why it comes to nothing; nothing where it works.
PHONES = {
    "transfer": (f"PJSIP/9010{network.COLLEAGUE}@trunk", ""),
    "transfer to who refuses": (f"PJSIP/9010{network.DECLINES}@trunk", "declined"),
    "transfer to who is busy": (f"PJSIP/9010{network.BUSY}@trunk", "busy"),
    "transfer to who is away": (f"PJSIP/9010{network.RINGS}@trunk", "no_answer"),
}
#: The transfer that works comes last: there is no way back from it.
COMMANDS = ("hold", "resume", "play", "record", "stop_record", *reversed(PHONES))
#: Who ends it: by a command, or by his own telephone.
ENDS = ("hangup", "debtor", "who")


def after(talk, command):
    """The state after a command, and its error, empty where it worked."""
    if command == "hold":
        return talk._replace(held=True), "on_hold" if talk.held else ""
    if command == "resume":
        return talk._replace(held=False), "" if talk.held else "not_on_hold"
    if command == "play":
        return talk, "on_hold" if talk.held else ""
    if command in ("record", "stop_record"):
        return talk._replace(recorded=command == "record"), ""
    _phone, error = PHONES[command]
    if error:
        return talk._replace(held=False), error
    return Talk("colleague"), ""
