from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.debt_collection.tools.clock import instant

from ..models.debt_meeting import HOW

#: Unless somebody says otherwise, a meeting is agreed for tomorrow at ten or later.
TEN = 10 * 60


class DebtMeetingDialog(models.TransientModel):
    """Agree on a meeting, move it, or say what came of it."""

    _name = "debt.meeting.dialog"
    _description = "Meeting: Agree, Move or End"

    kind = fields.Selection(
        [
            ("agree", "Agree on a Meeting"),
            ("move", "Move the Meeting"),
            ("held", "Meeting Held"),
            ("missed", "Meeting Missed"),
            ("cancelled", "Cancel the Meeting"),
        ],
        required=True,
        readonly=True,
        default="agree",
    )
    case_id = fields.Many2one("debt.case", required=True, readonly=True)
    partner_id = fields.Many2one(related="case_id.partner_id", string="Debtor")
    call_id = fields.Many2one("debt.call", readonly=True)
    meeting_id = fields.Many2one("debt.meeting", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Meets the Debtor",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    how = fields.Selection(HOW, required=True, default="in_person")
    place = fields.Char(
        compute="_compute_place", store=True, readonly=False, string="Where"
    )
    start = fields.Datetime(string="When", required=True)
    minutes = fields.Integer(required=True, default=30)
    local_time = fields.Char(string="The Debtor's Time", compute="_compute_local_time")
    tell = fields.Boolean(
        string="Tell the Debtor",
        default=True,
        help="Time and place, with the video link where there is one; by e-mail or "
        "else by SMS, as soon as that is permitted. It is confirmed later, too.",
    )
    note = fields.Text()

    @api.model
    def default_get(self, fields):
        """On a case that has a meeting to come, it is about that one."""
        values = super().default_get(fields)
        context = self.env.context
        if context.get("active_model") == "debt.call.wizard" and not values.get(
            "case_id"
        ):
            window = self.env["debt.call.wizard"].browse(context.get("active_id"))
            values |= {"case_id": window.case_id.id, "call_id": window.call_id.id}
        case = self.env["debt.case"].browse(values.get("case_id")).exists()
        if not case:
            return values
        case.check_access("read")
        coming = case._coming_meetings()[:1]
        if coming and values.get("kind", "agree") == "agree":
            values |= {"kind": "move", "meeting_id": coming.id}
        return values | self._defaults_of(case, values)

    @api.model
    def _defaults_of(self, case, values):
        meeting = case.sudo().meeting_ids.filtered(
            lambda one: one.id == values.get("meeting_id")
        )
        if meeting:
            length = (meeting.stop - meeting.start).total_seconds()
            return {
                "start": meeting.start,
                "minutes": length // 60,
                "how": meeting.how,
                "place": meeting.place,
                "user_id": meeting.user_id.id,
            }
        company = case.company_id
        tomorrow = company._debt_today() + timedelta(days=1)
        start = instant(company._debt_zone(), tomorrow, TEN)
        answer, _facts = self.env["debt.meeting"]._ask_gate(case, "in_person", start)
        return {
            "start": start if answer.allowed else answer.next_at or start,
            "minutes": company.sudo().debt_meeting_minutes,
        }

    @api.depends("how", "case_id")
    def _compute_place(self):
        for dialog in self:
            meetings = self.env["debt.meeting"]
            case = dialog.case_id
            # Superuser: the company's own address.
            dialog.place = case and meetings._default_place(case.sudo(), dialog.how)

    @api.depends("start", "case_id")
    def _compute_local_time(self):
        for dialog in self:
            case, start = dialog.case_id, dialog.start
            dialog.local_time = case and start and case._local_time(start)

    @api.model
    def _action_ask(self, kind, meeting):
        """The dialog about a meeting.

        :param str kind: of the dialog
        :param meeting: ``debt.meeting`` that the user may read
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection_calendar.debt_meeting_dialog_action"
        )
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return action | {
            "name": kinds[kind],
            "context": {
                "default_kind": kind,
                "default_case_id": meeting.case_id.id,
                "default_meeting_id": meeting.id,
            },
        }

    def action_apply(self):
        """Do it, and put it into the history of the case.

        :raises UserError: the debtor cannot be met then, or it is over
        """
        self.ensure_one()
        case, meeting = self.case_id, self.meeting_id
        case.check_access("write")
        if self.kind != "agree":
            meeting.check_access("read")
            if meeting.case_id != case:
                raise UserError(self.env._("Choose a meeting of this debtor."))
        # Superuser: nobody writes meetings by hand; who may is checked above.
        meeting = meeting.sudo()
        match self.kind:
            case "agree":
                self._agree()
            case "move":
                meeting._move(
                    self.start, self._stop(), reason=self.note, tell=self.tell
                )
            case kind:
                meeting._end(kind, self.note, tell=self.tell)
        return {"type": "ir.actions.act_window_close"}

    def _stop(self):
        return self.start and self.start + timedelta(minutes=max(0, self.minutes))

    def _agree(self):
        self.call_id.check_access("read")
        self.user_id.check_access("read")
        if self.call_id and self.call_id.case_id != self.case_id:
            raise UserError(self.env._("Choose a call with this debtor."))
        values = {
            "start": self.start,
            "stop": self._stop(),
            "how": self.how,
            "place": self.place if self.how == "in_person" else False,
            "user_id": self.user_id.id,
            "call_id": self.call_id.id,
        }
        meetings = self.env["debt.meeting"]
        meeting = meetings._agree(self.case_id, values, tell=self.tell)
        # The window of the call in which it was agreed, where its note is still empty.
        windows = self.env["debt.call.wizard"]
        mine = [("call_id", "=", self.call_id.id), ("note", "in", (False, ""))]
        if self.call_id and (window := windows.search(mine, limit=1)):
            window.note = meeting._agreed_text()
