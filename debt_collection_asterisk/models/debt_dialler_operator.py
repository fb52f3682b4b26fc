from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .states import PAUSES, STATES, TROUBLES

#: What an operator may change on his own record.
OWN_FIELDS = {"campaign_id"}


class DebtDiallerOperator(models.Model):
    """An operator at his telephone: whether he can be given a call, and since when."""

    _name = "debt.dialler.operator"
    _description = "Operator's Station"
    _order = "state, since"
    _rec_name = "user_id"
    _check_company_auto = True

    user_id = fields.Many2one(
        "res.users",
        string="Operator",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    extension = fields.Char(related="user_id.debt_extension", string="Telephone")
    campaign_id = fields.Many2one(
        "debt.dialler.campaign",
        check_company=True,
        index="btree_not_null",
        domain="[('state', '!=', 'draft')]",
        help="Whose calls are put through to you. Empty: you call by yourself.",
    )
    state = fields.Selection(STATES, required=True, default="offline", readonly=True)
    reason = fields.Selection(PAUSES, string="Pause For", readonly=True)
    wish = fields.Selection(
        [("pause", "Pause"), ("offline", "Leave")],
        string="After This Call",
        readonly=True,
    )
    since = fields.Datetime(readonly=True, default=fields.Datetime.now)
    call_id = fields.Many2one("debt.call", readonly=True, ondelete="set null")
    line = fields.Selection(
        [("down", "Not Connected"), ("ringing", "Rings"), ("up", "Connected")],
        readonly=True,
        default="down",
    )
    trouble = fields.Selection(
        TROUBLES,
        string="Telephone Not Reached",
        readonly=True,
        help="Why your telephone could not be had when it was last rung.",
    )
    log_ids = fields.One2many("debt.dialler.operator.log", "operator_id")

    _user_once = models.UniqueIndex("(user_id, company_id)")

    def write(self, vals):
        if not self.env.su and (others := set(vals) - OWN_FIELDS):
            raise AccessError(
                self.env._(
                    "These fields of a station follow the telephone: %(names)s",
                    names=", ".join(sorted(others)),
                )
            )
        return super().write(vals)

    @api.model
    def _of_user(self, company, user=None):
        """The station of a user in a company, made when he has none; superuser.

        :param user: ``res.users``; the calling user when None
        """
        user = user or self.env.user
        stations = self.sudo()
        domain = [("user_id", "=", user.id), ("company_id", "=", company.id)]
        return stations.search(domain) or stations.create(
            {"user_id": user.id, "company_id": company.id}
        )

    @api.model
    def action_open(self):
        """The calling user's own station.

        :raises AccessError: the user is no operator
        """
        self.check_access("read")
        station = self._of_user(self.env.company)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("My Station"),
            "res_model": self._name,
            "res_id": station.id,
            "views": [(False, "form")],
            "target": "current",
        }

    # --- the buttons --------------------------------------------------------------
    def _check_own(self):
        """Supervisors may put others to a pause; everybody sets himself."""
        self.check_access("read")
        manager = self.env.user.has_group("debt_collection.group_debt_manager")
        if any(one.user_id != self.env.user for one in self) and not manager:
            raise AccessError(self.env._("This is another operator's station."))

    def _check_extension(self):
        """:raises UserError: he has no telephone"""
        if not self.user_id.sudo().debt_extension:
            raise UserError(
                self.env._(
                    "%(operator)s has no telephone on the exchange: an administrator "
                    "enters its extension on the user.",
                    operator=self.user_id.name,
                )
            )

    def action_ready(self):
        """Calls may be put through from now on."""
        self.ensure_one()
        self._check_own()
        self._check_extension()
        if self.call_id and self.call_id.state != "done" and self.state != "pause":
            raise UserError(self.env._("Save the outcome of the call first."))
        self._check_free_elsewhere()
        self._set_state("ready")

    def _elsewhere(self):
        """The stations of the same person in other companies that are not left."""
        # Superuser: exactly the same person's, who has one telephone.
        return self.sudo().search(
            [
                ("user_id", "=", self.user_id.id),
                ("id", "!=", self.id),
                ("state", "!=", "offline"),
            ]
        )

    def _check_free_elsewhere(self):
        """:raises UserError: the operator has a call in another company"""
        for station in self._elsewhere():
            if station.call_id and station.call_id.state != "done":
                raise UserError(
                    self.env._(
                        "Save the outcome of the call in %(company)s first.",
                        company=station.company_id.name,
                    )
                )

    def action_pause(self):
        """No more calls; the context's ``reason`` says why."""
        reason = self.env.context.get("reason")
        known = reason if reason in dict(PAUSES) else "break"
        self._rest("pause", known)

    def action_leave(self):
        """The day is over."""
        self._rest("offline", False)

    def _rest(self, state, reason):
        self.ensure_one()
        self._check_own()
        if self.call_id and self.state in ("reserved", "talking", "wrapup"):
            self.sudo().write({"wish": state, "reason": reason})
            self._push()
        else:
            self._set_state(state, reason)

    # --- what happens to him ------------------------------------------------------
    def _reserve(self, call):
        """His telephone rings for a call he asked for: none other comes."""
        if self.state in ("ready", "wrapup"):
            self._set_state("reserved", call=call)

    def _talk(self, call):
        """A debtor is on his line; one he did not ask for opens by itself.

        Does nothing on no station: who calls by other means needs none.
        """
        new = self.call_id != call or self.state != "talking"
        asked_for = call._is_attended()
        away = self.state in ("offline", "pause")
        if not self or not new or away and asked_for:
            return
        self._set_state("talking", call=call)
        if not asked_for:
            self.user_id._bus_send("debt_dialler/bridged", {"call_id": call.id})

    def _line_ended(self, call):
        """The debtor is gone; the outcome is still to be saved."""
        if self.call_id == call and self.state in ("reserved", "talking"):
            if call.state == "done":
                self._after_call(call)
            else:
                self._set_state("wrapup", call=call)

    def _after_call(self, call):
        """The outcome is saved, or the call never was: ready for the next one."""
        if self.call_id == call and self.state in ("reserved", "talking", "wrapup"):
            wish = self.wish or "ready"
            self._set_state(wish, wish == "pause" and self.reason)

    def _set_state(self, state, reason=False, call=None):
        """Go over to a state, and keep how long the former one lasted."""
        self.ensure_one()
        if state != "offline":
            # There is one telephone: calls of one company at a time are put through.
            for other in self._elsewhere().filtered(lambda one: not one.call_id):
                other._set_state("offline")
        # Superuser: the station is the user's own, or a supervisor's to set.
        station = self.sudo()
        now = fields.Datetime.now()
        if station.state != state or station.reason != reason and state == "pause":
            station.log_ids.filtered(lambda log: not log.ended_at).ended_at = now
            station.env["debt.dialler.operator.log"].create(
                {
                    "operator_id": station.id,
                    "campaign_id": station.campaign_id.id,
                    "state": state,
                    "reason": reason,
                    "started_at": now,
                }
            )
        station.write(
            {
                "state": state,
                # A pause wished for during a call begins after it.
                "reason": reason or call and station.wish and station.reason,
                "since": now,
                "call_id": call and call.id,
                "wish": call and station.wish,
            }
        )
        self._push()

    def _push(self):
        """Have the screens of the operator and of his supervisors look again."""
        self.user_id._bus_send("debt_dialler/operator", {"operator_id": self.id})
        self.env["debt.dialler.campaign"]._notify_board()

    # --- for the process ----------------------------------------------------------
    @api.model
    def _hear_lines(self, provider, lines):
        """What the process says of the operators' lines.

        :param dict lines: by user id, the line (down, ringing or up) and why the
            telephone was not had when it was last rung
        """
        mine = [("campaign_id.provider_id", "=", provider.id)]
        stations = self.search([("user_id", "in", list(lines)), *mine])
        for station in stations:
            line, trouble = lines[station.user_id.id]
            trouble = trouble in dict(TROUBLES) and trouble
            if station.trouble != trouble:
                station.trouble = trouble
                station._push()
            if station.line != line and line in ("down", "ringing", "up"):
                station.line = line

    @api.model
    def _prepare_sync(self, provider):
        """The operators of the provider's campaigns, as the protocol has them."""
        stations = self.search(
            [("campaign_id.provider_id", "=", provider.id), ("state", "!=", "offline")]
        )
        return [
            station.user_id._debt_dialler_endpoint()
            | {"state": station.state, "campaign_id": station.campaign_id.id}
            for station in stations
            if station.user_id.debt_extension
        ]


class DebtDiallerOperatorLog(models.Model):
    """How long an operator was in which state: the base of utilisation."""

    _name = "debt.dialler.operator.log"
    _description = "Operator's Time"
    _order = "started_at desc, id desc"
    _rec_name = "state"

    operator_id = fields.Many2one(
        "debt.dialler.operator",
        string="Station",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(
        related="operator_id.user_id", string="Operator", store=True
    )
    company_id = fields.Many2one(related="operator_id.company_id", store=True)
    campaign_id = fields.Many2one("debt.dialler.campaign", readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True)
    reason = fields.Selection(PAUSES, string="Pause For", readonly=True)
    started_at = fields.Datetime(string="From", required=True, readonly=True)
    ended_at = fields.Datetime(string="Until", readonly=True)
    seconds = fields.Integer(compute="_compute_seconds", store=True, string="Time (s)")

    @api.depends("started_at", "ended_at")
    def _compute_seconds(self):
        for log in self:
            ended = log.ended_at or log.started_at
            log.seconds = (ended - log.started_at).total_seconds()
