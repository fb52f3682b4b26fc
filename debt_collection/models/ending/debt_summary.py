from odoo import api, models


class DebtSummary(models.AbstractModel):
    """The debtor's sentence says who has the case: he calls, and asks whom to pay."""

    _inherit = "debt.summary"

    @api.model
    def _sentence(self, case, facts, owed):
        sentence = super()._sentence(case, facts, owed)
        if case.state != "legal":
            return sentence
        # Superuser: whoever may read a case may know who has it.
        handed = case.sudo().handover_ids.filtered(lambda one: one.state == "open")
        told = handed[:1]._told()
        return " ".join(filter(None, (sentence, told))) or False
