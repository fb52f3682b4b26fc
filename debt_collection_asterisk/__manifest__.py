{
    "name": "Debt Collection: Asterisk",
    "summary": "Click-to-call, progressive, predictive and voice message dialling "
    "through an Asterisk of your own",
    "version": "19.0.1.0.0",
    "category": "Accounting/Debt Collection",
    "author": "Debt Collection Contributors",
    "license": "LGPL-3",
    "depends": ["debt_collection"],
    "data": [
        "security/ir.model.access.csv",
        "security/debt_dialler_rules.xml",
        "data/ir_cron_data.xml",
        "data/debt_dialler_prompt_data.xml",
        "wizards/debt_dialler_secret_views.xml",
        "views/debt_dialler_campaign_views.xml",
        "views/debt_ladder_views.xml",
        "views/debt_dialler_operator_views.xml",
        "views/debt_dialler_prompt_views.xml",
        "views/debt_dialler_lease_views.xml",
        "views/debt_dialler_incoming_views.xml",
        "views/debt_telephony_provider_views.xml",
        "views/debt_caller_number_views.xml",
        "views/res_users_views.xml",
        "views/debt_dialler_menus.xml",
    ],
    "demo": ["demo/debt_dialler_demo.xml"],
    "assets": {
        "web.assets_backend": [
            "debt_collection_asterisk/static/src/components/**/*",
        ],
        "web.assets_tests": [
            "debt_collection_asterisk/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "debt_collection_asterisk/static/tests/**/*.test.js",
        ],
    },
    "uninstall_hook": "uninstall_hook",
}
