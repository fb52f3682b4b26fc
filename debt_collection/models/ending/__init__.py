from . import (
    debt_handover,
    debt_handover_cost,
    debt_handover_export,
    debt_writeoff,
    debt_writeoff_post,
    debt_suspension,
    debt_case,
    debt_ledger,
    debt_summary,
    account_move,
    res_company,
    res_partner,
)
