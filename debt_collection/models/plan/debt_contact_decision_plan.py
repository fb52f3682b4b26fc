from odoo import api, models

from ...tools.clock import local
from ...tools.contact import Answer, gate
from ...tools.ladder import RINGING, step_on

# Waiting for the permitted hours is no refusal: it is how every contact is planned.
# Nor is waiting for the hour that the debtor asked for.
WAITING = ("hours", "before_callback")


class DebtContactDecision(models.Model):
    """Plans that the gate changed are on record as refusals."""

    _inherit = "debt.contact.decision"

    @api.model
    def _prepare_lost_plan(self, case, facts, now, planned):
        """The refusal that made a plan move to a later day, None when none did.

        Asked before the new plan is written: what was planned and is refused now, or a
        day on which the ladder wanted a call that the rules kept back altogether. No
        query: thousands of cases are planned at once.

        :param datetime now: naive UTC
        :param planned: the new `tools.ladder.Plan`
        """
        at = case.next_contact_at
        if at and at > now and (not planned.at or planned.at > at):
            reason = self._why_not_then(case, at, facts, planned)
        elif self._skips_today(case, facts, now, planned):
            at, reason = now, planned.blocked
        else:
            return None
        if not reason or reason in WAITING:
            return None
        day = local(facts.zone, at).date() if facts.zone else at.date()
        return self._prepare_refusal(
            case,
            "plan",
            "call",
            Answer(False, reason),
            facts,
            at,
            key=f"plan:{case.id}:{day}:{reason}",
        )

    @api.model
    def _why_not_then(self, case, at, facts, planned):
        """Why the gate refuses what was planned for ``at``, None if it does not."""
        if reason := case._refused_by_debtor("call", facts, None, None):
            return reason
        if case.callback_at or not facts.zones:
            return None
        refusal = gate(case._question("call", facts)).refusal(at)
        return refusal and refusal.reason

    @api.model
    def _skips_today(self, case, facts, now, planned):
        """Whether the ladder's calls of today fall away, and none was made."""
        if not planned.blocked or not planned.at or not facts.zone:
            return False
        today = local(facts.zone, now).date()
        if local(facts.zone, planned.at).date() <= today:
            return False
        number = (today - case._ladder_start()).days + 1
        wanted = any(
            step.channel == "call"
            for step in step_on(case.ladder_id._steps(case), number)
        )
        return wanted and not any(
            local(facts.zone, contact.at).date() == today
            for contact in facts.history
            if contact.channel in RINGING and not contact.incoming
        )
