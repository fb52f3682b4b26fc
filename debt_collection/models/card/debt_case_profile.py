from markupsafe import Markup

from odoo import api, fields, models


class DebtCase(models.Model):
    """Which profile fits a debtor, and why; a person decides."""

    _inherit = "debt.case"

    suggested_profile_id = fields.Many2one(
        "debt.profile",
        compute="_compute_suggested_profile",
        help="What payments and calls suggest; it takes effect only once confirmed.",
    )
    profile_reasons = fields.Html(
        compute="_compute_suggested_profile", string="Observations"
    )

    @api.depends("partner_id", "company_id")
    def _compute_suggested_profile(self):
        suggestions = self.env["debt.profile"]._suggestions(self)
        for case in self:
            profile, sentences = suggestions.get(case, (False, []))
            case.suggested_profile_id = profile
            case.profile_reasons = Markup("<ul class='mb-0 ps-3'>%s</ul>") % Markup(
                ""
            ).join(Markup("<li>%s</li>") % sentence for sentence in sentences)

    def action_accept_profile(self):
        """Take over what is suggested, where anything is."""
        by_profile = self.grouped("suggested_profile_id")
        for profile, cases in by_profile.items():
            if profile:
                cases.filtered(lambda c, p=profile: c.profile_id != p).write(
                    {"profile_id": profile.id}
                )

    def _on_default_ladder(self):
        """Cases whose ladder nobody chose by hand."""
        # Superuser: ladders are the planner's; only theirs are compared.
        return self.sudo().filtered(
            lambda case: not case.ladder_id or case.ladder_id == case._default_ladder()
        )

    def _follow_profile(self):
        """Another kind of debtor may be called by another ladder."""
        for case in self.sudo():
            ladder = case._default_ladder()
            if ladder and ladder != case.ladder_id:
                case.write(
                    {
                        "ladder_id": ladder.id,
                        "ladder_started_on": case.company_id._debt_today(),
                    }
                )
