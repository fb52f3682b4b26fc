from odoo import fields, models

from ...tools.clock import local
from ...tools.contact import Answer, gate
from ...tools.counters import readings
from ...tools.ladder import step_on

# Waiting for the permitted hours is no refusal: it is how every contact is planned.
# Nor is waiting for the hour that the debtor asked for.
WAITING = ("hours", "before_callback")


class DebtCase(models.Model):
    """What is kept of a decision about a contact with the debtor."""

    _inherit = "debt.case"

    def _prepare_decision(self, channel, at, answer, facts, **values):
        """A decision as `debt.contact.decision._keep` takes it.

        :param datetime at: naive UTC
        :param answer: `tools.contact.Answer`
        :param facts: `Facts` as they were before the contact
        :param values: further values of ``debt.contact.decision``
        :return: dict; ``policies`` has the readings of the limits by policy id
        """
        self.ensure_one()
        texts = self._reason_texts()
        number = values.get("number")
        target = self._decided_target(channel, facts, number)
        return {
            "kind": "contact",
            "channel": channel,
            "at": at,
            "allowed": answer.allowed,
            "reason": answer.reason if answer.reason in texts else "other",
            "case_id": self.id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "team_id": self.team_id.id,
            "user_id": self.env.uid,
            "callback_at": channel == "call" and self.callback_at,
            "place": target.place,
            "mobile": target.mobile,
            "consented": target.consented,
            "consent_id": self._consent_behind(channel, facts, number),
            "policies": self._read_limits(channel, at, facts, target.place),
            **self._prepare_local(at, facts),
            **values,
        }

    def _prepare_refusal(self, occasion, channel, answer, facts, at, **values):
        """The same for a contact that was planned and refused."""
        values = {"planned_at": at, **values}
        return self._prepare_decision(
            channel,
            fields.Datetime.now(),
            answer,
            facts,
            kind="refusal",
            occasion=occasion,
            **values,
        )

    def _prepare_local(self, at, facts):
        """Where the debtor is, and what the clock shows there."""
        if not facts.zone:
            return {"zones": False}
        clock = local(facts.zone, at)
        return {
            "zones": ",".join(facts.zones),
            "local_time": clock.strftime("%Y-%m-%d %H:%M"),
            "local_hour": clock.hour,
            "local_weekday": str(clock.isoweekday()),
        }

    def _decided_target(self, channel, facts, number=None):
        """Where a contact goes as far as that is known now, `tools.contact.Target`."""
        listed = (phone for phone in facts.phones if number == phone.number)
        return self._contact_target(channel, facts, number, next(listed, None))

    def _read_limits(self, channel, at, facts, place):
        """How far the limits of all policies in force are used up.

        :return: dict by policy id of lists of plain values, see `tools.counters`
        """
        return {
            law.id: [
                {
                    "limit": law.policy.limits.index(reading.limit),
                    "used": reading.used,
                    "maximum": reading.limit.maximum,
                    "since": reading.since.isoformat(),
                    "zone": reading.zone,
                }
                for reading in readings(
                    law.policy.limits,
                    facts.zones,
                    channel,
                    at,
                    facts.history,
                    self.company_id.id,
                    place,
                )
            ]
            for law in self._laws_at(at, facts)
            if facts.zones
        }

    def _laws_at(self, at, facts):
        """The laws in force at an instant wherever the debtor may be, each once."""
        choice = self._policy_choice()
        days = {local(zone, at).date() for zone in facts.zones}
        return list(
            dict.fromkeys(law for day in sorted(days) for law in choice.on(day))
        )

    # --- plans that the gate changed --------------------------------------------------
    def _prepare_lost_plan(self, facts, now, planned):
        """The refusal that made a plan move to a later day, None when none did.

        Asked before the new plan is written: what was planned and is refused now, or a
        day on which the ladder wanted a call that the rules kept back altogether. No
        query: thousands of cases are planned at once.

        :param datetime now: naive UTC
        :param planned: the new `tools.ladder.Plan`
        """
        at = self.next_contact_at
        if at and at > now and (not planned.at or planned.at > at):
            reason = self._why_not_then(at, facts, planned)
        elif self._skips_today(facts, now, planned):
            at, reason = now, planned.blocked
        else:
            return None
        if not reason or reason in WAITING:
            return None
        day = local(facts.zone, at).date() if facts.zone else at.date()
        return self._prepare_refusal(
            "plan",
            "call",
            Answer(False, reason),
            facts,
            at,
            key=f"plan:{self.id}:{day}:{reason}",
        )

    def _why_not_then(self, at, facts, planned):
        """Why the gate refuses what was planned for ``at``, None if it does not."""
        if reason := self._refused_by_debtor("call", facts, None, None):
            return reason
        if self.callback_at or not facts.zones:
            return None
        asked = gate(
            facts.policy,
            facts.zones,
            "call",
            facts.history,
            holidays=facts.holidays,
            case=self.company_id.id,
            target=self._contact_target("call", facts),
        )
        refusal = asked.refusal(at)
        return refusal and refusal.reason

    def _skips_today(self, facts, now, planned):
        """Whether the ladder's calls of today fall away, and none was made."""
        if not planned.blocked or not planned.at or not facts.zone:
            return False
        today = local(facts.zone, now).date()
        if local(facts.zone, planned.at).date() <= today:
            return False
        number = (today - self._ladder_start()).days + 1
        wanted = any(
            step.channel == "call" for step in step_on(self.ladder_id._steps(), number)
        )
        return wanted and not any(
            local(facts.zone, contact.at).date() == today
            for contact in facts.history
            if contact.channel == "call" and not contact.incoming
        )
