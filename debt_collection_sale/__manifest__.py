{
    "name": "Debt Collection: Sales",
    "summary": "Orders warn of suspended deliveries and of debts that were written off",
    "version": "19.0.1.0.0",
    "category": "Accounting/Debt Collection",
    "author": "Debt Collection Contributors",
    "license": "LGPL-3",
    "depends": ["debt_collection", "sale"],
    "data": ["views/sale_order_views.xml"],
    "auto_install": True,
}
