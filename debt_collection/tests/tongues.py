"""The languages of the laws that are shipped: debtors are written to in each."""

LANGUAGES = (
    "en_US",
    "ru_RU",
    "de_DE",
    "fr_FR",
    "nl_NL",
    "es_ES",
    "it_IT",
    "pt_BR",
    "uk_UA",
    "kk_KZ",
)


def speak_all(env):
    """Activate them all, with what we bring along in them; their codes."""
    for code in LANGUAGES:
        env["res.lang"]._activate_lang(code)
    ours = [("name", "=like", "debt_collection%"), ("state", "=", "installed")]
    env["ir.module.module"].search(ours)._update_translations(list(LANGUAGES[1:]))
    return LANGUAGES
