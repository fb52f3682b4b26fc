from odoo import api, fields, models


class DebtTelephonyProvider(models.Model):
    """A telephone that does not record says when a law wants calls recorded."""

    _inherit = "debt.telephony.provider"

    recording_hint = fields.Text(compute="_compute_recording_hint")

    @api.depends("company_id")
    def _compute_recording_hint(self):
        for provider in self:
            company = provider.company_id or self.env.company
            laws = not provider._records() and self._laws_on_recording(company)
            provider.recording_hint = bool(laws) and self.env._(
                "Calls with some of your debtors must be recorded (%(laws)s), and this "
                "telephone does not record for us: switch recording on, or see to it "
                "that your telephone system records.",
                laws=", ".join(laws.mapped("name")),
            )

    def _records(self):
        """Hook: whether calls are recorded where the law allows it."""
        return False

    @api.model
    def _laws_on_recording(self, company):
        """The policies that want calls recorded, and fit a debtor in collection.

        :return: ``debt.contact.policy``
        """
        # Superuser: where debtors are, whoever may read contacts.
        cases = self.env["debt.case"].sudo()
        theirs = [("company_id", "=", company.id), ("closed_at", "=", False)]
        countries = self.env["res.country"].union(
            *(
                country
                for (country,) in cases._read_group(theirs, ["partner_id.country_id"])
            )
        )
        return self.env["debt.contact.policy"].search(
            [
                ("recording_required", "=", True),
                ("company_id", "in", (False, company.id)),
                ("country_ids", "in", countries.ids),
            ]
        )
