from odoo import api, fields, models


class DebtCallWizard(models.TransientModel):
    """What the matter is, and what the debtor can be asked to prove who it is."""

    _inherit = "debt.call.wizard"

    # Worked out at every opening, with what the ledger says then.
    summary = fields.Char(readonly=True)
    warning = fields.Char(
        readonly=True, help="What the operator must know before the first word."
    )
    identity = fields.Text(
        compute="_compute_identity",
        help="To check against what whoever answers says; nothing of it is read out "
        "before that.",
    )

    @api.depends("call_id")
    def _compute_identity(self):
        for wizard in self:
            wizard.identity = "\n".join(wizard._identity_lines()) or False

    def _identity_lines(self):
        """Address, then what else is known that a stranger does not know."""
        # Superuser: exactly the debtor whom the operator has on the line.
        debtor = self.partner_id.sudo()
        address = debtor._display_address(without_company=True).splitlines()
        registered = filter(None, (debtor.vat, debtor.company_registry))
        return list(
            filter(
                None,
                (
                    ", ".join(line.strip() for line in address if line.strip()),
                    " · ".join(dict.fromkeys(registered)),
                    debtor.email,
                ),
            )
        )

    @api.model
    def _prepare_matter(self, case, rows):
        """Values of the sentence and of the warning.

        :param rows: what `debt.case._read_items` has just read
        """
        summary, warning = self.env["debt.summary"]._for_window(case, rows)
        return {"summary": summary, "warning": warning}
