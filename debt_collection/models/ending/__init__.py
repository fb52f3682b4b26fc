from . import (
    debt_handover,
    debt_handover_cost,
    debt_handover_export,
    debt_case,
    debt_ledger,
    debt_summary,
)
