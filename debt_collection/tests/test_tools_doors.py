"""Every public method of ours is a door: somebody goes in by it, or it is shut.

Odoo lets every user call any method of a model whose name begins with a letter. One
that no screen calls is a door that nobody watches: its name begins with ``_``.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: What other programs call, and who says so.
FOR_OTHERS = {
    "accept_call": "the softphone's own script",
    "check_contact": "DESIGN: the one gate, asked by whoever contacts debtors",
    "claim_next": "DESIGN: the next debtor for the calling user",
    "receive_sms": "gateways, for an SMS that has arrived",
    "reject_call": "the softphone's own script",
    "terminate_call": "the softphone's own script",
    "web_read_group": "Odoo's list and kanban, whose super() is called further down",
}


def doors():
    """The public methods of our models that extend none of another addon."""
    for path in sorted(ROOT.glob("debt_collection*/**/*.py")):
        if path.relative_to(ROOT).parts[1] not in ("models", "wizards", "report"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and is_model(node):
                for method in node.body:
                    if isinstance(method, ast.FunctionDef) and is_open(method):
                        yield pytest.param(method.name, id=f"{path.name}:{method.name}")


def is_model(node):
    return any(
        re.fullmatch(r"models\.(Abstract|Transient)?Model", ast.unparse(base))
        for base in node.bases
    )


def is_open(method):
    extends = re.search(rf"super\([^)]*\)\.{method.name}\(", ast.unparse(method))
    return not (
        method.name.startswith("_")
        or extends
        or method.decorator_list
        and any("property" in ast.unparse(one) for one in method.decorator_list)
    )


def screens():
    """All that views, data and scripts of ours say."""
    for path in ROOT.glob("debt_collection*/**/*"):
        tested = "tests" in path.relative_to(ROOT).parts
        if path.suffix in (".xml", ".js") and not tested:
            yield path.read_text()


SAID = set(re.findall(r"\w+", "\n".join(screens())))


@pytest.mark.parametrize("name", doors())
def test_somebody_goes_in_by_it(name):
    assert name in SAID or name in FOR_OTHERS, "nothing calls it: shut it with a _"
