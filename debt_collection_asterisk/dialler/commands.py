"""What people do to a running call in Odoo: hang up, hold, hand on, play, record."""

from .ari import AriError


class Impossible(Exception):
    """The command does not fit the call as it is; the text says why."""


def _hangup(call, _values):
    if call.dialled:
        call.hang_up("operator")
    else:
        call.give_back("hung_up", by="operator")


def _hold(call, _values):
    call.talk.hold()


def _resume(call, _values):
    call.talk.resume()


def _transfer(call, values):
    call.talk.transfer(values["to"])


def _play(call, values):
    if not call.desk.sounds.at_hand([values["prompt"]]):
        raise Impossible("the prompt is being fetched: try again in a moment")
    call.talk.play(values["prompt"], "prompt")


def _record(call, _values):
    call.talk.record()


def _stop_record(call, _values):
    # Nor does it begin again when the call is handed on.
    call.job["record"] = False
    call.talk.stop_recording()


COMMANDS = {
    "hangup": _hangup,
    "hold": _hold,
    "resume": _resume,
    "transfer": _transfer,
    "play": _play,
    "record": _record,
    "stop_record": _stop_record,
}


def carry_out(call, command):
    """Do it; nothing when it worked, else why it did not."""
    action = COMMANDS.get(command["command"])
    if not action:
        return f"unknown command {command['command']}"
    if action is not _hangup and call.state != "talking":
        return "the debtor is not on the line with an operator"
    try:
        action(call, command.get("values") or {})
    except (AriError, Impossible, KeyError, ValueError) as error:
        return str(error)
    return None
