from datetime import timedelta
from statistics import median

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date, format_time

from ..tools.clock import instant

COUNTS = ("attempts", "answered", "right_party", "promised")


class DebtTeamToday(models.TransientModel):
    """Each operator's day beside yesterday and the same weekday a week ago.

    Days are those of the company. The team's median is of the operators who worked on
    that day: whoever was absent does not lower it.
    """

    _name = "debt.team.today"
    _description = "Team Today"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    team_id = fields.Many2one(
        "debt.team", check_company=True, help="Empty: all teams of the company."
    )
    until_now = fields.Boolean(
        string="Up to the Same Time of Day",
        default=True,
        help="Calls of the other days count up to the hour that it is now. Money is "
        "counted by whole days: nobody knows the hour of a payment.",
    )
    html = fields.Html(string="Comparison", compute="_compute_html", sanitize=False)

    @api.model
    def action_today(self):
        """Show the day of the company's only team, or of all."""
        if not self.env.user.has_group("debt_collection.group_debt_manager"):
            raise AccessError(self.env._("Only a collection manager compares days."))
        company = self.env.company
        teams = self.env["debt.team"].search([("company_id", "=", company.id)])
        team = teams if len(teams) == 1 else teams.browse()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Team Today"),
            "res_model": self._name,
            "res_id": self.create({"team_id": team.id}).id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    @api.depends("team_id", "until_now", "company_id")
    @api.depends_context("lang")
    def _compute_html(self):
        self.html = False
        for screen in self.filtered("company_id"):
            (screen.company_id | screen.team_id.company_id).check_access("read")
            screen.team_id.check_access("read")
            fresh = screen.with_env(self.env["debt.collection.report"]._caught_up().env)
            screen.html = self.env["ir.qweb"]._render(
                "debt_collection.team_today", fresh._prepare_table()
            )

    def _prepare_table(self):
        """What the template shows: days, operators with their figures, the median."""
        today = self.company_id._debt_today()
        days = [today, today - timedelta(days=1), today - timedelta(days=7)]
        found = [self._figures(day, today) for day in days]
        operators = self._operators()
        for figures in found:
            operators = operators.union(*figures)
        rows = [
            (operator, [figures.get(operator, {}) for figures in found])
            for operator in operators.with_context(debt_mark_left=True)
        ]
        rows.sort(key=lambda row: (-row[1][0].get("attempts", 0), row[0].name))
        measures = (*COUNTS, "collected")
        return {
            "amount": self.company_id.currency_id.format,
            "days": self._name_days(days),
            "medians": {
                name: [self._median(figures, name) for figures in found]
                for name in measures
            },
            "measures": self._name_measures(),
            "note": self._name_hour(),
            "rows": rows,
        }

    def _name_days(self, days):
        weekday = format_date(self.env, days[2], date_format="EEE d")
        return [self.env._("Today"), self.env._("Yesterday"), weekday]

    def _name_hour(self):
        """Up to when calls count, in words."""
        if not self.until_now:
            return ""
        hour = format_time(
            self.env,
            fields.Datetime.now(),
            tz=self.company_id._debt_zone(),
            time_format="short",
        )
        return self.env._(
            "Calls count up to %(hour)s of each day, money counts by whole days.",
            hour=hour,
        )

    def _name_measures(self):
        return {
            "attempts": self.env._("Calls"),
            "answered": self.env._("Answered"),
            "right_party": self.env._("Right Party"),
            "promised": self.env._("Promises"),
            "collected": self.env._("Collected"),
        }

    def _operators(self):
        """Who should be there: the present members of the team, or of all teams."""
        teams = self.team_id or self.env["debt.team"].search(
            [("company_id", "=", self.company_id.id)]
        )
        return teams.member_ids.user_id.filtered("active")

    @staticmethod
    def _median(figures, name):
        worked = [one.get(name, 0) for one in figures.values() if one.get("attempts")]
        return median(worked) if worked else 0

    def _figures(self, day, today):
        """What each operator did on a day, by user.

        :param date day: where the company is
        """
        zone = self.company_id._debt_zone()
        start, end = instant(zone, day), instant(zone, day + timedelta(days=1))
        if self.until_now and day != today:
            passed = fields.Datetime.now() - instant(zone, today)
            end = min(end, start + passed)
        team = Domain("company_id", "=", self.company_id.id)
        if self.team_id:
            team &= Domain("team_id", "=", self.team_id.id)
        made = Domain("started_at", ">=", start) & Domain("started_at", "<", end)
        found = {
            user: dict(zip(COUNTS, counts, strict=True))
            for user, *counts in self.env["debt.call.report"]._read_group(
                team & made, ["user_id"], [f"{name}:sum" for name in COUNTS]
            )
        }
        money = self.env["debt.collection.report"]._read_group(
            team & Domain("day", "=", day), ["user_id"], ["amount:sum"]
        )
        for user, amount in money:
            if user:
                found.setdefault(user, {})["collected"] = amount
        return found
