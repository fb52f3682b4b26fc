from . import (
    debt_promise,
    debt_promise_check,
    debt_promise_correct,
    debt_promise_cover,
    debt_dispute,
    debt_forbearance,
    debt_dispute_settle,
    debt_dispute_credit_note,
    account_move,
    debt_promise_ledger,
    debt_case_promise,
    debt_promise_reminder,
)
