from odoo import fields, models
from odoo.tools import format_date


class DebtAgedAsk(models.TransientModel):
    """As of which day receivables are told by age."""

    _name = "debt.aged.ask"
    _description = "Aged Receivables As Of"

    date = fields.Date(
        string="As Of",
        required=True,
        default=lambda self: self.env.company._debt_today(),
        help="What was posted and matched by the end of this day.",
    )

    def action_show(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_aged_report_action"
        )
        name = self.env._(
            "Aged Receivables as of %(date)s", date=format_date(self.env, self.date)
        )
        return action | {
            "name": name,
            "context": {"debt_as_of": fields.Date.to_string(self.date)},
        }

    def action_print(self):
        """The same as PDF."""
        self.ensure_one()
        report = self.env.ref("debt_collection.debt_aged_action_report")
        data = {"as_of": fields.Date.to_string(self.date)}
        return report.report_action(None, data=data)
