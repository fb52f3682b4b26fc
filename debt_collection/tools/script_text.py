"""What a placeholder of a call script reads, found out without evaluating it.

Scripts are filled in with all rights, so a placeholder is no free Python but a small
language: dotted paths such as ``object.partner_id.name``, literals, the helpers that
format, a few methods of texts and dates, ``or``, ``and``, ``not``, ``… if … else …``.
"""

import ast
import re
from collections.abc import Iterator, Sequence

Path = tuple[str, ...]

ROOTS = frozenset({"object", "user"})
HELPERS = frozenset(
    f"format_{what}" for what in ("amount", "date", "datetime", "duration", "time")
)
METHODS = frozenset({"upper", "lower", "title", "capitalize", "strip", "strftime"})

SECRET = re.compile(
    r"passw|secret|token|signup|oauth|totp|credential|(^|_)keys?(_|$)", re.IGNORECASE
)
"""Names of fields that are nobody's to hear, whatever model they belong to."""

SAID_TO_ANYBODY = (
    ("object", "partner_id", "name"),
    ("object", "partner_id", "display_name"),
    ("object", "company_id"),
    ("user", "name"),
)
"""What may be named before it is known who listens: who is asked for, who calls."""


def paths(expression: str) -> list[Path]:
    """The dotted paths that a placeholder reads.

    :raises SyntaxError: it is no expression
    :raises ValueError: it is more than may be written in a placeholder

    >>> paths("format_date(object.date) or user.name.upper()")
    [('object', 'date'), ('user', 'name')]
    >>> paths("max([1], key=user.write)")
    Traceback (most recent call last):
    ValueError: max([1], key=user.write)
    """
    return list(_paths(ast.parse(expression.strip(), mode="eval").body))


def _paths(node: ast.AST) -> Iterator[Path]:
    if isinstance(node, ast.Name | ast.Attribute):
        yield _path(node)
    else:
        for part in _parts(node):
            yield from _paths(part)


def _parts(node: ast.AST) -> Sequence[ast.AST]:
    """What an expression is made of; all that is not listed here is refused."""
    match node:
        case ast.Constant(value=str() | int() | float() | None):
            return []
        case ast.BoolOp(values=parts):
            return parts
        case ast.UnaryOp(op=ast.Not(), operand=part):
            return [part]
        case ast.IfExp(test=test, body=body, orelse=other):
            return [test, body, other]
        case ast.Call(func=func, args=args, keywords=[]):
            return [*_called_on(func), *args]
    raise ValueError(ast.unparse(node))


def _called_on(func: ast.AST) -> list[ast.AST]:
    match func:
        case ast.Name(id=name) if name in HELPERS:
            return []
        case ast.Attribute(value=said, attr=name) if name in METHODS:
            return [said]
    raise ValueError(ast.unparse(func))


def _path(node: ast.AST) -> Path:
    if isinstance(node, ast.Attribute):
        return (*_path(node.value), node.attr)
    if isinstance(node, ast.Name) and node.id in ROOTS:
        return (node.id,)
    raise ValueError(ast.unparse(node))


def tells_too_much(expression: str) -> list[str]:
    """What an expression names that not everybody may hear.

    >>> tells_too_much("object.partner_id.name.upper()")
    []
    >>> tells_too_much("format_date(object.oldest_due_date)")
    ['object.oldest_due_date']
    """
    return [
        ".".join(path)
        for path in paths(expression)
        if not any(path[: len(start)] == start for start in SAID_TO_ANYBODY)
    ]
