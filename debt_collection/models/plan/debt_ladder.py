from collections import defaultdict

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import frozendict

from ...tools.ladder import Step
from ...tools.ladder_messages import next_message

MESSAGE_CHANNELS = ("sms", "email")


class DebtLadder(models.Model):
    """How often, and for how long, one tries to reach a debtor.

    A ladder is a wish: the contact policy of the debtor always overrides it.
    """

    _name = "debt.ladder"
    _inherit = "debt.plan.source"
    _description = "Retry Ladder"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company")
    stage_ids = fields.One2many("debt.stage", "ladder_id", readonly=True)
    profile_ids = fields.One2many("debt.profile", "ladder_id", readonly=True)
    step_ids = fields.One2many("debt.ladder.step", "ladder_id", copy=True)
    exit_state = fields.Selection(
        [("dormant", "Dormant"), ("legal", "Legal")],
        required=True,
        default="dormant",
        help="What happens to a case when the last step ends without a result.",
    )

    practice = fields.Boolean(
        string="For Practice",
        help="Its cases are there to learn the call window with. The forecast of calls "
        "leaves them out.",
    )

    @api.constrains("company_id", "stage_ids", "profile_ids")
    def _check_shared(self):
        """Stages and profiles are shared by all companies, and so are their ladders."""
        for ladder in self:
            if ladder.company_id and (ladder.stage_ids or ladder.profile_ids):
                raise ValidationError(
                    self.env._(
                        "“%(ladder)s” is the ladder of a stage or profile, which all "
                        "companies share: it cannot belong to one of them.",
                        ladder=ladder.name,
                    )
                )

    def _steps(self, case=None):
        """Steps as the planner wants them, a tuple of `tools.ladder.Step`.

        :param case: ``debt.case`` for which they are, None: whatever the case
        """
        # One not saved yet (a form being filled in) has nothing to be kept under.
        steps = self._kept_steps() if self.id else self._read_steps()
        if not case or not any(step.group for step in steps):
            return steps
        own = {None, *self.env["debt.segment"]._of(case)[case].ids}
        return tuple(step for step in steps if step.group in own)

    def _next_message(self, case, channels, facts, now, made, call_at):
        """The next message of a case by some channels; the gate is not asked.

        :param case: ``debt.case`` that is on this ladder
        :param channels: their names; the first tells whose history counts
        :param facts: `Facts` of the debtor
        :param datetime now: naive UTC
        :param made: `LadderHistory`
        :param datetime call_at: the next call planned, naive UTC or None
        :return: `tools.ladder_messages.Due`, or None
        """
        return next_message(
            case._question(channels[0], facts),
            [step for step in self._steps(case) if step.channel in channels],
            case._ladder_start(),
            now,
            made=made.occurrences,
            last=made.last,
            call_at=call_at,
        )

    @tools.ormcache("self.id")
    def _kept_steps(self):
        # Superuser: the same for everybody, whoever asks first.
        return self.sudo()._read_steps()

    def _read_steps(self):
        return tuple(step._to_pure() for step in self.step_ids)


