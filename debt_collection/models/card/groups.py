#: Who may read what collection knows and thinks of a debtor; he himself, with a portal
#: login, may not.
READERS = (
    "account.group_account_readonly,account.group_account_invoice,"
    "debt_collection.group_debt_operator"
)

#: Who may read how a company collects: those, and whoever opens its settings.
SETTERS = f"{READERS},base.group_system"
