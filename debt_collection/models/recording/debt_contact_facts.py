from dataclasses import replace

from odoo import api, models

from ...tools.consent import last_word
from ...tools.contact import TALKS


class DebtContactFacts(models.AbstractModel):
    """Whether a talk with a debtor would be recorded, as some laws want it."""

    _inherit = "debt.contact.facts"

    @api.model
    def _is_recorded(self, case, channel, facts):
        """By one of the company's telephones, where the debtor and the laws let it."""
        company, providers = case.company_id, self.env["debt.telephony.provider"]
        if channel not in TALKS or not providers._some_records(company):
            return super()._is_recorded(case, channel, facts)
        words, today = facts.words, company._debt_today()
        said = last_word(words, "recording", None, today) if words else None
        if said is None:
            return not case._contact_policy()._asks_consent_to_record()
        return said

    @api.model
    def _asked_now(self, case, asked, facts):
        """A case is planned for any telephone; the one that dials has to record."""
        asked = super()._asked_now(case, asked, facts)
        target, law = asked.target, asked.policy
        minds = target.recorded and (law.recorded or law.then)
        if minds and not self.env["debt.telephony.provider"]._would_record(case, facts):
            return replace(asked, target=target._replace(recorded=False))
        return asked
