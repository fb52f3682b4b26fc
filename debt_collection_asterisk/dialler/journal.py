"""What must survive a crash, in one SQLite file: jobs, events to deliver, recordings,
conversations that came in and what Odoo is to know of them.

Each method is one transaction, on the disk when it returns. A job's state and the
event that tells of it are written together, so that neither is ever without the other.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import times
from .kinds import Event, Job

SCHEMA = """
CREATE TABLE IF NOT EXISTS job (
    call_id INTEGER PRIMARY KEY, lease TEXT NOT NULL, state TEXT NOT NULL,
    seq INTEGER NOT NULL DEFAULT 0, job TEXT NOT NULL, facts TEXT NOT NULL DEFAULT '{}',
    changed REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS event (
    call_id INTEGER NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (call_id, seq)
);
CREATE TABLE IF NOT EXISTS recording (
    name TEXT PRIMARY KEY, call_id INTEGER NOT NULL, seconds REAL
);
CREATE TABLE IF NOT EXISTS answer (
    campaign_id INTEGER NOT NULL, at REAL NOT NULL, abandoned INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS command (id INTEGER PRIMARY KEY, changed REAL NOT NULL);
CREATE TABLE IF NOT EXISTS incoming (channel TEXT PRIMARY KEY, facts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS incoming_told (
    id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, told TEXT NOT NULL,
    at REAL NOT NULL
);
"""
DAY = 24 * 3600
KEEP = 7 * DAY


class Journal:
    """The file, for one thread."""

    def __init__(self, path: str | Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        os.chmod(path, 0o600)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Give the file back."""
        self._db.close()

    # --- jobs ---------------------------------------------------------------------
    def accept(self, job: Job) -> bool:
        """Note a leased job; whether it is to be done.

        One that was taken already is not done again. One that was given back without
        having been dialled may come again under another lease; its numbers go on.
        """
        known = self.job(job["call_id"])
        if known and (known["lease"] == job["lease"] or not known["facts"].get("back")):
            return False
        # Another process may have told something of this call before.
        last = (job.get("first_seq") or 1) - 1
        self._write(
            "INSERT INTO job (call_id, lease, state, seq, job, changed)"
            " VALUES (?, ?, 'leased', ?, ?, ?) ON CONFLICT (call_id) DO UPDATE SET"
            " lease = excluded.lease, state = 'leased', job = excluded.job,"
            " seq = max(seq, excluded.seq), facts = '{}', changed = excluded.changed",
            (job["call_id"], job["lease"], last, json.dumps(job), time.time()),
        )
        return True

    def job(self, call_id: int) -> dict[str, Any] | None:
        """One job with its state and facts, or nothing."""
        row = self._db.execute("SELECT * FROM job WHERE call_id = ?", (call_id,))
        return next(map(_job, row), None)

    def live(self) -> list[dict[str, Any]]:
        """The jobs that have not ended."""
        rows = self._db.execute("SELECT * FROM job WHERE state <> 'ended'")
        return [_job(row) for row in rows]

    def mark(self, call_id: int, state: str) -> None:
        """Note a state of which Odoo is not told.

        The numbers are those of events: to Odoo a number that never comes is an event
        on its way, without which it does not conclude the call.
        """
        self._write(
            "UPDATE job SET state = ?, changed = ? WHERE call_id = ?",
            (state, time.time(), call_id),
        )

    # --- events -------------------------------------------------------------------
    def record(
        self,
        call_id: int,
        kind: str,
        values: dict[str, Any],
        now: float,
        state: str | None = None,
        **facts: Any,
    ) -> int:
        """Write an event into the outbox, and the state and facts that come with it."""
        with self._transaction():
            return self._append(call_id, kind, values, now, state, facts)

    def _append(
        self,
        call_id: int,
        kind: str,
        values: dict[str, Any],
        now: float,
        state: str | None = None,
        facts: dict[str, Any] | None = None,
    ) -> int:
        row = self._db.execute(
            "UPDATE job SET seq = seq + 1, state = coalesce(?, state), changed = ?,"
            " facts = json_patch(facts, ?) WHERE call_id = ? RETURNING seq, lease",
            (state, now, json.dumps(facts or {}), call_id),
        ).fetchone()
        body = {"call_id": call_id, "lease": row["lease"], "seq": row["seq"]}
        body |= {"kind": kind, "at": times.iso(now), "values": values}
        self._db.execute(
            "INSERT INTO event VALUES (?, ?, ?)",
            (call_id, row["seq"], json.dumps(body)),
        )
        return int(row["seq"])

    def outbox(self, limit: int = 200) -> list[Event]:
        """The oldest events that Odoo has not yet taken."""
        rows = self._db.execute(
            "SELECT body FROM event ORDER BY rowid LIMIT ?", [limit]
        )
        return [json.loads(row["body"]) for row in rows]

    def untold(self) -> set[int]:
        """Ids of the calls of which Odoo does not know all."""
        return {id_ for (id_,) in self._db.execute("SELECT call_id FROM event")}

    def delivered(self, pairs: list[tuple[int, int]]) -> None:
        """Odoo has these (call id, sequence number), or will never take them."""
        if not pairs:
            return
        with self._transaction():
            self._db.executemany(
                "DELETE FROM event WHERE call_id = ? AND seq = ?",
                [pair[:2] for pair in pairs],
            )

    # --- recordings -------------------------------------------------------------
    def recording(self, name: str, call_id: int) -> None:
        """A recording is about to begin."""
        self._write("INSERT INTO recording VALUES (?, ?, NULL)", (name, call_id))

    def recorded(self, name: str, seconds: float | None, now: float) -> None:
        """It is complete: Odoo is told so once, then it is to be handed over.

        Of a call that came in there is no job, and nothing more to tell.
        """
        with self._transaction():
            row = self._db.execute(
                "UPDATE recording SET seconds = ? WHERE name = ? AND seconds IS NULL"
                " RETURNING call_id",
                (seconds, name),
            ).fetchone()
            if row and self.job(row["call_id"]):
                values = {"name": name, "seconds": seconds}
                self._append(row["call_id"], "recorded", values, now)

    def recordings(self) -> list[dict[str, Any]]:
        """All that are not handed over yet."""
        return [dict(r) for r in self._db.execute("SELECT * FROM recording")]

    def handed_over(self, name: str) -> None:
        """Odoo has this recording, or there is none."""
        self._write("DELETE FROM recording WHERE name = ?", (name,))

    # --- calls that came in -------------------------------------------------------
    def note_incoming(
        self,
        channel: str,
        facts: dict[str, Any] | None,
        told: dict[str, Any] | None = None,
        now: float = 0.0,
    ) -> None:
        """Note how a call that came in stands, and what Odoo is to be told of it.

        :param facts: nothing once it is over
        """
        with self._transaction():
            self._db.execute("DELETE FROM incoming WHERE channel = ?", (channel,))
            if facts is not None:
                values = (channel, json.dumps(facts))
                self._db.execute("INSERT INTO incoming VALUES (?, ?)", values)
            if told is not None:
                self._db.execute(
                    "INSERT INTO incoming_told (channel, told, at) VALUES (?, ?, ?)",
                    (channel, json.dumps(told), now),
                )

    def talks_that_came_in(self) -> list[tuple[str, dict[str, Any]]]:
        """The conversations that were not over, with their facts."""
        rows = self._db.execute("SELECT * FROM incoming")
        return [(row["channel"], json.loads(row["facts"])) for row in rows]

    def untold_calls(self) -> list[str]:
        """The lines of calls that came in of which Odoo does not know all."""
        rows = self._db.execute("SELECT DISTINCT channel FROM incoming_told")
        return [channel for (channel,) in rows]

    def first_untold(self, channel: str) -> tuple[int, dict[str, Any]] | None:
        """What Odoo is to be told of such a call next, with its number."""
        row = self._db.execute(
            "SELECT id, told FROM incoming_told WHERE channel = ? ORDER BY id LIMIT 1",
            (channel,),
        ).fetchone()
        return (row["id"], json.loads(row["told"])) if row else None

    def told(self, number: int) -> None:
        """Odoo knows this, or will never take it."""
        self._write("DELETE FROM incoming_told WHERE id = ?", (number,))

    # --- commands and answers -----------------------------------------------------
    def first_time(self, command_id: int) -> bool:
        """Whether this command was not carried out before."""
        sql = "SELECT 1 FROM command WHERE id = ?"
        return not self._db.execute(sql, (command_id,)).fetchone()

    def carried_out(self, command_id: int) -> None:
        """Note a command that was carried out."""
        self._write(
            "INSERT OR IGNORE INTO command VALUES (?, ?)", (command_id, time.time())
        )

    def answered(self, campaign_id: int, now: float, abandoned: bool) -> None:
        """Somebody answered a campaign's call, and got an operator or not."""
        values = (campaign_id, now, abandoned)
        self._write("INSERT INTO answer VALUES (?, ?, ?)", values)

    def answers(self, campaign_id: int, now: float) -> list[tuple[float, int]]:
        """Those of the last day: (instant, abandoned), the oldest first."""
        rows = self._db.execute(
            "SELECT at, abandoned FROM answer WHERE campaign_id = ? AND at > ?"
            " ORDER BY at",
            (campaign_id, now - DAY),
        )
        return [tuple(row) for row in rows]

    def forget(self, now: float) -> None:
        """Remove what is long over."""
        self._write("DELETE FROM answer WHERE at < ?", (now - DAY,))
        self._write("DELETE FROM command WHERE changed < ?", (now - KEEP,))
        self._write("DELETE FROM incoming_told WHERE at < ?", (now - KEEP,))
        self._write(
            "DELETE FROM job WHERE state = 'ended' AND changed < ? AND call_id NOT IN"
            " (SELECT call_id FROM event UNION SELECT call_id FROM recording)",
            (now - KEEP,),
        )

    def _write(self, sql: Any, values: tuple[Any, ...]) -> Any:
        """One statement as one transaction; its row, if it returns one."""
        with self._transaction():
            return self._db.execute(sql, values).fetchone()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._commit()
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _commit(self) -> None:
        """The only place where something reaches the disk (tests let it fail)."""
        self._db.execute("COMMIT")


def _job(row: sqlite3.Row) -> dict[str, Any]:
    found = dict(row)
    return found | {"job": json.loads(row["job"]), "facts": json.loads(row["facts"])}
