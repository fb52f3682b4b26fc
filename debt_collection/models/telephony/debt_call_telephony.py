from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import call_events
from ...tools.call_events import ANSWERED_LINES
from ..call.debt_call import CLAIM_MINUTES, TALK_MINUTES


class DebtCall(models.Model):
    """What telephony says of a call, kept beside what its operator says."""

    _inherit = "debt.call"

    provider_id = fields.Many2one(
        "debt.telephony.provider",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="What dialled the number. Empty: the operator, on another telephone.",
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
        help="How the call ended, according to telephony.",
    )
    rang = fields.Boolean(readonly=True, help="Telephony reported that it rang.")
    unreached = fields.Boolean(
        string="No Telephone Rang",
        readonly=True,
        help="Telephony is sure that the call failed on its way: it is no attempt.",
    )
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
            ("pbx", "The PBX"),
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
        help="How the call ended, according to the line.",
    )
    disagreement = fields.Boolean(
        compute="_compute_disagreement",
        store=True,
        precompute=True,
        help="The operator and telephony disagree.",
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
        self._check_phone(phone)
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
        """Say early what the gate will say when it is asked; note what to dial."""
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

    def _unanswered_code(self):
        """What the line said, where it said something."""
        suggested = self.suggested_outcome_id
        if suggested and not suggested.connected:
            return suggested.code
        return super()._unanswered_code()

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
        alive = super()._on_the_line()
        for provider, calls in self.grouped("provider_id").items():
            if provider:
                alive |= provider._live(calls)
        return alive

    # --- the screen ---------------------------------------------------------------
    def _exchange(self):
        """Hook: the ``debt.telephony.provider`` that has the line; empty: none."""
        return self.provider_id

    def _line_features(self):
        """Hook: what can be done with the line of the call, a set of features."""
        return self.provider_id._features() if self.provider_id else frozenset()

    def _push_state(self, facts=None):
        """Tell the operator's call window what the line does."""
        self.ensure_one()
        self.user_id._bus_send("debt_call/state", self._prepare_state(facts))

    def _is_recorded_now(self):
        kinds = ("recording_started", "recorded")
        told = self.event_ids.filtered(lambda event: event.kind in kinds).sorted(
            "sequence"
        )
        return told[-1:].kind == "recording_started"

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
            "recording": self._is_recorded_now(),
            "abandoned": self.abandoned,
            "operator": facts.operator if facts else "",
            "cancelled": bool(facts and facts.cancelled),
            "suggested_outcome": bool(outcome) and [outcome.id, outcome.name],
            "confirmed": self.confirmed_by == "telephony",
            "features": sorted(self._line_features()),
            **{name: fields.Datetime.to_string(self[name]) for name in times},
        }
