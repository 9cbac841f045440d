"""How one grammar differs from another: for those who write one, and for those who read its descriptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def grammar_diff(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Return how the table of a grammar file differs from another's, a line each: "cues.key.median: 0.07, was 0.04".

    A cue or source that one of them lacks is one line; the weights of a removed cue are not listed. Names, descriptions
    and scopes are left out.
    """
    lines: list[str] = []
    for key in dict.fromkeys((*other, *one)):
        if key in ("cues", "sources"):
            lines += _entries(key, one.get(key, {}), other.get(key, {}))
        elif key not in ("name", "description", "extends", "for"):
            lines += _settings({key: one[key]} if key in one else {}, {key: other[key]} if key in other else {})
    removed = tuple(f".weights.{cue}:" for cue in other.get("cues", {}) if cue not in one.get("cues", {}))
    return [line for line in lines if not any(mark in line for mark in removed)]


def _entries(key: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys((*other, *one)):
        if name not in one:
            yield f"{key}.{name}: taken away"
        elif name not in other:
            yield f"{key}.{name}: new: {one[name].get('text') or one[name].get('label')}"
        else:
            yield from _settings({f"{key}.{name}": one[name]}, {f"{key}.{name}": other[name]})


def _settings(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    before, after = dict(_flat(other)), dict(_flat(one))
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            if key not in after:
                yield f"{key}: taken away, was {_text(before[key])}"
            else:
                yield f"{key}: {_text(after[key])}{f', was {_text(before[key])}' if key in before else ', new'}"


def _flat(table: Mapping[str, Any], where: str = "") -> Iterator[tuple[str, Any]]:
    """The settings of a table by their full names; a weight with its source is one setting."""
    for key, value in table.items():
        if isinstance(value, dict) and "weight" not in value:
            yield from _flat(value, f"{where}{key}.")
        else:
            yield f"{where}{key}", value


def _text(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{entry:+g}" if isinstance(entry, int | float) else f"({entry})" for entry in value.values())
    return f"{value:g}" if isinstance(value, float) else str(value)
