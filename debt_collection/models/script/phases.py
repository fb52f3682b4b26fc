"""The phases of a talk, as scripts and the call window name them."""

PHASES = [
    ("identify", "Identify"),
    ("clarify", "Clarify"),
    ("demand", "Demand"),
    ("objections", "Objections"),
    ("next_contact", "Next Contact"),
    ("close", "Closing"),
]
