from . import (
    debt_call_wizard,
    debt_call_wizard_lines,
    debt_call_wizard_text,
    debt_exclude_wizard,
)
