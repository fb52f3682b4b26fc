from datetime import timedelta

from odoo import api, fields, models

from ..models.contact.debt_case_reason import told_time

#: What was said at opening is shown by the reading that follows, seconds later.
ANSWER_LASTS = timedelta(seconds=10)


class DebtCallWizard(models.TransientModel):
    """Whether the debtor may be called now, and what his clock shows."""

    _inherit = "debt.call.wizard"

    gate_asked = fields.Json(
        readonly=True,
        help="What the gate said at opening, when that was (UTC), and in which zones "
        "the debtor may be.",
    )
    gate_allowed = fields.Boolean(compute="_compute_gate")
    gate_message = fields.Char(compute="_compute_gate")
    local_time = fields.Char(compute="_compute_local_time")
    dialled_time = fields.Char(compute="_compute_local_time")

    # Depends on the clock and on what others do: whoever looks again asks again. The
    # gate is asked by itself before anything is dialled.
    @api.depends("call_id", "call_state", "gate_asked")
    def _compute_gate(self):
        oldest = fields.Datetime.to_string(fields.Datetime.now() - ANSWER_LASTS)
        for wizard in self:
            asked = wizard.gate_asked
            if not asked or asked["at"] < oldest:
                case = wizard.case_id
                asked = self._tell_gate(case, *self._ask_gate(case))
            wizard.gate_allowed = asked["allowed"]
            wizard.gate_message = asked["message"]

    @api.model
    def _ask_gate(self, case, claim=None):
        """What the gate says of a call, and what it knew: `debt.case._ask_gate`.

        :param Claim claim: what it said of the case a moment ago
        """
        if claim and claim.answer:
            return claim.answer, claim.facts
        return case._ask_gate("call", fields.Datetime.now())

    @api.model
    def _tell_gate(self, case, answer, facts):
        """The same as `gate_asked` keeps it."""
        now = fields.Datetime.now()
        return {
            "at": fields.Datetime.to_string(now),
            "allowed": answer.allowed,
            "message": case._contact_message(answer, now, facts),
            "zones": facts.zones,
        }

    @api.depends("call_state", "gate_asked")
    def _compute_local_time(self):
        for wizard in self:
            wizard.local_time = wizard._in_his_clock(fields.Datetime.now())
            started_at = wizard.started_at
            wizard.dialled_time = started_at and wizard._in_his_clock(started_at)

    def _zones(self):
        return (self.gate_asked or {}).get("zones") or ()

    def _in_his_clock(self, at):
        """A time where the debtor is, with its zone; no query.

        :param datetime at: naive UTC
        """
        return told_time(self.env, at, self._zones())

    def _clock(self):
        """The zone in which many times are told, and a label that says whose it is."""
        if zones := self._zones():
            return zones[0], self.env._("Times where the debtor is: %s", zones[0])
        zone = self.company_id._debt_zone()
        return zone, self.env._("Times where the company is: %s", zone)
