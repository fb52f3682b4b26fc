"""The rules of the trade as pure functions: standard library and phonenumbers only.

Nothing here knows Odoo or a database.  Time always comes in as an argument (naive UTC,
as the ORM has it), zones are IANA names, local days are ``date``; what goes out are
frozen values and reason codes that the ORM layer translates.
"""
