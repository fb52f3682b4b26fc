import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .dialler_problems import sentences

FEATURES = (
    "dial",
    "hangup",
    "hold",
    "transfer",
    "play",
    "record",
    "status",
    "outcome",
    "caller_number",
    "inbound",
)


class DebtTelephonyProvider(models.Model):
    """An Asterisk, by way of the dialler process beside it.

    Odoo never calls the process; it asks each second what there is to do. So what is
    done here is to write down what it shall do.
    """

    _inherit = "debt.telephony.provider"

    kind = fields.Selection(
        selection_add=[("asterisk", "Asterisk")], ondelete={"asterisk": "set default"}
    )
    dialler_key = fields.Char(
        string="Key",
        readonly=True,
        copy=False,
        help="Names this exchange to the dialler process; no secret.",
    )
    dialler_secret = fields.Char(
        string="Secret",
        readonly=True,
        copy=False,
        groups="base.group_system",
        exportable=False,
        help="Signs what the dialler process says.",
    )
    max_seconds = fields.Integer(
        string="Longest Call",
        default=3600,
        help="Seconds after which the exchange ends a call, whatever happened.",
    )
    ring_seconds = fields.Integer(
        string="Ring For",
        default=25,
        help="Seconds a debtor's telephone rings before the attempt ends.",
    )
    record_calls = fields.Boolean(
        help="Conversations are recorded where the debtor's law allows it."
    )
    announcement_id = fields.Many2one(
        "debt.dialler.prompt",
        string="Announcement of the Recording",
        domain="[('kind', '=', 'announcement')]",
        ondelete="restrict",
    )
    dialler_problems = fields.Text(
        string="What Is Wrong", compute="_compute_dialler", compute_sudo=True
    )
    incoming_extension = fields.Char(
        string="Telephone for Unknown Callers",
        help="The extension that rings for calls from numbers that no debtor has, and "
        "from withheld ones: the accountant's, or a team's.",
    )
    incoming_prompt_id = fields.Many2one(
        "debt.dialler.prompt",
        string="Message When Nobody Is There",
        domain="[('kind', '=', 'incoming'), ('template_id', '=', False)]",
        ondelete="restrict",
        help="Says when you can be reached, and that key 2 asks to be called back. "
        "Debtors hear it in their language.",
    )
    instance_ids = fields.One2many("debt.dialler.instance", "provider_id")
    dialler_seen_at = fields.Datetime(
        string="Last Seen", compute="_compute_dialler", compute_sudo=True
    )
    dialler_since = fields.Datetime(
        string="Connected Since", compute="_compute_dialler", compute_sudo=True
    )
    dialler_state = fields.Selection(
        [
            ("never", "Never Seen"),
            ("up", "Connected"),
            ("no_pbx", "No Exchange"),
            ("down", "Not Connected"),
        ],
        string="Dialler Process",
        compute="_compute_dialler",
        compute_sudo=True,
    )

    # An hour of sound is as much as Odoo takes, see the controller of the process.
    _recorded = models.Constraint(
        "CHECK(max_seconds <= 3600 OR record_calls IS NOT TRUE)",
        "Calls that are recorded last an hour at most: make the longest call shorter.",
    )
    _dialler_key_once = models.UniqueIndex(
        "(dialler_key) WHERE dialler_key IS NOT NULL"
    )
    _dialler_limits = models.Constraint(
        "CHECK(max_seconds >= 60 AND ring_seconds BETWEEN 15 AND 120)",
        "A call may last a minute at least, and rings for 15 to 120 seconds.",
    )

    @api.constrains("record_calls", "announcement_id")
    def _check_announcement(self):
        """Who is recorded must have been told so."""
        for provider in self:
            if provider.record_calls and not provider.announcement_id.audio_sha1:
                raise ValidationError(
                    self.env._(
                        "Choose an announcement that can be played: open it, and let "
                        "it be spoken or upload its recording."
                    )
                )

    @api.constrains("incoming_prompt_id")
    def _check_incoming_prompt(self):
        """Who rings and reaches nobody hears at least whom he rang."""
        for provider in self:
            prompts = provider.incoming_prompt_id
            prompts |= prompts.translation_ids
            company = provider.company_id or self.env.company
            if lacking := prompts._lacking(company):
                raise ValidationError(lacking)

    @api.constrains("kind")
    def _check_nothing_is_lent(self):
        """Only the process can say how its calls ended."""
        # Superuser: only whether there are any, of exactly these exchanges.
        leases = self.env["debt.dialler.lease"].sudo()
        for provider in self.filtered(lambda one: one.kind != "asterisk"):
            if leases.search_count(leases._open_domain(provider), limit=1):
                raise ValidationError(
                    self.env._(
                        "“%(provider)s” is dialling: wait until its calls are over, or "
                        "archive it and make another one.",
                        provider=provider.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        providers = super().create(vals_list)
        providers._give_key()
        return providers

    def write(self, vals):
        result = super().write(vals)
        if "kind" in vals:
            self._give_key()
        return result

    def _give_key(self):
        for provider in self:
            if provider.kind == "asterisk" and not provider.dialler_key:
                provider.dialler_key = secrets.token_hex(8)

    @api.depends("instance_ids.seen_at", "instance_ids.pbx_up")
    def _compute_dialler(self):
        now = fields.Datetime.now()
        for provider in self:
            instance = self.env["debt.dialler.instance"]._current(provider)
            state = "down"
            if not instance:
                state = "never"
            elif instance._is_alive(now):
                state = "up"
            elif not instance.pbx_up and not instance._is_dead(now):
                state = "no_pbx"
            provider.dialler_state = state
            provider.dialler_seen_at = instance.seen_at
            provider.dialler_since = instance.started_at
            provider.dialler_problems = "\n".join(provider._dialler_problems())

    def _dialler_problems(self):
        """What the process says is wrong now, as sentences."""
        # Superuser: nothing of it is about a debtor.
        instance = self.env["debt.dialler.instance"].sudo()._current(self)
        if instance._is_dead(fields.Datetime.now()):
            return []
        return sentences(self.env, instance.problems)

    def action_rotate_secret(self):
        """Make a new secret and show it, this once; the old one is void at once."""
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group("base.group_system"):
            raise UserError(
                self.env._("Ask an administrator to connect the dialler process.")
            )
        self._give_key()
        self.dialler_secret = secrets.token_hex(32)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Connect the Dialler Process"),
            "res_model": "debt.dialler.secret",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_key": self.dialler_key,
                "default_secret": self.dialler_secret,
            },
        }

    # --- the interface ------------------------------------------------------------
    def _features(self):
        if self.kind != "asterisk":
            return super()._features()
        return frozenset(FEATURES)

    def _asks_permission(self):
        """The process asks just before the debtor's telephone is rung."""
        if self.kind != "asterisk":
            return super()._asks_permission()
        return True

    def _do_status(self):
        if self.kind != "asterisk":
            return super()._do_status()
        self.ensure_one()
        texts = {
            "never": self.env._("The dialler process has never been connected."),
            "up": self.env._("The dialler process and the exchange are connected."),
            "no_pbx": self.env._("The dialler process does not reach the exchange."),
            "down": self.env._(
                "The dialler process has not been seen for a while: is it running?"
            ),
        }
        state = self.dialler_state
        known = {"up": "up", "never": "unknown"}
        return {"state": known.get(state, "down"), "message": texts[state]}

    def _live(self, calls):
        """Those of ``calls`` that the process has just said it knows of."""
        if self.kind != "asterisk":
            return super()._live(calls)
        instance = self.env["debt.dialler.instance"].sudo()._current(self)
        if instance._is_dead(fields.Datetime.now()):
            return calls.browse()
        live = set(instance.live or ())
        return calls.filtered(lambda call: call.id in live)

    def _do_dial(self, call, phone):
        """Click-to-call: the operator's telephone rings first, then the debtor's.

        :raises UserError: there is nobody to dial, or the operator has no telephone
        """
        if self.kind != "asterisk":
            return super()._do_dial(call, phone)
        self.ensure_one()
        instance = self.env["debt.dialler.instance"].sudo()._current(self)
        if not instance._is_alive(fields.Datetime.now()):
            raise UserError(
                self.env._(
                    "“%(provider)s” cannot dial now. %(status)s",
                    provider=self.name,
                    status=self._do_status()["message"],
                )
            )
        operator = self.env["debt.dialler.operator"]._of_user(call.company_id)
        operator._check_extension()
        # Superuser: the call is the user's own, as whoever dials has checked.
        self.env["debt.dialler.lease"].sudo()._queue_click(self.sudo(), call.sudo())
        operator._reserve(call)
        if operator.campaign_id.mode == "preview":
            call.sudo().campaign_id = operator.campaign_id
        return None

    def _do_hangup(self, call):
        if self.kind != "asterisk":
            return super()._do_hangup(call)
        self._command(call, "hangup")
        return None

    def _do_hold(self, call):
        if self.kind != "asterisk":
            return super()._do_hold(call)
        self._command(call, "hold")
        return None

    def _do_resume(self, call):
        if self.kind != "asterisk":
            return super()._do_resume(call)
        self._command(call, "resume")
        return None

    def _do_transfer(self, call, to):
        if self.kind != "asterisk":
            return super()._do_transfer(call, to)
        endpoint = self.env["res.users"]._debt_endpoint(to)
        if not endpoint:
            raise UserError(
                self.env._("Type the extension the call is transferred to, as 100.")
            )
        self._command(call, "transfer", to=endpoint)
        return None

    def _do_play(self, call, prompt):
        if self.kind != "asterisk":
            return super()._do_play(call, prompt)
        self._command(call, "play", prompt=prompt.sudo()._prepare_job())
        return None

    def _records(self):
        return self.record_calls if self.kind == "asterisk" else super()._records()

    def _do_record(self, call, start=True):
        if self.kind != "asterisk":
            return super()._do_record(call, start)
        # Superuser: whether a call may be recorded is the law's to say.
        rule = self.env["debt.recording"].sudo()._rule(call.sudo().case_id)
        if start and not rule["allowed"]:
            raise UserError(rule["message"])
        if start and rule["announce"] and not call.sudo().announced_at:
            raise UserError(
                self.env._("The debtor has not been told that the call is recorded.")
            )
        self._command(call, "record" if start else "stop_record")
        return None

    def _command(self, call, command, **values):
        """Tell the process what to do with a call of its own.

        :raises UserError: the call is not on the line
        """
        call._check_owner()
        # Superuser: the call is the user's own.
        self.env["debt.dialler.command"].sudo()._queue(
            self.sudo(), call.sudo(), command, values
        )

    # --- the process --------------------------------------------------------------
    @api.model
    def _by_key(self, key):
        """The provider a process names; only the controller asks, before it trusts."""
        domain = [
            ("dialler_key", "=", key),
            ("kind", "=", "asterisk"),
            # What an archived one has begun comes to its end.
            ("active", "in", (True, False)),
        ]
        return self.sudo().search(domain, limit=1)
