from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.debt_collection.tools.clock import local

from .constants import ABANDONED_QUIET, UNREACHED_QUIET

# What can be done with a call that came in; for the rest the operator has a telephone.
WITH_INCOMING = frozenset(("hangup", "record"))
# A debtor who pressed "call me back" is not called in the same breath.
CALLBACK_AFTER = timedelta(hours=1)


class DebtCall(models.Model):
    """What a call through the dialler process brings besides its line."""

    _inherit = "debt.call"

    campaign_id = fields.Many2one(
        "debt.dialler.campaign",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    ladder_key = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The step of the retry ladder that this voice message carried out, and "
        "when; each is carried out once.",
    )

    _campaign_idx = models.Index(
        "(campaign_id, answered_at) WHERE campaign_id IS NOT NULL"
    )
    _abandoned_idx = models.Index("(partner_id, answered_at) WHERE abandoned")
    _unreached_idx = models.Index("(partner_id, started_at) WHERE unreached")

    @api.model
    def _sql_not_abandoned(self, now):
        """That the debtor of case ``c`` was not left without an operator lately."""
        return SQL(
            "NOT EXISTS (SELECT FROM debt_call a WHERE a.abandoned"
            " AND a.partner_id = c.partner_id AND a.answered_at > %s)",
            now - ABANDONED_QUIET,
        )

    @api.model
    def _sql_not_tried(self, now):
        """That no call to the debtor of case ``c`` failed on its way a moment ago.

        It is no attempt, so nothing else would keep him from being dialled at once.
        """
        return SQL(
            "NOT EXISTS (SELECT FROM debt_call u WHERE u.unreached"
            " AND u.partner_id = c.partner_id AND u.started_at > %s)",
            now - UNREACHED_QUIET,
        )

    # --- events -------------------------------------------------------------------
    def _apply_telephony(self):
        result = super()._apply_telephony()
        if call := self.exists():
            call._follow_line()
        return result

    def _follow_line(self):
        """Bring what lends the call, and who takes it, in line with the call."""
        lease = self.env["debt.dialler.lease"]._open_of(self)
        facts = self._telephony_facts()
        self._note_announcement()
        if facts.cancelled and lease.state in ("queued", "leased"):
            lease._give_back(self._given_back_for())
        elif facts.ended_at or self.state == "done":
            # While events are missing of a call of nobody's, they may still come.
            if facts.attended or self.state == "done":
                lease.write({"state": "closed", "close_reason": "ended"})
            self._station()._line_ended(self)
        elif facts.user_id or self._is_attended() and self.state == "talking":
            self._station()._talk(self)

    def _given_back_for(self):
        """Why the process did not dial, in its own word."""
        ends = self.event_ids.filtered(lambda event: event.kind == "ended")
        return str((ends[-1:].values or {}).get("reason") or "operator_failed")

    def _told(self):
        """To whom the prompts of the call are said, and by which company."""
        return self.contact_id or self.partner_id, self.company_id

    def _note_announcement(self):
        """When the debtor was told that he is recorded: its proof."""
        said = self.event_ids.filtered(lambda event: event.kind == "announced")
        if said and not self.announced_at:
            self.announced_at = said[0].at

    def _station(self):
        """The station of whoever has the call; empty where it is nobody's."""
        return self.env["debt.dialler.operator"].search(
            [("user_id", "=", self.user_id.id), ("company_id", "=", self.company_id.id)]
        )

    def _is_over(self):
        """Whether telephony has nothing to tell of it that Odoo waits for."""
        wrapup = self.state == "wrapup"
        return self.state == "done" or wrapup and self._telephony_facts().attended

    def _dialler_lost(self):
        """Nothing is heard of the call any more; the attempt counts."""
        self.ensure_one()
        if self._is_over():
            return
        facts = self._telephony_facts()
        ended_at = self.ended_at or fields.Datetime.now()
        self.write({"line": facts.line or "unknown", "ended_at": ended_at})
        if facts.attended and self.user_id.active:
            self.write({"state": "wrapup"})
        else:
            self._conclude(facts)
        self._station()._line_ended(self)
        self._push_state(facts)

    def write(self, vals):
        """Whose call is over is ready for the next, and records no more."""
        result = super().write(vals)
        if vals.get("state") == "done":
            self._leave_stations()
            for call in self:
                call._came_in()._stop_recording()
        return result

    def unlink(self):
        """Its lease goes with a claim, so nothing will be heard of it."""
        self._leave_stations()
        return super().unlink()

    def _leave_stations(self):
        # Superuser: exactly the stations of these calls.
        stations = self.env["debt.dialler.operator"].sudo()
        for station in stations.search([("call_id", "in", self.ids)]):
            station._after_call(station.call_id)

    # --- calls that came in -------------------------------------------------------
    def _came_in(self):
        """How the call came in at an exchange; empty where it did not."""
        # Superuser: exactly this call's, which whoever asks may read.
        calls = self.env["debt.dialler.incoming"].sudo()
        if self.direction != "inbound" or not self.id:
            return calls
        return calls.search([("call_id", "=", self.id)], limit=1)

    def _note_our_number(self, number):
        """Whoever is on the user's line is the debtor whom he chose."""
        result = super()._note_our_number(number)
        if self.state == "talking" and not self._came_in():
            # Superuser: the call is the user's own (checked above).
            self.env["debt.dialler.incoming"].sudo()._pick(self.sudo())
        return result

    def _exchange(self):
        incoming = self._came_in()
        return incoming.provider_id.sudo(self.env.su) or super()._exchange()

    def _line_features(self):
        return WITH_INCOMING if self._came_in() else super()._line_features()

    def _is_recorded_now(self):
        return self._came_in().recording or super()._is_recorded_now()

    # --- keys ---------------------------------------------------------------------
    def _conclude(self, facts):
        """What the debtor chose by a key comes before what the line says."""
        self._give_to_operator(facts)
        choice = None if facts.user_id else self._choice(facts)
        if choice in ("callback", "promise", "stop"):
            try:
                with self.env.cr.savepoint():
                    # The chatter names the dialler, as nobody of us has called.
                    by_line = self.with_context(debt_by_line=True)
                    by_line._finish_by_key(choice, facts.menu)
                return None
            except UserError as error:
                self.case_id._message_log(
                    body=self.env._(
                        "A choice made by key could not be carried out: %(reason)s",
                        reason=str(error),
                    )
                )
        return super()._conclude(facts)

    def _choice(self, facts):
        """The debtor's choice; who found no operator is called back by one."""
        choice = facts.menu.get("choice")
        return "callback" if choice == "operator" else choice

    def _give_to_operator(self, facts):
        """Nobody of us had the debtor on the line: the call is his operator's.

        Without one it stays the dialler's; the team of the case sees it all the same.
        """
        operator = self.case_id.user_id
        if self._is_attended() or self._bridged_user(facts):
            return
        if operator and operator._debt_operates_in(self.company_id):
            self.user_id = operator

    def _finish_by_key(self, choice, menu):
        """Log what a debtor asked for by the keys of his telephone.

        :raises UserError: it is not possible
        """
        note = {"note": self.env._("By the keys of the telephone.")}
        if choice == "stop":
            self.finish("do_not_call", **note)
        elif choice == "callback":
            values = {"party": "right_party"}
            # The farewell says that nobody calls again today.
            after = timedelta(days=1) if self.abandoned else CALLBACK_AFTER
            wished = fields.Datetime.now() + after
            facts = self.case_id._contact_facts()[self.case_id]
            at = facts.policy and self._callback_slot(wished, facts, values)
            self.finish("callback", callback_at=at or wished, **values, **note)
        else:
            self.finish(
                "promise",
                party="right_party",
                promise_amount=self._promised_amount(),
                promise_date=menu.get("date"),
                **note,
            )

    def _prepare_refused_calls(self):
        values = super()._prepare_refused_calls()
        pressed = self._key_pressed("stop")
        if not pressed:
            return values
        zone = self.company_id._debt_zone()
        note = self.env._(
            "The key for “do not call me” was pressed on %(number)s at %(time)s "
            "(%(zone)s).",
            number=self.number,
            time=f"{local(zone, pressed.at):%Y-%m-%d %H:%M:%S}",
            zone=zone,
        )
        return values | {"how": "keypad", "note": note}

    def _key_pressed(self, choice):
        """The event by which the debtor chose something, alone on the line."""
        return self.event_ids.filtered(
            lambda event: (
                event.kind == "menu" and (event.values or {}).get("choice") == choice
            )
        )[-1:]

    def _promised_amount(self):
        """What was offered when the call was lent, or what of it is still overdue."""
        leases = self.env["debt.dialler.lease"]
        lease = leases.search([("call_id", "=", self.id)], order="id desc", limit=1)
        overdue = self.case_id.amount_overdue
        return min(lease.offered_amount or overdue, overdue)
