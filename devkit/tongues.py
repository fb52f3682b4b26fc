"""Which terms are translated into which languages.

People work in three languages; debtors are written and spoken to in those of all laws
that are shipped. What debtors read and hear is told by where a term comes from.
"""

import re

#: All terms are translated into these.
WHOLE = ("ru",)
#: All terms stand in these files; those of debtors are translated, the rest in part.
GROWING = ("de",)
#: Only what debtors read and hear stands in these files.
OF_DEBTORS = ("fr", "nl", "es", "it", "pt_BR", "uk", "kk")
ALL = WHOLE + GROWING + OF_DEBTORS

#: Terms that are written alike in a language: their translation stays empty, as OCA's
#: check of catalogs wants it.
ALIKE = {
    "de": {
        "%(channel)s, %(date)s: %(text)s",
        "%(debtor)s, %(date)s",
        "%(debtor)s: %(outcome)s.",
        "%(number)s %%",
        "%(reason)s (%(zone)s)",
        "+32 2 555 12 34",
        "+322 +3271",
        "00",
        "100",
        "1–30",
        "31–60",
        "61–90",
        '<i class="fa fa-file-pdf-o me-1"/>PDF',
        '<span class="o_debt_outlook_key o_debt_outlook_pause"/> Pause',
        "Asterisk",
        "Bank",
        "Code",
        "DSO",
        "Fax",
        "ID",
        "Insolvent",
        "Internet",
        "Median",
        "Name",
        "Nonce",
        "Normal",
        "Offline",
        "Pause",
        "Person",
        "Phase",
        "Plan",
        "Problem",
        "Region",
        "Segment",
        "SMS",
        "Softphone",
        "Softphone (VoIP OCA)",
        "Start",
        "Status",
        "Team",
        "Teams",
        "Text",
        "Token",
        "Version",
        "Video",
        "name@example.com",
        "object.display_name",
        "Number: %(number)s",
        "· in",
    },
    "fr": {"<strong>Total</strong>", "Date", "E-mails", "SMS"},
    "nl": {"Bank", "Document", "E-mails"},
    "es": {"<strong>Total</strong>", "Original:", "SMS"},
    "it": {"SMS"},
    "pt_BR": {"<strong>Total</strong>", "E-mails", "Original:", "SMS"},
    "kk": {"SMS"},
}

#: Where what debtors read and hear comes from: the beginnings of occurrences.
_SOURCES = re.compile(
    r"""
    model:(?:mail\.template,(?:subject|body_html)|sms\.template,body):
    | model_terms:ir\.ui\.view,arch_db:\w+\.(?:
        statement | demand | letter | consent_page | portal_ | debt_personal_data_page)
    | model:ir\.actions\.report,print_report_name:\w+\.debt_(?:statement|letter)
    | model:debt\.letter\.level,(?:title|opening|closing):
    # The way of payment, which the confirmation of a promise names.
    | model:ir\.model\.fields\.selection,name:\w+\.selection__debt_promise__method__
    | code:addons/\w+/(?:\w+/)*debtor_words\.py
    """,
    re.VERBOSE,
)


def is_for_debtors(entry):
    """Tell whether debtors read or hear a term; ``entry`` is polib's."""
    return any(_SOURCES.match(place) for place, _line in entry.occurrences)


def wanted(entries, language):
    """Return those of all terms that belong into the file of a language."""
    if language in OF_DEBTORS:
        return [entry for entry in entries if is_for_debtors(entry)]
    return list(entries)


def is_owed(entry, language):
    """Tell whether a term must be translated into a language."""
    owed = language in WHOLE or is_for_debtors(entry)
    return owed and not is_alike(entry, language)


def is_alike(entry, language):
    """Tell whether a term is written alike in a language."""
    return entry.msgid in ALIKE.get(language, ())
