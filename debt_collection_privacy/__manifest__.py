{
    "name": "Debt Collection: Privacy Lookup",
    "summary": "What Odoo's Privacy Lookup finds of debtors is erased the right way",
    "version": "19.0.1.0.0",
    "category": "Accounting/Debt Collection",
    "author": "Debt Collection Contributors",
    "license": "LGPL-3",
    "depends": ["debt_collection", "privacy_lookup"],
    "auto_install": True,
}
