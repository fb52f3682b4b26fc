from odoo import fields, models

from .debt_meeting import BY


class DebtMeetingMove(models.Model):
    """That a meeting was put off or brought forward: by whom, from when to when."""

    _name = "debt.meeting.move"
    _description = "Move of a Meeting"
    _order = "id"
    _rec_name = "to_at"

    meeting_id = fields.Many2one(
        "debt.meeting", required=True, readonly=True, index=True, ondelete="cascade"
    )
    from_at = fields.Datetime(string="From", required=True, readonly=True)
    to_at = fields.Datetime(string="To", required=True, readonly=True)
    moved_at = fields.Datetime(
        string="Moved On", required=True, readonly=True, default=fields.Datetime.now
    )
    moved_by = fields.Selection(BY, required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Operator", readonly=True)
    reason = fields.Char(readonly=True)
