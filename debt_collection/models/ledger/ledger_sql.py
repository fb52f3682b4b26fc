"""Words that must be the same in the ledger's statements and in their indexes.

PostgreSQL uses a partial index only where it can prove that the query asks for no
more than the index holds.
"""

#: Open items: the covering index of ``account.move.line``.
OPEN_LINES = """
    reconciled IS NOT TRUE AND parent_state = 'posted' AND amount_residual <> 0
"""
#: Entries about which an open line alone does not tell enough: flagged or excluded
#: by hand, blocked, or settled although something is left on them. They are few, and
#: their index spares a refresh from reading all entries.
SPECIAL_MOVES = """
    state = 'posted' AND (
        debt_status IN ('flagged', 'excluded')
        OR payment_state IN ('in_payment', 'paid', 'reversed', 'blocked')
        AND (amount_residual <> 0 OR amount_residual_signed <> 0)
    )
"""
