{
    "name": "Debt Collection: Paying",
    "summary": "Debtors pay all or chosen items on their page, at any hour",
    "version": "19.0.1.0.0",
    "category": "Accounting/Debt Collection",
    "author": "Debt Collection Contributors",
    "license": "LGPL-3",
    "depends": ["debt_collection", "account_payment"],
    "data": ["views/portal_templates.xml"],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
