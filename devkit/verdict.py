"""Which of Odoo's log records are about our addons, and so a failure."""

import re


def concerns(logger, message, addons):
    """Whether a warning is ours: by its logger, by our models, or by our files."""
    names = "|".join(addons)
    if re.match(rf"odoo\.addons\.({names})\b", logger):
        # A page that is closed while it loads complains; Odoo judges the rest itself.
        return not logger.endswith(".browser")
    if logger == "py.warnings":
        return bool(re.search(rf"/({names})/|'debt\.", message))
    return logger.startswith("odoo.") and "debt" in message


def in_log(text, addons):
    """The first lines of the warnings in a log that concern us.

    Whose they are may stand below the first line: the message of a warning goes on
    until the next entry.

    >>> in_log(
    ...     "2026-03-10 09:00:00,000 1 WARNING db odoo.ir_ui_view: An alert\\n"
    ...     "{'name': 'debt.case.form'}\\n"
    ...     "2026-03-10 09:00:01,000 1 INFO db odoo.modules: loaded\\n",
    ...     ["debt_collection"],
    ... )
    ['2026-03-10 09:00:00,000 1 WARNING db odoo.ir_ui_view: An alert']
    """
    entry = re.compile(
        r"^\d{4}-\S+ \S+ \d+ (?:WARNING|ERROR|CRITICAL) \S+ (\S+): "
        r"(.*?)(?=\n\d{4}-\S+ \S+ \d+ [A-Z]+ |\Z)",
        re.MULTILINE | re.DOTALL,
    )
    return [
        found[0].partition("\n")[0]
        for found in entry.finditer(text)
        if concerns(*found.groups(), addons)
    ]
