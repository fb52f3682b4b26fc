from . import (
    res_company,
    debt_portal,
    debt_portal_act,
    debt_means,
    debt_portal_form,
    debt_case,
    debt_message,
    debt_personal_data,
    debt_reply,
    ir_actions,
)
