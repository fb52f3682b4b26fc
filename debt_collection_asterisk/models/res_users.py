from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    debt_extension = fields.Char(
        string="Telephone on the Exchange",
        help="The extension that rings for calls to debtors: 100, or with its "
        "technology, PJSIP/100.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + ["debt_extension"]

    def _debt_dialler_endpoint(self):
        """The operator's telephone, as the dialler process wants it."""
        self.ensure_one()
        # Superuser: the extension alone, of whom the call is given to.
        extension = (self.sudo().debt_extension or "").strip()
        if extension and "/" not in extension:
            extension = f"PJSIP/{extension}"
        return {"user_id": self.id, "endpoint": extension}
