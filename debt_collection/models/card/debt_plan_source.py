from odoo import api, models


class DebtPlanSource(models.AbstractModel):
    """Rules by which next contacts are planned: when they change, so do the plans."""

    _name = "debt.plan.source"
    _description = "Rules for Planning"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._replan()
        return records

    def write(self, vals):
        result = super().write(vals)
        self._replan()
        return result

    def unlink(self):
        result = super().unlink()
        self._replan()
        return result

    @api.model
    def _replan(self):
        """Have every open case planned anew, soon, and by the new rules.

        Their pure forms are kept in the registry's cache.
        """
        self.env.registry.clear_cache()
        # Superuser: rules hold for all; only the mark to be planned is set.
        cases = self.env["debt.case"].sudo().with_context(active_test=False)
        clean = cases.search([("closed_at", "=", False), ("plan_dirty", "=", False)])
        clean._set_dirty()
