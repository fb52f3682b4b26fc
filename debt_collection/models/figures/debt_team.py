from odoo import api, fields, models


class DebtTeam(models.Model):
    """What a team is to reach in a day, and who is told when it does not."""

    _inherit = "debt.team"

    manager_id = fields.Many2one(
        "res.users",
        domain=[("share", "=", False)],
        help="Is told when a day falls short of a target. Empty: the first collection "
        "manager of the company.",
    )
    target_answered = fields.Float(
        string="Calls Answered",
        help="Answered calls among the attempts of a day, of 20 attempts or more. 0: "
        "no target.",
    )
    target_kept = fields.Float(
        string="Promises Kept",
        default=0.3,
        help="Promises kept among those fallen due in the 30 days before, of 10 or "
        "more. 0: no target.",
    )
    target_calls_hour = fields.Float(
        string="Calls an Hour",
        help="Attempts for each hour at the telephone: an operator's day from call to "
        "call, without pauses of more than half an hour. 0: no target.",
    )
    day_ids = fields.One2many(
        "debt.team.day", "team_id", groups="debt_collection.group_debt_manager"
    )
    short_count = fields.Integer(
        string="Days That Fell Short",
        compute="_compute_short_count",
        help="In the last 30 days.",
    )

    _targets_positive = models.Constraint(
        "CHECK(target_answered BETWEEN 0 AND 1 AND target_kept BETWEEN 0 AND 1"
        " AND target_calls_hour >= 0)",
        "A target is a share between 0 and 100 %, or a number of calls that is not "
        "negative.",
    )

    def _compute_short_count(self):
        days = self.env["debt.team.day"]
        since = fields.Date.subtract(fields.Date.context_today(self), days=30)
        counts = {}
        if days.has_access("read"):
            counts = dict(
                days._read_group(
                    [
                        ("team_id", "in", self.ids),
                        ("is_short", "=", True),
                        ("day", ">=", since),
                    ],
                    ["team_id"],
                    ["__count"],
                )
            )
        for team in self:
            team.short_count = counts.get(team, 0)

    def action_days(self):
        """The days of this team beside its targets."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_team_day_action"
        )
        return action | {"context": {"search_default_team_id": self.id}}

    def _targets(self):
        """The targets that are set, by the name of what is measured."""
        self.ensure_one()
        targets = {
            "answered": self.target_answered,
            "kept": self.target_kept,
            "calls_hour": self.target_calls_hour,
        }
        return {name: target for name, target in targets.items() if target}

    @api.model
    def _default_manager(self, company):
        """Who is told where a team names nobody: the company's first manager."""
        group = self.env.ref("debt_collection.group_debt_manager")
        # Superuser: a scheduled action asks who has which role.
        users = group.sudo().all_user_ids.filtered(
            lambda user: (
                user.active and not user._is_superuser() and company in user.company_ids
            )
        )
        return users.sorted(
            lambda user: (user.has_group("base.group_system"), user.id)
        )[:1]
