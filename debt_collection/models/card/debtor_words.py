"""Sentences that code says to debtors, in the language that `env` has.

What else debtors read and hear are templates, pages and prompts. `./dev pot` knows both
and keeps them translated into the languages of all laws; the screens are not.
"""

from markupsafe import Markup


def some_of(env, invoices, more):
    """The first few of many invoices, ``more`` of which are not named."""
    return env._("%(invoices)s and %(count)s more", invoices=invoices, count=more)


def amount_by(env, amount, day):
    """What is promised: an amount and a day, both in words."""
    return env._("%(amount)s by %(date)s", amount=amount, date=day)


def no_more_mails(env, url):
    """How to refuse more e-mails, as HTML."""
    return env._(
        "You would rather not get e-mails about this? %(link_start)sTell us "
        "here%(link_end)s, and we will find another way.",
        link_start=Markup('<a href="%s">') % url,
        link_end=Markup("</a>"),
    )


def no_more_sms(env, link):
    """How to refuse more SMS."""
    return env._("No SMS: %(link)s", link=link)


def your_page(env, url):
    """Where the debtor sees what is open and may act at any hour, as HTML."""
    return env._(
        "See what is open, and answer at any hour, %(link_start)son your "
        "page%(link_end)s.",
        link_start=Markup('<a href="%s">') % url,
        link_end=Markup("</a>"),
    )


def your_page_in_short(env, url):
    """The same for an SMS."""
    return env._("See and answer: %(link)s", link=url)


def to_somebody_else(env, values):
    """What is said to who answers for the debtor, and tells of no debt.

    :param dict values: ``operator``, ``company``, ``debtor``, and ``number`` or nothing
    """
    if values["number"]:
        return env._(
            "This is %(operator)s of %(company)s. Would you kindly ask %(debtor)s "
            "to call me back on %(number)s? Thank you, and goodbye.",
            **values,
        )
    return env._(
        "This is %(operator)s of %(company)s. Would you kindly tell %(debtor)s "
        "that I called? Thank you, and goodbye.",
        **values,
    )


def to_a_machine(env, values):
    """What is left on a machine, which others may hear; see `to_somebody_else`."""
    if values["number"]:
        return env._(
            "This is a message for %(debtor)s. %(operator)s of %(company)s speaking. "
            "Please call me back on %(number)s. Thank you.",
            **values,
        )
    return env._(
        "This is a message for %(debtor)s. %(operator)s of %(company)s speaking. "
        "Please call me back. Thank you.",
        **values,
    )
