from odoo import api, fields, models

from odoo.addons.debt_collection.models.card.groups import READERS


class SaleOrder(models.Model):
    """An order says what must be known of its customer before it is delivered."""

    _inherit = "sale.order"

    debt_warning = fields.Text(
        string="Before Delivery",
        compute="_compute_debt_warning",
        # A customer who looks at his orders must not read about any debtor.
        groups=f"sales_team.group_sale_salesman,{READERS}",
        help="Deliveries are suspended, or a debt was written off.",
    )

    @api.depends("partner_id", "partner_invoice_id", "company_id", "state")
    def _compute_debt_warning(self):
        for order in self:
            customers = order.partner_id | order.partner_invoice_id
            asked = order.state != "cancel"
            texts = (
                one._debt_warning_text(order.company_id)
                for one in customers.commercial_partner_id
                if asked and order.company_id
            )
            order.debt_warning = "\n".join(filter(None, texts)) or False
