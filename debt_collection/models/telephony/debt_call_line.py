import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import call_events
from ...tools.call_events import ANSWERED_LINES, STATES, VAGUE_LINES, EventError
from ..call.debt_call import TALK_MINUTES
from ..card.isolated import isolated

_logger = logging.getLogger(__name__)

#: A network may be wrong about a number once.
INVALID_CALLS = 2


class DebtCall(models.Model):
    """What telephony reports of a call, taken in from any order of arrival."""

    _inherit = "debt.call"

    @api.model
    def _telephony_events(self, provider, events):
        """Take in what telephony reports; twice, late or out of order does no harm.

        :param provider: ``debt.telephony.provider`` of the calls, who was authenticated
            by the caller
        :param list events: ``{"call_id": 42, "seq": 1, "kind": …, "at": ISO 8601 UTC,
            "values": {}}``; per call ``seq`` is 1, 2, 3 … without gaps. Kinds and
            values: ``tools.call_events``. A time that cannot be right is replaced by
            the nearest that can, and kept beside it as ``reported_at``
        :return: ``{"accepted": [[call_id, seq]…], "refused": [[call_id, seq, why]…]}``;
            why: malformed, bad_time, unknown_kind, unknown_line, unknown_call
        """
        provider.ensure_one()
        known = self._lock_reported(provider, events)
        accepted, refused, fresh = [], [], []
        now = fields.Datetime.now()
        for raw in events:
            call_id, sequence = _key(raw)
            try:
                event = call_events.parse(raw)
            except EventError as error:
                refused.append([call_id, sequence, error.code])
                continue
            if call_id in known:
                accepted.append([call_id, sequence])
                event = call_events.bounded(event, now, known[call_id])
                fresh.append((call_id, event))
            else:
                refused.append([call_id, sequence, "unknown_call"])
        for call_id in self.env["debt.call.event"]._store(provider, fresh):
            # Superuser: reports come from a machine; exactly its own calls (see above).
            call = self.sudo().browse(call_id)
            with isolated(call):
                call._apply_telephony()
        return {"accepted": accepted, "refused": refused}

    @api.model
    def _lock_reported(self, provider, events):
        """The reported calls that are the provider's, locked till the end.

        :return: dict, by id when each was dialled (naive UTC, None: it was not)
        """
        ids = {_key(raw)[0] for raw in events} - {None}
        self.flush_model(["provider_id", "started_at"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id, started_at FROM debt_call"
                " WHERE id = ANY(%s) AND provider_id = %s ORDER BY id FOR UPDATE",
                list(ids),
                provider.id,
            )
        )
        return dict(rows)

    def _telephony_facts(self):
        """All that telephony has reported of the call, as ``call_events.Facts``."""
        events = [
            call_events.Event(event.sequence, event.kind, event.at, event.values or {})
            for event in self.event_ids
        ]
        return call_events.fold(events, attended=self._is_attended())

    def _is_attended(self):
        """Whether an operator has the call on his screen from the start."""
        return self.direction == "inbound" or self.mode in ("manual", "preview")

    def _apply_telephony(self):
        """Bring the call in line with what has been reported of it so far."""
        self.ensure_one()
        facts = self._telephony_facts()
        if facts.cancelled and self.state == "draft" and not facts.attended:
            self._release()
            return
        self.write(self._prepare_telephony_values(facts))
        # Also of one that was given up meanwhile: what is known late is known.
        if facts.state == "done" and not self.outcome_id:
            self._conclude(facts)
        self._push_state(facts)

    def _prepare_telephony_values(self, facts):
        code = call_events.outcome(facts)
        values = {
            "line": facts.line or False,
            "rang": facts.rang,
            "unreached": facts.unreached,
            "answered_by": facts.answered_by or False,
            "hung_up_by": facts.ended_by or False,
            "on_hold": facts.on_hold,
            "abandoned": facts.abandoned,
            "suggested_outcome_id": code and self._find_outcome(code).id,
            **self._prepare_telephony_times(facts),
        }
        if facts.dialed:
            values["confirmed_by"] = "telephony"
        # The end of a call without an operator is for `_conclude`.
        state = "wrapup" if facts.state == "done" else facts.state
        if STATES.index(state) > STATES.index(self.state):
            values["state"] = state
            # What was dialled without asking is a fact, whatever else he is doing.
            values["is_claim"] = self.is_claim and self.state != "draft"
        if self.state != "done" and not facts.ended_at:
            until = fields.Datetime.now() + timedelta(minutes=TALK_MINUTES)
            values["claim_until"] = until if facts.dialed else self.claim_until
        if user := self._bridged_user(facts):
            values["user_id"] = user.id
        return values

    def _prepare_telephony_times(self, facts):
        """Telephony's clock comes before what an operator's outcome made of it."""
        values = {}
        if facts.dialed and not self.started_at:
            values["started_at"] = facts.dialed_at
            values["local_hour"] = self.case_id._local_hour(facts.dialed_at)
        if facts.answered_at:
            values["answered_at"] = facts.answered_at
        elif self._says_unanswered(facts.line) and self.direction == "outbound":
            values["answered_at"] = False
        if facts.ended_at:
            values["ended_at"] = facts.ended_at
        return values

    @api.model
    def _says_unanswered(self, line):
        """Whether telephony knows that nobody answered."""
        return bool(line) and line not in ANSWERED_LINES + VAGUE_LINES

    def _is_unanswered(self):
        return super()._is_unanswered() or self._says_unanswered(self.line)

    def _bridged_user(self, facts):
        """The operator whom a dialler put through; a call of his own stays his."""
        user = self.env["res.users"].browse(facts.user_id or []).exists()
        if self._is_attended() or not (
            user and user._debt_operates_in(self.company_id)
        ):
            return self.env["res.users"]
        return user

    def _find_outcome(self, code):
        return self.env["debt.call.outcome"].search([("code", "=", code)], limit=1)

    # --- a call without an operator -----------------------------------------------
    def _line_outcome(self, facts):
        """The code of the outcome that a call without an operator gets by itself.

        :return: empty when the line proves none: the attempt counts all the same
        """
        return call_events.outcome(facts)

    def _conclude(self, facts):
        """The line is free and nobody is there to say how it was."""
        if self._finish_by_line(self._line_outcome(facts)):
            return
        self.write(
            {
                "state": "done",
                "claim_until": False,
                "party": "none",
                "connected": facts.answered and facts.answered_by != "machine",
            }
        )
        self.case_id._set_dirty()

    def _finish_by_line(self, code):
        """Log what the line proves; whether that was possible.

        An outcome may have been changed to ask for what no line can tell. One such call
        must not hold up the reports of all others.
        """
        if not (code and self._find_outcome(code)):
            return False
        try:
            with self.env.cr.savepoint():
                self.with_context(debt_by_line=True).finish(code, party="none")
        except UserError as error:
            _logger.info("Call %s has no outcome %s: %s", self.id, code, error)
            return False
        return True

    def _number_health(self, outcome):
        """Nobody heard it say that it does not exist: one such call may be an error."""
        health = super()._number_health(outcome)
        if health != "dead" or not self.env.context.get("debt_by_line"):
            return health
        latest = self.search(
            [
                ("number", "=", self.number),
                ("line", "!=", False),
                ("line", "not in", VAGUE_LINES),
            ],
            order="started_at desc, id desc",
            limit=INVALID_CALLS,
        )
        lines = latest.mapped("line")
        return lines == ["invalid"] * INVALID_CALLS and health

    def _summary(self, outcome, values):
        if not self.env.context.get("debt_by_line"):
            return super()._summary(outcome, values)
        return self.env._(
            "The dialler called %(number)s: %(outcome)s.",
            number=self.number,
            outcome=outcome.name,
        )


def _key(raw):
    """Id of the call and number of the event, as sent; None where they are none."""
    raw = raw if isinstance(raw, dict) else {}
    ids = (raw.get("call_id"), raw.get("seq"))
    return tuple(
        id_
        if isinstance(id_, int) and not isinstance(id_, bool) and 0 < id_ < 2**31
        else None
        for id_ in ids
    )
