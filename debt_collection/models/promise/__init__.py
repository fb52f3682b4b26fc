from . import (
    debt_promise,
    debt_promise_cover,
    debt_dispute,
    debt_forbearance,
    debt_promise_ledger,
    debt_case_promise,
    debt_promise_reminder,
)
