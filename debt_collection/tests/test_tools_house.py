"""The wings of `models/`: who may know whom, and how much a case may hold.

Read from the source: a wing imports and calls only wings before it, and itself. What an
earlier wing must let happen later it offers as a hook, which later ones extend by
`super()`.
"""

import ast
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest

from devkit import testing

ADDON = Path(__file__).parents[1]
WINGS = (
    "card",
    "ledger",
    "contact",
    "plan",
    "message",
    "promise",
    "fee",
    "call",
    "script",
    "telephony",
    "recording",
    "review",
    "audit",
    "ending",
    "figures",
    "privacy",
    "portal",
)
#: Calls that run back up, by the calling wing and the method, each with its reason.
ALLOWED = {}
MOST_METHODS, MOST_FILES = 190, 14


class Method(NamedTuple):
    """A method of a model, where it stands and whether it calls `super()`."""

    model: str
    name: str
    path: Path
    extends: bool


def _trees(folder):
    for path in sorted((ADDON / folder).rglob("*.py")):
        yield path, ast.parse(path.read_text())


def _model(node):
    """Name of the model that a class defines or extends, None if it is none."""
    names = {}
    for one in node.body:
        name = isinstance(one, ast.Assign) and getattr(one.targets[0], "id", None)
        if name in ("_name", "_inherit"):
            names[name] = ast.literal_eval(one.value)
    found = names.get("_name") or names.get("_inherit")
    return found[0] if isinstance(found, list) else found


def _calls_super(function):
    return any(
        isinstance(node, ast.Call) and getattr(node.func, "id", "") == "super"
        for node in ast.walk(function)
    )


def _methods():
    for folder in ("models", "wizards", "report"):
        for path, tree in _trees(folder):
            for node in tree.body:
                if not isinstance(node, ast.ClassDef) or not (model := _model(node)):
                    continue
                for one in node.body:
                    if isinstance(one, ast.FunctionDef):
                        yield Method(model, one.name, path, _calls_super(one))


def _wing(path):
    return path.parent.name


@pytest.fixture(scope="module")
def methods():
    return list(_methods())


def test_the_wings_are_all_there_is():
    tree = ast.parse((ADDON / "models" / "__init__.py").read_text())
    (imported,) = tree.body
    assert tuple(alias.name for alias in imported.names) == WINGS
    folders = {path.parent.name for path, _tree in _trees("models")} - {"models"}
    assert folders == set(WINGS)


def test_no_wing_imports_a_later_one():
    for path, tree in _trees("models"):
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or node.level != 2:
                continue
            wing = (node.module or "").split(".")[0]
            assert WINGS.index(wing) <= WINGS.index(_wing(path)), f"{path}: {wing}"


def test_scheduled_actions_look_again_where_somebody_wrote_meanwhile():
    """`lock_found` does; what locks by itself counts as failed, and is logged."""
    for path in sorted(ADDON.parent.glob("debt_collection*/models/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("_cron"):
                called = {getattr(one, "attr", "") for one in ast.walk(node)}
                assert "try_lock_for_update" not in called, f"{path}: {node.name}"


def test_a_selection_taken_from_another_field_is_translated():
    """What is worked out by a function Odoo takes as it comes, in English."""
    for path in sorted(ADDON.parent.glob("debt_collection*/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Lambda):
                taken = {getattr(one, "attr", "") for one in ast.walk(node)}
                assert not {"_fields", "selection"} <= taken, f"{path}: {node.lineno}"


def test_the_manual_knows_each_switch_of_the_tests():
    manual = (ADDON.parent / "README.md").read_text("utf-8")
    assert [name for name in testing.switches() if f"`{name}`" not in manual] == []
    assert all(name in testing.usage() for name in testing.switches())


def test_what_other_addons_import_is_there():
    """They are loaded only where they are installed: a moved file breaks them late."""
    inside = "odoo.addons.debt_collection."
    for path in sorted(ADDON.parent.glob("debt_collection_*/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            module = isinstance(node, ast.ImportFrom) and node.module or ""
            if module.startswith(inside):
                found = ADDON.joinpath(*module.removeprefix(inside).split("."))
                there = found.is_dir() or found.with_suffix(".py").exists()
                assert there, f"{path}: {module}"


def test_no_wing_calls_a_later_one(methods):
    """A method that only later wings define is not called by name."""
    first = {}
    for method in methods:
        if method.path.is_relative_to(ADDON / "models"):
            order = WINGS.index(_wing(method.path))
            first[method.name] = min(order, first.get(method.name, order))
    found = defaultdict(list)
    for path, tree in _trees("models"):
        if _wing(path) == "models":
            continue
        order = WINGS.index(_wing(path))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(
                node.func, ast.Attribute
            ):
                continue
            name = node.func.attr
            if first.get(name, order) > order and not hasattr(dict, name):
                found[_wing(path), name].append(f"{path.name}:{node.lineno}")
    assert dict(found).keys() <= ALLOWED.keys(), dict(found)
    assert not ALLOWED.keys() - found.keys(), "what is allowed is no longer needed"
    assert len(ALLOWED) <= 5
    assert all(ALLOWED.values()), "an allowed call has a reason"


def test_nothing_is_defined_twice_without_super(methods):
    places = defaultdict(list)
    for method in methods:
        places[method.model, method.name].append(method)
    for key, found in places.items():
        first, *later = found
        plain = [method.path.name for method in found if not method.extends]
        assert len(plain) <= 1 or not later, f"{key}: {plain}"


def test_a_case_is_a_card(methods):
    own = [method for method in methods if method.model == "debt.case"]
    assert len(own) <= MOST_METHODS
    assert len({method.path for method in own}) <= MOST_FILES
