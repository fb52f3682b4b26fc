from . import (
    debt_telephony_provider,
    debt_caller_number,
    debt_call_event,
    debt_call_telephony,
    debt_call_line,
)
