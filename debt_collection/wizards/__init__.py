from . import (
    account_payment_register,
    base_partner_merge,
    debt_call_wizard,
    debt_call_wizard_lines,
    debt_call_wizard_text,
    debt_exclude_wizard,
)
