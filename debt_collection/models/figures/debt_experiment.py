from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...tools.experiment import needed, needed_of, typical

KINDS = [
    ("ladder", "Retry Ladder"),
    ("script", "Script"),
    ("sms", "Text of an SMS"),
    ("email", "Text of an E-mail"),
    ("order", "Order of the Queue"),
]
#: Where the champion and the challenger of a kind stand.
ARMS = {
    "ladder": ("ladder_id", "other_ladder_id"),
    "script": ("script_id", "other_script_id"),
    "sms": ("sms_template_id", "other_sms_template_id"),
    "email": ("mail_template_id", "other_mail_template_id"),
}
#: For whom a script is: both of an experiment are for the same calls.
SAME_CALLS = (
    "direction",
    "applies_to",
    "lang",
    "stage_ids",
    "profile_ids",
    "segment_id",
    "outcome_ids",
)
MEASURES = [
    ("paid", "Debtors Who Paid"),
    ("promised", "Debtors Who Promised"),
    ("collected", "Amount Collected per Debtor"),
]


class DebtExperiment(models.Model):
    """Champion and challenger: some debtors get something else, to see what is better.

    Who gets the challenger is drawn by lot, once for each debtor, and recorded on the
    day on which he would have had the champion. Each is followed for the same number of
    days. See `tools.experiment` for when it is decided.
    """

    _name = "debt.experiment"
    _description = "Experiment"
    _inherit = ["debt.evidence", "debt.chatter", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _by_methods = frozenset(
        ("decided_on", "decision", "result", "started_on", "state", "stopped_on")
    )
    _after_decision = frozenset(("name", "active"))

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("stopped", "Stopped")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    kind = fields.Selection(KINDS, string="What Is Tried", required=True)
    segment_id = fields.Many2one(
        "debt.segment",
        check_company=True,
        ondelete="restrict",
        help="Only cases of this segment take part. Empty: all.",
    )
    ladder_id = fields.Many2one(
        "debt.ladder",
        string="Champion Ladder",
        check_company=True,
        ondelete="restrict",
        help="Debtors who begin this ladder take part.",
    )
    other_ladder_id = fields.Many2one(
        "debt.ladder",
        string="Challenger Ladder",
        check_company=True,
        ondelete="restrict",
    )
    script_id = fields.Many2one(
        "debt.script",
        string="Champion Script",
        ondelete="restrict",
        domain="[('state', '=', 'in_use'), ('company_id', 'in', (False, company_id))]",
        help="Debtors who would be called with this script take part.",
    )
    other_script_id = fields.Many2one(
        "debt.script",
        string="Challenger Script",
        ondelete="restrict",
        domain="[('state', '=', 'in_use'), ('company_id', 'in', (False, company_id))]",
    )
    share = fields.Float(
        string="Share of the Challenger",
        default=0.5,
        help="How many of the debtors get the challenger. Half and half decides "
        "soonest.",
    )
    measure = fields.Selection(
        MEASURES, string="Measured By", required=True, default="paid"
    )
    days = fields.Integer(
        string="Followed for Days",
        required=True,
        default=30,
        help="From the day on which a debtor was drawn; he counts when they are over.",
    )
    least = fields.Float(
        string="Smallest Difference That Matters",
        default=0.05,
        help="In percentage points. The smaller, the more debtors are needed.",
    )
    least_amount = fields.Monetary(
        string="Smallest Amount That Matters",
        default=10,
        help="On average for each debtor.",
    )
    expected = fields.Float(
        string="Share Today",
        default=0.2,
        help="Of all debtors, how many pay or promise within these days as it is now. "
        "Only used to tell how many are needed.",
    )
    needed = fields.Integer(
        string="Debtors Needed",
        compute="_compute_needed",
        help="In both arms together. With so many a difference of the smallest size "
        "that matters is found four times in five. A larger one is found sooner.",
    )
    started_on = fields.Date(readonly=True, copy=False)
    stopped_on = fields.Date(readonly=True, copy=False)
    decided_on = fields.Date(readonly=True, copy=False)
    result = fields.Selection(
        [
            ("champion", "The Champion Is Better"),
            ("challenger", "The Challenger Is Better"),
            ("same", "No Difference That Matters"),
        ],
        readonly=True,
        copy=False,
    )
    decision = fields.Text(
        string="Figures When It Was Decided", readonly=True, copy=False
    )
    debtor_ids = fields.One2many("debt.experiment.debtor", "experiment_id")

    @api.constrains("share", "days", "least", "least_amount")
    def _check_numbers(self):
        for one in self:
            if not (0 < one.share < 1 and 0 < one.least < 1):
                raise ValidationError(
                    self.env._("Shares and differences lie between 0 and 100 %.")
                )
            if one.days < 1 or one.least_amount <= 0:
                raise ValidationError(
                    self.env._("Days and the smallest amount are above zero.")
                )

    @api.constrains("active", "state")
    def _check_active(self):
        if any(not one.active and one.state == "running" for one in self):
            raise ValidationError(
                self.env._("Stop the experiment before you archive it.")
            )

    @api.constrains("script_id", "other_script_id", "company_id")
    def _check_script_company(self):
        for one in self:
            for script in one.script_id + one.other_script_id:
                if script.company_id not in (self.env["res.company"], one.company_id):
                    raise ValidationError(
                        self.env._(
                            "“%(script)s” belongs to another company.",
                            script=script.name,
                        )
                    )

    @api.depends("measure", "expected", "least", "least_amount", "share", "debtor_ids")
    def _compute_needed(self):
        for one in self:
            one.needed = one._needed()

    def _needed(self):
        """How many debtors both arms need; 0 while nothing is known of amounts."""
        if not 0 < self.share < 1:
            return 0
        if self.measure != "collected":
            if self.least <= 0:
                return 0
            return needed(self.expected, self.least, self.share)
        arms = self._both(self._figures())
        top = typical(*arms)
        spreads = [one.error(top) * one.debtors for one in arms]
        if not sum(spreads) or self.least_amount <= 0:
            return 0
        return needed_of(*spreads, self.least_amount, self.share)

    def _is_decided(self):
        return self.state != "draft"

    def _is_draft(self):
        return self.state == "draft"

    def _arms(self):
        """The champion and the challenger, of whichever kind they are."""
        self.ensure_one()
        return tuple(self[name] for name in ARMS.get(self.kind, ()))

    def _unusable(self):
        """The name of what is not used any more: then nobody is drawn for it."""
        self.ensure_one()
        for one in self._arms():
            archived = "active" in one._fields and not one.active
            if archived or (self.kind == "script" and one.state != "in_use"):
                return one.display_name
        return ""

    # --- its life ---
    def action_start(self):
        """Draw from now on.

        :raises UserError: something is missing, or tried elsewhere already
        """
        self.check_access("write")
        for one in self.filtered(lambda one: one.state == "draft"):
            one._check_ready()
            # Superuser: the state is written by the buttons.
            one.sudo().write(
                {"state": "running", "started_on": one.company_id._debt_today()}
            )
        self._change_running()

    def action_stop(self):
        """Everybody gets the champion again, or what is set by now."""
        self.check_access("write")
        for one in self.filtered(lambda one: one.state == "running"):
            one.sudo().write(
                {"state": "stopped", "stopped_on": one.company_id._debt_today()}
            )
        self._change_running()

    def _check_ready(self):
        """:raises UserError: it cannot be started"""
        if self.kind == "order":
            self._check_ready_order()
        else:
            self._check_ready_arms(*self._arms())
        if any(self._tries_same(other) for other in self._others_running()):
            raise UserError(
                self.env._(
                    "Another experiment tries one of these already. Stop it first."
                )
            )

    def _check_ready_order(self):
        if self.company_id.debt_queue_order != "gain":
            raise UserError(
                self.env._(
                    "The queue is not ordered by expected gain: choose it in the "
                    "settings, it is what is tried against amount and age."
                )
            )

    def _check_ready_arms(self, champion, challenger):
        if not (champion and challenger) or champion == challenger:
            raise UserError(self.env._("Choose a champion and another challenger."))
        if self.kind == "script" and (
            self._unusable()
            or any(champion[name] != challenger[name] for name in SAME_CALLS)
        ):
            raise UserError(
                self.env._(
                    "Both scripts must be in use, and for the same calls: direction, "
                    "kind of debtor, language, stages, profiles, segment and outcomes."
                )
            )
        if unusable := self._unusable():
            raise UserError(self.env._("“%(name)s” is archived.", name=unusable))

    def _others_running(self):
        return self.sudo().search(
            [
                ("kind", "=", self.kind),
                ("state", "=", "running"),
                ("company_id", "=", self.company_id.id),
                ("id", "!=", self.id),
            ]
        )

    def _tries_same(self, other):
        if self.kind == "order":
            return True
        return bool(set(self._arms()) & set(other._arms()))

    def _change_running(self):
        """Cases on either ladder are planned anew."""
        ladders = self.ladder_id + self.other_ladder_id
        domain = Domain("ladder_id", "in", ladders.ids)
        self.env["debt.plan.source"]._replan(domain)

    @api.model
    @tools.ormcache("kind")
    def _running_ids(self, kind):
        """Ids of running experiments: there are none, or few."""
        domain = [("kind", "=", kind), ("state", "=", "running")]
        return tuple(self.sudo().search(domain).ids)

    def action_debtors(self):
        """Who takes part, and in which arm."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_experiment_debtor_action"
        )
        return action | {"domain": [("experiment_id", "=", self.id)]}
