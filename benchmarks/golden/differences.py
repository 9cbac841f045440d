"""The differences of two golden runs, field by field. Numbers are compared exactly.

A difference is of one kind: ``numbers``; ``words``, text for people (reasons, notes, errors, printed lines) that has
the same numbers in it; ``numbers in words``, such text with different numbers; ``values``, any other value;
``structure``, a field or record that only one run has, or lists of different lengths.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Kind = Literal["numbers", "words", "numbers in words", "values", "structure"]
#: Lists of texts for people.
_LISTS = frozenset({"notes", "empty_because", "stderr", "stdout", "described", "problems", "remarks"})
#: Fields with text for people, and what a field "text" must be part of.
_FIELDS = frozenset({"reason", "why", "remedy", "sentence", "device_reason", "message", "detail", "notice"})
_TEXT_OF = frozenset({"reasons", "parts", "causes", "evidence", "changes", "bursts", "problems", "features"})
_NUMBER = re.compile(r"[-+−]?\d+(?:[.,:]\d+)*")
_NOTHING = object()


@dataclass(frozen=True)
class Difference:
    """One field that differs. ``path`` is the record's name and the keys that lead to the field, with slashes."""

    kind: Kind
    path: str
    before: str
    after: str

    @property
    def group(self) -> str:
        """The path with ``*`` for list indexes, which groups the differences of one field."""
        return re.sub(r"/\d+(?=/|$)", "/*", self.path)


def compare_runs(before: Path, after: Path) -> Iterator[Difference]:
    """Yield the differences of two folders that ``write`` made, record by record."""
    names = {str(path.relative_to(folder)) for folder in (before, after) for path in folder.rglob("*.json")}
    for name in sorted(names):
        one, other = (_read(folder / name) for folder in (before, after))
        yield from _compare((name.removesuffix(".json"),), one, other)


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else _NOTHING


def _compare(keys: tuple[str | int, ...], one: Any, other: Any) -> Iterator[Difference]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in [*one, *(key for key in other if key not in one)]:
            yield from _compare((*keys, key), one.get(key, _NOTHING), other.get(key, _NOTHING))
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            if _are_texts(one) and _are_texts(other) and is_for_people((*keys, 0)):
                yield _difference(keys, "\n".join(one), "\n".join(other), for_people=True)
                return
            yield Difference("structure", _path(keys), f"{len(one)} entries", f"{len(other)} entries")
        for number, (left, right) in enumerate(zip(one, other, strict=False)):
            yield from _compare((*keys, number), left, right)
    elif one is _NOTHING or other is _NOTHING:
        yield Difference("structure", _path(keys), _shown(one), _shown(other))
    elif _shown(one) != _shown(other):  # as text: NaN equals NaN, 1 is not 1.0
        yield _difference(keys, one, other, for_people=is_for_people(keys))


def _difference(keys: Sequence[str | int], one: Any, other: Any, *, for_people: bool) -> Difference:
    kind: Kind = "values"
    if isinstance(one, str) and isinstance(other, str) and for_people:
        is_hash = "columns" in keys  # the text itself, with its numbers, is in the output of ``show``
        kind = "words" if is_hash or _NUMBER.findall(one) == _NUMBER.findall(other) else "numbers in words"
    elif all(isinstance(value, int | float) and not isinstance(value, bool) for value in (one, other)):
        kind = "numbers"
    return Difference(kind, _path(keys), _shown(one), _shown(other))


def is_for_people(keys: Sequence[str | int]) -> bool:
    """Whether a field holds text for people, judged by the names that lead to it."""
    names = [key for key in keys if isinstance(key, str)]
    if "columns" in names:  # a nested column is one key: "emotion.reasons[].text"
        names = [*names[:-1], *names[-1].replace("[]", "").split(".")]
    parent, leaf = (["", *names])[-2:]
    in_list = isinstance(keys[-1], int) or "columns" in keys
    return (
        leaf in _FIELDS
        or (in_list and leaf in _LISTS)
        or (isinstance(keys[-1], int) and leaf == "reasons")
        or (leaf == "text" and parent in _TEXT_OF)
    )


def _are_texts(values: Sequence[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _path(keys: Sequence[str | int]) -> str:
    return "/".join(map(str, keys))


def _shown(value: Any) -> str:
    return "(not there)" if value is _NOTHING else json.dumps(value, ensure_ascii=False)
