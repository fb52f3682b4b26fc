"""What people do to a running call in Odoo: hang up, hold, hand on, play, record."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .ari import AriError

if TYPE_CHECKING:
    from .call import Call


class Impossible(Exception):
    """The command does not fit the call as it is; the text says why."""


def _hangup(call: Call, _values: Any) -> None:
    if call.dialled:
        call.hang_up("operator")
    else:
        call.give_back("hung_up", by="operator")


def _hold(call: Call, _values: Any) -> None:
    call.talk.hold()


def _resume(call: Call, _values: Any) -> None:
    call.talk.resume()


def _transfer(call: Call, values: dict[str, Any]) -> None:
    call.talk.transfer(values["to"], values["decide"])


def _play(call: Call, values: dict[str, Any]) -> None:
    if not call.engine.sounds.at_hand([values["prompt"]]):
        raise Impossible("prompt_on_its_way")
    if call.talk.held:
        raise Impossible("on_hold")
    call.talk.play(values["prompt"], "prompt")


def _record(call: Call, _values: Any) -> None:
    call.talk.record()


def _stop_record(call: Call, _values: Any) -> None:
    # Nor does it begin again when the call is handed on.
    call.job["record"] = False
    call.talk.stop_recording()


#: Told how a command ended: nothing when it worked, else why not.
Answer = Callable[[str | None], None]
COMMANDS = {
    "hangup": _hangup,
    "hold": _hold,
    "resume": _resume,
    "transfer": _transfer,
    "play": _play,
    "record": _record,
    "stop_record": _stop_record,
}


#: Decided later than it is begun.
SLOW = (_transfer,)


def carry_out(call: Call, command: dict[str, Any], answer: Answer) -> None:
    """Do it; `answer` is called with nothing when it worked, else with why not."""
    action = COMMANDS.get(command["command"])
    if not action:
        answer(f"unknown command {command['command']}")
        return
    if action is not _hangup and call.state != "talking":
        answer("not_talking")
        return
    try:
        action(call, (command.get("values") or {}) | {"decide": answer})
    except (AriError, Impossible, KeyError, ValueError) as error:
        answer(str(error))
        return
    if action not in SLOW:
        answer(None)
