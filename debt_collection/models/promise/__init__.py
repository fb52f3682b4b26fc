from . import (
    debt_promise,
    debt_dispute,
    debt_promise_ledger,
    debt_promise_reminder,
)
