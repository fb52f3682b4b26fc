from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.debt_collection.tools.pacing import MIN_OPERATORS

from .constants import (
    ABANDONED_WINDOW,
    FARTHEST_PROMISE,
    HIGHEST_CAP,
    LEAST_RING_SECONDS,
)
from .debt_dialler_prompt import SPEAKER
from .states import WORKING


class DebtDiallerCampaign(models.Model):
    """Who is called by itself, how, and by whose voice."""

    _name = "debt.dialler.campaign"
    _description = "Dialling Campaign"
    _inherit = ["debt.chatter", "mail.activity.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    provider_id = fields.Many2one(
        "debt.telephony.provider",
        string="Exchange",
        required=True,
        check_company=True,
        domain="[('kind', '=', 'asterisk')]",
        ondelete="restrict",
    )
    mode = fields.Selection(
        [
            ("preview", "Preview"),
            ("progressive", "Progressive"),
            ("predictive", "Predictive"),
            ("voice_message", "Voice Message"),
        ],
        required=True,
        default="progressive",
        tracking=True,
        help="Preview: the operator reads, then clicks. Progressive: one debtor is "
        "dialled for each operator who waits. Predictive: more are dialled, as some do "
        "not answer. Voice message: a recorded text and a menu of keys.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("paused", "Paused")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    max_lines = fields.Integer(
        string="Lines", default=20, help="Most calls at once, those talking included."
    )
    abandon_cap = fields.Float(
        string="Maximum Abandoned",
        default=HIGHEST_CAP,
        help="The share of debtors who answer and find no operator within two seconds. "
        "The campaign pauses above it.",
    )
    ring_seconds = fields.Integer(
        string="Ring For",
        default=25,
        help="Seconds a debtor's telephone rings before the attempt ends.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        help="Gets a task when the campaign is paused by itself.",
    )
    detect_machine = fields.Boolean(
        string="Recognise Answering Machines",
        compute="_compute_detect_machine",
        store=True,
        readonly=False,
        help="Answering machines get no operator. It costs each person about a second "
        "of silence after his greeting, and takes some persons for machines: they hear "
        "the message that no operator is free, and count as abandoned.",
    )
    team_id = fields.Many2one(
        "debt.team", check_company=True, help="Empty: the cases of all teams."
    )
    stage_ids = fields.Many2many(
        "debt.stage", string="Stages", help="Empty: cases of every stage."
    )
    debtor_kind = fields.Selection(
        [("person", "Persons"), ("company", "Companies")],
        string="Debtors",
        help="Empty: persons and companies.",
    )
    segment_id = fields.Many2one(
        "debt.segment",
        check_company=True,
        ondelete="restrict",
        help="Empty: cases of every segment.",
    )
    operator_ids = fields.One2many(
        "debt.dialler.operator", "campaign_id", string="Operators"
    )
    mode_hint = fields.Char(compute="_compute_mode_hint")
    announcement_id = fields.Many2one(
        "debt.dialler.prompt",
        string="Announcement of the Recording",
        domain="[('kind', '=', 'announcement')]",
        check_company=True,
        ondelete="restrict",
    )
    message_id = fields.Many2one(
        "debt.dialler.prompt",
        string="Voice Message",
        domain="[('kind', '=', 'message')]",
        check_company=True,
        ondelete="restrict",
    )
    abandon_message_id = fields.Many2one(
        "debt.dialler.prompt",
        string="Message When No Operator Is Free",
        domain="[('kind', '=', 'abandon')]",
        check_company=True,
        ondelete="restrict",
        help="Says who called, and that nobody need call back.",
    )
    menu_operator = fields.Boolean(
        string="1: Speak with an Operator",
        default=True,
        help="While no operator is ready, the debtor is called back.",
    )
    menu_callback = fields.Boolean(string="2: Call Me Back", default=True)
    menu_promise = fields.Boolean(
        string="3: I Shall Pay",
        help="Reveals that there is a debt: only where the message has made sure who "
        "listens.",
    )
    promise_prompt_id = fields.Many2one(
        "debt.dialler.prompt",
        string="Promise by Key",
        domain="[('kind', '=', 'promise'), ('template_id', '=', False)]",
        check_company=True,
        ondelete="restrict",
        help="Heard after key 3. With {date} in its text it offers a day, which the "
        "hash key takes; otherwise the debtor keys in a day of his own.",
    )
    promise_days = fields.Integer(
        string="Days to Pay",
        default=7,
        help="The day that is offered is so many days after the call.",
    )
    menu_stop = fields.Boolean(string="9: Do Not Call Me", default=True)
    by_ladder = fields.Boolean(
        string="Only Steps of Ladders",
        compute="_compute_by_ladder",
        store=True,
        readonly=False,
        help="For debtors whose retry ladder has a voice message due, and for nobody "
        "else. Otherwise for whoever is due for a call.",
    )
    message_gap_days = fields.Integer(
        string="Days Between Messages",
        default=7,
        help="A debtor gets no second voice message before so many days.",
    )

    _limits = models.Constraint(
        "CHECK(max_lines BETWEEN 1 AND 500 AND message_gap_days >= 1)",
        "A campaign has 1 to 500 lines and a day at least between two messages.",
    )
    _by_ladder = models.Constraint(
        "CHECK(mode = 'voice_message' OR by_ladder IS NOT TRUE)",
        "Steps of ladders are carried out by a campaign of voice messages.",
    )
    _cap = models.Constraint(
        f"CHECK(abandon_cap > 0 AND abandon_cap <= {HIGHEST_CAP})",
        "At most 3 % of those who answer may find no operator.",
    )
    _days = models.Constraint(
        f"CHECK(promise_days BETWEEN 1 AND {FARTHEST_PROMISE})",
        "The day that is offered is 1 to 62 days after the call.",
    )
    _ring = models.Constraint(
        f"CHECK(ring_seconds BETWEEN {LEAST_RING_SECONDS} AND 120)",
        "A telephone rings for 15 seconds at least, and for 120 at most.",
    )

    @api.constrains("mode", "team_id")
    def _check_team_is_large_enough(self):
        for campaign in self:
            members = campaign.team_id.member_ids
            few = campaign.team_id and len(members) < MIN_OPERATORS
            if campaign.mode == "predictive" and few:
                raise ValidationError(
                    self.env._(
                        "Predictive dialling needs %(least)s operators, and the team "
                        "has %(count)s. Choose progressive dialling, or a larger team.",
                        least=MIN_OPERATORS,
                        count=len(members),
                    )
                )

    @api.depends("mode", "operator_ids.state")
    def _compute_mode_hint(self):
        for campaign in self:
            campaign.mode_hint = campaign._few_operators() and self.env._(
                "Predictive dialling begins with %(least)s operators at work; there "
                "are %(count)s. Until then one debtor is dialled for each operator "
                "who waits.",
                least=MIN_OPERATORS,
                count=len(campaign._working()),
            )

    def _working(self):
        """Operators at work; superuser, as their number is no secret."""
        return self.sudo().operator_ids.filtered(lambda one: one.state in WORKING)

    def _few_operators(self):
        few = len(self._working()) < MIN_OPERATORS
        return self.mode == "predictive" and few

    def _effective_mode(self):
        """How it dials now: nothing is predicted of a handful of operators."""
        return "progressive" if self._few_operators() else self.mode

    # --- the buttons --------------------------------------------------------------
    def action_start(self):
        """Begin, or go on.

        :raises UserError: something is missing, or too many were abandoned lately
        """
        self.check_access("write")
        for campaign in self:
            if problem := campaign._problem():
                raise UserError(problem)
        self.write({"state": "running", "brake": False})
        self.activity_unlink(["mail.mail_activity_data_todo"])
        self._notify_board()

    def _problem(self):
        """What keeps the campaign from running, in words; empty when nothing does."""
        self.ensure_one()
        if self.mode == "voice_message" and not self.message_id.audio:
            return self.env._(
                "Choose a voice message that has a recording, or let one be spoken: "
                "open the prompt."
            )
        if hidden := self._voices()._hides_its_nature(self.company_id):
            return self.env._(
                "“%(prompt)s” is spoken by a machine, and some of the laws that you "
                "keep want it to say so at the beginning. Begin it with “This is an "
                "automated message”, or record a person's voice.",
                prompt=hidden[0].name,
            )
        if self._may_abandon() and not self.abandon_message_id.audio:
            return self.env._(
                "Choose the message for debtors who answer when no operator is free; "
                "it needs a recording."
            )
        if lacking := self._played()._lacking(self.company_id):
            return lacking
        if self.mode == "voice_message" and not self.menu_stop:
            return self.env._(
                "Let the debtor refuse further calls: switch on the key 9, which the "
                "message names."
            )
        prompt = self.promise_prompt_id
        if self._promises_by_key() and prompt and not prompt._is_sayable():
            return self.env._(
                "“%(prompt)s”, which is heard after key 3, has no recording. Upload "
                "one without a day in it, or have the administrator install "
                "%(program)s on the server, which speaks the day.",
                prompt=prompt.name,
                program=SPEAKER,
            )
        if self._is_over_cap():
            return self.env._(
                "Too many debtors found no operator in the last half hour. Start again "
                "later, with more operators, or choose progressive dialling."
            )
        return ""

    def _voices(self):
        """What debtors hear first, in whatever language."""
        message = (
            self.message_id
            if self.mode == "voice_message"
            else self.env["debt.dialler.prompt"]
        )
        return message | message.translation_ids

    def _played(self):
        """All that debtors may hear of us before somebody speaks with them."""
        found = self._voices()
        if self._may_abandon():
            found |= self.abandon_message_id | self.abandon_message_id.translation_ids
        return found.filtered("audio_sha1")

    def _may_abandon(self):
        """Whether a debtor may wait for an operator and find none."""
        if self.mode == "voice_message":
            return self.menu_operator
        # Who is taken for a machine, and is none, is left without an operator, too.
        return self.mode == "predictive" or self._detects_machines()

    @api.depends("mode")
    def _compute_detect_machine(self):
        """Where an operator waits for one debtor, he hears himself what answers."""
        for campaign in self:
            campaign.detect_machine = campaign.mode in ("predictive", "voice_message")

    @api.depends("mode")
    def _compute_by_ladder(self):
        for campaign in self:
            if campaign.mode != "voice_message":
                campaign.by_ladder = False

    def _promises_by_key(self):
        return self.mode == "voice_message" and self.menu_promise

    def action_pause(self):
        """Nothing more is dialled; who talks goes on talking."""
        self.check_access("write")
        self.filtered(lambda campaign: campaign.state == "running").state = "paused"
        self._notify_board()

    def _notify_board(self):
        """Have the supervisors' boards look again."""
        # Superuser: a group's channel; nothing but the wish to look is sent.
        group = self.env.ref("debt_collection.group_debt_manager").sudo()
        group._bus_send("debt_dialler/board", {})

    # --- abandoned calls ----------------------------------------------------------
    def _abandoned_since(self, since):
        """People who answered since (UTC), and how many of them found no operator."""
        self.ensure_one()
        self.env["debt.call"].flush_model()
        [row] = self.env.execute_query(
            SQL(
                """
                SELECT count(*), count(*) FILTER (WHERE abandoned)
                  FROM debt_call
                 WHERE campaign_id = %s AND answered_at >= %s
                   -- who was taken for a machine and may be a person is one
                   AND (answered_by IS DISTINCT FROM 'machine' OR abandoned)
                """,
                self.id,
                since,
            )
        )
        return row

    def _is_over_cap(self):
        """Whether too many were abandoned today, and it goes on.

        Regulators count by the day; what happened in the morning does not keep a
        campaign from going on in the afternoon. A single one is above any cap.
        """
        lately = fields.Datetime.now() - ABANDONED_WINDOW
        day = self.company_id._debt_day_start()
        for since in (lately, min(day, lately)):
            answered, abandoned = self._abandoned_since(since)
            if abandoned <= max(1, self.abandon_cap * answered):
                return False
        return True

    def _pause_over_cap(self):
        for campaign in self.filtered(lambda one: one.state == "running"):
            if campaign._may_abandon() and campaign._is_over_cap():
                campaign._brake_for("abandoned")
