"""What a softphone knows of how a call ended, as one of the lines of a call."""

BUSY = (486, 600)
DECLINED = (403, 603, 607, 608)
INVALID = (404, 410, 484, 604)
NO_ANSWER = (408, 480)
CONGESTION = (502, 503, 504)
LINES = {
    **dict.fromkeys(BUSY, "busy"),
    **dict.fromkeys(DECLINED, "declined"),
    **dict.fromkeys(INVALID, "invalid"),
    **dict.fromkeys(NO_ANSWER, "no_answer"),
    **dict.fromkeys(CONGESTION, "congestion"),
    487: "cancelled",
}
"""Lines by the status of the SIP answer that refused a call."""


def line(state: str, answered: bool, status: int = 0, incoming: bool = False) -> str:
    """Return how the line ended.

    ``state``: terminated or rejected, as the softphone calls it; ``answered``: somebody
    did; ``status``: of the SIP answer that refused it, 0 where there was none;
    ``incoming``: the debtor rang.

    >>> line("terminated", answered=True)
    'answered'
    >>> line("rejected", answered=False, status=486)
    'busy'
    >>> line("rejected", answered=False, status=488)
    'failed'
    >>> line("terminated", answered=False)
    'cancelled'
    """
    if answered:
        return "answered"
    if status:
        return LINES.get(status, "failed")
    # A softphone says "terminated" also of what it hung up before any answer, and
    # "rejected" of a caller who did not wait for one.
    return "cancelled" if incoming or state == "terminated" else "failed"
