from . import (
    debt_case_day,
    debt_case_plan,
    debt_contact_decision_plan,
    debt_ladder,
    mail_activity,
)