class DebtLadderStep(models.Model):
    _name = "debt.ladder.step"
    _inherit = "debt.plan.source"
    _description = "Retry Ladder Step"
    _order = "ladder_id, first_day, id"

    ladder_id = fields.Many2one(
        "debt.ladder", required=True, ondelete="cascade", index=True
    )
    first_day = fields.Integer(
        required=True,
        default=1,
        help="Day of the ladder on which the step begins; 1 is the day the case "
        "entered the ladder.",
    )
    last_day = fields.Integer(required=True, default=7)
    channel = fields.Selection(
        [("call", "Call"), ("sms", "SMS"), ("email", "E-mail")],
        required=True,
        default="call",
        help="Calls wait for an operator; messages are sent automatically.",
    )
    attempts = fields.Integer(required=True, default=1)
    every_days = fields.Integer(
        string="Per Days",
        required=True,
        default=1,
        help="The attempts are made, or the message is sent, once every this many "
        "days.",
    )
    after_unanswered = fields.Integer(
        string="After Unanswered Calls",
        help="The message is sent after a day that ends with so many calls since the "
        "last conversation that did not reach the debtor; 0: on the days of the step, "
        "called or not.",
    )
    sms_template_id = fields.Many2one(
        "sms.template",
        string="SMS Text",
        domain=[("model", "=", "debt.case")],
        compute="_compute_templates",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        help="An e-mail step without an address to write to sends this instead.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail Text",
        domain=[("model", "=", "debt.case")],
        compute="_compute_templates",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        help="An SMS step without a mobile number to send to sends this instead.",
    )
    segment_id = fields.Many2one(
        "debt.segment",
        string="Only For",
        domain=[("company_id", "=", False)],
        ondelete="restrict",
        help="The step is only for cases of this segment: from an amount on, of a "
        "profile, with a promise that was broken …",
    )
    gap = fields.Integer(
        string="Minimum Gap (min)",
        required=True,
        default=120,
        help="Minutes between two attempts, at least.",
    )
    morning = fields.Boolean(default=True, help="Until 11:00, the debtor's time.")
    midday = fields.Boolean(default=True, help="11:00 to 16:00, the debtor's time.")
    evening = fields.Boolean(default=True, help="From 16:00, the debtor's time.")

    _days_in_order = models.Constraint(
        "CHECK(first_day >= 1 AND last_day >= first_day)",
        "A step begins on day 1 or later and cannot end before it begins.",
    )
    _attempts_positive = models.Constraint(
        "CHECK(attempts >= 1 AND every_days >= 1 AND gap >= 0)",
        "A step needs at least one attempt, in at least one day, and a gap of "
        "zero minutes or more.",
    )
    _after_unanswered_positive = models.Constraint(
        "CHECK(after_unanswered >= 0)", "Calls that went unanswered cannot be negative."
    )

    @api.constrains("morning", "midday", "evening")
    def _check_parts(self):
        for step in self:
            if not step._parts():
                raise ValidationError(
                    self.env._(
                        "Choose at least one part of the day for the step of days "
                        "%(first)s to %(last)s.",
                        first=step.first_day,
                        last=step.last_day,
                    )
                )

    @api.constrains("channel", "sms_template_id", "mail_template_id")
    def _check_template(self):
        for step in self:
            if step.channel in MESSAGE_CHANNELS and not step._template(step.channel):
                raise ValidationError(
                    self.env._(
                        "Choose the text of the message of days %(first)s to %(last)s.",
                        first=step.first_day,
                        last=step.last_day,
                    )
                )

    @api.depends("channel")
    def _compute_templates(self):
        """A message asks the debtor to call back, unless another text is chosen."""
        for step in self:
            for kind in ("sms", "mail"):
                name = f"{kind}_template_id"
                wanted = step.channel in MESSAGE_CHANNELS
                if not (wanted and step[name]):
                    step[name] = wanted and self._callback_template(kind)

    @api.model
    def _callback_template(self, kind):
        return self.env.ref(
            f"debt_collection.{kind}_template_callback_request",
            raise_if_not_found=False,
        )

    @api.depends("first_day", "last_day", "channel", "attempts", "every_days")
    def _compute_display_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for step in self:
            values = {
                "first": step.first_day,
                "last": step.last_day,
                "attempts": step.attempts,
                "days": step.every_days,
                "channel": channels.get(step.channel),
            }
            if step.channel == "call" and step.every_days == 1:
                step.display_name = self.env._(
                    "Days %(first)s–%(last)s: %(attempts)s per day", **values
                )
            elif step.channel == "call":
                step.display_name = self.env._(
                    "Days %(first)s–%(last)s: %(attempts)s in %(days)s days", **values
                )
            else:
                step.display_name = self.env._(
                    "Days %(first)s–%(last)s: %(channel)s", **values
                )

    def _parts(self):
        return tuple(part for part in ("morning", "midday", "evening") if self[part])

    def _template(self, channel):
        """The text of the step for a channel, empty where it is not to serve."""
        return self.mail_template_id if channel == "email" else self.sms_template_id

    def _channels(self):
        """Ways of the message: the step's own, and the other where it has a text."""
        self.ensure_one()
        wanted = (self.channel, *MESSAGE_CHANNELS)
        return [
            channel
            for channel in dict.fromkeys(wanted)
            if channel in MESSAGE_CHANNELS and self._template(channel)
        ]

    def _to_pure(self):
        self.ensure_one()
        return Step(
            first_day=self.first_day,
            last_day=self.last_day,
            channel=self.channel,
            attempts=self.attempts,
            every_days=self.every_days,
            gap=self.gap,
            parts=self._parts(),
            # A step that is being changed is still the one that brought its messages.
            key=self._origin.id or self.id,
            after_unanswered=self.after_unanswered,
            group=self.segment_id._origin.id or None,
        )


class DebtStage(models.Model):
    _inherit = "debt.stage"

    @api.constrains("ladder_id")
    def _check_ladder(self):
        self.ladder_id._check_shared()

    @api.model
    def _first_late(self):
        """The stage of debts that have just fallen due; empty where there is none."""
        return self.search([("days_from", ">", 0)], limit=1)

    def _change_ladder(self, ladder):
        """Call by another ladder; cases that follow the stage change as well.

        They go on at the day they are on.

        :param ladder: ``debt.ladder``, shared by all companies
        """
        self.ensure_one()
        self.check_access("write")
        # Superuser: a stage is every company's, and so are its cases.
        cases = self.env["debt.case"].sudo()
        present = cases.search([("stage_id", "=", self.id), ("closed_at", "=", False)])
        following = present._on_default_ladder()
        self.ladder_id = ladder
        changed = defaultdict(cases.browse)
        for case, values in self.env["debt.segment"]._ladder_values(following).items():
            if values["ladder_id"] != case.ladder_id.id:
                changed[frozendict(values)] += case
        for values, some in changed.items():
            some.write(values)


class DebtProfile(models.Model):
    _inherit = "debt.profile"

    @api.constrains("ladder_id")
    def _check_ladder(self):
        self.ladder_id._check_shared()
