from odoo import api, fields, models

# When one of these changes, cases may find a team that they had none in.
TAKES_BY = {
    "active",
    "company_id",
    "every_member_ids",
    "member_ids",
    "segment_id",
    "stage_ids",
}


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
    segment_id = fields.Many2one(
        "debt.segment",
        ondelete="restrict",
        check_company=True,
        help="Empty: cases of every segment.",
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
    # The form lists these: whoever is switched off can be switched on again.
    every_member_ids = fields.One2many(
        "debt.team.member",
        "team_id",
        string="Members, Former Ones Included",
        context={"active_test": False},
        copy=False,
    )
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

    @api.model_create_multi
    def create(self, vals_list):
        unfinished = self.with_context(debt_team_unfinished=True)
        teams = super(DebtTeam, unfinished).create(vals_list).with_env(self.env)
        teams._take_open_cases()
        return teams

    def write(self, vals):
        unfinished = self.with_context(debt_team_unfinished=True)
        result = super(DebtTeam, unfinished).write(vals)
        if TAKES_BY & set(vals):
            self._take_open_cases()
        return result

    def _accepted(self, cases):
        """The cases that each of these teams takes, by team.

        :param cases: ``debt.case``
        """
        return {team: team._accepted_by_one(cases) for team in self}

    def _accepted_by_one(self, cases):
        self.ensure_one()
        taken = cases.filtered(
            lambda case: (
                case.company_id == self.company_id
                and (not self.stage_ids or case.stage_id in self.stage_ids)
            )
        )
        return self.segment_id._members(taken) if self.segment_id and taken else taken

    def _choose(self, case, former, load):
        """The member for a case; empty when the team is.

        :param former: ``res.users`` who worked the debtor before, or None
        :param dict load: open cases by user, counted up by the caller
        """
        able = self.member_ids.filtered(
            lambda member: (
                member.active and member.user_id._debt_operates_in(case.company_id)
            )
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

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever was a member before and comes back is the same member again."""
        former = [self._former_member(vals) for vals in vals_list]
        fresh = [vals for vals, one in zip(vals_list, former, strict=True) if not one]
        created = iter(super().create(fresh))
        members = self.browse()
        for member, vals in zip(former, vals_list, strict=True):
            if member:
                member.write({**vals, "active": vals.get("active", True)})
            members += member or next(created)
        members.team_id._take_open_cases()
        return members

    def write(self, vals):
        left = self._standing() if {"active", "team_id", "user_id"} & set(vals) else {}
        result = super().write(vals)
        self._hand_over_of(left)
        if {"active", "team_id", "user_id"} & set(vals):
            self.team_id._take_open_cases()
        return result

    def unlink(self):
        left = self._standing()
        result = super().unlink()
        self._hand_over_of(left)
        return result

    @api.model
    def _former_member(self, vals):
        """The archived member of the same team and user, if there is one."""
        return self.search(
            [
                ("team_id", "=", vals.get("team_id")),
                ("user_id", "=", vals.get("user_id")),
                ("active", "=", False),
            ],
            limit=1,
        )

    def _standing(self):
        """Pairs of team and operator that work cases at present."""
        active = self.filtered("active")
        return {(member.team_id, member.user_id) for member in active}

    @api.model
    def _hand_over_of(self, before):
        """Cases of those who are no members any more go to colleagues (rule 12).

        :param before: pairs of team and operator, see `_standing`
        """
        for team, user in before:
            if (team, user) in team.member_ids._standing():
                continue
            # Superuser: exactly the cases that he worked in this team.
            cases = self.env["debt.case"].sudo()
            worked = [("team_id", "=", team.id), ("user_id", "=", user.id)]
            team._hand_over(cases.search([*worked, ("closed_at", "=", False)]))

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
