"""Free ports, and waiting for a condition instead of for a time."""

import socket
import time


def free(kind=socket.SOCK_DGRAM):
    """A port of 127.0.0.1 that nobody uses at this moment."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def free_tcp():
    """The same for TCP."""
    return free(socket.SOCK_STREAM)


def until(condition, seconds, what):
    """What `condition()` returns once it is true; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        if found := condition():
            return found
        if time.monotonic() > deadline:
            text = what() if callable(what) else what
            raise AssertionError(f"not within {seconds} s: {text}")
        time.sleep(0.02)
