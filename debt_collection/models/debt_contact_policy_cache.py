from odoo import api, models, tools


class DebtContactPolicy(models.Model):
    """Policies change a few times a year and are asked for at every contact.

    Their pure form is kept in the registry's cache, which is dropped as soon as a
    policy, one of its windows or one of its limits is changed.
    """

    _inherit = "debt.contact.policy"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _to_pure(self):
        self.ensure_one()
        # A policy not saved yet (a form being filled in) has nothing to be kept under.
        if not isinstance(self.id, int):
            return super()._to_pure()
        return self._cached_pure(self.id)

    @api.model
    @tools.ormcache("policy_id")
    def _cached_pure(self, policy_id):
        # Superuser: the same for everybody, whoever asks first.
        policy = self.sudo().browse(policy_id)
        return super(DebtContactPolicy, policy)._to_pure()

    @api.model
    def _for_country(self):
        return self.browse(self._cached_country_ids())

    @api.model
    @tools.ormcache()
    def _cached_country_ids(self):
        return tuple(super(DebtContactPolicy, self.sudo())._for_country().ids)

    def _fits(self, partner, company):
        self.ensure_one()
        applies_to, company_id, country_ids = self._cached_scope(self.id)
        return (
            applies_to in ("any", "company" if partner.is_company else "person")
            and company_id in (False, company.id)
            and partner.country_id.id in country_ids
        )

    @api.model
    @tools.ormcache("policy_id")
    def _cached_scope(self, policy_id):
        policy = self.sudo().browse(policy_id)
        return (
            policy.applies_to,
            policy.company_id.id,
            frozenset(policy.country_ids.ids),
        )


class DebtContactPolicyWindow(models.Model):
    _inherit = "debt.contact.policy.window"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()


class DebtContactPolicyLimit(models.Model):
    _inherit = "debt.contact.policy.limit"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
