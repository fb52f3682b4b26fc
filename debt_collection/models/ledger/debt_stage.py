from odoo import api, fields, models
from odoo.fields import Domain


class DebtStage(models.Model):
    """What a stage does with the cases that are there."""

    _inherit = "debt.stage"

    effect = fields.Text(string="What It Does", compute="_compute_effect")
    waiting_count = fields.Integer(
        compute="_compute_effect",
        help="Open cases of this age that are in another stage until the ledger is "
        "read.",
    )

    @api.depends("days_from")
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_effect(self):
        """The debts it is for, and how many of the user's cases are so old."""
        others = self.search([]) - self._origin
        for stage in self:
            later = [n for n in others.mapped("days_from") if n > stage.days_from]
            last = min(later, default=0) - 1
            aged, cases = stage._get_aged_domain(last), self.env["debt.case"]
            elsewhere = Domain("stage_id", "not in", stage._origin.ids)
            stage.waiting_count = cases.search_count(aged & elsewhere)
            stage.effect = stage._effect_text(last, cases.search_count(aged))

    def _get_aged_domain(self, last):
        """The open cases that are as old as this stage says.

        :param int last: days past due on which it ends, negative: never
        """
        domain = Domain("closed_at", "=", False) & Domain(
            "days_past_due", ">=", self.days_from
        )
        if last >= 0:
            domain &= Domain("days_past_due", "<=", last)
        return domain

    def _effect_text(self, last, count):
        values = {"first": self.days_from, "last": last, "count": count}
        if last < 0:
            what = self.env._("For debts from %(first)s days past due on.", **values)
        else:
            what = self.env._(
                "For debts of %(first)s to %(last)s days past due.", **values
            )
        return (
            what
            + " "
            + self.env._(
                "Open cases of this age at present: %(count)s. A case that comes here "
                "begins with this stage's ladder and is spoken to by its script.",
                **values,
            )
        )

    def action_sort_cases(self):
        """Read the ledger now, by which every case comes into the stage of its age.

        :return: an action that says how many moved, and shows the stage again
        """
        self.check_access("write")
        moved = self.env["debt.case"].refresh()["stage_changed"]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Cases that changed their stage: %(count)s.", count=moved
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
