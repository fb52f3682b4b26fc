from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    """*Send* on invoices says when its e-mail goes to a debtor in collection."""

    _inherit = "account.move.send"

    @api.model
    def _get_alerts(self, moves, moves_data):
        alerts = super()._get_alerts(moves, moves_data)
        mailed = moves.filtered(
            lambda move: (
                "email" in moves_data[move]["sending_methods"]
                and move.is_sale_document(include_receipts=True)
            )
        )
        messages = self.env["debt.message"]
        for company, written in mailed.grouped("company_id").items():
            text = messages._elsewhere_warning("email", written.partner_id, company)
            if text:
                alerts[f"debt_collection_{company.id}"] = {
                    "level": "warning",
                    "message": text,
                }
        return alerts
