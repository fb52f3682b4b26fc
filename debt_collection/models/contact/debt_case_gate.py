from dataclasses import replace
from datetime import datetime, timedelta

import pytz

from odoo import fields, models
from odoo.exceptions import UserError

from ...tools.clock import instant
from ...tools.contact import CHANNELS, Answer, Pause, Question, check
from ...tools.policy import CALLBACK_LASTS
from .channel_groups import CHANNEL_GROUPS

PHONE_CHANNELS = {"call", "robot_call", "voice_message", "sms"}
# Nobody plans further ahead, and the calendars end somewhere.
FARTHEST_ASKED = timedelta(days=3653)
# What does not keep back a call that the debtor asked for.
CALLED_BACK = ("disputed", "legal", "on_hold")


class DebtCase(models.Model):
    _inherit = "debt.case"

    def check_contact(self, channel, number=None, at=None):
        """The one gate: may this debtor be contacted so, now or at a given instant?

        :param str channel: one of call, robot_call, sms, email, voice_message,
            letter, visit
        :param str number: the number to be dialled, in any form, or the e-mail address
            to be written to; any usable number of the debtor when None
        :param datetime at: naive UTC; now when None
        :return: ``{"allowed": bool, "reason": code, "message": text in the user's
            language, "next_at": naive UTC or False}``
        :raises UserError: the channel is unknown, the number no text, or the time none
        """
        self.ensure_one()
        if channel not in CHANNELS:
            raise UserError(
                self.env._("There is no way of contact “%(name)s”.", name=channel)
            )
        if number is not None and not isinstance(number, str):
            raise UserError(self.env._("Give the number as text."))
        self.check_access("read")
        at = self._asked_at(at)
        answer, facts = self._ask_gate(channel, at, number)
        return {
            "allowed": answer.allowed,
            "reason": answer.reason,
            "message": self._contact_message(answer, at, facts),
            "next_at": answer.next_at or False,
        }

    def _asked_at(self, at):
        """The instant asked for, naive UTC; now when there is none.

        :raises UserError: it is no time, or none near enough to reckon with
        """
        now = fields.Datetime.now()
        try:
            if isinstance(at, datetime) and at.tzinfo:
                at = at.astimezone(pytz.utc).replace(tzinfo=None)
            at = fields.Datetime.to_datetime(at) or now
            fits = abs(at - now) <= FARTHEST_ASKED
        except (OverflowError, TypeError, ValueError):
            fits = False
        if not fits:
            raise UserError(
                self.env._(
                    "Ask about a time in UTC within ten years, not “%(time)s”.", time=at
                )
            )
        return at

    def _ask_gate(self, channel, at, number=None, ignored=()):
        """The gate's answer, and what it knew about the debtor.

        :param datetime at: naive UTC
        :param ignored: codes of the pauses that do not keep this contact back
        :return: `tools.contact.Answer` and `Facts`
        """
        facts = self._contact_facts(only_call=channel == "call")[self]
        return self._ask_knowing(facts, channel, at, number, ignored), facts

    def _ask_knowing(self, facts, channel, at, number=None, ignored=(), owed=None):
        """The same where facts and totals were read for many cases at once.

        :param facts: `Facts` of this debtor; their zones become those of the number
        :param dict owed: of `debt.ledger._totals`, None: they are read
        :return: `tools.contact.Answer`
        """
        by_phone = number and channel in PHONE_CHANNELS
        phone = self._find_phone(facts, number) if by_phone else None
        if phone:
            facts.zones = self._resolve_zones(phone).names
        return self._contact_gate(channel, at, facts, number, phone, ignored, owed)

    def _contact_gate(
        self, channel, at, facts, number=None, phone=None, ignored=(), owed=None
    ):
        """Answer for one channel and instant; the ledger is read again first.

        :param dict owed: of `debt.ledger._totals`, where they were read for many
        :return: `tools.contact.Answer`
        """
        self.ensure_one()
        reason = self._refused_by_ledger(channel, owed)
        if reason and not (
            reason in CALLED_BACK and self._awaits_callback(channel, at)
        ):
            return Answer(False, reason)
        return self._contact_answer(channel, at, facts, number, phone, ignored)

    def _contact_answer(self, channel, at, facts, number=None, phone=None, ignored=()):
        """The same for a debtor who owes something; no query for each of many."""
        if reason := self._refused_by_debtor(channel, facts, number, phone):
            return Answer(False, reason)
        if self._is_busy(facts, at):
            return Answer(False, "busy", facts.busy.claim_until)
        asked = self._question(channel, facts, number, phone)
        asked = self.env["debt.contact.facts"]._asked_now(self, asked, facts)
        if asked.pause and asked.pause.reason in ignored:
            asked = replace(asked, pause=None)
        return check(asked, at)

    def _question(self, channel, facts, number=None, phone=None):
        """All that gate and planner are asked about this debtor; built here only.

        :param str channel: as of `check_contact`
        :param facts: `Facts` of the debtor, with a policy
        :param str number: the number or address to be used, None: any
        :param phone: its ``debt.phone``, None where there is none
        :return: `tools.question.Question`
        """
        callback = facts.debtor.callback_at if channel == "call" else None
        return Question(
            facts.policy,
            facts.zones,
            channel,
            facts.history,
            facts.holidays,
            callback=callback,
            case=facts.debtor.company_id,
            target=self._contact_target(channel, facts, number, phone),
            pause=facts.pause,
        )

    def _awaits_callback(self, channel, at):
        """Whether the debtor asked for a call that may still be made at an instant."""
        callback = channel == "call" and self.callback_at
        return bool(callback and at < callback + CALLBACK_LASTS)

    def _refused_by_ledger(self, channel, totals=None):
        """A debtor who owes nothing that is due is not contacted (rules 1, 2).

        He is told of what falls due, where his company announces that by this channel.
        """
        if self.state == "closed":
            return "closed"
        ledger = self.env["debt.ledger"]
        totals = totals or ledger._totals(self.partner_id, self.company_id)
        nothing = totals["amount_overdue"] <= 0
        if nothing and totals["amount_disputed"] > 0:
            return "disputed"
        # Below the minimum or in its days of grace it is no debt yet.
        nothing |= ledger._is_waiting(self) and not totals["is_open"]
        if nothing and not ledger._may_announce(self, channel):
            return "nothing_owed"
        if self.state == "legal" or self.state == "on_hold" and not self.hold_until:
            return self.state
        return None

    def _refused_by_debtor(self, channel, facts, number, phone):
        if facts.policy is None:
            return self._why_no_policy()
        # No robot speaks to somebody whose answer nobody has read.
        robot = channel in CHANNEL_GROUPS["automated"]
        waits = robot and self.env["debt.contact.facts"]._has_unread(self)
        unread = "unread_reply" if waits else None
        if self._is_representative(channel, number):
            return unread
        if reason := self._refused_protected(channel, facts.protection):
            return reason
        if self._has_opted_out(channel, facts, number, phone):
            return "opted_out"
        if channel in PHONE_CHANNELS:
            return self._refused_number(facts, number, phone) or unread
        stranger = channel == "email" and number and not self._is_debtors_email(number)
        return "bad_address" if stranger else None

    def _refused_number(self, facts, number, phone):
        if facts.debtor.do_not_call:
            return "do_not_call"
        if self._forbidden_at_work(facts, phone):
            return "work_forbidden"
        if number and (phone is None or not phone._is_usable()):
            return "bad_number"
        return None if facts.usable else "no_number"

    # --- which law holds --------------------------------------------------------------
    def _policy_choice(self):
        """The contact policies among which the day decides, `tools.law.Choice`."""
        self.ensure_one()
        # Superuser: which law holds does not depend on who asks.
        case = self.sudo()
        policies = case.env["debt.contact.policy"]
        return policies._choose(case.partner_id, case.company_id)

    def _why_no_policy(self):
        """Why there is no policy for the debtor: the reason code of the gate."""
        # Superuser: where exactly this debtor is, whoever may read contacts.
        partner = self.partner_id.sudo()
        return "no_policy" if partner._debt_countries(self.company_id) else "no_country"

    def _contact_policy(self):
        """The policies that hold today, all together: see `tools.law.Choice`.

        :return: ``debt.contact.policy``, empty when none is found
        """
        laws = self._policy_choice().on(fields.Date.today())
        return self.env["debt.contact.policy"].browse(law.id for law in laws)

    # --- what else is asked -----------------------------------------------------------
    def _pause(self):
        """Hook: what keeps contact with this debtor back, and until when.

        :return: `tools.question.Pause`, None where nothing does
        """
        if self.hold_until:
            return Pause("on_hold", self._day_end(self.hold_until))
        return None

    def _day_end(self, day):
        """The first instant after a local day of the company, naive UTC."""
        return instant(self.company_id._debt_zone(), day + timedelta(days=1))

    def _find_phone(self, facts, number):
        """The debtor's ``debt.phone`` for a number written in any form, or None.

        Of a switchboard it is the extension's that was written; without one, that of
        somebody there who may be called.
        """
        parsed = self.env["debt.phone"]._prepare_values(self.partner_id, number)
        if not parsed["number"]:
            return None
        listed = [one for one in facts.phones if one.number == parsed["number"]]
        extension = parsed["extension"]
        if extension:
            listed = [one for one in listed if one.extension in (extension, False)]
        exact = [one for one in listed if one.extension == extension]
        usable = [one for one in listed if one._is_usable()]
        return next(iter(exact or usable or listed), None)

    def _is_busy(self, facts, at):
        """Whether a colleague's open call keeps the user from the debtor at ``at``."""
        call = facts.busy
        return (
            bool(call)
            and call.user_id != self.env.user
            and bool(call.claim_until and call.claim_until > at)
        )
