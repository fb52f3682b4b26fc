from odoo import fields, models
from odoo.exceptions import AccessError


class DigestDigest(models.Model):
    """What collection brought, in the periodic e-mail of Odoo's figures.

    Managers of collection get it; of others, Odoo leaves the figures out.
    """

    _inherit = "digest.digest"

    kpi_debt_collected = fields.Boolean("Money Collected")
    kpi_debt_collected_value = fields.Monetary(
        compute="_compute_kpi_debt_collected_value"
    )
    kpi_debt_calls = fields.Boolean("Calls to Debtors")
    kpi_debt_calls_value = fields.Integer(compute="_compute_kpi_debt_calls_value")
    kpi_debt_right_party = fields.Boolean("Right Party Contacts")
    kpi_debt_right_party_value = fields.Integer(
        compute="_compute_kpi_debt_right_party_value"
    )
    kpi_debt_promises = fields.Boolean("Promises to Pay")
    kpi_debt_promises_value = fields.Monetary(
        compute="_compute_kpi_debt_promises_value"
    )

    def _compute_kpi_debt_collected_value(self):
        self._compute_kpi_debt("kpi_debt_collected_value", "debt.collection.report")

    def _compute_kpi_debt_calls_value(self):
        self._compute_kpi_debt("kpi_debt_calls_value", "debt.call")

    def _compute_kpi_debt_right_party_value(self):
        self._compute_kpi_debt("kpi_debt_right_party_value", "debt.call")

    def _compute_kpi_debt_promises_value(self):
        self._compute_kpi_debt("kpi_debt_promises_value", "debt.promise")

    def _compute_kpi_debt(self, name, model):
        """Fill in one figure, of each digest's company.

        :raises AccessError: Odoo leaves it out of this user's e-mail
        """
        if not self.env.user.has_group("debt_collection.group_debt_manager"):
            raise AccessError(
                self.env._("Do not have access, skip this data for user's digest email")
            )
        start, end, companies = self._get_kpi_compute_parameters()
        # Superuser: sums of the digest's companies, and the user is a manager.
        records = self.env[model].sudo().with_context(allowed_company_ids=companies.ids)
        domain, aggregate = self._kpi_debt_query(name, start, end)
        sums = records._read_group(
            [("company_id", "in", companies.ids), *domain], ["company_id"], [aggregate]
        )
        sums = {company.id: value for company, value in sums}
        for digest in self:
            company = digest.company_id or self.env.company
            digest[name] = sums.get(company.id, 0)

    def _kpi_debt_query(self, name, start, end):
        """What is counted: a domain and an aggregate. Times are UTC."""
        first, last = fields.Date.to_date(start), fields.Date.to_date(end)
        made = [("started_at", ">=", start), ("started_at", "<", end)]
        match name:
            case "kpi_debt_collected_value":
                return [("day", ">=", first), ("day", "<", last)], "amount:sum"
            case "kpi_debt_calls_value":
                return [*made, ("state", "!=", "draft")], "__count"
            case "kpi_debt_right_party_value":
                return [*made, ("party", "=", "right_party")], "__count"
        days = [("made_on", ">=", first), ("made_on", "<", last)]
        return [*days, ("state", "!=", "cancelled")], "amount:sum"

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("debt_collection.debt_menu_root").id
        for name, action in (
            ("kpi_debt_collected", "debt_collection_report_action"),
            ("kpi_debt_calls", "debt_call_report_action"),
            ("kpi_debt_right_party", "debt_call_report_action"),
            ("kpi_debt_promises", "debt_promise_action"),
        ):
            actions[name] = f"debt_collection.{action}?menu_id={menu}"
        return actions
