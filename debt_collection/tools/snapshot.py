"""Rules as plain values that can be kept for years, and back again."""

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, get_args, get_origin, get_type_hints


def plain(value: Any) -> Any:
    """Return rules as JSON can hold them, always the same for the same rules.

    >>> from .policy import Window
    >>> kept = plain(Window(frozenset({1, 0}), 480, 1260))
    >>> kept
    {'days': [0, 1], 'start': 480, 'end': 1260, 'channels': []}
    >>> restored(Window, kept) == Window(frozenset({0, 1}), 480, 1260)
    True
    """
    if is_dataclass(value):
        names = (field.name for field in fields(value))
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, frozenset | set):
        return sorted(plain(one) for one in value)
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def restored(kind: Any, value: Any) -> Any:
    """Return the value of a type that ``plain`` was made of.

    What the type did not have yet when it was kept has its default.
    """
    if isinstance(kind, type) and is_dataclass(kind):
        known = get_type_hints(kind)
        named = {name: one for name, one in value.items() if name in known}
        return kind(**{name: restored(known[name], one) for name, one in named.items()})
    if get_origin(kind) is frozenset:
        return frozenset(value)
    if get_origin(kind) is tuple and get_args(kind)[-1] is Ellipsis:
        return tuple(restored(get_args(kind)[0], one) for one in value)
    return value


def digest(content: Any) -> str:
    """Return what tells two contents apart.

    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}) != digest({"a": 1})
    True
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
