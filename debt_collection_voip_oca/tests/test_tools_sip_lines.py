import doctest

import pytest

from odoo.addons.debt_collection.tools.call_events import LINES

from ..tools import sip_lines
from ..tools.sip_lines import line


def test_examples():
    assert doctest.testmod(sip_lines).failed == 0


@pytest.mark.parametrize("status", [0, *range(300, 700)])
@pytest.mark.parametrize("state", ["terminated", "rejected"])
def test_every_end_is_one_the_core_knows(state, status):
    for answered in (True, False):
        assert line(state, answered, status) in LINES


@pytest.mark.parametrize(
    "status, expected",
    [
        (404, "invalid"),
        (480, "no_answer"),
        (486, "busy"),
        (487, "cancelled"),
        (503, "congestion"),
        (603, "declined"),
        (488, "failed"),
    ],
)
def test_the_exchange_says_why(status, expected):
    assert line("rejected", False, status) == expected


def test_whoever_answered_was_answered_whatever_came_after():
    assert line("rejected", True, 486) == "answered"


def test_a_caller_who_did_not_wait_cancelled():
    assert line("rejected", False, incoming=True) == "cancelled"
    assert line("rejected", False) == "failed"
