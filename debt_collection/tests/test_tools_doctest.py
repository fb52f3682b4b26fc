"""The examples in the docstrings of the tools hold, and the tools stay pure."""

import ast
import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

from odoo.addons.debt_collection import tools

MODULES = [module.name for module in pkgutil.iter_modules(tools.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    module = importlib.import_module(f"{tools.__name__}.{name}")
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_no_tool_knows_odoo_or_what_time_it_is(name):
    tree = ast.parse(Path(tools.__path__[0], f"{name}.py").read_text("utf-8"))
    nodes = list(ast.walk(tree))
    plain = [node.names for node in nodes if isinstance(node, ast.Import)]
    imports = [alias.name for names in plain for alias in names]
    imports += [n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)]
    assert not [module for module in imports if module.startswith("odoo")]
    clocks = {"now", "utcnow", "today", "time_ns"}
    assert not clocks & {n.attr for n in nodes if isinstance(n, ast.Attribute)}
