import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What the dialplan and the exchange must not read as anything else.
EXTENSION = re.compile(r"([A-Za-z0-9]+/)?[A-Za-z0-9_.-]{1,40}")


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

    def write(self, vals):
        """Whoever leaves is given no call any more."""
        result = super().write(vals)
        if vals.get("active") is False:
            # Superuser: exactly the stations of those who are archived.
            stations = self.env["debt.dialler.operator"].sudo()
            for station in stations.search([("user_id", "in", self.ids)]):
                station._set_state("offline")
        return result

    def _debt_dialler_endpoint(self):
        """The operator's telephone, as the dialler process wants it."""
        self.ensure_one()
        # Superuser: the extension alone, of whom the call is given to.
        endpoint = self._debt_endpoint(self.sudo().debt_extension)
        return {"user_id": self.id, "endpoint": endpoint}

    @api.model
    def _debt_endpoint(self, extension):
        """An extension with its technology, empty where it is none."""
        extension = (extension or "").strip()
        if not EXTENSION.fullmatch(extension):
            return ""
        return extension if "/" in extension else f"PJSIP/{extension}"

    @api.constrains("debt_extension")
    def _check_debt_extension(self):
        for user in self:
            if user.debt_extension and not self._debt_endpoint(user.debt_extension):
                raise ValidationError(
                    self.env._(
                        "“%(extension)s” is no extension of the exchange: write it as "
                        "100, or as PJSIP/100.",
                        extension=user.debt_extension,
                    )
                )
