"""Selections that scripts, calls and the call window share; no model is imported."""

PHASES = [
    ("identify", "Identify"),
    ("clarify", "Clarify"),
    ("demand", "Demand"),
    ("objections", "Objections"),
    ("next_contact", "Next Contact"),
    ("close", "Closing"),
]
PARTIES = [
    ("right_party", "Right Party"),
    ("third_party", "Somebody Else"),
    ("none", "Nobody"),
]
