from psycopg2.errors import LockNotAvailable, SerializationFailure, UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

OPEN_STATES = ("active", "promised", "disputed", "on_hold", "dormant", "legal")
CLOSE_REASONS = [
    ("paid", "Paid"),
    ("credited", "Credited"),
    ("written_off", "Written Off"),
    ("withdrawn", "Withdrawn"),
    ("covered", "Covered by Credits"),
    ("excluded", "Excluded from Collection"),
    ("may_be_barred", "May Be Barred by Limitation"),
    ("below_minimum", "Below the Minimum"),
    ("merged", "Merged into Another Debtor"),
    ("manual", "Closed by Hand"),
]

#: Key in the data of a transaction: it has asked for planning.
PLANNING = "debt_collection.planning"


class DebtCase(models.Model):
    """The debtor's card: what one debtor owes one company, and what is done about it.

    Amounts are a cache of the ledger, written set-wise by `refresh`. There is at
    most one open case per company and debtor. A case that the ledger closed comes back
    when what closed it is undone, or when the debtor owes again soon.
    """

    _name = "debt.case"
    _description = "Debt Case"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "debt.segmented",
        "debt.technical.fields",
    ]
    _order = "priority desc, next_contact_at, id"
    _rec_name = "partner_id"
    _check_company_auto = True
    _technical_fields = frozenset(
        (
            "closed_state",
            "ladder_paused_days",
            "next_contact_block",
            "next_contact_code",
            "paused_on",
            "plan_dirty",
            "rule_ladder_id",
        )
    )

    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The commercial partner who owes.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Operator", index=True, tracking=True, copy=False
    )
    team_id = fields.Many2one(
        "debt.team", index=True, tracking=True, check_company=True
    )
    stage_id = fields.Many2one(
        "debt.stage",
        readonly=True,
        index=True,
        tracking=True,
        group_expand="_read_group_stage_ids",
    )
    state = fields.Selection(
        [
            ("active", "Active"),
            ("promised", "Promised"),
            ("disputed", "Disputed"),
            ("on_hold", "On Hold"),
            ("dormant", "Dormant"),
            ("legal", "Legal"),
            ("closed", "Closed"),
        ],
        required=True,
        default="active",
        index=True,
        tracking=True,
    )
    hold_until = fields.Date(
        tracking=True,
        help="Last day without calls, whatever else becomes of the case until then.",
    )
    profile_id = fields.Many2one("debt.profile", tracking=True)
    amount_overdue = fields.Monetary(readonly=True)
    amount_disputed = fields.Monetary(readonly=True)
    oldest_due_date = fields.Date(readonly=True)
    # Not stored: it changes every day for every case, and nobody wants a million
    # rows written each night for that.
    days_past_due = fields.Integer(
        compute="_compute_days_past_due", search="_search_days_past_due"
    )

    ladder_id = fields.Many2one(
        "debt.ladder", string="Retry Ladder", check_company=True, tracking=True
    )
    # Whoever has another than this or the stage's was given it by somebody.
    rule_ladder_id = fields.Many2one(
        "debt.ladder", string="Retry Ladder by Rule", readonly=True, copy=False
    )
    ladder_started_on = fields.Date(
        readonly=True,
        help="Day 1 of the retry ladder; it moves forward while the ladder is paused.",
    )
    next_contact_at = fields.Datetime(string="Next Contact", readonly=True)
    contact_until = fields.Datetime(
        readonly=True,
        help="Until then the next contact is permitted and still makes sense.",
    )
    next_contact_code = fields.Char(readonly=True)
    next_contact_block = fields.Char(readonly=True)
    next_contact_reason = fields.Char(compute="_compute_next_contact_reason")
    plan_dirty = fields.Boolean(
        default=True, readonly=True, help="The next contact is still to be planned."
    )
    callback_at = fields.Datetime(
        string="Callback", help="When the debtor asked to be called back."
    )
    priority = fields.Selection(
        [("0", "Normal"), ("1", "Raised"), ("2", "High")], default="0", required=True
    )

    phone_ids = fields.One2many(
        "debt.phone", related="partner_id.debt_phone_ids", string="Numbers"
    )
    stage_color = fields.Integer(related="stage_id.color", string="Stage Color")
    is_company = fields.Boolean(related="partner_id.is_company")
    closed_at = fields.Datetime(readonly=True, copy=False)
    close_reason = fields.Selection(CLOSE_REASONS, readonly=True, copy=False)
    closed_state = fields.Char(
        readonly=True, copy=False, help="The state in which the case was closed."
    )

    _open_once = models.UniqueIndex(
        "(company_id, partner_id) WHERE closed_at IS NULL",
        "This debtor has an open case in this company already.",
    )
    _queue_idx = models.Index(
        "(user_id, priority DESC, next_contact_at, id) "
        "WHERE closed_at IS NULL AND state = 'active' AND next_contact_at IS NOT NULL"
    )
    _passed_idx = models.Index(
        "(contact_until) WHERE closed_at IS NULL AND state = 'active'"
    )
    _plan_idx = models.Index("(id) WHERE plan_dirty AND closed_at IS NULL")
    _closed_consistent = models.Constraint(
        "CHECK((state = 'closed') = (closed_at IS NOT NULL))",
        "A closed case has a closing date, and an open one has none.",
    )

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """Every stage is a column of the kanban, empty or not."""
        return stages.search([])

    @api.depends("oldest_due_date")
    def _compute_days_past_due(self):
        for case in self:
            due = case.oldest_due_date
            case.days_past_due = (
                max(0, (case.company_id._debt_today() - due).days) if due else 0
            )

    # --- what a person does on the card -------------------------------------------
    def _close_by_hand(self):
        """The ledger opens a new case when the debt is still there.

        :raises UserError: closing is not the user's; the dialog asks him why
        """
        if not self.env.user.has_group("debt_collection.group_debt_manager"):
            raise UserError(
                self.env._("Only a collection manager closes a case by hand.")
            )
        self.check_access("write")
        self._close("manual")

    def action_resume(self):
        """Take a case back into collection, e.g. when a hold is no longer needed.

        :raises AccessError: a legal stop is not an operator's to end
        """
        supervisor = self.env.user.has_group("debt_collection.group_debt_accountant")
        if "legal" in self.mapped("state") and not supervisor:
            raise AccessError(
                self.env._("Only an accountant or manager ends a legal stop.")
            )
        self.check_access("write")
        cases = self.filtered(lambda case: case.state != "closed")
        # Superuser: a hold is not written by hand, but ended by whoever may do this.
        cases.sudo().write({"hold_until": False})
        for case in cases:
            # A hold behind it goes; what else is waited for stays.
            if case.state != "disputed":
                case._set_state(case._state_without_pause())

    def action_partner(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }

    def _count_by_case(self, model):
        return dict(
            self.env[model]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )

    # --- plans: the wings of the gate and the planner extend these -----------------
    @api.model
    def _cron_daily(self):
        """Hook: what a new day brings besides new due dates, wing by wing.

        Runs after the ledger has been read. Superuser cron, all companies.
        """
        self.env["debt.team"]._reassign_archived()

    def _set_dirty(self):
        """Something changed that the next contact depends on; it is planned soon."""
        clean = self.filtered(lambda case: not case.plan_dirty and not case.closed_at)
        clean.plan_dirty = True
        if clean:
            self._trigger_planning()

    @api.model
    def _trigger_planning(self):
        """Have cases planned soon; asked for once, however many were changed."""
        precommit = self.env.cr.precommit
        if not precommit.data.get(PLANNING):
            precommit.data[PLANNING] = True
            # By its id, which is cached: `env.ref` asks the database each time.
            id_ = self.env["ir.model.data"]._xmlid_to_res_id(
                "debt_collection.ir_cron_debt_plan"
            )
            precommit.add(self.env["ir.cron"].sudo().browse(id_)._trigger)

    def _plan(self):
        """Hook: work out the next contact of these cases."""

    def _on_debtor_changed(self, names):
        """Hook: debtors of these cases, or their contacts, were changed.

        :param set names: the fields of ``res.partner`` that were written
        """
        self._set_dirty()

    def _on_assigned(self):
        """Hook: cases have just been given to another operator."""

    def _open_successor(self):
        """The debtor's open case in the same company, where this one is closed."""
        self.ensure_one()
        return self.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("closed_at", "=", False),
            ],
            limit=1,
        )

    def _accountant(self):
        """Who settles disputes and looks for payments in this company."""
        self.ensure_one()
        named = self.company_id.debt_accountant_id
        if named.active:
            return named
        group = self.env.ref("debt_collection.group_debt_accountant")
        manager = self.env.ref("debt_collection.group_debt_manager")
        users = group.sudo().all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        plain = users - manager.sudo().all_user_ids
        return (plain or users or self.env.user)[:1]

    # --- work that others may be doing too --------------------------------------------
    def _unless_contended(self, work):
        """Do work that others may be doing too; when they are, leave it to them.

        :return: what ``work`` returns, None when it was left
        """
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return work()
        except (SerializationFailure, LockNotAvailable, UniqueViolation):
            self.env.invalidate_all(flush=False)
            return None
