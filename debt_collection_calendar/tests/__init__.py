from . import (
    test_meeting,
    test_meeting_confirm,
    test_meeting_portal,
)
