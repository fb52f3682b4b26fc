from odoo import api, fields, models


class DebtCall(models.Model):
    """What the debt was like when a call was made, which nobody knows later."""

    _inherit = "debt.call"

    days_late = fields.Integer(
        string="Days Past Due Then",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Of the oldest item overdue when the number was dialled.",
    )
    amount_owed = fields.Monetary(
        string="Overdue Then",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="What was overdue when the number was dialled.",
    )
    finished_at = fields.Datetime(
        string="Outcome Saved", readonly=True, copy=False, help="The wrap-up's end."
    )

    @api.model_create_multi
    def create(self, vals_list):
        calls = super().create(vals_list)
        calls.filtered("started_at")._note_debt()
        return calls

    def write(self, vals):
        undialled = self.filtered(lambda call: not call.started_at)
        if vals.get("outcome_id") and vals.get("state") == "done":
            vals = {"finished_at": fields.Datetime.now()} | vals
        result = super().write(vals)
        if vals.get("started_at"):
            undialled._note_debt()
        return result

    def _note_debt(self):
        for call in self:
            # Superuser: the figures of a case that its operator has before him.
            case = call.sudo().case_id
            call.write(
                {
                    "days_late": case.days_past_due,
                    "amount_owed": case.amount_overdue,
                }
            )
