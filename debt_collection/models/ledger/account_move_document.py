import logging

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

_logger = logging.getLogger(__name__)


class AccountMove(models.Model):
    """A document as it is shown and sent to people without rights in accounting.

    Whoever calls these has checked that it is one of the debtor's in question.
    """

    _inherit = "account.move"

    def _debt_pdf(self):
        """The document as PDF, False where it cannot be made.

        :return: bytes, or False
        """
        self.ensure_one()
        # Superuser: the caller has checked whose document it is.
        reports = self.env["ir.actions.report"].sudo()
        try:
            content, kind = reports._render_qweb_pdf(
                "account.account_invoices", self.ids
            )
        except (UserError, ValueError) as error:
            # Without the program that makes PDFs there still is what is written.
            _logger.warning("No PDF of document %s: %s", self.id, error)
            return False
        return content if kind == "pdf" else False

    def _debt_lines_shown(self):
        """What was invoiced, as plain values for a screen."""
        self.ensure_one()
        lines = self.invoice_line_ids.filtered(
            lambda one: one.display_type == "product"
        )
        return [
            {
                "name": line.name or line.product_id.display_name,
                "quantity": formatLang(self.env, line.quantity, digits=2),
                "unit": line.product_uom_id.name or "",
                "price": self.currency_id.format(line.price_unit),
                "total": self.currency_id.format(line.price_total),
            }
            for line in lines
        ]

    def _debt_facts_shown(self):
        """Dates, references and sums, as plain values for a screen."""
        self.ensure_one()
        return {
            "name": self.name,
            "ref": self.ref or self.payment_reference or "",
            "date": format_date(self.env, self.invoice_date or self.date),
            "due": format_date(self.env, self.invoice_date_due or self.date),
            "untaxed": self.currency_id.format(abs(self.amount_untaxed)),
            "tax": self.currency_id.format(abs(self.amount_tax)),
            "total": self.currency_id.format(abs(self.amount_total)),
            "open": self.currency_id.format(abs(self.amount_residual)),
        }
