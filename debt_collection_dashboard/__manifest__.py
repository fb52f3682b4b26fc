{
    "name": "Debt Collection: Dashboard",
    "summary": "The manager's first screen: money, ages of debts, the team today",
    "version": "19.0.1.0.0",
    "category": "Accounting/Debt Collection",
    "author": "Debt Collection Contributors",
    "license": "LGPL-3",
    "depends": ["debt_collection", "spreadsheet_dashboard"],
    "data": ["data/dashboards.xml", "views/menus.xml"],
    "auto_install": True,
}
