from . import (
    ledger_sql,
    account_move,
    account_move_actions,
    account_move_line,
    account_partial_reconcile,
    debt_case_ledger,
    debt_case_difference,
    debt_case_refresh,
    debt_case_pending,
    debt_case_items,
    debt_case_continue,
)
