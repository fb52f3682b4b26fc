from odoo import api, fields, models

from odoo.addons.debt_collection.models.privacy.debt_personal_data import (
    BATCH,
    Personal,
)


class DebtPersonalData(models.AbstractModel):
    """What the exchange told of a debtor goes with his cases."""

    _inherit = "debt.personal.data"

    @api.model
    def _personal(self):
        return super()._personal() | {
            "debt.dialler.command": Personal("call_id.case_id", ("values", "error")),
            "debt.dialler.incoming": Personal("case_ids", ("number",)),
        }

    @api.model
    def _exported(self):
        return super()._exported() | {
            "debt.dialler.incoming": (
                "case_ids.partner_id",
                ["at", "number", "state", "callback"],
            ),
        }

    @api.model
    def _cron_erase(self):
        result = super()._cron_erase()
        self._erase_strangers()
        return result

    @api.model
    def _erase_strangers(self):
        """Numbers of callers whom no case knows are kept no longer than others."""
        incoming, now = self.env["debt.dialler.incoming"].sudo(), fields.Datetime.now()
        for company in self.env["res.company"].search([("debt_keep_days", ">", 0)]):
            last = fields.Datetime.subtract(now, days=company.debt_keep_days)
            strangers = [
                ("company_id", "=", company.id),
                ("at", "<", last),
                ("number", "!=", False),
                ("case_ids", "=", False),
            ]
            while found := incoming.search(strangers, limit=BATCH):
                found.number = False
                if not self.env["ir.cron"]._commit_progress(len(found)):
                    return
