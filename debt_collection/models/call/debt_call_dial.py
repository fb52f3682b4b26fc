from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ...tools.policy import CALLBACK_LASTS
from ..card.arguments import check, is_text
from .debt_call import TALK_MINUTES

# No operator speaks in these.
CHANNEL_OF_MODE = {"robot": "robot_call", "voice_message": "voice_message"}


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
        :raises UserError: the gate says no, or the call was dialled already
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
        self.sudo().write(
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

    def _check_line_free(self):
        """Nobody speaks with two debtors at once, whichever door he comes by.

        :raises UserError: the user is on the line with another debtor
        """
        # What dials by itself has many lines, whoever's name they are in.
        if self.mode not in ("manual", "preview"):
            return
        # Superuser: he may be so for another company or team.
        other = self.sudo().search(
            [
                ("user_id", "=", self.env.uid),
                ("state", "in", ("dialing", "ringing", "talking")),
                ("claim_until", ">", fields.Datetime.now()),
                ("id", "not in", self.ids),
            ],
            limit=1,
        )
        if other:
            raise UserError(
                self.env._(
                    "You are on the line with %(debtor)s: say how that call ended "
                    "before you call somebody else.",
                    debtor=other.partner_id.display_name,
                )
            )

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
        facts = self.case_id._contact_facts()[self.case_id]
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
