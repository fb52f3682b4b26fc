from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import numbering

PRESSABLE = set("0123456789*#")


class DebtTelephonyProvider(models.Model):
    """The form in which the carrier of an exchange wants numbers dialled."""

    _inherit = "debt.telephony.provider"

    number_form = fields.Selection(
        [
            ("e164", "With a plus: +32470123456"),
            ("digits", "Without the plus: 32470123456"),
            ("international", "As from abroad: 0032470123456"),
            ("national", "As at home: 0470123456, and abroad 0049…"),
        ],
        string="Numbers Are Dialled As",
        required=True,
        default="e164",
    )
    number_home_id = fields.Many2one(
        "res.country",
        string="Line In",
        compute="_compute_number_home_id",
        store=True,
        readonly=False,
        help="How people dial here is how numbers are written.",
    )
    number_prefix = fields.Char(
        string="Before Every Number", help="As a 0 for an outside line."
    )
    number_preview = fields.Text(compute="_compute_number_preview")

    @api.constrains("number_prefix")
    def _check_number_prefix(self):
        """What goes before a number must not lead it elsewhere in the dialplan."""
        for provider in self:
            if set(provider.number_prefix or "") - PRESSABLE:
                raise ValidationError(
                    self.env._(
                        "“%(prefix)s”: before a number only what can be pressed on a "
                        "telephone may stand, digits, * and #.",
                        prefix=provider.number_prefix,
                    )
                )

    @api.depends("company_id")
    def _compute_number_home_id(self):
        for provider in self.filtered(lambda one: not one.number_home_id):
            company = provider.company_id or self.env.company
            provider.number_home_id = company.country_id

    @api.depends("number_form", "number_home_id", "number_prefix")
    def _compute_number_preview(self):
        for provider in self:
            home = provider.number_home_id.code or ""
            provider.number_preview = "\n".join(
                f"{number}  →  {provider._dialled_as(number)}"
                for number in numbering.examples(home)
            )

    def _dialled_as(self, number):
        """A number (E.164) as the carrier wants it dialled."""
        return numbering.dialled(
            number or "",
            self.number_form or "e164",
            self.number_home_id.code or "",
            self.number_prefix or "",
        )
