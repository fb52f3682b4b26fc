from odoo import api, fields, models

from ..tools.queue_score import gain


class DebtQueueWhy(models.TransientModel):
    """What a call of a debtor is expected to add now, and what that is made of."""

    _name = "debt.queue.why"
    _description = "What a Call Adds"

    case_id = fields.Many2one("debt.case", required=True, ondelete="cascade")
    html = fields.Html(
        string="What a Call Adds", compute="_compute_html", sanitize=False
    )

    @api.depends("case_id")
    @api.depends_context("lang", "uid")
    def _compute_html(self):
        for screen in self:
            # As the user: the case's id came from a client.
            case = screen.case_id.with_user(self.env.user)
            case.check_access("read")
            screen.html = case and self.env["ir.qweb"]._render(
                "debt_collection.queue_why", screen._prepare_values(case)
            )

    def _prepare_values(self, case):
        # Superuser: payments and promises of a case that the user may read.
        known = case.sudo()
        orders = self.env["debt.queue.order"].sudo()
        learned = orders._learned(known.company_id)
        [(sight, hour, later)] = orders._sights(known).values()
        found = gain(sight, hour, learned, later)
        parts = sorted(found.parts.items(), key=lambda one: -abs(one[1]))
        names = self._names()
        return {
            "case": case,
            "found": found,
            "hour": f"{hour}:00",
            "learned": learned,
            "money": case.currency_id.format,
            "parts": [(names[name], value) for name, value in parts if value],
            "percent": lambda chance: f"{chance:.0%}",
        }

    def _names(self):
        """What each part of the chance is called."""
        return {
            "history": self.env._("Paid earlier invoices in time"),
            "fresh": self.env._("How fresh the debt is"),
            "kept": self.env._("Kept his promises"),
            "connects": self.env._("Answered in the last 30 days"),
            "fits": self.env._("The debt is not larger than usual"),
            "part": self.env._("Paid a part in the last 30 days"),
            "size": self.env._("The size of the debt"),
            "middle": self.env._("One to four months late"),
        }
