from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from ...tools.law import Choice, Debtor


class DebtContactPolicy(models.Model):
    _inherit = "debt.contact.policy"

    @api.model
    def _read_laws(self):
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
        laws = self._laws()
        debtors = self._prepare_debtors(partner, company)
        fitting = (
            law
            for debtor in debtors
            for law in laws.get(debtor.country, ())
            if law.fits(debtor, company.id)
        )
        own = partner.debt_contact_policy_id
        # Where nobody knows which law protects him, the company's choice is none.
        default = debtors and company.debt_contact_policy_id
        return Choice(
            own=own._law() if own else None,
            fitting=tuple(dict.fromkeys(fitting)),
            default=default._law() if default else None,
            always=company.debt_contact_policy_always or len(debtors) > 1,
        )

    @api.model
    def _prepare_debtors(self, partner, company):
        """What laws are chosen by, once for each country in which the debtor may be.

        :return: list of `tools.law.Debtor`
        """
        person = not partner.is_company
        kind = partner.debt_kind or ("consumer" if person else "business")
        return [
            Debtor(
                country=country.id,
                state=partner.state_id.id or None,
                zip=partner.zip or None,
                person=person,
                consumer=kind == "consumer",
            )
            for country in partner._debt_countries(company)
        ]

    @api.model
    def _chosen_policy(self, choice):
        """What holds for a debtor, as `tools.policy.Policy`; None without any policy.

        :param choice: what `_choose` returned
        """
        return choice.policy()
