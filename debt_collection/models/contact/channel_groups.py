"""Ways of contact as the rules of a policy name them, several at a time."""

CHANNEL_GROUPS = {
    "any": frozenset(),
    "calls": frozenset({"call", "robot_call"}),
    "live_calls": frozenset({"call"}),
    "robots": frozenset({"robot_call"}),
    "voice": frozenset({"voice_message"}),
    "automated": frozenset({"robot_call", "voice_message"}),
    "automated_texts": frozenset({"robot_call", "voice_message", "sms"}),
    "calls_voice": frozenset({"call", "robot_call", "voice_message"}),
    "phone": frozenset({"call", "robot_call", "voice_message", "sms"}),
    "messages": frozenset({"sms", "email", "voice_message"}),
    "texts": frozenset({"sms", "voice_message"}),
    "written": frozenset({"sms", "email"}),
    "letters": frozenset({"letter"}),
    "visits": frozenset({"visit"}),
}
CHANNEL_GROUP_SELECTION = [
    ("any", "Every Channel"),
    ("calls", "Calls"),
    ("live_calls", "Calls by People"),
    ("robots", "Calls by Robots"),
    ("voice", "Voice Messages"),
    ("automated", "Robots and Voice Messages"),
    ("automated_texts", "Robots, Voice Messages and SMS"),
    ("calls_voice", "Calls and Voice Messages"),
    ("phone", "Calls, SMS and Voice Messages"),
    ("messages", "Messages"),
    ("texts", "SMS and Voice Messages"),
    ("written", "SMS and E-mail"),
    ("letters", "Letters"),
    ("visits", "Visits"),
]
