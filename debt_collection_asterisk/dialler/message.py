"""A call without an operator: the voice message with its menu, and the farewell."""

from __future__ import annotations

import datetime
import logging
from typing import TYPE_CHECKING, Any

from .ari import AriError
from .menu import Menu

if TYPE_CHECKING:
    from .call import Call

_logger = logging.getLogger(__name__)
#: Seconds to press a key after the message, and after the last digit of a date.
TO_PRESS = 6.0


class Message:
    """What is played to a debtor alone on the line."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self._menu = Menu({}, datetime.date.min)
        self._queue: list[str] = []
        self._playing: str | None = None
        self._started = 0.0
        self._pressed = 0

    @property
    def engine(self) -> Any:
        """The engine."""
        return self.call.engine

    def start(self) -> None:
        """Play the announcement, then the message, and listen for keys."""
        job = self.call.job
        self.call.state = "message"
        menu, offered = job.get("menu") or {}, job.get("promise_date")
        self._menu = Menu(menu, self._today(), offered)
        self._queue = [name for name in ("announcement", "message") if job.get(name)]
        self._play_next()

    def _today(self) -> Any:
        """The day where the debtor is called from: the PBX may be elsewhere."""
        if today := self.call.job.get("today"):
            return datetime.date.fromisoformat(today)
        return datetime.date.fromtimestamp(self.engine.office_now())

    def farewell(self) -> None:
        """Nobody was free: say who called, then hang up."""
        if self.call.job.get("abandon_message"):
            self._play("abandon_message")
        else:
            self.call.hang_up("us")

    def _play_next(self) -> None:
        if self._queue:
            self._play(self._queue.pop(0))
        elif self.call.job.get("menu") or self._menu.dating:
            self._wait()
        else:
            self.call.hang_up("us")

    def _play(self, name: str) -> None:
        call = self.call
        media = self.engine.sounds.media(call.job[name])
        self._playing, self._started = name, self.engine.now()
        try:
            self.engine.ari.play(
                f"channels/{call.channel}", media, f"{call.name}-{name}"
            )
        except AriError as error:
            _logger.warning("Call %s: %s", call.id, error)
            call.line_gone()

    def on_played(self, name: str, failed: bool) -> None:
        """A prompt came to its end, or could not be played."""
        if name != self._playing:
            return
        self._ended(complete=not failed)
        if self.call.state == "farewell" or failed and name == "message":
            self.call.hang_up("us")
        else:
            self._play_next()

    def look(self) -> bool:
        """Ask the PBX whether it still plays, after events were lost.

        :return: whether to ask again
        """
        name = self._playing
        if name is None:
            return False
        try:
            if self.engine.ari.is_playing(f"{self.call.name}-{name}"):
                return True
        except AriError:
            return True
        self.on_played(name, failed=False)
        return False

    def _ended(self, complete: Any) -> None:
        """Tell how much was heard of what was played."""
        name, self._playing = self._playing, None
        if name == "announcement" and complete:
            prompt_id = self.call.job[name]["id"]
            self.call.record("announced", {"prompt_id": prompt_id})
        elif name in ("message", "abandon_message"):
            seconds = round(self.engine.now() - self._started, 1)
            facts = {"seconds": seconds, "complete": complete}
            self.call.record("message_played", facts)

    def _wait(self) -> None:
        """Hang up when no key is pressed for a while."""
        pressed = self._pressed
        self.engine.later(TO_PRESS, lambda: self._silence(pressed))

    def _silence(self, pressed: Any) -> None:
        if self.call.state != "message" or pressed != self._pressed or self._playing:
            return
        if not self._chosen(self._menu.silence()):
            self.call.hang_up("us")

    def on_digit(self, digit: str) -> None:
        """A key was pressed."""
        self._pressed += 1
        choice = self._menu.press(digit)
        if choice or self._menu.dating:
            self._interrupt()
        if self._chosen(choice):
            return
        if self._menu.dating and self._pressed_first_of_date(digit):
            self._play("promise_prompt")
        else:
            self._wait()

    def _pressed_first_of_date(self, digit: str) -> Any:
        """Whether it is the key for a promise itself, and there is a prompt for it."""
        is_key = (self.call.job.get("menu") or {}).get(digit) == "promise"
        return is_key and self.call.job.get("promise_prompt") and not self._menu.begun

    def _interrupt(self) -> None:
        """A key ends what is being played."""
        self._queue.clear()
        if self._playing:
            playback = f"{self.call.name}-{self._playing}"
            self._ended(complete=False)
            self.engine.ari.stop_playing(playback)

    def _chosen(self, choice: Any) -> Any:
        """Carry out a choice; whether there is one."""
        if not choice:
            return False
        self.call.record("menu", choice)
        if choice["choice"] == "operator":
            self.call.answer.want_operator()
        else:
            self.call.hang_up("us")
        return True
