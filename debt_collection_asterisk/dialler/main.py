"""The process: one per PBX, started by hand or by systemd, stopped by a signal."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import logging
import os
import queue
import signal
import sqlite3
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import checks
from .ari import Ari, Events
from .campaign import load_pacing
from .config import ConfigError, load
from .engine import Engine
from .journal import Journal
from .odoo import Odoo

if TYPE_CHECKING:
    from .config import Config

_logger = logging.getLogger("dialler")
#: Seconds: the longest the loop sleeps, and the longest an end takes.
NAP, LAST_WORDS = 0.1, 5
STOPPED, FAULTY, MISCONFIGURED, REPLACED = 0, 1, 2, 3


class Background:
    """Work that waits for the network; its results come back through the inbox."""

    def __init__(self, inbox: queue.Queue[Callable[[], None]]) -> None:
        self._inbox = inbox
        self._quick = ThreadPoolExecutor(6, "quick")
        self._slow = ThreadPoolExecutor(3, "slow")

    def __call__(self, work: Any, done: Any, failed: Any, slow: bool = False) -> None:
        """Run `work()`; its result goes to `done`, what it raises to `failed`."""

        def run() -> None:
            try:
                result = work()
            except Exception as error:
                self._inbox.put(partial(failed, error))
            else:
                self._inbox.put(partial(done, result))

        (self._slow if slow else self._quick).submit(run)

    def stop(self) -> None:
        """Begin nothing more."""
        for pool in (self._quick, self._slow):
            pool.shutdown(wait=False, cancel_futures=True)


class Dialler:
    """The loop around the engine."""

    def __init__(self, config: Config) -> None:
        state = Path(config.process.state)
        self._inbox: queue.Queue[Callable[[], None]] = queue.Queue()
        self._background = Background(self._inbox)
        self._journal = Journal(state / "journal.sqlite")
        self.engine = Engine(
            config,
            self._journal,
            Ari(config.pbx),
            Odoo(config.odoo, str(uuid.uuid4())),
            load_pacing(config.process.pacing),
            self._background,
            files=Ari(config.pbx, timeout=60),
        )
        post, engine = self._inbox.put, self.engine
        self._events = Events(
            config.pbx,
            on_open=lambda: post(engine.on_open),
            on_event=lambda event: post(partial(engine.on_event, event)),
            on_close=lambda: post(engine.on_close),
        )

    def stop(self, *_signal: Any) -> None:
        """End in good order."""
        self._inbox.put(self.engine.stop)

    def run(self) -> int:
        """Work until stopped; the exit code."""
        self.engine.start()
        self._events.start()
        deadline = None
        while not self.engine.over:
            self._work()
            if self.engine.stopping:
                deadline = deadline or time.monotonic() + LAST_WORDS
                if self.engine.settled or time.monotonic() > deadline:
                    break
        self._events.stop()
        self._background.stop()
        self._journal.close()
        if self.engine.over:
            _logger.error("Stopped: %s", self.engine.over)
            return REPLACED
        return STOPPED

    def _work(self) -> None:
        with contextlib.suppress(queue.Empty):
            self._guarded(self._inbox.get(timeout=NAP))
            while True:
                self._guarded(self._inbox.get_nowait())
        self._guarded(self.engine.tick)

    def _guarded(self, action: Callable[[], None]) -> None:
        """One thing that goes wrong must not end all other calls.

        Where the journal cannot be written there is nothing to go on with.
        """
        try:
            action()
        except sqlite3.Error:
            raise
        except Exception:
            _logger.exception("This should not have happened; it goes on")


@contextlib.contextmanager
def alone(state: Path) -> Iterator[None]:
    """Exactly one process per state folder."""
    state.mkdir(parents=True, exist_ok=True)
    with open(state / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(f"Another dialler already works in {state}.") from None
        yield


def check(config: Config) -> int:
    """Print what is wrong; the exit code says whether anything is."""
    odoo = Odoo(config.odoo, "check")
    problems = checks.report(config, odoo.believes_us)
    for problem in problems:
        sys.stdout.write(f"- {problem}\n")
    if not problems:
        sys.stdout.write("Everything that can be checked is in order.\n")
    return FAULTY if problems else STOPPED


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="dialler", description=__doc__)
    parser.add_argument(
        "action",
        nargs="?",
        choices=("run", "check"),
        default="run",
        help="run: dial (the default); check: say what is wrong, and end",
    )
    parser.add_argument("--config", help="a TOML file; DIALLER_* overrules it")
    options = parser.parse_args(arguments)
    try:
        config = load(options.config)
        logging.basicConfig(
            level=config.process.log.upper(),
            format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        )
        # Their lines hold addresses, and these the key; we say ourselves what matters.
        logging.getLogger("urllib3").setLevel(logging.WARNING)
        logging.getLogger("websocket").setLevel(logging.CRITICAL)
        if options.action == "check":
            return check(config)
        with alone(Path(config.process.state)):
            dialler = Dialler(config)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, dialler.stop)
            code = dialler.run()
    except (ConfigError, OSError) as error:
        sys.stderr.write(f"dialler: {error}\n")
        return MISCONFIGURED
    logging.shutdown()
    # Threads may still wait for the network: nothing of theirs matters any more.
    os._exit(code)
