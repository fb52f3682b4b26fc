from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _debt_email(self):
        """Address to write to, False where there is none or mail comes back from it.

        Odoo counts bounces by partner, and until somebody writes from that address; a
        corrected address has not had any.
        """
        email = self.email_normalized
        if not email or not self.message_bounce:
            return email
        # Superuser: whether mail to exactly this address came back.
        returned = self.env["debt.message"].sudo()
        return (
            not returned.search_count(
                [
                    ("partner_id", "=", self.commercial_partner_id.id),
                    ("channel", "=", "email"),
                    ("address", "=", email),
                    ("state", "=", "failed"),
                ],
                limit=1,
            )
            and email
        )
