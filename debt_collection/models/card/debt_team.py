from odoo import api, fields, models


class DebtTeam(models.Model):
    """Who works which cases."""

    _name = "debt.team"
    _description = "Collection Team"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    stage_ids = fields.Many2many(
        "debt.stage", string="Stages", help="Empty: cases of every stage."
    )
    rule = fields.Selection(
        [
            ("keep_owner", "Keep the Salesperson"),
            ("balance", "Balance by Capacity"),
            ("round_robin", "Round Robin"),
        ],
        required=True,
        default="balance",
        help="How a new case finds its operator. A debtor's earlier operator is "
        "preferred by every rule.",
    )
    member_ids = fields.One2many("debt.team.member", "team_id", copy=True)
    case_count = fields.Integer(compute="_compute_case_count")

    def _compute_case_count(self):
        counts = dict(
            self.env["debt.case"]._read_group(
                [("team_id", "in", self.ids), ("state", "!=", "closed")],
                ["team_id"],
                ["__count"],
            )
        )
        for team in self:
            team.case_count = counts.get(team, 0)

    def _accepts(self, case):
        self.ensure_one()
        return self.company_id == case.company_id and (
            not self.stage_ids or case.stage_id in self.stage_ids
        )

    def _choose(self, case, former, load):
        """The member for a case; empty when the team is.

        :param former: ``res.users`` who worked the debtor before, or None
        :param dict load: open cases by user, counted up by the caller
        """
        able = self.member_ids.filtered(
            lambda member: member.user_id._debt_operates_in(case.company_id)
        )
        members = able.filtered(lambda m: m._speaks(case.partner_id.lang)) or able
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
    _name = "debt.team.member"
    _description = "Collection Team Member"
    _order = "team_id, sequence, id"

    team_id = fields.Many2one(
        "debt.team", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    user_id = fields.Many2one(
        "res.users", string="Operator", required=True, index=True, ondelete="cascade"
    )
    capacity = fields.Integer(
        required=True, default=100, help="Open cases this operator should have."
    )
    lang_ids = fields.Many2many(
        "res.lang", string="Languages", help="Empty: takes debtors of any language."
    )
    active = fields.Boolean(default=True)
    open_case_count = fields.Integer(compute="_compute_open_case_count")
    last_assigned = fields.Integer(
        readonly=True, copy=False, help="Round in which the last case was assigned."
    )

    _user_once = models.Constraint(
        "UNIQUE(team_id, user_id)", "An operator can be a member of a team only once."
    )
    _capacity_positive = models.Constraint(
        "CHECK(capacity >= 1)", "The capacity of a member is at least one case."
    )

    @api.depends("user_id.name")
    def _compute_display_name(self):
        for member in self:
            member.display_name = member.user_id.name

    def _compute_open_case_count(self):
        counts = dict(
            self.env["debt.case"]._read_group(
                [("user_id", "in", self.user_id.ids), ("state", "!=", "closed")],
                ["user_id"],
                ["__count"],
            )
        )
        for member in self:
            member.open_case_count = counts.get(member.user_id, 0)

    def _speaks(self, lang_code):
        self.ensure_one()
        return not self.lang_ids or lang_code in self.lang_ids.mapped("code")

    def _turn(self):
        """Take a turn in the round."""
        turns = self.team_id.member_ids.mapped("last_assigned")
        self.last_assigned = max(turns, default=0) + 1
        return self
