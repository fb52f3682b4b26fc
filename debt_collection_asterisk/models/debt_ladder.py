from odoo import api, fields, models

VOICE = "voice_message"


class DebtLadder(models.Model):
    """A ladder can ask for voice messages, which campaigns carry out."""

    _inherit = "debt.ladder"

    voice_hint = fields.Char(compute="_compute_voice_hint")

    @api.depends("step_ids.channel")
    @api.depends_context("allowed_company_ids")
    def _compute_voice_hint(self):
        """A step that nobody carries out is said to be one."""
        # Superuser: whether one runs, for whoever may look at ladders.
        carried_out = (
            self.env["debt.dialler.campaign"]
            .sudo()
            .search_count(
                [
                    ("by_ladder", "=", True),
                    ("state", "=", "running"),
                    ("company_id", "in", self.env.companies.ids),
                ],
                limit=1,
            )
        )
        for ladder in self:
            ladder.voice_hint = (
                not carried_out
                and ladder._speaks()
                and self.env._(
                    "No campaign carries the voice messages out: start one of the mode "
                    "“Voice Message” with “Only Steps of Ladders”."
                )
            )

    def _speaks(self):
        """Whether a step is a voice message."""
        return any(step.channel == VOICE for step in self._steps())


class DebtLadderStep(models.Model):
    _inherit = "debt.ladder.step"

    channel = fields.Selection(
        selection_add=[(VOICE, "Voice Message")], ondelete={VOICE: "cascade"}
    )
