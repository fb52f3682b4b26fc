"""What became of a line, told from what the PBX said when it ended."""

#: Q.850 causes of a call that nobody answered
BUSY = {17}
DECLINED = {21}
INVALID = {1, 22, 28}
SWITCHED_OFF = {18, 20}
CONGESTION = {34, 38, 41, 42, 44}
#: "no answer": by itself it does not say whether the phone rang
SILENT = {19}
#: a clearing without a reason: a far end that hung up, or a limit that ran out
NORMAL = {0, 16, 31, 102, 127}

LINES = {
    **dict.fromkeys(BUSY, "busy"),
    **dict.fromkeys(DECLINED, "declined"),
    **dict.fromkeys(INVALID, "invalid"),
    **dict.fromkeys(SWITCHED_OFF, "switched_off"),
    **dict.fromkeys(CONGESTION, "congestion"),
}


def line_of(cause, rang):
    """The line's outcome of a call that was not answered.

    :param int cause: the Q.850 cause, nothing when the end was not seen
    :param bool rang: whether ringing was heard

    >>> line_of(19, rang=True), line_of(19, rang=False), line_of(21, rang=True)
    ('no_answer', 'switched_off', 'declined')
    >>> line_of(27, rang=False), line_of(None, rang=True)
    ('failed', 'unknown')
    """
    if cause is None:
        return "unknown"
    if cause in SILENT:
        return "no_answer" if rang else "switched_off"
    if cause in NORMAL and rang:
        return "no_answer"
    return LINES.get(cause, "failed")
