from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import mute_logger

from ...tools.policy import CALLBACK_LASTS
from ..card.arguments import check, is_text
from .debt_call import TALK_MINUTES

# No operator speaks in these.
CHANNEL_OF_MODE = {"robot": "robot_call", "voice_message": "voice_message"}
ON_THE_LINE = ("dialing", "ringing", "talking")


class DebtCall(models.Model):
    """Dialling: the gate is asked; the call and the decision are on record."""

    _inherit = "debt.call"

    decision_ids = fields.One2many(
        "debt.contact.decision",
        "call_id",
        string="Decisions",
        readonly=True,
        groups="debt_collection.group_debt_accountant",
    )

    def dial(self, phone=None, number=None):
        """Put the call on record as dialled, after asking the gate once more.

        :param phone: ``debt.phone`` that is dialled
        :param str number: the number, where it is not one of the debtor's known ones
        :raises UserError: the gate says no, the call was dialled already, or the user
            is on the line with another debtor
        :raises ConcurrencyError: he dials another one at the same moment; Odoo tries
            again, and finds that call
        """
        self.ensure_one()
        check(self.env, is_text, number)
        self._check_owner()
        self._check_phone(phone)
        if self.state != "draft":
            raise UserError(self.env._("This call has been dialled already."))
        self._check_line_free()
        number = phone.number if phone else number
        now = fields.Datetime.now()
        decided, facts = self._ask_to_dial(now, number)
        self._take_line(
            {
                "state": "dialing",
                "phone_id": phone.id if phone else False,
                "contact_id": phone.contact_id.id if phone else self.partner_id.id,
                "number": number,
                "started_at": now,
                "local_hour": self.case_id._local_hour(now, facts),
                "requested": self._is_requested(now),
                "claim_until": now + timedelta(minutes=TALK_MINUTES),
            }
        )
        self.env["debt.contact.decision"]._keep([decided])

    def _has_one_line(self):
        """Whether a person dials it, who can speak with one debtor at a time.

        What dials by itself has many lines, whoever's name they are in.
        """
        return self.mode in ("manual", "preview")

    def _check_line_free(self):
        """Nobody speaks with two debtors at once, whichever door he comes by.

        A call whose time is over, and that no exchange knows of, is taken back.

        :raises UserError: the operator is on the line with another debtor
        """
        if not self._has_one_line():
            return
        on_the_line = [("user_id", "=", self.user_id.id), ("state", "in", ON_THE_LINE)]
        # Superuser: he may be so for another company or team.
        calls = self.sudo()
        others = calls.search([*on_the_line, ("id", "not in", self.ids)])
        if others:
            others._release_stale(fields.Datetime.now(), others.partner_id)
            others = others.filtered(lambda call: call.state in ON_THE_LINE)
        if others:
            raise UserError(
                self.env._(
                    "You are on the line with %(debtor)s: say how that call ended "
                    "before you call somebody else.",
                    debtor=others[0].partner_id.display_name,
                )
            )

    def _take_line(self, values):
        """Write the call as dialled; a unique index has the last word.

        :raises ConcurrencyError: its operator has just dialled somebody else
        """
        # Superuser: the call is the user's own, as has been checked.
        call = self.sudo()
        if self._has_one_line():
            values = values | {"is_claim": True}
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                call.write(values)
        except UniqueViolation as error:
            self.env.invalidate_all(flush=False)
            if error.diag.constraint_name == "debt_call_one_line":
                raise ConcurrencyError("This user dials elsewhere") from error
            raise

    def _ask_to_dial(self, now, number):
        """Ask the gate once more; a refusal is kept although it ends in an error.

        :param datetime now: naive UTC
        :param str number: the number to be dialled
        :return: a draft for `debt.contact.decision._keep`, and the facts
        :raises UserError: the gate refuses
        """
        case, channel = self.case_id, self._channel()
        case.check_access("read")
        answer, facts = case._ask_gate(channel, now, number)
        if answer.allowed:
            decided = self.env["debt.contact.decision"]._prepare(
                case,
                channel,
                now,
                answer,
                facts,
                occasion="dial",
                number=number,
                call_id=self.id,
            )
            return decided, facts
        self.env["debt.contact.decision"]._keep_at_the_end(
            self._prepare_refused_dial(now, number, answer, facts)
        )
        raise UserError(case._contact_message(answer, now, facts))

    def _prepare_refused_dial(self, now, number, answer, facts):
        """The refusal of a call that was about to be dialled, once for each plan."""
        case, planned = self.case_id, self.case_id.next_contact_at or now
        return self.env["debt.contact.decision"]._prepare_refusal(
            case,
            "dial",
            self._channel(),
            answer,
            facts,
            planned,
            key=f"dial:{self.id}:{planned}:{answer.reason}",
            number=number,
            call_id=self.id,
        )

    def _lock_debtor(self):
        """A call is our contact from the moment it is dialled."""
        # Where the debtor rings us there is nothing to refuse.
        ours = self.filtered(lambda call: call.direction == "outbound")
        self.env["debt.contact.lock"]._acquire(ours.partner_id)

    def _channel(self):
        """The way of contact the law takes this call for."""
        return CHANNEL_OF_MODE.get(self.mode, "call")

    def _is_requested(self, at):
        """Whether a call at ``at`` (UTC) is the one the debtor asked for."""
        callback = self.case_id.callback_at
        return bool(callback and callback <= at < callback + CALLBACK_LASTS)

    # --- calls that were dialled elsewhere --------------------------------------
    def _prepare_manual_dial(self, now):
        """A call made from a desk phone: nobody pressed the button, it was made."""
        case = self.case_id
        facts = case._contact_facts(only_call=self._channel() == "call")[case]
        phone = self.phone_id or (facts.usable_phones or [self.phone_id])[0]
        number = self.number or phone.number
        self.env["debt.contact.decision"]._keep(
            [self._prepare_manual_decision(now, number, phone, facts)]
        )
        return {
            "started_at": now,
            "phone_id": phone.id,
            "number": number,
            "contact_id": self.contact_id.id or phone.contact_id.id,
            "local_hour": self.case_id._local_hour(now, facts),
            "requested": self._is_requested(now),
        }

    def _prepare_manual_decision(self, now, number, phone, facts):
        """The decision about a call that was made before anybody was asked.

        What the gate would have said is kept: it may have been no.
        """
        channel = self._channel()
        answer = self.case_id._contact_gate(channel, now, facts, number, phone)
        return self.env["debt.contact.decision"]._prepare(
            self.case_id,
            channel,
            now,
            answer,
            facts,
            occasion="dial",
            number=number,
            call_id=self.id,
        )

    # --- as the audit asks ------------------------------------------------------------
    def _contact_at(self):
        return self.started_at

    def _contact_number(self):
        return self.number

    def _kept_decision(self):
        kept = self.decision_ids.filtered(lambda one: one.kind == "contact")
        return kept[:1]

    def _history_key(self):
        """What finds the call again in the history of its debtor."""
        return self.partner_id.id, self.started_at, self._channel(), self.company_id.id
