from . import (
    debt_case_plan,
    debt_contact_decision_plan,
    debt_ladder,
    res_company,
    res_config_settings,
    mail_activity,
)
