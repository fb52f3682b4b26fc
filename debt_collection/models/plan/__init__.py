from . import (
    debt_case_plan,
    debt_contact_decision_plan,
    debt_ladder,
    debt_call_block,
    res_company,
    res_config_settings,
    res_users,
    mail_activity,
)
