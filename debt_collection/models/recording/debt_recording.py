from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..card.lock_rows import lock_found

BATCH = 100
BY_MANAGERS = {"legal_hold", "legal_hold_reason"}
# So soon after the last time it is still the same listening: a player asks for a
# recording piece by piece.
SAME_LISTENING = timedelta(hours=1)


class DebtRecording(models.Model):
    """The recording of a call, for as long as it may be kept, and its trace after.

    What was recorded is reached through the player alone, so that every listening is
    on record. When its time is over the recording is deleted; the row with its checksum
    stays.
    """

    _name = "debt.recording"
    _inherit = "debt.legal.hold"
    _description = "Recording of a Call"
    _order = "started_at desc, id desc"

    call_id = fields.Many2one(
        "debt.call", required=True, readonly=True, index=True, ondelete="restrict"
    )
    case_id = fields.Many2one(related="call_id.case_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="call_id.partner_id", string="Debtor", store=True, index=True
    )
    user_id = fields.Many2one(
        related="call_id.user_id", string="Operator", store=True, index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    mimetype = fields.Char(required=True, readonly=True)
    content = fields.Binary(attachment=True, groups="base.group_system", readonly=True)
    size = fields.Integer(readonly=True, help="In bytes.")
    sha256 = fields.Char(
        string="Checksum",
        readonly=True,
        help="SHA-256 of what was recorded: tells whether a copy is the original.",
    )
    started_at = fields.Datetime(string="Recorded", required=True, readonly=True)
    seconds = fields.Integer(string="Length", readonly=True)
    announced_at = fields.Datetime(
        string="Announced",
        related="call_id.announced_at",
        store=True,
        help="Empty: nothing shows that the debtor was told about the recording.",
    )
    consent_id = fields.Many2one("debt.consent", readonly=True, ondelete="restrict")
    keep_until = fields.Date(
        required=True, readonly=True, help="The day after, it is deleted."
    )
    deleted_at = fields.Datetime(string="Deleted", readonly=True)
    held = fields.Boolean(
        compute="_compute_held", help="On legal hold itself or with its case."
    )
    listening_ids = fields.One2many(
        "debt.recording.listening", "recording_id", string="Listened To", readonly=True
    )
    player_html = fields.Html(compute="_compute_player_html", sanitize=False)

    _name_once = models.Constraint(
        "UNIQUE(call_id, name)", "This recording of the call is stored already."
    )
    _expiry_idx = models.Index("(keep_until) WHERE deleted_at IS NULL")

    def _held_case(self):
        return self.case_id

    @api.depends("legal_hold", "case_id.legal_hold")
    def _compute_held(self):
        for recording in self:
            recording.held = recording.legal_hold or recording.case_id.legal_hold

    @api.depends("deleted_at")
    def _compute_player_html(self):
        for recording in self:
            recording.player_html = self.env["ir.qweb"]._render(
                "debt_collection.recording_player",
                {"recording": recording, "url": f"/debt/recording/{recording.id}"},
            )

    @api.depends("partner_id", "started_at")
    def _compute_display_name(self):
        for recording in self:
            recording.display_name = self.env._(
                "Recording of %(debtor)s", debtor=recording.partner_id.display_name
            )

    def write(self, vals):
        if not self.env.su and set(vals) - BY_MANAGERS:
            raise AccessError(
                self.env._("Only the legal hold of a recording can be changed.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_by_time_only(self):
        """What was recorded leaves a trace."""
        if not self.env.user.has_group("base.group_system"):
            raise UserError(
                self.env._("Recordings are deleted when their retention period ends.")
            )

    def _log_listening(self):
        """Note that the user listens, once for all the pieces a player asks for."""
        self.ensure_one()
        now = fields.Datetime.now()
        # Superuser: nobody writes or leaves out what he listened to.
        log = self.env["debt.recording.listening"].sudo()
        mine = Domain("recording_id", "=", self.id) & Domain(
            "user_id", "=", self.env.uid
        )
        if not log.search_count(
            mine & Domain("at", ">", now - SAME_LISTENING), limit=1
        ):
            log.create({"recording_id": self.id, "user_id": self.env.uid, "at": now})

    # --- the end of its time --------------------------------------------------------
    @api.model
    def _get_expired_domain(self):
        """Those whose time is over, unless somebody may still have to hear them."""
        domain = Domain("deleted_at", "=", False)
        domain &= Domain("keep_until", "<", fields.Date.today())
        domain &= Domain("legal_hold", "=", False)
        return domain & Domain("case_id.legal_hold", "=", False)

    @api.model
    def _cron_delete_expired(self):
        """Delete what is over, some at a time. Superuser cron, all companies."""
        domain = self._get_expired_domain()
        remaining = self.search_count(domain)
        while recordings := lock_found(
            lambda: self.search(domain, limit=BATCH)
        ).filtered_domain(domain):
            recordings._delete()
            remaining -= len(recordings)
            if not self.env["ir.cron"]._commit_progress(
                len(recordings), remaining=max(0, remaining)
            ):
                return

    def _delete(self):
        self.write({"content": False, "deleted_at": fields.Datetime.now()})


class DebtRecordingListening(models.Model):
    """Who listened to a recording, and when."""

    _name = "debt.recording.listening"
    _description = "Listening to a Recording"
    _order = "at desc, id desc"
    _rec_name = "user_id"

    recording_id = fields.Many2one(
        "debt.recording", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="recording_id.company_id", store=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True)
