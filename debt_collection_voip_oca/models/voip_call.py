from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.debt_collection.models.call.debt_call import TALK_MINUTES
from odoo.addons.debt_collection.models.card.isolated import isolated
from odoo.addons.debt_collection.models.card.lock_rows import lock_found

from ..tools import sip_lines

OPEN_STATES = ("calling", "ongoing")
#: The browser gives a sign of life each minute; so many without one, and it is gone.
SILENT_MINUTES = 5
SIP_STATUSES = range(100, 700)


class VoipCall(models.Model):
    """The softphone's own record of a call, and the call with a debtor it is."""

    _inherit = "voip.call"

    debt_call_id = fields.Many2one(
        "debt.call",
        string="Debtor Call",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The call of a collection case this is. Its operator cannot change it.",
    )
    company_id = fields.Many2one(
        related="debt_call_id.company_id", store=True, index="btree_not_null"
    )
    debt_seen_at = fields.Datetime(
        string="Last Sign of Life",
        default=fields.Datetime.now,
        readonly=True,
        copy=False,
        help="When the browser said last that the call is on the line.",
    )
    debt_status = fields.Integer(
        string="SIP Status",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Why the exchange refused the call.",
    )
    debt_hung_up = fields.Boolean(
        string="Hung Up by the Other Side", readonly=True, copy=False
    )

    _debt_call_once = models.UniqueIndex(
        "(debt_call_id) WHERE debt_call_id IS NOT NULL",
        "A call is dialled once.",
    )

    def write(self, vals):
        if "debt_call_id" in vals and not self.env.su:
            raise AccessError(
                self.env._("Which call of a case this is, the softphone itself knows.")
            )
        before = self._debt_open().grouped("state") if "state" in vals else {}
        result = super().write(vals)
        for state, calls in before.items():
            for call in calls.filtered(lambda call, old=state: call.state != old):
                call._debt_report_state()
        return result

    # --- what the browser reports, as the user --------------------------------------
    def terminate_call(self):
        if not self._debt_may_change():
            return self.format_call()
        return super(VoipCall, self._debt_own()).terminate_call()

    def reject_call(self):
        if not self._debt_may_change():
            return self.format_call()
        return super(VoipCall, self._debt_own()).reject_call()

    def accept_call(self):
        if not self._debt_may_change():
            return self.format_call()
        return super(VoipCall, self._debt_own()).accept_call()

    def format_call(self):
        return {**super().format_call(), "debtCallId": self.debt_call_id.id}

    def _debt_open(self):
        """Those of these calls that are on the line, with debtors."""
        return self.filtered(
            lambda call: call.debt_call_id and call.state in OPEN_STATES
        )

    def _debt_may_change(self):
        """Whether its state may still change: how a debtor's call ended is final."""
        return not self.debt_call_id or bool(self._debt_open())

    def _debt_own(self):
        """Calls with debtors are no user's to edit; his softphone reports his own."""
        own = self.filtered(
            lambda call: call.debt_call_id and call.user_id == self.env.user
        )
        # Superuser: exactly the user's own calls; else the record rules decide.
        return own.sudo() if own == self else self

    def debt_alive(self):
        """The browser says that the call is on the line; whether Odoo agrees."""
        calls = self._debt_own()._debt_open()
        calls.debt_seen_at = fields.Datetime.now()
        calls.debt_call_id._keep_alive()
        return bool(calls)

    def debt_held(self, held):
        """The browser says that the debtor was put on hold, or taken off it."""
        for call in self._debt_own()._debt_open():
            call._debt_report("held" if held else "resumed")

    def debt_ringing(self):
        """The browser says that the debtor's telephone rings."""
        for call in self._debt_own()._debt_open():
            # An exchange may say so again and again.
            if call.state == "calling" and not call.sudo().debt_call_id.rang:
                call._debt_report("ringing")

    def debt_note_end(self, status=0, hung_up=False):
        """The browser says how the line ends, just before it reports that it has.

        :param int status: of the SIP answer that refused the call
        :param bool hung_up: the other side hung up
        """
        self._debt_own()._debt_open().write(
            {
                "debt_status": status if status in SIP_STATUSES else 0,
                "debt_hung_up": bool(hung_up),
            }
        )

    # --- what the case's call learns of it ------------------------------------------
    def _debt_report_state(self):
        if self.state == "ongoing":
            self._debt_report("answered", self.start_date)
        elif self.state not in OPEN_STATES:
            self._debt_report("ended", self.end_date, **self._debt_end_values())

    def _debt_end_values(self):
        incoming = self.type_call == "incoming"
        line = sip_lines.line(
            self.state, bool(self.start_date), self.debt_status, incoming
        )
        if self.env.context.get("debt_lost"):
            return {"line": line if self.start_date else "unknown"}
        gave_up = self.state == "rejected" and (incoming or line == "declined")
        if self.debt_hung_up or gave_up:
            return {"line": line, "by": "debtor"}
        if self.state == "terminated":
            return {"line": line, "by": "operator"}
        return {"line": line}

    def _debt_report(self, kind, at=None, **values):
        """Add an event to the debtor's call.

        :param str kind: one of ``call_events.KINDS``
        :param datetime at: naive UTC; now when None
        """
        self.ensure_one()
        # Superuser: the one call that this one is, reported to its own provider.
        call = self.sudo().debt_call_id
        provider = call.provider_id
        if provider.kind != "voip_oca":
            return
        calls = call.browse()
        # Two reports at once must not take the same number.
        calls._lock_reported(provider, [{"call_id": call.id, "seq": 1}])
        call.invalidate_recordset(["event_ids"])
        event = {
            "call_id": call.id,
            "seq": max(call.event_ids.mapped("sequence"), default=0) + 1,
            "kind": kind,
            "at": (at or fields.Datetime.now()).isoformat(),
            "values": values,
        }
        calls._telephony_events(provider, [event])

    # --- closed tabs ----------------------------------------------------------------
    @api.model
    def _debt_alive_domain(self):
        since = fields.Datetime.now() - timedelta(minutes=SILENT_MINUTES)
        return [
            ("debt_call_id", "!=", False),
            ("state", "in", OPEN_STATES),
            ("debt_seen_at", ">=", since),
        ]

    @api.model
    def _debt_alive_domain_calls(self, calls):
        """Those of these ``debt.call`` that are on the line by the browser's word."""
        domain = [*self._debt_alive_domain(), ("debt_call_id", "in", calls.ids)]
        return calls & self.search(domain).debt_call_id.with_env(calls.env)

    @api.model
    def _debt_on_the_line(self):
        """Whether the calling user's softphone is on the line with a debtor."""
        # Superuser: the user's own calls, in whichever company.
        return bool(self.sudo().search_count(self._debt_line_domain(), limit=1))

    @api.model
    def _debt_line_domain(self):
        """The calls with debtors that the calling user's softphone has on the line."""
        return [*self._debt_alive_domain(), ("user_id", "=", self.env.uid)]

    @api.model
    def _cron_debt_reconcile(self):
        """End the calls whose browser is gone: a closed tab reports nothing.

        They ended at the last sign of life at the earliest; whether an unanswered one
        was answered later nobody knows.
        """
        since = fields.Datetime.now() - timedelta(minutes=SILENT_MINUTES)
        domain = [
            ("debt_call_id", "!=", False),
            ("state", "in", OPEN_STATES),
            ("debt_seen_at", "<", since),
        ]
        silent = lock_found(partial(self.search, domain, limit=500))
        for call in silent.with_context(debt_lost=True):
            ended_at = max(call.debt_seen_at, call.start_date or call.debt_seen_at)
            with isolated(call):
                call.write({"state": "terminated", "end_date": ended_at})

    @api.model
    def _debt_recent(self):
        """The calling user's incoming calls on the line that are no case's yet."""
        since = fields.Datetime.now() - timedelta(minutes=TALK_MINUTES)
        # Superuser: the user's own calls.
        return self.sudo().search(
            [
                ("user_id", "=", self.env.uid),
                ("type_call", "=", "incoming"),
                ("state", "in", OPEN_STATES),
                ("debt_call_id", "=", False),
                ("debt_seen_at", ">=", since),
            ],
            order="id desc",
        )
