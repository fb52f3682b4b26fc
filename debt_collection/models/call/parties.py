"""Who answered, as calls, outcomes, scripts and reports name it."""

PARTIES = [
    ("none", "Nobody"),
    ("third_party", "Somebody Else"),
    ("right_party", "Right Party"),
]
