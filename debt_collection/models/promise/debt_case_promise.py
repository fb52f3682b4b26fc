from odoo import models


class DebtCase(models.Model):
    """A case goes on where its promises end."""

    _inherit = "debt.case"

    def _resume_unpromised(self):
        """A promised case has a promise that can be kept; without one it goes on."""
        for case in self.filtered(lambda case: case.state == "promised"):
            if not case._promise_last_day():
                case.write({"state": "active", "plan_dirty": True})
                case._restart_ladder_if_over()
        self._trigger_planning()

    def _restart_ladder_if_over(self):
        """Whoever broke a promise is called at least once more, by a ladder begun anew
        where nothing of the old one is left."""
        today = self.company_id._debt_today()
        steps = self.ladder_id.step_ids.filtered(lambda step: step.channel == "call")
        last_day = max(steps.mapped("last_day"), default=0)
        started = self.ladder_started_on or today
        if (today - started).days >= last_day - 1:
            self.ladder_started_on = today
