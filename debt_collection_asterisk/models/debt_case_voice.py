from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.debt_collection.models.message.debt_case_ladder import WRITTEN_IN

from .debt_ladder import VOICE


class DebtCase(models.Model):
    """The ladder's voice messages: a campaign carries out those that are due.

    An occurrence of a step is the call that carried it out, as for the ladder's other
    messages it is the message: both are told by `_ladder_key`. Where nothing rang, it
    has not happened.
    """

    _inherit = "debt.case"

    voice_step_at = fields.Datetime(
        string="Next Voice Message",
        readonly=True,
        copy=False,
        help="When the retry ladder has a voice message for the debtor; a campaign for "
        "steps of ladders leaves it.",
    )

    _voice_step_idx = models.Index(
        "(voice_step_at) WHERE closed_at IS NULL AND voice_step_at IS NOT NULL"
    )

    @api.model
    def _get_to_plan_domain(self, now):
        """A voice message whose time passed may have been the last step."""
        passed = Domain("voice_step_at", "<=", now) & Domain("closed_at", "=", False)
        return super()._get_to_plan_domain(now) | passed

    def _plan(self):
        """With the calls and the messages, the voice messages are planned."""
        super()._plan()
        cases = self.sudo().filtered(lambda case: not case.closed_at)
        speaking = cases.filtered(lambda case: case.ladder_id._speaks())
        facts, now = speaking._contact_facts(), fields.Datetime.now()
        made = speaking._ladder_messages()
        for case in cases:
            due = case in speaking and case._voice_step(facts[case], now, made[case])
            at = due.at if due else False
            if case.voice_step_at != at:
                case.with_context(tracking_disable=True).voice_step_at = at

    def _voice_step(self, facts, now, made=None):
        """The ladder's next voice message.

        :param facts: `Facts` of the debtor
        :param datetime now: naive UTC
        :param made: `LadderHistory`, read anew by default
        :return: `tools.ladder_messages.Due`, None when none is foreseen
        """
        if self.state not in WRITTEN_IN or self.callback_at or facts.pause:
            return None
        made = made or self._ladder_messages()[self]
        return self.ladder_id._next_message(
            self, (VOICE,), facts, now, made, self.next_contact_at or None
        )

    def _plan_message(self, facts, now, made, call_at, withheld=False):
        """The ladder is not over while a voice message is to come."""
        due = super()._plan_message(facts, now, made, call_at, withheld)
        if withheld and not due:
            return self._voice_step(facts, now, made)
        return due

    def _ladder_messages(self):
        made = super()._ladder_messages()
        if not any(ladder._speaks() for ladder in self.ladder_id):
            return made
        # Superuser: exactly the calls of these cases.
        calls = (
            self.env["debt.call"]
            .sudo()
            .search(
                [
                    ("case_id", "in", self.ids),
                    ("ladder_key", "!=", False),
                    ("unreached", "=", False),
                ]
            )
        )
        for call in calls:
            case = call.case_id
            made[case] = made[case]._with(
                case._ladder_key(), call.ladder_key, call.started_at
            )
        return made
