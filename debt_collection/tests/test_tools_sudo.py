"""Whoever becomes superuser in a public method has checked the caller before."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Overrides of the framework's methods, which check access themselves.
OF_THE_FRAMEWORK = {"create", "write", "unlink", "onchange", "copy"}
#: What asks whether the caller may: `check_access`, `_check_owner` and the like.
CHECKS = re.compile(
    r"(check|has)_access|_check_(owner|own|manager|may_\w+)|_debt_own|_document"
    r"|_debt_find_case|_debt_check_decision"
)
#: What needs no access to any record, and why.
ABOUT_NO_RECORD = {
    "action_record": "figures of the user's own companies, worked out anew by managers",
    "receive_sms": "a gateway, by its group, tells of whatever arrives",
}


def public_methods():
    """Every public method of our models that becomes superuser, with where it is."""
    for path in sorted(ROOT.glob("debt_collection*/**/*.py")):
        kind = path.relative_to(ROOT).parts[1]
        if kind not in ("models", "wizards", "report", "controllers"):
            continue
        for model in ast.walk(ast.parse(path.read_text())):
            # Functions of a module are no client's to call.
            for node in model.body if isinstance(model, ast.ClassDef) else ():
                if isinstance(node, ast.FunctionDef) and is_open(node):
                    yield pytest.param(node, id=f"{path.name}:{node.name}")


def is_open(function):
    public = not function.name.startswith("_")
    known = function.name in OF_THE_FRAMEWORK or function.name in ABOUT_NO_RECORD
    return public and not known and calls(function, "sudo")


def calls(function, pattern):
    """The lines in which a method of such a name is called."""
    return [
        node.lineno
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and re.fullmatch(pattern, node.func.attr)
    ]


@pytest.mark.parametrize("function", public_methods())
def test_access_is_checked_before_anybody_becomes_superuser(function):
    checked = calls(function, CHECKS) or calls(function, function.name)
    assert checked, "nothing asks whether the caller may"
    assert min(checked) <= min(calls(function, "sudo"))
