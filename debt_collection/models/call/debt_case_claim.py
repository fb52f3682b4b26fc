from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .debt_call import CLAIM_MINUTES

# Debtors looked at before the queue is called empty: those passed over were refused
# by the gate (and are planned anew) or taken by a colleague in the same instant.
CLAIM_TRIES = 200
PLAN_FIRST = 100
# First key of the advisory locks on debtors; any constant no other addon uses.
LOCK_SPACE = 19_230


class DebtCase(models.Model):
    _inherit = "debt.case"

    on_line_user_id = fields.Many2one(
        "res.users",
        string="On the Line",
        compute="_compute_on_line_user_id",
        search="_search_on_line_user_id",
        compute_sudo=True,
        help="The user on the open call, who may see the case even if it is a "
        "colleague's.",
    )

    @api.depends("call_ids.state", "call_ids.user_id")
    def _compute_on_line_user_id(self):
        # Not by way of the calls: an old case has hundreds, of which one is open.
        found = self.env["debt.call"]._read_group(
            [("case_id", "in", self.ids), ("state", "!=", "done")],
            ["case_id"],
            ["user_id:recordset"],
        )
        users = {case.id: user[:1] for case, user in found}
        for case in self:
            case.on_line_user_id = users.get(case.id)

    def _search_on_line_user_id(self, operator, value):
        return [
            ("call_ids", "any", [("user_id", operator, value), ("state", "!=", "done")])
        ]

    @api.model
    def claim_next(self):
        """Open a call with the debtor who is due next for the calling user.

        Own cases come first, then those nobody owns. Two operators never get the same
        debtor: an advisory lock passes over debtors being claimed at this moment, and
        a unique index on open calls has the last word. The ledger and the gate are
        asked again before the debtor is handed out.

        :return: id of the new ``debt.call`` in state draft, or False when nobody may
            be called now
        :raises AccessError: the user is no operator
        """
        if not self.env.user.has_group("debt_collection.group_debt_operator"):
            raise AccessError(self.env._("Only collection operators take calls."))
        now = fields.Datetime.now()
        self._tidy_queue(now)
        passed = []
        for _attempt in range(CLAIM_TRIES):
            case = self._lock_next(now, passed)
            if not case:
                return False
            passed.append(case.partner_id.id)
            if call := case._claim_if_allowed(now):
                return call.id
        return False

    @api.model
    def _tidy_queue(self, now):
        """Take back stale claims, plan what is unplanned, unless others are at it."""
        calls = self.env["debt.call"]
        if calls.sudo().search_count(calls._stale_domain(now), limit=1):
            self._unless_contended(lambda: calls._release_stale(now))
        # Superuser: planning is set-wise and not about this user's cases only.
        own = Domain("company_id", "in", self.env.companies.ids)
        dirty = self.sudo().search(self._to_plan_domain(now) & own, limit=PLAN_FIRST)
        if dirty:
            self._unless_contended(
                lambda: dirty.try_lock_for_update()._work_isolated(
                    lambda some: some._plan()
                )
            )

    @api.model
    def _lock_next(self, now, passed):
        """The next due case whose debtor could be locked, own cases first.

        :param datetime now: naive UTC
        :param list passed: ids of debtors to leave out
        """
        self.env["debt.call"].flush_model()
        self.flush_model()
        mine = SQL("c.user_id = %s", self.env.uid)
        teams = (
            self.env["debt.team.member"].sudo().search([("user_id", "=", self.env.uid)])
        )
        pool = SQL(
            "c.user_id IS NULL AND (c.team_id IS NULL OR c.team_id = ANY(%s))",
            teams.team_id.ids,
        )
        for owner in (mine, pool):
            rows = self.env.execute_query(self._next_sql(owner, now, passed))
            if rows:
                return self.browse(rows[0][0])
        return self.browse()

    @api.model
    def _next_sql(self, owner, now, passed):
        """The inner query walks the queue's index in order; the outer one stops at the
        first debtor it can lock."""
        return SQL(
            """
            SELECT q.id
              FROM (SELECT c.id, c.partner_id
                      FROM debt_case c
                     WHERE %(owner)s
                       AND c.closed_at IS NULL
                       AND c.state = 'active'
                       AND c.next_contact_at <= %(now)s
                       AND c.contact_until > %(now)s
                       AND c.company_id = ANY(%(companies)s)
                       AND c.partner_id != ALL(%(passed)s)
                       AND NOT EXISTS (SELECT 1
                                         FROM debt_call o
                                        WHERE o.partner_id = c.partner_id
                                          AND o.state != 'done')
                     ORDER BY c.priority DESC, c.next_contact_at, c.id
                     LIMIT 1000) q
             WHERE pg_try_advisory_xact_lock(%(space)s, q.partner_id)
             LIMIT 1
            """,
            owner=owner,
            now=now,
            companies=self.env.companies.ids,
            passed=passed,
            space=LOCK_SPACE,
        )

    def _claim_if_allowed(self, now):
        """Open a call unless ledger or gate refuse; then bring the case up to date."""
        self.check_access("read")
        answer, facts = self._ask_gate("call", now)
        if answer.allowed:
            return self._unless_contended(lambda: self._open_call(now))
        self._unless_contended(lambda: self._settle_refused(answer, facts))
        return None

    def _settle_refused(self, answer, facts, channel="call"):
        """The queue was behind the truth: bring this debtor up to date.

        :param answer: `tools.contact.Answer`, a refusal
        :param facts: `Facts` it was based on
        """
        planned = self.next_contact_at
        key = f"claim:{self.id}:{planned}:{channel}:{answer.reason}"
        refused = self.env["debt.contact.decision"]._prepare_refusal(
            self, "claim", channel, answer, facts, planned, key=key
        )
        self.env["debt.contact.decision"]._keep([refused])
        self.refresh(self.partner_id.ids)
        self.sudo().exists()._plan()

    def _open_call(self, now, **values):
        """Create the claim. Operators have no right to create calls but through this.

        :raises UniqueViolation: somebody else has an open call with the debtor
        """
        self.ensure_one()
        calls = self.env["debt.call"].sudo().with_company(self.company_id)
        call = calls.create(
            {
                "case_id": self.id,
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "user_id": self.env.uid,
                "claim_until": now + timedelta(minutes=CLAIM_MINUTES),
                "script_id": self.env["debt.script"]._for_case(self).id,
                **values,
            }
        )
        call.flush_recordset()
        return call.with_env(self.env)

    def _claim_for_user(self):
        """The user's open call with this debtor; a new one when there is none.

        Opening is no contact: it is allowed at any hour, the gate is asked on dialling.

        :return: ``debt.call``
        :raises UserError: the case is closed, or a colleague has the debtor
        """
        self.ensure_one()
        if self.state == "closed":
            raise UserError(
                self.env._("This case is closed: there is nothing to call about.")
            )
        now = fields.Datetime.now()
        calls = self.env["debt.call"]
        calls._release_stale(now, self.partner_id)
        # Superuser: the colleague's call may be one of another company or team.
        current = calls.sudo().search(
            [("partner_id", "=", self.partner_id.id), ("state", "!=", "done")], limit=1
        )
        if current and current.user_id == self.env.user and current.case_id == self:
            return current.with_env(self.env)
        if not current:
            call = self._unless_contended(lambda: self._open_call(now, mode="manual"))
            if call:
                return call
        raise UserError(
            self.env._(
                "%(operator)s is on the line with %(debtor)s. Try again in a few "
                "minutes.",
                operator=current.user_id.name or self.env._("A colleague"),
                debtor=self.partner_id.display_name,
            )
        )
