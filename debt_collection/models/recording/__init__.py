from . import (
    debt_case_hold,
    debt_recording,
    debt_call_recording,
    debt_case_recording,
)
