"""Late fees of the demo: one debtor has been charged."""


def charge_fees(env):
    """Charge the debtor whose item has been late longest, where there is a rule."""
    company = env.ref("debt_collection.demo_company_eu")
    fees = env["debt.fee"].with_company(company)
    fees = fees.with_context(allowed_company_ids=company.ids)
    found = [one for one in fees._work_out(company) if one.amount]
    if not found:
        return
    debtor = found[0].line.partner_id.commercial_partner_id
    wanted = {
        one.line.id: float(one.amount)
        for one in found
        if one.line.partner_id.commercial_partner_id == debtor
    }
    fees._charge(company, wanted, debtor.ids)
