from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

# Planning gives more than these an operator, a thousand at a time.
ASSIGN_AT_ONCE = 1000


class DebtTeam(models.Model):
    """Which team and which operator a case goes to."""

    _inherit = "debt.team"

    @api.model
    def _assign(self, cases):
        """Give unassigned open cases a team and an operator, by the team's rule.

        Without a team that has members, cases are open to every operator of the
        company. No operator is notified per case: his activities tell him.

        :param cases: ``debt.case``
        """
        # Superuser: whoever caused it, a case goes where the rules of the teams say.
        cases = cases.sudo().filtered(
            lambda case: not case.user_id and not case.closed_at
        )
        if not cases:
            return
        teams = self.sudo().search([("member_ids.active", "=", True)])
        accepted = teams._accepted(cases)
        former = self._former_operators(cases)
        load = self._open_cases_of(teams.member_ids.user_id)
        found = defaultdict(cases.browse)
        for case in cases:
            team = case.team_id
            if team not in teams:
                takes = (one for one in teams if case in accepted[one])
                team = next(takes, teams.browse())
            member = team._choose(case, former.get(case.partner_id), load)
            load[member.user_id] += 1
            if (team, member.user_id) != (case.team_id, case.user_id):
                found[team, member.user_id] |= case
        for (team, user), group in found.items():
            group.with_context(tracking_disable=True).write(
                {"team_id": team.id, "user_id": user.id}
            )

    @api.model
    def _open_cases_of(self, users):
        """Open cases by operator, zero for who has none."""
        counts = (
            self.env["debt.case"]
            .sudo()
            ._read_group(
                [("user_id", "in", users.ids), ("closed_at", "=", False)],
                ["user_id"],
                ["__count"],
            )
        )
        return defaultdict(int, counts)

    @api.model
    def _former_operators(self, cases):
        """Who worked these debtors' last closed cases: debtors like a known voice."""
        closed = cases.search(
            [
                ("partner_id", "in", cases.partner_id.ids),
                ("state", "=", "closed"),
                ("user_id.active", "=", True),
            ],
            order="closed_at",
        )
        return {case.partner_id: case.user_id for case in closed}

    @api.model
    def _reassign_archived(self):
        """Cases of operators who left, or may no longer, go to colleagues (rule 12)."""
        # Superuser: cases of all companies and teams.
        cases = self.env["debt.case"].sudo()
        is_open = Domain("closed_at", "=", False)
        owned = cases._read_group(
            is_open & Domain("user_id", "!=", False), ["user_id", "company_id"]
        )
        for user, company in owned:
            if not user._debt_operates_in(company):
                self._hand_over(
                    cases.search(
                        is_open
                        & Domain("user_id", "=", user.id)
                        & Domain("company_id", "=", company.id)
                    )
                )

    @api.model
    def _has_left(self, case):
        """Whether a case's operator left the company, or the case's team, meanwhile."""
        user = case.user_id
        if not user:
            return False
        # Superuser: who is a member decides, whoever caused it.
        members = case.sudo().team_id.filtered("active").member_ids
        is_member = not members or user in members.user_id
        return not (is_member and user._debt_operates_in(case.company_id))

    @api.model
    def _hand_over(self, cases):
        """Take cases from their operator and give them to a colleague."""
        cases.with_context(tracking_disable=True).write({"user_id": False})
        self._assign_all(cases)

    @api.model
    def _assign_all(self, cases):
        """Give these cases an operator: at once, or soon where they are many."""
        if len(cases) > ASSIGN_AT_ONCE:
            cases._set_dirty()
            return
        self._assign(cases)
        cases._on_assigned()

    def _take_open_cases(self):
        """Open cases that nobody works get an operator of these teams."""
        if self.env.context.get("debt_team_unfinished"):
            return
        teams = self.sudo().filtered("active")
        # Superuser: a case without an operator is everybody's, and exactly those that
        # these teams take are given to their members.
        cases = self.env["debt.case"].sudo()
        unowned = Domain("closed_at", "=", False) & Domain("user_id", "=", False)
        unowned &= Domain("company_id", "in", teams.company_id.ids)
        found = cases.search(unowned)
        taken = found.filtered(lambda case: case.team_id in teams)
        self._assign_all(found & taken.union(*teams._accepted(found).values()))
