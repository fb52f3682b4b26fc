"""Words that must be the same in the ledger's statements and in their indexes.

PostgreSQL uses a partial index only where it can prove that the query asks for no
more than the index holds.
"""

#: Open items: the covering index of ``account.move.line``.
OPEN_LINES = """
    reconciled IS NOT TRUE AND parent_state = 'posted' AND amount_residual <> 0
"""
#: Entries about which an open line alone does not tell enough: flagged or excluded
#: by hand, blocked, or paid by payments that have no entry yet. They are few, and
#: their index spares a refresh from reading all entries.
SPECIAL_MOVES = """
    state = 'posted' AND (
        debt_status IN ('flagged', 'excluded')
        OR payment_state IN ('in_payment', 'paid', 'blocked')
        AND (amount_residual <> 0 OR amount_residual_signed <> 0)
    )
"""
#: Money received that has no entry yet.
UNBOOKED_PAYMENTS = """
    move_id IS NULL AND state = 'in_process' AND payment_type = 'inbound'
"""

#: An item of which a part is disputed is two: the disputed half has this added to its
#: line's id, so that allocation tells them apart and takes it last.
HALF = 1 << 32

#: The parts an open item can play, in the order in which credits are laid against
#: them: due and undisputed first, whoever collects it, then disputed, then not due.
COLLECTED, WITHHELD, DISPUTED, NOT_DUE, CREDIT = range(1, 6)
PARTS = {
    COLLECTED: "collected",
    WITHHELD: "withheld",
    DISPUTED: "disputed",
    NOT_DUE: "not_due",
    CREDIT: "credit",
}
