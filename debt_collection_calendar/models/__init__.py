from . import (
    debt_meeting,
    debt_meeting_move,
    debt_meeting_agree,
    debt_meeting_confirm,
    debt_meeting_end,
    calendar_event,
    debt_case,
    debt_message,
    debt_portal,
    debt_personal_data,
    debt_summary,
    res_company,
)
