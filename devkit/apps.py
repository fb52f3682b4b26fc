"""Our addons beside the other apps of Odoo: a database with all that are at hand."""

import ast
from pathlib import Path

from . import database
from .base import digest, locked

#: What is no app by itself, and yet stands beside ours in many companies: accounting in
#: some countries whose laws we know, electronic invoices, letters, payments.
MORE = (
    "account_check_printing",
    "account_debit_note",
    "account_edi_ubl_cii",
    "account_peppol",
    "account_qr_code_sepa",
    "account_test",
    "account_update_tax_tags",
    "auth_totp_portal",
    "base_automation",
    "base_geolocalize",
    "base_vat",
    "board",
    "crm_sms",
    "data_recycle",
    "l10n_at",
    "l10n_be",
    "l10n_ch",
    "l10n_de",
    "l10n_fr_account",
    "l10n_it_edi",
    "l10n_nl",
    "l10n_pl",
    "l10n_uk",
    "l10n_us_account",
    "partnership",
    "payment_demo",
    "privacy_lookup",
    "product_email_template",
    "sms_twilio",
    "snailmail_account",
    "spreadsheet_dashboard_account",
    "web_hierarchy",
    "website_payment",
)


def modules():
    """The apps among the addons at hand, and some more; what needs them follows."""
    found = set()
    for path in database.addons_path():
        for manifest in Path(path).glob("*/__manifest__.py"):
            facts = ast.literal_eval(manifest.read_text())
            name = manifest.parent.name
            if not facts.get("installable", True) or name in database.addons():
                continue
            if name in MORE or facts.get("application"):
                found.add(name)
    return sorted(found)


def template(wanted):
    """The name of a database with modules, and all that Odoo installs with them."""
    wanted = sorted(set(wanted) or modules())
    name = f"debt_base_apps_{digest(*wanted)}"
    with locked("databases"):
        database.template()
    # It takes so long that nobody else should wait for it.
    with locked("apps"):
        if not database.exists(name):
            title = f"Installing {len(wanted)} apps (a quarter of an hour)"
            database.make(name, wanted, False, title, database.base_name("plain"))
    return name
