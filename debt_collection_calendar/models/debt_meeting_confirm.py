from dataclasses import replace
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.debt_collection.tools.contact import check

from ..tools.confirmation import TO_ANSWER, steps
from .debt_meeting import COMING

#: Two SMS that ask the same are not sent within less.
SAME_WAY = timedelta(hours=2)


class DebtMeeting(models.Model):
    """The debtor is asked whether it stands: by messages through the gate.

    They wait in the queue until their time; what is answered or moved by then is not
    sent.
    """

    _inherit = "debt.meeting"

    def _queue_confirmations(self, tell):
        """Put the messages about it into the queue, at lawful times.

        :param bool tell: he is written to at once as well
        """
        messages, now = self.env["debt.message"], fields.Datetime.now()
        asked = steps(now, self.start, self.tz, self._lawful_from())
        wanted = [("told", now, False)] if tell else []
        wanted += [("again" if one.again else "ask", *one) for one in asked]
        last = None
        for name, at, again in wanted:
            values = self._prepare_confirmation(name, at, again)
            if values and not self._repeats(last, values):
                messages.create(values)
                messages._trigger_sending(at)
                last = values

    def _call_off(self):
        """He is told that it does not take place, by us or else by who meets him."""
        if self.start <= fields.Datetime.now():
            return
        values = self._prepare_confirmation("off", fields.Datetime.now(), False)
        if values and not self.case_id.closed_at:
            self.env["debt.message"].create(values)._trigger_sending()
            return
        self._set_todo(
            fields.Datetime.now(),
            lambda env, words: env._(
                "Tell the debtor that the meeting is off: %(time)s", **words
            ),
        )

    def _lawful_from(self):
        """When the debtor may be written to, whatever pauses and limits say by then.

        The gate is asked again when a message is sent.

        :return: a function of an instant, naive UTC, see `tools.confirmation.steps`
        """
        case = self.case_id
        facts = case._contact_facts()[case]
        channel = next(iter(self._channels()), "email")
        if not facts.policy:
            return lambda at: None
        asked = case._question(channel, facts)
        asked = replace(asked, pause=None, policy=replace(facts.policy, limits=()))

        def lawful(at):
            answer = check(asked, at)
            return at if answer.allowed else answer.next_at

        return lawful

    def _channels(self, again=False):
        """How he is written to: as he prefers, else by e-mail; unanswered, by SMS."""
        debtor = self.partner_id
        ways = ("sms", "email") if again else (debtor.debt_preferred_channel, "email")
        return [
            way
            for way in dict.fromkeys((*ways, "sms"))
            if way in ("sms", "email")
            and not (way == "sms" and debtor.debt_do_not_call)
            and self.case_id._message_address(way, self.call_id)
        ]

    def _prepare_confirmation(self, name, at, again):
        """Values of a message, None where there is no way to write to him."""
        case = self.case_id
        channel = next(iter(self._channels(again)), None)
        if not channel:
            return None
        key = f"{self._message_key()}{name}"
        values = case._prepare_message_values("meeting", channel, self.call_id, key=key)
        return values | {
            "meeting_id": self.id,
            "send_after": at,
            "user_id": self.user_id.id,
        }

    def _repeats(self, last, values):
        """Whether a message comes too soon after the last one."""
        if not last:
            return False
        gap = SAME_WAY if last["channel"] == values["channel"] else TO_ANSWER
        return values["send_after"] < last["send_after"] + gap

    def _message_key(self):
        """What keys of messages about the meeting at its present time begin with."""
        return f"meeting:{self.id}:{self.move_count}:"

    def _is_message_due(self, key):
        """Whether a message that was queued for it is still of use.

        :param str key: its key
        """
        if self.start <= fields.Datetime.now():
            return False
        match key.removeprefix(self._message_key()):
            case "off":
                return self.state == "cancelled"
            case "told":
                return self.state in COMING
            case "ask" | "again":
                return self.state == "planned"
        return False

    def _confirm(self):
        """He said that he will be there: nobody asks again."""
        if self.state not in COMING:
            raise UserError(self.env._("This meeting is over: agree on a new one."))
        if self.state == "confirmed":
            return
        self.write({"state": "confirmed", "confirmed_at": fields.Datetime.now()})
        self._drop_todo()
        self._log(
            self.env._(
                "The debtor confirmed the meeting: %(time)s.", **self._in_words()
            )
        )
