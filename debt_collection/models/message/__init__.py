from . import (
    debt_message,
    debt_case_ladder,
    debt_case_message,
    debt_phone,
    res_partner,
    debt_message_decision,
    debt_message_by_hand,
    debt_message_result,
    debt_message_in_person,
    debt_message_queue,
    debt_message_step,
)
