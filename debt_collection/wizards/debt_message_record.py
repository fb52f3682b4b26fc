from odoo import api, fields, models
from odoo.exceptions import ValidationError


class DebtMessageRecord(models.TransientModel):
    """Record a letter or a visit: about to be made, or made already."""

    _name = "debt.message.record"
    _description = "Letter or Visit"

    case_id = fields.Many2one("debt.case", required=True, readonly=True)
    channel = fields.Selection(
        [("letter", "Letter"), ("visit", "Visit")], required=True, default="letter"
    )
    done = fields.Boolean(
        string="Already Made",
        help="It is recorded even if it was not permitted; the contact audit will "
        "then report it.",
    )
    made_at = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    note = fields.Text(
        string="Content or Result",
        help="What the letter said, or whom the visitor met and what came of it.",
    )
    allowed = fields.Boolean(compute="_compute_answer")
    answer = fields.Char(compute="_compute_answer")

    @api.constrains("made_at")
    def _check_made_at(self):
        for record in self:
            if record.done and record.made_at > fields.Datetime.now():
                raise ValidationError(
                    self.env._("Record it when it has been made, not before.")
                )

    @api.depends("case_id", "channel", "done", "made_at")
    def _compute_answer(self):
        for record in self:
            case, at = record.case_id, record.made_at or fields.Datetime.now()
            case.check_access("read")
            answer, facts = case.env["debt.message"]._ask_in_person(
                case, record.channel, record._when()
            )
            record.allowed = answer.allowed
            record.answer = (
                self.env._("It is permitted.")
                if answer.allowed
                else case._contact_message(answer, at, facts)
            )

    def _when(self):
        """When it was made, None: it is made now."""
        return self.made_at if self.done else None

    def action_record(self):
        self.ensure_one()
        self.env["debt.message"]._record_in_person(
            self.case_id, self.channel, self.note, self._when()
        )
        return {"type": "ir.actions.act_window_close"}
