from odoo import api, fields, models
from odoo.tools import format_datetime

from odoo.addons.debt_collection.models.contact.debt_case_reason import told_time

from . import debtor_words

HOW = [("in_person", "In Person"), ("video", "Video"), ("phone", "Telephone")]
#: Who agreed on a meeting, or moved it.
BY = [
    ("operator", "An Operator"),
    ("debtor", "The Debtor, on the Page"),
    ("calendar", "Somebody, in the Calendar"),
]
#: The meeting is still to come, or nobody has said yet whether it was held.
COMING = ("planned", "confirmed")


class DebtMeeting(models.Model):
    """A meeting with a debtor: agreed, confirmed, and held or missed.

    Nobody writes it by hand. It is Odoo's event in the calendar of who meets the
    debtor; this keeps what was agreed, how often it was moved and what came of it.
    """

    _name = "debt.meeting"
    _description = "Meeting with a Debtor"
    _inherit = ["debt.rates"]
    _order = "start desc, id desc"
    _check_company_auto = True
    _rates = {
        "shown_rate": ("held_count", "due_count"),
        "held_rate": ("held_count", "over_count"),
    }

    case_id = fields.Many2one(
        "debt.case",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Debtor", store=True, index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    call_id = fields.Many2one(
        "debt.call",
        string="Agreed in Call",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    event_id = fields.Many2one(
        "calendar.event",
        string="Calendar Event",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    user_id = fields.Many2one(
        "res.users", string="Meets the Debtor", required=True, readonly=True, index=True
    )
    agreed_by = fields.Selection(BY, required=True, readonly=True, default="operator")
    agreed_at = fields.Datetime(
        string="Agreed On", required=True, readonly=True, default=fields.Datetime.now
    )
    how = fields.Selection(HOW, required=True, readonly=True)
    place = fields.Char(readonly=True)
    start = fields.Datetime(required=True, readonly=True, index=True)
    stop = fields.Datetime(string="End", required=True, readonly=True)
    tz = fields.Char(
        string="Time Zone",
        required=True,
        readonly=True,
        help="The debtor's when it was agreed or moved, else the company's.",
    )
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("confirmed", "Confirmed"),
            ("held", "Held"),
            ("missed", "Missed"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="planned",
        index=True,
    )
    confirmed_at = fields.Datetime(string="Confirmed On", readonly=True)
    move_ids = fields.One2many(
        "debt.meeting.move", "meeting_id", string="Moves", readonly=True
    )
    move_count = fields.Integer(
        string="Times Moved", compute="_compute_move_count", store=True
    )
    ended_at = fields.Datetime(string="Noted On", readonly=True)
    ended_by_id = fields.Many2one("res.users", string="Noted By", readonly=True)
    note = fields.Text(string="What Came of It", readonly=True)
    asked = fields.Boolean(
        readonly=True, help="Who meets the debtor has been asked whether it was held."
    )
    todo_id = fields.Many2one(
        "mail.activity",
        string="To Do",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )

    held_count = fields.Integer(string="Held", compute="_compute_counts", store=True)
    missed_count = fields.Integer(
        string="Missed", compute="_compute_counts", store=True
    )
    due_count = fields.Integer(
        string="Held or Missed", compute="_compute_counts", store=True
    )
    over_count = fields.Integer(
        string="All That Are Over", compute="_compute_counts", store=True
    )
    shown_rate = fields.Float(
        string="Shown, of Held or Missed",
        compute="_compute_counts",
        store=True,
        aggregator="avg",
        help="Of the meetings whose time came, held or missed: those that were held.",
    )
    held_rate = fields.Float(
        string="Held, of All That Are Over",
        compute="_compute_counts",
        store=True,
        aggregator="avg",
        help="Of all meetings that are over, held, missed or cancelled: those that "
        "were held.",
    )

    local_time = fields.Char(
        string="The Debtor's Time",
        compute="_compute_local_time",
        help="In the debtor's own time zone.",
    )
    video_url = fields.Char(
        string="Video Link", compute="_compute_video_url", compute_sudo=True
    )
    when_text = fields.Char(compute="_compute_texts", help="For texts to the debtor.")
    where_text = fields.Char(compute="_compute_texts", help="For texts to the debtor.")
    answer_at = fields.Char(related="case_id.answer_at")

    _ends_after_start = models.Constraint(
        "CHECK(stop >= start)", "A meeting ends after it begins."
    )

    @api.depends("move_ids")
    def _compute_move_count(self):
        for meeting in self:
            meeting.move_count = len(meeting.move_ids)

    @api.depends("state")
    def _compute_counts(self):
        for meeting in self:
            held, missed = meeting.state == "held", meeting.state == "missed"
            meeting.held_count = meeting.shown_rate = meeting.held_rate = held
            meeting.missed_count = missed
            meeting.due_count = held or missed
            meeting.over_count = meeting.state not in COMING

    @api.depends("partner_id", "start")
    def _compute_display_name(self):
        for meeting in self:
            when = meeting.start and format_datetime(
                self.env, meeting.start, dt_format="short"
            )
            meeting.display_name = f"{meeting.partner_id.display_name}, {when or '…'}"

    @api.depends("start", "tz")
    @api.depends_context("lang")
    def _compute_local_time(self):
        for meeting in self:
            meeting.local_time = told_time(self.env, meeting.start, (meeting.tz,))

    @api.depends("event_id.videocall_location")
    def _compute_video_url(self):
        for meeting in self:
            meeting.video_url = meeting.event_id.videocall_location

    @api.depends("start", "tz", "place", "how", "event_id.videocall_location")
    @api.depends_context("lang")
    def _compute_texts(self):
        for meeting in self:
            meeting.when_text = format_datetime(
                self.env, meeting.start, meeting.tz, "EEEE d MMMM HH:mm"
            )
            match meeting.how:
                case "video":
                    where = debtor_words.by_video(self.env, meeting.video_url or "")
                case "phone":
                    where = debtor_words.by_phone(self.env)
                case _:
                    where = meeting.place
            meeting.where_text = where

    @api.model
    def _get_coming_domain(self):
        """Meetings that are not over yet."""
        return [("state", "in", COMING), ("stop", ">", fields.Datetime.now())]

    def _coming(self):
        now = fields.Datetime.now()
        return self.filtered(lambda one: one.state in COMING and one.stop > now)

    # --- what a person does -----------------------------------------------------------
    def action_confirm(self):
        """The debtor said that he will be there."""
        self.ensure_one()
        self.check_access("read")
        self.case_id.check_access("write")
        self.sudo()._confirm()

    def action_move(self):
        """The dialog that asks for another time."""
        return self._ask("move")

    def action_held(self):
        """The dialog that asks what came of it."""
        return self._ask("held")

    def action_missed(self):
        """The dialog that notes that the debtor did not come."""
        return self._ask("missed")

    def action_cancel(self):
        """The dialog that asks why it does not take place."""
        return self._ask("cancelled")

    def _ask(self, kind):
        self.ensure_one()
        self.check_access("read")
        return self.env["debt.meeting.dialog"]._action_ask(kind, self)

    def action_event(self):
        """The event in Odoo's calendar."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "calendar.event",
            "res_id": self.event_id.id,
            "views": [(False, "form")],
        }
