{
    "name": "Debt Collection: Softphone (VoIP OCA)",
    "summary": "Calls in the browser's softphone, which confirms each of them",
    "version": "19.0.1.0.0",
    "category": "Accounting/Debt Collection",
    "author": "Debt Collection Contributors",
    "license": "AGPL-3",
    "depends": ["debt_collection", "voip_oca"],
    "data": [
        "security/voip_call_rules.xml",
        "data/debt_telephony_data.xml",
        "data/ir_cron_data.xml",
        "views/debt_telephony_provider_views.xml",
        "views/voip_call_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "debt_collection_voip_oca/static/src/**/*",
        ],
        "web.assets_tests": [
            "debt_collection_voip_oca/static/tests/tours/**/*",
        ],
    },
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
