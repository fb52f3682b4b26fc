from odoo import api, fields, models

from ...tools.clock import local
from ...tools.counters import readings


class DebtContactDecision(models.Model):
    """What is kept of a decision about a contact with the debtor."""

    _inherit = "debt.contact.decision"

    @api.model
    def _prepare(self, case, channel, at, answer, facts, **values):
        """A decision as `debt.contact.decision._keep` takes it.

        :param datetime at: naive UTC
        :param answer: `tools.contact.Answer`
        :param facts: `Facts` as they were before the contact
        :param values: further values of ``debt.contact.decision``
        :return: dict; ``policies`` has the readings of the limits by policy id
        """
        case.ensure_one()
        texts = case._reason_texts()
        number = values.get("number")
        asked = self._decided_question(case, channel, facts, number)
        target = asked.target
        return {
            "kind": "contact",
            "channel": channel,
            "at": at,
            "allowed": answer.allowed,
            "reason": answer.reason if answer.reason in texts else "other",
            "case_id": case.id,
            "partner_id": case.partner_id.id,
            "company_id": case.company_id.id,
            "team_id": case.team_id.id,
            "user_id": self.env.uid,
            "callback_at": channel == "call" and case.callback_at,
            "place": target.place,
            "mobile": target.mobile,
            "consented": target.consented,
            "recorded": target.recorded and answer.reason != "not_recorded",
            "consent_id": case._consent_behind(channel, facts, number),
            "policies": self._read_limits(case, at, asked),
            **self._prepare_local(at, facts),
            **values,
        }

    @api.model
    def _prepare_refusal(self, case, occasion, channel, answer, facts, at, **values):
        """The same for a contact that was planned and refused."""
        values = {"planned_at": at, **values}
        return self._prepare(
            case,
            channel,
            fields.Datetime.now(),
            answer,
            facts,
            kind="refusal",
            occasion=occasion,
            **values,
        )

    @api.model
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

    @api.model
    def _decided_question(self, case, channel, facts, number=None):
        """What was asked about a contact as far as that is known now."""
        listed = (phone for phone in facts.phones if number == phone.number)
        return case._question(channel, facts, number, next(listed, None))

    @api.model
    def _read_limits(self, case, at, asked):
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
                for reading in readings(law.policy.limits, asked, at)
            ]
            for law in self._laws_at(case, at, asked.zones)
        }

    @api.model
    def _laws_at(self, case, at, zones):
        """The laws in force at an instant wherever the debtor may be, each once."""
        choice = case._policy_choice()
        days = {local(zone, at).date() for zone in zones}
        return list(
            dict.fromkeys(law for day in sorted(days) for law in choice.on(day))
        )
