from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import call_events
from ..tools.call_events import ANSWERED_LINES, STATES, VAGUE_LINES, EventError
from .debt_call import CLAIM_MINUTES, TALK_MINUTES

#: A network may be wrong about a number once.
INVALID_CALLS = 2


class DebtCall(models.Model):
    """What telephony says of a call, kept beside what its operator says."""

    _inherit = "debt.call"

    provider_id = fields.Many2one(
        "debt.telephony.provider",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="What dialled. Empty: the operator, on a telephone of his own.",
    )
    caller_number_id = fields.Many2one(
        "debt.caller.number",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The number the debtor saw. Empty: the usual one.",
    )
    line = fields.Selection(
        [
            ("answered", "Answered"),
            ("busy", "Busy"),
            ("no_answer", "No Answer"),
            ("declined", "Declined"),
            ("invalid", "No Such Number"),
            ("switched_off", "Switched Off"),
            ("congestion", "Network Congested"),
            ("machine", "Answering Machine"),
            ("fax", "Fax"),
            ("failed", "Failed"),
            ("unknown", "Not Known"),
            ("cancelled", "Cancelled"),
        ],
        readonly=True,
        help="How the call ended on the line, by the word of telephony.",
    )
    rang = fields.Boolean(readonly=True, help="Telephony saw it ring.")
    answered_by = fields.Selection(
        [("human", "A Person"), ("machine", "A Machine")],
        readonly=True,
        help="Who answered, as far as telephony can tell.",
    )
    hung_up_by = fields.Selection(
        [
            ("debtor", "The Debtor"),
            ("operator", "The Operator"),
            ("us", "The Dialler"),
            ("pbx", "The Exchange"),
        ],
        readonly=True,
    )
    on_hold = fields.Boolean(readonly=True)
    abandoned = fields.Boolean(
        readonly=True, help="Answered, and no operator was there in time."
    )
    suggested_outcome_id = fields.Many2one(
        "debt.call.outcome",
        readonly=True,
        ondelete="set null",
        help="What the line says of how the call ended.",
    )
    disagreement = fields.Boolean(
        compute="_compute_disagreement",
        store=True,
        help="The operator says one thing, telephony another.",
    )
    event_ids = fields.One2many("debt.call.event", "call_id", readonly=True)

    @api.depends("outcome_id", "connected", "line")
    def _compute_disagreement(self):
        for call in self:
            call.disagreement = bool(call.outcome_id) and call_events.disagrees(
                call.line or "",
                call.line in ANSWERED_LINES,
                call.outcome_id.code,
                call.connected,
            )

    # --- out ----------------------------------------------------------------------
    def _place(self, phone=None, number=None):
        """Dial with the user's telephony provider.

        The call is on record before the provider is asked to dial; an exchange that
        asks for permission itself puts it there when it does (``dial``).

        :param phone: ``debt.phone`` that is dialled
        :param str number: the number, where it is not one of the debtor's known ones
        :return: a client action, or None
        :raises UserError: the gate says no, or the provider cannot dial
        """
        self.ensure_one()
        self._check_owner()
        provider = self.env["debt.telephony.provider"]._for_user(self.company_id)
        provider._check_can("dial")
        # Superuser: the call is the user's own (checked above).
        self.sudo().provider_id = provider
        if provider._asks_permission():
            self._prepare_permission(phone, number)
        else:
            self.dial(phone=phone, number=number)
        return provider._dial(self, phone or self.env["debt.phone"])

    def _prepare_permission(self, phone, number):
        """Say early what the gate will say when the exchange asks; note what to dial."""
        if self.state != "draft":
            raise UserError(self.env._("This call has been dialled already."))
        number = phone.number if phone else number
        answer = self.case_id.check_contact("call", number=number)
        if not answer["allowed"]:
            raise UserError(answer["message"])
        contact = phone.contact_id if phone else self.partner_id
        # Superuser: the call is the user's own (checked by the caller).
        self.sudo().write(
            {
                "phone_id": phone.id if phone else False,
                "contact_id": contact.id,
                "number": number,
                "claim_until": fields.Datetime.now() + timedelta(minutes=CLAIM_MINUTES),
            }
        )

    def dial(self, phone=None, number=None):
        result = super().dial(phone=phone, number=number)
        # Superuser: the call is the user's own, as has just been checked.
        call = self.sudo()
        providers = self.env["debt.telephony.provider"]
        call.provider_id = call.provider_id or providers._for_user(self.company_id)
        if call.provider_id._can("caller_number"):
            numbers = self.env["debt.caller.number"].with_company(call.company_id)
            call.caller_number_id = numbers._take(call.phone_id, call.number)
        return result

    # --- in -----------------------------------------------------------------------
    @api.model
    def _telephony_events(self, provider, events):
        """Take in what telephony reports; delivered twice, late or out of order is fine.

        :param provider: ``debt.telephony.provider`` of the calls, who was authenticated
            by the caller
        :param list events: ``{"call_id": 42, "seq": 1, "kind": …, "at": ISO 8601 UTC,
            "values": {}}``; per call ``seq`` is 1, 2, 3 … without gaps. Kinds and
            values: ``tools.call_events``
        :return: ``{"accepted": [[call_id, seq]…], "refused": [[call_id, seq, why]…]}``;
            why: malformed, bad_time, unknown_kind, unknown_line, unknown_call
        """
        provider.ensure_one()
        known = self._lock_reported(provider, events)
        accepted, refused, fresh = [], [], []
        for raw in events:
            call_id, sequence = _key(raw)
            try:
                event = call_events.parse(raw)
            except EventError as error:
                refused.append([call_id, sequence, error.code])
                continue
            if call_id in known:
                accepted.append([call_id, sequence])
                fresh.append((call_id, event))
            else:
                refused.append([call_id, sequence, "unknown_call"])
        for call_id in self.env["debt.call.event"]._store(provider, fresh):
            # Superuser: reports come from a machine; exactly its own calls (see above).
            self.sudo().browse(call_id)._apply_telephony()
        return {"accepted": accepted, "refused": refused}

    @api.model
    def _lock_reported(self, provider, events):
        """Ids of the reported calls that are the provider's, locked till the end."""
        ids = {_key(raw)[0] for raw in events} - {None}
        self.flush_model(["provider_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM debt_call WHERE id = ANY(%s) AND provider_id = %s"
                " ORDER BY id FOR UPDATE",
                list(ids),
                provider.id,
            )
        )
        return {id_ for (id_,) in rows}

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
        was_open = self.state != "done"
        self.write(self._prepare_telephony_values(facts))
        if facts.state == "done" and was_open:
            self._conclude(facts)
        self._push_state(facts)

    def _prepare_telephony_values(self, facts):
        code = call_events.outcome(facts)
        values = {
            "line": facts.line or False,
            "rang": facts.rang,
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

    def _bridged_user(self, facts):
        """The operator whom a dialler put through; a call of his own stays his."""
        user = self.env["res.users"].browse(facts.user_id).exists()
        if self._is_attended() or not user._debt_operates_in(self.company_id):
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
        code = self._line_outcome(facts)
        if code and self._find_outcome(code):
            self.with_context(debt_by_line=True).finish(code, party="none")
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

    # --- who is on the line -------------------------------------------------------
    def _keep_alive(self):
        """Telephony says that these calls are on the line: nobody takes them back."""
        now = fields.Datetime.now()
        soon = now + timedelta(minutes=TALK_MINUTES // 2)
        open_calls = self.filtered(
            lambda call: (
                call.state not in ("draft", "done")
                and call.claim_until
                and call.claim_until < soon
            )
        )
        open_calls.write({"claim_until": now + timedelta(minutes=TALK_MINUTES)})

    def _on_the_line(self):
        """Those of these calls that their exchange says are alive at this moment."""
        alive = self.browse()
        for provider, calls in self.grouped("provider_id").items():
            if provider:
                alive |= provider._dispatch("live", calls) or self.browse()
        return alive

    # --- the screen ---------------------------------------------------------------
    def _push_state(self, facts=None):
        """Tell the operator's call window what the line does."""
        self.ensure_one()
        self.user_id._bus_send("debt_call/state", self._prepare_state(facts))

    def _prepare_state(self, facts=None):
        """What the call window shows of the line; times are UTC strings or False."""
        outcome = self.suggested_outcome_id
        if outcome:
            outcome = outcome.with_context(lang=self.user_id.lang)
        times = ("started_at", "answered_at", "ended_at")
        return {
            "call_id": self.id,
            "state": self.state,
            "line": self.line,
            "on_hold": self.on_hold,
            "abandoned": self.abandoned,
            "operator": facts.operator if facts else "",
            "cancelled": bool(facts and facts.cancelled),
            "suggested_outcome": bool(outcome) and [outcome.id, outcome.name],
            "confirmed": self.confirmed_by == "telephony",
            "features": sorted(self.provider_id._features()) if self.provider_id else [],
            **{name: fields.Datetime.to_string(self[name]) for name in times},
        }


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
