from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError

from odoo.addons.debt_collection.tools import call_events, phones

from .constants import plain_text, utc_text

# Whoever rang and was not answered is called back as soon as that is lawful, but not
# while he is still putting the receiver down.
CALL_BACK_AFTER = timedelta(minutes=5)
# A call of which no end was heard is missed after so long.
LOST = timedelta(hours=1)
# A talk of which no end was heard is over: the exchange ends it after an hour.
OVER = timedelta(hours=2)
# Told later than that it cannot be: the journal of the process keeps seven days.
LATE = timedelta(days=8)
# Numbers that agree in so many last digits are the same, however they are written.
SAME = 9


class DebtDiallerIncoming(models.Model):
    """A call that came in at the exchange, and what became of it."""

    _name = "debt.dialler.incoming"
    _description = "Call That Came In"
    _order = "id desc"
    _rec_name = "number"

    provider_id = fields.Many2one(
        "debt.telephony.provider", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    uuid = fields.Char(required=True, readonly=True)
    number = fields.Char(readonly=True, help="Empty: it was withheld.")
    at = fields.Datetime(
        string="Time", required=True, readonly=True, default=fields.Datetime.now
    )
    state = fields.Selection(
        [
            ("ringing", "Ringing"),
            ("talking", "Talking"),
            ("ended", "Answered"),
            ("missed", "Missed"),
        ],
        required=True,
        readonly=True,
        default="ringing",
    )
    callback = fields.Boolean(
        string="Wants a Call", readonly=True, help="Pressed the key to be called back."
    )
    case_ids = fields.Many2many(
        "debt.case", string="May Be", readonly=True, help="Whose number it is."
    )
    user_id = fields.Many2one(
        "res.users", string="Answered By", readonly=True, ondelete="set null"
    )
    call_id = fields.Many2one(
        "debt.call", readonly=True, index="btree_not_null", ondelete="set null"
    )
    recording = fields.Boolean(
        string="Being Recorded", readonly=True, help="At this moment."
    )
    picked = fields.Boolean(
        string="Found by Hand",
        readonly=True,
        help="Whose call it is the operator found out, while they spoke.",
    )

    _uuid_once = models.UniqueIndex("(provider_id, uuid)")
    _talking_idx = models.Index("(provider_id, user_id) WHERE state = 'talking'")

    # --- for the process ----------------------------------------------------------
    @api.model
    def _hear(self, provider, told):
        """Answer who a call is for, or note what became of it; twice does no harm.

        :param dict told: ``uuid``, ``number``, ``at``, ``kind`` (asked, answered,
            missed, announced, recording, command, ended), ``user_id`` who answered,
            ``choice`` made by key, ``on`` of a recording; of a command ``id``, ``ok``
            and ``error``
        :return: dict for the process
        """
        incoming = self._of(provider, told)
        steps = {
            "answered": incoming._note_answer,
            "announced": incoming._note_announced,
            "recording": incoming._note_recording,
            "command": incoming._note_command,
            "missed": incoming._note_missed,
            "ended": incoming._note_end,
        }
        if step := steps.get(told.get("kind")):
            step(told)
            record = incoming._prepare_record()
            return {"ok": True, "call_id": incoming.call_id.id, "record": record}
        return incoming._prepare_answer()

    @api.model
    def _of(self, provider, told):
        uuid = plain_text(told.get("uuid"), 100)
        known = self.search([("provider_id", "=", provider.id), ("uuid", "=", uuid)])
        if known:
            return known
        companies = provider.company_id or self.env["res.company"].search([])
        number = plain_text(told.get("number"), 40)
        cases = self._cases_of(companies, number)
        return self.create(
            {
                "provider_id": provider.id,
                "company_id": (cases.company_id or companies)[:1].id,
                "uuid": uuid,
                "at": self._instant_told(told, fields.Datetime.now() - LATE),
                "number": number or False,
                "case_ids": [fields.Command.set(cases.ids)],
            }
        )

    @api.model
    def _cases_of(self, companies, number):
        """The open cases of whoever has this number, in any form it may come."""
        try:
            known = phones.parse(number, companies[:1].country_id.code).e164
        except phones.PhoneError:
            return self.env["debt.case"]
        listed = self.env["debt.phone"].search([("number", "=", known)])
        listed = listed or self.env["debt.phone"].search(
            [("number", "=like", f"%{known[-SAME:]}")]
        )
        return self.env["debt.case"].search(
            [
                ("partner_id", "in", listed.partner_id.ids),
                ("company_id", "in", companies.ids),
                ("state", "!=", "closed"),
            ],
            order="priority desc, id",
        )

    def _prepare_answer(self):
        """The phones to ring, in their order, and what is heard if nobody answers."""
        provider, debtor = self.provider_id, self.case_ids[:1].partner_id
        endpoint = self.env["res.users"]._debt_endpoint(provider.incoming_extension)
        outside = [{"user_id": None, "endpoint": endpoint}] if endpoint else []
        prompt = provider.incoming_prompt_id
        said = prompt._spoken_to(debtor or self.company_id.partner_id, self.company_id)
        known = bool(self.case_ids)
        return {
            "phones": self._operators() if known else outside,
            "prompt": said._prepare_job() if said.audio_sha1 else None,
            "menu": {"2": "callback"} if known else {},
        }

    def _operators(self):
        """Who is there of the debtor's operators and their teams, his own first."""
        stations = self.env["debt.dialler.operator"].search(
            [
                ("company_id", "in", self.case_ids.company_id.ids),
                ("state", "=", "ready"),
            ]
        )
        own = self.case_ids.user_id
        team = self.case_ids.team_id.member_ids.user_id
        present = stations.filtered(lambda one: one.user_id in own | team)
        present = present.filtered("user_id.debt_extension")
        return [
            station.user_id._debt_dialler_endpoint()
            for station in present.sorted(
                lambda one: (one.user_id not in own, one.since)
            )
        ]

    @api.model
    def _instant_told(self, told, earliest):
        """When it happened, by the process: Odoo may have been away meanwhile.

        What cannot be is put at the nearest that can.
        """
        now = fields.Datetime.now()
        try:
            at = call_events.instant(told.get("at"))
        except call_events.EventError:
            return now
        return min(max(at, earliest), now)

    # --- the line -----------------------------------------------------------------
    def _is_talking(self):
        """Whether they speak, as far as is known; none does not."""
        since = fields.Datetime.now() - OVER
        return self.state == "talking" and self.at >= since

    def _stop_recording(self):
        """The outcome is saved: nobody could stop it later, so it ends now.

        Nor does it begin, should the announcement still be heard.
        """
        if not self._is_talking() or self._is_stopped():
            return
        if self.recording or self.provider_id.record_calls:
            commands = self.env["debt.dialler.command"]
            commands._queue(self.provider_id, self.call_id, "stop_record", {})

    def _is_stopped(self):
        """Whether somebody wanted it stopped; it does not begin again."""
        stop = [("command", "=", "stop_record"), ("state", "!=", "failed")]
        call = [("call_id", "=", self.call_id.id)]
        return bool(self.env["debt.dialler.command"].search_count(call + stop, limit=1))

    # --- what became of it --------------------------------------------------------
    def _note_answer(self, told):
        if self.state != "ringing":
            return
        user_id = told.get("user_id")
        known = isinstance(user_id, int) and not isinstance(user_id, bool)
        user = self.env["res.users"].browse(user_id if known else []).exists()
        self.write({"state": "talking", "user_id": user.id})
        if user:
            self._open_window(user, self._instant_told(told, self.at))

    def _open_window(self, user, at):
        """The debtor's window; where it may be several, the search by his number."""
        call = self.env["debt.call"]
        if len(self.case_ids) == 1:
            try:
                with self.env.cr.savepoint():
                    case = self.case_ids.with_user(user).sudo()
                    call = case._open_inbound(number=self.number)
            except UserError as error:
                if not self._speaks_elsewhere():
                    raise ConcurrencyError(str(error)) from error
                call = call.browse()
        if not call:
            user._bus_send("debt_dialler/incoming", {"number": self.number})
            return
        times = {"started_at": at, "answered_at": at}
        self._take(call, times)
        user._bus_send("debt_dialler/bridged", {"call_id": call.id})

    def _speaks_elsewhere(self):
        """Whether a colleague speaks with him on another line: the search shows it.

        Else his case was being worked at this moment, and a new try finds it free.
        """
        case = self.case_ids
        calls = self.env["debt.call"].search_count(
            [("partner_id", "=", case.partner_id.id), ("state", "!=", "done")], limit=1
        )
        return bool(calls) or case.state == "closed"

    def _take(self, call, values):
        """It is this call's line: that they talk the exchange says."""
        self.call_id = call
        # Superuser: the call is that of whoever answered.
        call.sudo().write({"confirmed_by": "telephony"} | values)
        stations = self.env["debt.dialler.operator"]
        station = stations._of_user(call.company_id, call.user_id)
        station._set_state("talking", call=call)

    @api.model
    def _pick(self, call):
        """The user found out who is on his line, and took the call.

        :param call: ``debt.call`` of the user, just put on record as one that came in
        """
        since = fields.Datetime.now() - OVER
        mine = [("user_id", "=", call.user_id.id), ("state", "=", "talking")]
        mine.append(("at", ">=", since))
        companies = [("provider_id.company_id", "in", [False, call.company_id.id])]
        lines = self.search([*mine, *companies, ("call_id", "=", False)], limit=1)
        if lines:
            lines._take(call, {})
            lines.picked = True

    @api.model
    def _prepare_picked(self, provider):
        """For the process: whose calls those are that nobody knew when they began."""
        talking = [("provider_id", "=", provider.id), ("state", "=", "talking")]
        return {
            one.uuid: {"call_id": one.call_id.id, "record": one._prepare_record()}
            for one in self.search([*talking, ("picked", "=", True)])
        }

    def _prepare_record(self):
        """Whether the talk is recorded, and what is heard before, for the process."""
        call = self.call_id
        if not call or self.state != "talking":
            return None
        provider = self.provider_id
        record, said = provider._recording_of(call, provider.announcement_id)
        if not record:
            return None
        return {"announcement": said._prepare_job() if said else None}

    @api.model
    def _call_of(self, provider, call_id):
        """The call of this id that came in at an exchange, or none."""
        return self.search(
            [("provider_id", "=", provider.id), ("call_id", "=", call_id)], limit=1
        ).call_id

    def _note_announced(self, told):
        if self.call_id and not self.call_id.announced_at:
            self.call_id.announced_at = self._instant_told(told, self.at)

    def _note_recording(self, told):
        """It begins, or somebody ended it: the operator sees which."""
        self.recording = self.state == "talking" and told.get("on") is True
        if self.call_id:
            self.call_id._push_state()

    def _note_command(self, told):
        """The process did what the operator wanted, or could not."""
        self.env["debt.dialler.command"]._close_of(self.provider_id, self.call_id, told)

    def _note_end(self, told):
        if self.state != "talking":
            return
        self.write({"state": "ended", "recording": False})
        call = self.call_id
        if call and call.state == "talking":
            ended_at = self._instant_told(told, self.at)
            call.write({"state": "wrapup", "ended_at": ended_at})
            call._station()._line_ended(call)
            call._push_state()

    def _note_missed(self, told):
        if self.state != "ringing":
            return
        wants = told.get("choice") == "callback"
        self.write({"state": "missed", "callback": wants})
        at = self._instant_told(told, self.at)
        for case in self.case_ids:
            self._note_on(case, wants)
            if not self._is_settled(case, at):
                self._call_back(case)

    def _note_on(self, case, wants):
        text = (
            self.env._("Called us and asked by key to be called back.")
            if wants
            else self.env._("Called us, and nobody answered.")
        )
        case._message_log(body=f"{text} {self.number or ''}".strip())

    @api.model
    def _is_settled(self, case, at):
        """Whether he was spoken with since, or a call to come is agreed on already."""
        if case.callback_at and case.callback_at > fields.Datetime.now():
            return True
        spoken = [("party", "=", "right_party"), ("answered_at", ">", at)]
        debtor = [("partner_id", "=", case.partner_id.id)]
        return bool(self.env["debt.call"].search_count(debtor + spoken, limit=1))

    def _call_back(self, case):
        """He rang and nobody answered: he is called as soon as the law allows."""
        wished = fields.Datetime.now() + CALL_BACK_AFTER
        answer = case.check_contact("call", self.number or None, wished)
        at = wished if answer["allowed"] else answer["next_at"]
        if at:
            case.write({"callback_at": at})
            case._set_dirty()

    @api.autovacuum
    def _gc_lost(self):
        """The process died with them: whoever called is called back.

        Talks are over; at the latest after an hour, as the exchange has it.
        """
        now = fields.Datetime.now()
        lost = self.search([("state", "=", "ringing"), ("at", "<", now - LOST)])
        for incoming in lost:
            incoming._note_missed({"at": utc_text(incoming.at)})
        over = self.search([("state", "=", "talking"), ("at", "<", now - OVER)])
        for incoming in over:
            incoming._note_end({"at": utc_text(incoming.at + OVER)})
