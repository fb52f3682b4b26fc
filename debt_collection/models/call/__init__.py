from . import (
    debt_call,
    debt_call_callback,
    debt_call_finish,
    debt_call_inbound,
    debt_call_outcome,
    debt_call_preview,
    debt_call_promise,
    debt_case_claim,
    debt_case_inbound,
    debt_contact_decision_call,
    debt_turn,
)
