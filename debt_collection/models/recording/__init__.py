from . import (
    debt_legal_hold,
    debt_recording,
    debt_recording_rule,
    debt_call_recording,
    debt_case_recording,
    debt_contact_facts,
    debt_telephony_provider,
    res_company,
)
