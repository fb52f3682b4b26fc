from odoo import api, fields, models, tools


class DebtTelephonyProvider(models.Model):
    """Whether calls are recorded, as some laws want it; plans follow what dials."""

    _name = "debt.telephony.provider"
    _inherit = ["debt.telephony.provider", "debt.plan.source"]

    recording_hint = fields.Text(compute="_compute_recording_hint")

    @api.depends("company_id")
    def _compute_recording_hint(self):
        policies = self.env["debt.contact.policy"]
        for provider in self:
            company = provider.company_id or self.env.company
            # Superuser: where this company records, whoever looks at the provider.
            recorded = company.sudo().debt_recorded_elsewhere or provider._records()
            laws = not recorded and policies._laws_asking(company, "recording_required")
            provider.recording_hint = bool(laws) and self.env._(
                "Calls with some of your debtors must be recorded (%(laws)s), and this "
                "telephone does not record for us, so they are refused: switch "
                "recording on, or, where your telephone system records, say so in the "
                "settings of Debt Collection.",
                laws=", ".join(laws.mapped("name")),
            )

    def _records(self):
        """Hook: whether calls are recorded where the law allows it."""
        return False

    @api.model
    @tools.ormcache("company.id")
    def _some_records(self, company):
        """Whether a company has any telephone on which calls are recorded.

        :param company: ``res.company``
        """
        # Superuser: the same for everybody, whoever asks first.
        company = company.sudo()
        serving = self.sudo().search([("company_id", "in", (False, company.id))])
        return bool(company.debt_recorded_elsewhere) or any(
            provider._records() for provider in serving
        )

    @api.model
    def _would_record(self, case, facts):
        """Whether the telephone that would call this debtor now records.

        That of the open call or of the campaign, else the user's.

        :param facts: `Facts` of the debtor
        """
        # Superuser: settings of the company that calls, and of its telephone.
        company = case.company_id.sudo()
        if company.debt_recorded_elsewhere:
            return True
        provider = facts.dialler or facts.busy and facts.busy.provider_id
        return (provider or self._found_for_user(company)).sudo()._records()
