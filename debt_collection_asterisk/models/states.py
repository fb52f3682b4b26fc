"""States of an operator at his telephone."""

STATES = [
    ("offline", "Offline"),
    ("ready", "Ready"),
    ("reserved", "Reserved"),
    ("talking", "Talking"),
    ("wrapup", "Wrap-up"),
    ("pause", "Pause"),
]
#: Who is, or will soon be, free for a call.
WORKING = ("ready", "reserved", "talking", "wrapup")
PAUSES = [
    ("break", "Break"),
    ("meeting", "Meeting"),
    ("training", "Training"),
    ("paperwork", "Paperwork"),
    ("other", "Other"),
]
#: Why an operator's telephone was not had.
TROUBLES = [
    ("no_answer", "Not Picked Up"),
    ("busy", "Busy"),
    ("declined", "Declined"),
    ("unregistered", "Not Registered"),
    ("unknown_phone", "Unknown to the Exchange"),
    ("forwarded", "Forwarded"),
    ("failed", "Failed"),
    ("unknown", "Not Known"),
]
