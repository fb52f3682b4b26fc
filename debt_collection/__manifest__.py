{
    "name": "Debt Collection",
    "summary": "Turn overdue invoices into cash by telephone, decently and lawfully",
    "version": "19.0.1.0.0",
    "category": "Accounting/Debt Collection",
    "author": "Debt Collection Contributors, Odoo Community Association (OCA)",
    "license": "LGPL-3",
    "website": "https://github.com/OCA/credit-control",
    "depends": ["account", "calendar", "phone_validation", "sms"],
    "external_dependencies": {"python": ["phonenumbers", "holidays"]},
    "data": [
        "security/debt_groups.xml",
        "security/ir.model.access.csv",
        "security/debt_rules.xml",
        "data/debt_ladder_data.xml",
        "data/debt_script_data.xml",
        "data/debt_stage_data.xml",
        "data/debt_contact_policy_data.xml",
        "data/debt_call_outcome_data.xml",
        "data/debt_objection_data.xml",
        "data/debt_profile_data.xml",
        "data/ir_cron_data.xml",
    ],
    "demo": [],
    "assets": {
        "web.assets_backend": [
            "debt_collection/static/src/components/**/*",
        ],
        "web.assets_tests": [
            "debt_collection/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "debt_collection/static/tests/**/*.test.js",
        ],
    },
    "post_init_hook": "post_init_hook",
    "application": True,
    "installable": True,
}
