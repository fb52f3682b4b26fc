from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.debt_collection.models.plan.debt_contact_decision_plan import (
    WAITING,
)
from odoo.addons.debt_collection.tools.contact import Answer

from .constants import LEASE

# Debtors looked at before a campaign's queue is called empty for this heartbeat.
TRIES = 60
UNHEARD = fields.Datetime.to_datetime("1970-01-01 00:00:00")


class DebtCase(models.Model):
    """Campaigns take debtors from the queue the operators take them from."""

    _inherit = "debt.case"

    voice_message_at = fields.Datetime(
        string="Voice Message From",
        readonly=True,
        copy=False,
        help="The rules refused a voice message: until then none is tried.",
    )

    @api.model
    def _claim_for_campaign(self, campaign, count):
        """Open calls with those who are due next for a campaign.

        The advisory lock and the unique index are those of ``claim_next``: a debtor is
        an operator's or a campaign's, never both.

        :return: ``debt.call``, at most ``count``
        """
        now = fields.Datetime.now()
        queue = self.env["debt.queue"]
        queue._tidy(now)
        calls = self.env["debt.call"]
        passed = []
        for _attempt in range(TRIES):
            if len(calls) == count:
                break
            self.env["debt.call"].flush_model()
            self.flush_model()
            rows = self.env.execute_query(
                queue._next_sql(
                    campaign._case_sql(now), now, passed, due=campaign._due_sql(now)
                )
            )
            if not rows:
                break
            case = self.browse(rows[0][0])
            passed.append(case.partner_id.id)
            calls |= case._claim_by_campaign(campaign, now) or calls.browse()
        return calls

    def _claim_by_campaign(self, campaign, now):
        """Open a call for a campaign unless ledger or gate refuse."""
        facts = self._contact_facts()[self]
        step = campaign.by_ladder and self._voice_step(facts, now)
        if campaign.by_ladder and not (step and step.at <= now):
            self._unless_contended(self._plan)
            return None
        facts.dialler = campaign.provider_id
        phone = self._dialler_phone(facts)
        if phone:
            facts.zones = self._resolve_zones(phone).names
        values = self._prepare_campaign_call(campaign, phone, now)
        if step:
            values |= {"ladder_key": self._ladder_key(step)}
        channel = self.env["debt.call"].new({"mode": campaign.mode})._channel()
        number = phone.number if phone else None
        answer = self._contact_gate(channel, now, facts, number, phone)
        if answer.allowed and channel == "voice_message":
            told = phone.contact_id if phone else self.partner_id, self.company_id
            if not campaign.message_id._spoken_to(*told)._fits(self):
                answer = Answer(False, "content")
        if answer.allowed:
            return self._unless_contended(lambda: self._open_call(now, **values))
        self._unless_contended(lambda: self._pass_over(channel, answer, facts, now))
        return None

    def _reason_texts(self):
        """What keeps a voice message back is a reason as others are."""
        return super()._reason_texts() | {
            "content": self.env._(
                "The voice message does not say what it must say to this debtor: open "
                "the prompt, or translate it."
            )
        }

    def _pass_over(self, channel, answer, facts, now):
        """Refused: the queue, which is that of calls, must not bring it at once again.

        A debtor may be called when no voice message may be left.
        """
        if channel == "call" or answer.reason not in WAITING:
            self.env["debt.queue"]._settle([(self, answer, facts)], channel)
        if channel == "voice_message" and self.exists():
            tomorrow = now + timedelta(days=1)
            self.voice_message_at = min(answer.next_at or tomorrow, tomorrow)

    def _prepare_campaign_call(self, campaign, phone, now):
        return {
            "mode": campaign.mode,
            "campaign_id": campaign.id,
            "provider_id": campaign.provider_id.id,
            "phone_id": phone and phone.id,
            "contact_id": phone and phone.contact_id.id,
            "number": phone and phone.number,
            "claim_until": now + 2 * LEASE,
        }

    def _dialler_phone(self, facts):
        """The number to dial: a good one, else the one not dialled for the longest."""
        usable = facts.usable_phones
        if not usable:
            return None
        groups = self.env["debt.call"]._read_group(
            [
                ("partner_id", "=", self.partner_id.id),
                ("phone_id", "in", [phone.id for phone in usable]),
                ("started_at", "!=", False),
            ],
            ["phone_id"],
            ["started_at:max"],
        )
        dialled = dict(groups)
        return min(
            usable,
            key=lambda phone: (phone.health != "good", dialled.get(phone, UNHEARD)),
        )
