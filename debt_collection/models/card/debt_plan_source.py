from odoo import api, models
from odoo.fields import Domain


class DebtPlanSource(models.AbstractModel):
    """Rules by which next contacts are planned: when they change, so do the plans."""

    _name = "debt.plan.source"
    _description = "Rules for Planning"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._replan(records._get_planned_domain())
        return records

    def write(self, vals):
        before = self._get_planned_domain()
        result = super().write(vals)
        self._replan(before | self._get_planned_domain())
        return result

    def unlink(self):
        before = self._get_planned_domain()
        result = super().unlink()
        self._replan(before)
        return result

    def _get_planned_domain(self):
        """Hook: the cases that these rules plan; all of them, here."""
        return Domain.TRUE

    @api.model
    def _replan(self, domain=Domain.TRUE):
        """Have open cases planned anew, soon, and by the new rules.

        Their pure forms are kept in the registry's cache.

        :param domain: which of the open cases; all of them by default
        """
        self.env.registry.clear_cache()
        # Superuser: rules hold for all; only the mark to be planned is set.
        cases = self.env["debt.case"].sudo().with_context(active_test=False)
        clean = Domain("closed_at", "=", False) & Domain("plan_dirty", "=", False)
        cases.search(clean & domain)._set_dirty()
