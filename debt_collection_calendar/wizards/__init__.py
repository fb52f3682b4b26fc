from . import debt_meeting_dialog
