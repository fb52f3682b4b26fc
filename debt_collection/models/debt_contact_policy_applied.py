from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.law import Choice, Debtor


class DebtContactPolicy(models.Model):
    _inherit = "debt.contact.policy"

    @api.model
    def _laws(self):
        """The policies that name a country, each as `tools.law.Law`.

        :return: dict of lists by country id
        """
        found = defaultdict(list)
        for policy in self._search_laws(Domain("country_ids", "!=", False)):
            law = policy._to_law()
            for country_id in law.countries:
                found[country_id].append(law)
        return found

    @api.model
    def _search_laws(self, domain):
        """Policies with all their columns, in one query."""
        columns = [name for name, field in self._fields.items() if field.column_type]
        return self.search_fetch(domain, columns)

    def _law(self):
        """The policy as `tools.law.Law`, kept at hand."""
        return self._to_law()

    @api.model
    def _choose(self, partner, company):
        """The policies among which the day decides for a debtor, `tools.law.Choice`.

        :param partner: the debtor, ``res.partner``
        :param company: whom he owes, ``res.company``
        """
        debtor = self._prepare_debtor(partner)
        laws = self._laws().get(debtor.country, ())
        own = partner.debt_contact_policy_id
        default = company.debt_contact_policy_id
        return Choice(
            own=own._law() if own else None,
            fitting=tuple(law for law in laws if law.fits(debtor, company.id)),
            default=default._law() if default else None,
            always=company.debt_contact_policy_always,
        )

    @api.model
    def _prepare_debtor(self, partner):
        person = not partner.is_company
        kind = partner.debt_kind or ("consumer" if person else "business")
        return Debtor(
            country=partner.country_id.id or None,
            state=partner.state_id.id or None,
            zip=partner.zip or None,
            person=person,
            consumer=kind == "consumer",
        )

    @api.model
    def _chosen_policy(self, choice):
        """What holds for a debtor, as `tools.policy.Policy`; None without any policy.

        :param choice: what `_choose` returned
        """
        return choice.policy()


class DebtCase(models.Model):
    _inherit = "debt.case"

    def _policy_choice(self):
        """The contact policies among which the day decides, `tools.law.Choice`."""
        self.ensure_one()
        # Superuser: which law holds does not depend on who asks.
        case = self.sudo()
        policies = case.env["debt.contact.policy"]
        return policies._choose(case.partner_id, case.company_id)

    def _contact_policy(self):
        """The policies that hold today, all together: see `tools.law.Choice`.

        :return: ``debt.contact.policy``, empty when none is found
        """
        laws = self._policy_choice().on(fields.Date.today())
        return self.env["debt.contact.policy"].browse(law.id for law in laws)
