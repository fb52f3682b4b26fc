from odoo import api, models, tools
from odoo.fields import Domain


class DebtContactPolicy(models.Model):
    """Policies change a few times a year and are asked for at every contact.

    Their pure form, and what several of them amount to together, is kept in the
    registry's cache, which `debt.plan.source` drops as soon as a policy, or any part of
    it, is changed.
    """

    _inherit = "debt.contact.policy"

    @api.model
    @tools.ormcache()
    def _cached_laws(self):
        # Superuser: the same for everybody, whoever asks first; the choice among them
        # asks for the company.
        found = self.sudo()._read_laws()
        return {country: tuple(laws) for country, laws in found.items()}

    @api.model
    def _laws(self):
        return self._cached_laws()

    @api.model
    @tools.ormcache()
    def _cached_by_id(self):
        # Superuser: as above; an archived one may still be set on a debtor.
        every = self.sudo().with_context(active_test=False)._search_laws(Domain.TRUE)
        return {policy.id: policy._to_law() for policy in every}

    def _law(self):
        self.ensure_one()
        # One not saved yet (a form being filled in) has nothing to be kept under.
        return self._cached_by_id().get(self.id) or super()._law()

    @tools.ormcache("tuple(self.ids)")
    def _asks_consent_to_record(self):
        """Whether one of these laws has recordings only where the debtor consented."""
        return "consent" in self.sudo().mapped("recording")

    @api.model
    @tools.ormcache("choice")
    def _chosen_policy(self, choice):
        return super()._chosen_policy(choice)
