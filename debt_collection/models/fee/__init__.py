from . import (
    debt_fee_rate,
    debt_fee_rule,
    debt_ledger,
    debt_fee,
    debt_fee_post,
    account_move,
)
