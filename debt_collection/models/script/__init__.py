from . import (
    phases,
    debt_script,
    debt_script_step,
    debt_script_text,
    debt_script_validate,
    debt_script_version,
    debt_script_choice,
    debt_call_step,
    debt_call_view,
    debt_objection,
    debt_objection_proposal,
)
