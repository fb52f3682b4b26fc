from collections import defaultdict

from odoo import api, fields, models


class DebtCase(models.Model):
    """Which team and which operator a new case goes to."""

    _inherit = "debt.case"

    def _assign(self):
        """Give unassigned open cases a team and an operator, by the team's rule.

        Without a team that has members, cases stay open to every operator of the
        company. No operator is notified per case: his activities tell him.
        """
        cases = self.sudo().filtered(
            lambda case: not case.user_id and not case.closed_at
        )
        if not cases:
            return
        teams = self.env["debt.team"].sudo().search([("member_ids", "!=", False)])
        former = cases._former_operators()
        load = defaultdict(int)
        for member in teams.member_ids:
            load[member.user_id] = member.open_case_count
        found = defaultdict(self.browse)
        for case in cases:
            team = teams.filtered(lambda team, case=case: team._accepts(case))[:1]
            member = team._choose(case, former.get(case.partner_id), load)
            load[member.user_id] += 1
            found[team, member.user_id] |= case
        for (team, user), group in found.items():
            group.with_context(tracking_disable=True).write(
                {"team_id": team.id, "user_id": user.id}
            )

    def _former_operators(self):
        """Who worked these debtors' last closed cases: debtors like a known voice."""
        closed = self.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("state", "=", "closed"),
                ("user_id.active", "=", True),
            ],
            order="closed_at",
        )
        return {case.partner_id: case.user_id for case in closed}

    @api.model
    def _reassign_archived(self):
        """Cases of operators who left go to their colleagues (rule 12)."""
        left = self.sudo().search(
            [("state", "!=", "closed"), ("user_id.active", "=", False)]
        )
        left._unassign()
        return left

    def _unassign(self):
        """Take cases from their operator and give them to a colleague."""
        self.with_context(tracking_disable=True).write({"user_id": False})
        self._assign()
        self._sync_call_activities()


class DebtTeam(models.Model):
    _inherit = "debt.team"

    def _choose(self, case, former, load):
        """The member for a case; empty when the team is.

        :param former: ``res.users`` who worked the debtor before, or None
        :param dict load: open cases by user, counted up by the caller
        """
        members = self.member_ids.filtered(
            lambda m: m.user_id.active and m._speaks(case.partner_id.lang)
        ) or self.member_ids.filtered("user_id.active")
        known = [former]
        if self.rule == "keep_owner":
            known.append(case.partner_id.user_id)
        kept = members.filtered(lambda member: member.user_id in known)
        if kept or not members:
            return kept[:1]
        if self.rule == "round_robin":
            return min(members, key=lambda m: (m.last_assigned or 0, m.id))._turn()
        return min(members, key=lambda m: (load[m.user_id] / m.capacity, m.id))


class DebtTeamMember(models.Model):
    _inherit = "debt.team.member"

    last_assigned = fields.Integer(
        readonly=True, copy=False, help="Turn in which the last case was given."
    )

    def _turn(self):
        """Take a turn in the round."""
        turns = self.team_id.member_ids.mapped("last_assigned")
        self.last_assigned = max(turns, default=0) + 1
        return self
