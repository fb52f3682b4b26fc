from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.call.debt_call_callback import FURTHEST


class DebtCallWizard(models.TransientModel):
    """The hour the debtor asks for, judged by the gate while it is typed."""

    _inherit = "debt.call.wizard"

    callback_at = fields.Datetime(string="Call Back At")
    callback_hint = fields.Char(compute="_compute_callback_hint")
    callback_slot = fields.Datetime(
        compute="_compute_callback_hint",
        help="The first lawful time after the one that was asked for.",
    )

    @api.depends("callback_at", "party", "outcome_id")
    def _compute_callback_hint(self):
        for wizard in self:
            wizard.callback_hint = wizard.callback_slot = False
            if wizard.needs_callback and wizard.callback_at:
                hint, slot = wizard._judge_callback()
                wizard.callback_hint, wizard.callback_slot = hint, slot

    def _judge_callback(self):
        """Why not then, and when instead.

        :return: sentence and naive UTC; two times False where it is lawful
        """
        # Superuser: the call is the operator's own, the gate counts others' too.
        call = self.call_id.sudo()
        now = fields.Datetime.now()
        if self.callback_at < now:
            return self.env._("That is in the past."), False
        if self.callback_at > now + FURTHEST:
            return self.env._("That is more than three months away."), False
        values = {"party": self.party or self.outcome_id.party}
        try:
            answer, facts = call._callback_answer(self.callback_at, values)
        except UserError as error:
            return str(error), False
        if answer.allowed:
            return False, False
        return (
            call._callback_refusal(answer, self.callback_at, facts, values),
            call._callback_slot(self.callback_at, facts, values),
        )

    def action_take_slot(self):
        """Agree on the time that was offered."""
        self.ensure_one()
        if self.callback_slot:
            self.callback_at = self.callback_slot
