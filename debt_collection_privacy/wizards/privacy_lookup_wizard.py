from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class PrivacyLookupWizard(models.TransientModel):
    _inherit = "privacy.lookup.wizard"

    def _get_query(self):
        """Find numbers too: Odoo leaves out what goes with a contact."""
        query = super()._get_query()
        return SQL(
            """%s UNION ALL
            SELECT %s AS res_model_id, id AS res_id, active AS is_active
              FROM debt_phone
             WHERE partner_id IN (SELECT id FROM indirect_references)
                OR contact_id IN (SELECT id FROM indirect_references)""",
            query,
            self.env["ir.model"]._get_id("debt.phone"),
        )


class PrivacyLookupWizardLine(models.TransientModel):
    """Evidence is not deleted row by row: what may go is erased for a whole debtor."""

    _inherit = "privacy.lookup.wizard.line"

    def _of_debt(self):
        return self.filtered(lambda line: (line.res_model or "").startswith("debt."))

    def _debt_debtor(self):
        """The debtor whom a line of ours is about, ``res.partner``, or nobody."""
        self.ensure_one()
        # Superuser, as Odoo itself reads the lines; it ends in a name the user has
        # searched for.
        record = self.env[self.res_model].sudo().browse(self.res_id).exists()
        for name in ("case_id", "call_id", "recording_id", "review_id"):
            if "partner_id" not in record and name in record:
                record = record[name]
        if "partner_id" not in record:
            return self.env["res.partner"]
        return record.partner_id.commercial_partner_id.sudo(False)

    def _debt_open_wizard(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_privacy_wizard_action"
        )
        return action | {"context": {"default_partner_id": self._debt_debtor().id}}

    def action_unlink(self):
        """:return: for a record of ours, the dialog that erases what may go"""
        self.ensure_one()
        return self._debt_open_wizard() if self._of_debt() else super().action_unlink()

    def action_unlink_all(self):
        """:return: the dialog for what is left, where a line is a record of ours"""
        ours = self._of_debt()
        others = self - ours
        result = super(PrivacyLookupWizardLine, others).action_unlink_all()
        return ours[0]._debt_open_wizard() if ours else result

    def action_archive_all(self):
        others = self - self._of_debt()
        return super(PrivacyLookupWizardLine, others).action_archive_all()

    @api.onchange("is_active")
    def _onchange_is_active(self):
        """:raises UserError: it is a record of ours"""
        if self._of_debt():
            raise UserError(
                self.env._(
                    "Records of debt collection are not archived here: use Delete, and "
                    "what may go is erased for the whole debtor."
                )
            )
        return super()._onchange_is_active()
