"""A grammar that extends another, written out in full: to edit it, to share it, or to train from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def flattened_text(table: Mapping[str, Any]) -> str:
    """Return the table of a grammar file, including what it inherits, as TOML that extends nothing."""
    return "\n".join(_lines({key: value for key, value in table.items() if key != "extends"}, "")).lstrip("\n") + "\n"


def _lines(table: Mapping[str, Any], where: str) -> Iterator[str]:
    """The lines of a table: its settings first, then its sub-tables, each under its heading."""
    below = {key: value for key, value in table.items() if isinstance(value, dict) and not _inline(value, where)}
    settings = {key: value for key, value in table.items() if key not in below}
    if where and (settings or not below):
        yield f"\n[{where}]"
    for key, value in settings.items():
        yield f"{_key(key)} = {_value(value)}"
    for key, value in below.items():
        yield from _lines(value, f"{where}.{_key(key)}" if where else _key(key))


def _inline(value: Mapping[str, Any], where: str) -> bool:
    """Whether a table is written in one line: a weight with its source, the condition of a cue."""
    return "." in where and not any(isinstance(entry, dict) for entry in value.values())


def _key(key: str) -> str:
    return key if key and set(key) <= _BARE else json.dumps(key, ensure_ascii=False)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_key(key)} = {_value(entry)}' for key, entry in value.items())} }}"
    return repr(value)
