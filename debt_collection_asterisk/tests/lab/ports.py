"""Free ports, and waiting for a condition instead of for a time."""

import socket
import time

#: How much longer a busy machine may take than a quiet one.
PATIENCE = 6
#: Ports for the voices of the PBX, and as many for those of the network: below those
#: that the system gives to whoever asks for any.
VOICES, FIRST, LAST = 1000, 10000, 32000
_held = []


def for_voices():
    """The first ports for the voices of the PBX and of the network, this laboratory's.

    What is sent to a port that somebody else opens is heard there. The TCP port of the
    first number is held until this process ends, as a sign to other laboratories.
    """
    for first in range(FIRST, LAST, 2 * VOICES):
        sign = socket.socket()
        try:
            sign.bind(("127.0.0.1", first))
        except OSError:
            sign.close()
            continue
        _held.append(sign)
        return first, first + VOICES
    raise AssertionError("Too many laboratories at work")


def free(kind=socket.SOCK_DGRAM):
    """A port of 127.0.0.1 that nobody uses at this moment."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def free_tcp():
    """The same for TCP."""
    return free(socket.SOCK_STREAM)


def until(condition, seconds, what):
    """What `condition()` returns once it is true.

    Fails after a multiple of so many seconds of a quiet machine: no promise about time
    can be tested by it.
    """
    deadline = time.monotonic() + PATIENCE * seconds
    while True:
        if found := condition():
            return found
        if time.monotonic() > deadline:
            text = what() if callable(what) else what
            raise AssertionError(f"not within {PATIENCE} × {seconds} s: {text}")
        time.sleep(0.02)
