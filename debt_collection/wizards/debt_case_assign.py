from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.balance import Movable, Worker, loads_after, rebalance


class DebtCaseAssign(models.TransientModel):
    """Give cases to an operator, or lay them out anew; who gets what is shown first.

    What is shown and what is done come from the same plan. Cases somebody is calling
    at the moment stay where they are.
    """

    _name = "debt.case.assign"
    _description = "Assign Cases"

    case_ids = fields.Many2many("debt.case", string="Cases", readonly=True)
    mode = fields.Selection(
        [("assign", "Assign to an Operator"), ("balance", "Rebalance")],
        required=True,
        default="assign",
    )
    team_id = fields.Many2one(
        "debt.team", help="Empty: every case stays in the team it is in."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Operator",
        domain="[('id', 'in', operator_ids)]",
    )
    operator_ids = fields.Many2many(
        "res.users", string="Operators to Choose From", compute="_compute_operator_ids"
    )
    keep_known = fields.Boolean(
        string="Leave Promised Cases and Callbacks",
        default=True,
        help="The debtor expects the voice he has spoken with.",
    )
    html = fields.Html(string="Who Gets What", compute="_compute_html", sanitize=False)

    @api.model
    def _action_open(self, cases, mode):
        """The window for some cases.

        :raises AccessError: the user is no manager of collection
        """
        self._check_manager()
        cases.check_access("write")
        is_open = cases.filtered(lambda case: not case.closed_at)
        if not is_open:
            raise UserError(self.env._("Choose cases that are open."))
        wizard = self.create({"case_ids": [Command.set(is_open.ids)], "mode": mode})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rebalance")
            if mode == "balance"
            else self.env._("Assign to …"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _check_manager(self):
        if not self.env.user.has_group("debt_collection.group_debt_manager"):
            raise AccessError(
                self.env._("Only a collection manager gives cases to others.")
            )

    @api.depends("team_id", "case_ids")
    def _compute_operator_ids(self):
        for wizard in self:
            wizard._check_readable()
            wizard.operator_ids = wizard._operators_of_all(wizard._members())

    @api.depends("case_ids", "mode", "team_id", "user_id", "keep_known")
    @api.depends_context("lang")
    def _compute_html(self):
        for wizard in self:
            wizard._check_readable()
            wizard.html = self.env["ir.qweb"]._render(
                "debt_collection.case_assign", wizard._prepare_preview()
            )

    def _check_readable(self):
        """Ids that a client sent are looked at with his own rights only."""
        for records in (self.case_ids._origin, self.team_id._origin):
            records.check_access("read")

    # --- the plan -----------------------------------------------------------------
    def _members(self):
        """Present members of the team, or of the teams of these cases' companies."""
        teams = self.team_id._origin or self.env["debt.team"].search(
            [("company_id", "in", self.case_ids.company_id.ids)]
        )
        # Superuser: an operator may work in companies that the manager does not read.
        return teams.member_ids.filtered(
            lambda member: (
                member.active
                and member.user_id.sudo()._debt_operates_in(member.team_id.company_id)
            )
        )

    def _operators_of_all(self, members):
        """Those of some members who may have every one of the cases.

        :param members: ``debt.team.member``
        :return: ``res.users``
        """
        companies = self.case_ids._origin.company_id
        return members.user_id.filtered(
            lambda user: (
                companies
                <= members.filtered(lambda one: one.user_id == user).team_id.company_id
            )
        )

    def _plan_moves(self):
        """Who gets which case.

        :return: workers, owner by case before, and the new owner by case of those
            that change hands; all by id
        """
        cases = self.case_ids._origin.filtered(lambda case: not case.closed_at)
        cases -= self._on_the_line(cases)
        members = self._members()
        users = members.user_id | self.user_id._origin
        loads = self.env["debt.team"]._open_cases_of(users)
        workers = [
            Worker(
                user.id,
                sum(
                    members.filtered(lambda one, user=user: one.user_id == user).mapped(
                        "capacity"
                    )
                ),
                loads[user],
            )
            for user in users
        ]
        owners = {case.id: case.user_id.id for case in cases}
        if self.mode == "assign":
            chosen = self.user_id._origin
            others = cases.filtered(lambda case: self._is_moved(case, chosen))
            moved = dict.fromkeys(others.ids, chosen.id)
            return workers, owners, moved if chosen else {}
        movable = cases.filtered(self._is_movable)
        plan = rebalance(workers, [self._as_movable(case, members) for case in movable])
        return workers, owners, plan

    def _is_moved(self, case, user):
        """Whether it goes to another operator, or with its operator to another team."""
        team = self.team_id._origin
        return case.user_id != user or bool(team) and case.team_id != team

    def _is_movable(self, case):
        known = case.callback_at or case.state == "promised"
        return not (self.keep_known and known and case.user_id)

    def _as_movable(self, case, members):
        """A case with the members who may have it; without a speaker, all of them."""
        team = self.team_id._origin or case.team_id
        own = members.filtered(
            lambda one: (
                one.team_id.company_id == case.company_id
                and (not team or one.team_id == team)
            )
        )
        able = own.filtered(lambda one: one._speaks(case.partner_id.lang)) or own
        return Movable(case.id, case.user_id.id, frozenset(able.user_id.ids))

    @api.model
    def _on_the_line(self, cases):
        """Cases that somebody is calling at this moment, or has before him."""
        busy = [("case_id", "in", cases.ids), ("state", "!=", "done")]
        # Superuser: whoever it is that calls.
        return self.env["debt.call"].sudo().search(busy).case_id.with_env(self.env)

    def _prepare_preview(self):
        """What the template shows: each operator before and after."""
        workers, owners, moved = self._plan_moves()
        after = loads_after(workers, owners, moved)
        users = self.env["res.users"].browse([worker.id for worker in workers])
        taken = list(moved.values())
        given = [owners[case] for case in moved]
        rows = [
            {
                "name": user.name,
                "before": worker.load,
                "gives": given.count(worker.id),
                "gets": taken.count(worker.id),
                "after": after[worker.id],
                "capacity": worker.capacity,
            }
            for user, worker in zip(users, workers, strict=True)
            if self.mode == "balance" or worker.id in {*taken, *given}
        ]
        return {
            "rows": sorted(rows, key=lambda row: (-row["gets"], row["name"])),
            "moved": len(moved),
            "total": len(self.case_ids),
            "chosen": self.mode == "balance" or bool(self.user_id),
        }

    def action_apply(self):
        """Do what was shown.

        :raises AccessError: the user may not give away one of these cases
        """
        self.ensure_one()
        self._check_manager()
        self.case_ids.check_access("write")
        self._check_readable()
        self._check_companies()
        if self.mode == "assign" and self.user_id not in self.operator_ids:
            raise UserError(self.env._("Choose an operator of a team."))
        _workers, _owners, moved = self._plan_moves()
        cases = self.env["debt.case"].browse(moved)
        for user_id in dict.fromkeys(moved.values()):
            theirs = cases.filtered(
                lambda case, user_id=user_id: moved[case.id] == user_id
            )
            values = {"user_id": user_id}
            if self.team_id:
                values["team_id"] = self.team_id.id
            theirs.write(values)
        cases._on_assigned()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self._tell(len(cases)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _check_companies(self):
        """:raises UserError: a case of another company than the team's is among them"""
        companies = self.case_ids.company_id - self.team_id.company_id
        if self.team_id and companies:
            raise UserError(
                self.env._(
                    "“%(team)s” is a team of %(company)s: choose cases of that company "
                    "alone.",
                    team=self.team_id.name,
                    company=self.team_id.company_id.name,
                )
            )

    def _tell(self, number):
        if number == 1:
            return self.env._("1 case has changed hands.")
        return self.env._("%(number)s cases have changed hands.", number=number)
