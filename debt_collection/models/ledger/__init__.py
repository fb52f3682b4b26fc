from . import (
    ledger_sql,
    debt_ledger,
    debt_ledger_difference,
    debt_ledger_refresh,
    debt_ledger_pending,
    debt_ledger_continue,
    account_move,
    account_move_actions,
    account_move_line,
    account_partial_reconcile,
    debt_case_ledger,
    debt_case_items,
)
