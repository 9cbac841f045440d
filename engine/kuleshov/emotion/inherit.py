"""Grammars that state only their differences: ``extends = "kuleshov"``, or another file's name, and a few entries.

The rules of merging:

- ``[strong]``, ``[film]``, ``[curve]``, ``[sources.X]``, ``[cues.X]`` and a score's ``gain`` are merged by setting;
- a weight is replaced as a whole, with its own source; another median or spread of a cue needs a source as well;
- ``NAME = false`` removes an inherited cue or weight, a cue with all its weights;
- ``name``, ``description`` and ``[for]`` are not inherited.
"""

from __future__ import annotations

import copy
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kuleshov.definitions import Entry, parse_toml, read_text
from kuleshov.errors import GrammarError

SHIPPED = "kuleshov"
_OWN = ("name", "description", "for")
_NORMS = ("median", "spread")


@dataclass(frozen=True)
class Definition:
    """A grammar file with all that it inherits: ``table`` is the whole, ``own`` the content of the file itself.

    ``digest``: 12 hex digits that change with its text and with what it extends; ``lineage``: the files, this one
    first.
    """

    file: str
    table: dict[str, Any]
    own: dict[str, Any]
    digest: str
    lineage: tuple[Path | None, ...]


def read_definition(path: Path | None, *, below: tuple[Path | None, ...] = ()) -> Definition:
    """Return the definition in a grammar file; ``None`` = the shipped one. ``below``: the files that extend it.

    Raises ``GrammarError`` for a file that can't be read, extends itself, or removes what does not exist.
    """
    resolved = None if path is None else path.resolve()
    file, text = read_text(path, package="kuleshov.emotion", packaged="grammar.toml")
    if resolved in below:
        raise GrammarError(f"{file}: extends: goes round in a circle; name a grammar that does not extend this one")
    own = parse_toml(text, file=file)
    if "extends" not in own:
        return Definition(file, own, own, _digest(text), (resolved,))
    extends = Entry(own, file=file).text("extends")
    base_path = None if extends == SHIPPED else (path or Path(file)).parent / extends
    base = read_definition(base_path, below=(*below, resolved))
    table = _merged(base.table, own, file)
    return Definition(file, table, own, _digest(f"{base.digest}\n{text}"), (resolved, *base.lineage))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def _merged(base: dict[str, Any], own: dict[str, Any], file: str) -> dict[str, Any]:
    root = Entry(own, file=file)
    table = {key: copy.deepcopy(value) for key, value in base.items() if key not in (*_OWN, "extends")}
    for key, value in own.items():
        if key == "cues":
            table[key] = _cues(table.get(key, {}), _table(root, key, value), root)
        elif key == "scores":
            table[key] = _scores(table.get(key, {}), _table(root, key, value), root)
        elif key == "sources":
            table[key] = _entries(table.get(key, {}), _table(root, key, value), root, key)
        elif isinstance(value, dict) and isinstance(table.get(key), dict):
            table[key] = table[key] | value
        elif key != "extends":
            table[key] = value
    removed = {name for name, entry in own.get("cues", {}).items() if entry is False}
    for name, score in table.get("scores", {}).items():
        stated = own.get("scores", {}).get(name, {}).get("weights", {})
        if isinstance(score.get("weights"), dict):
            score["weights"] = {
                cue: weight for cue, weight in score["weights"].items() if cue not in removed or cue in stated
            }
    return table


def _cues(base: dict[str, Any], own: dict[str, Any], root: Entry) -> dict[str, Any]:
    for name, entry in own.items():
        changed = [key for key in _NORMS if isinstance(entry, dict) and name in base and key in entry]
        if changed and "source" not in entry:
            root.refuse(f"cues.{name}.{changed[0]}", "differs from what is extended: name the source of the new number")
    return _entries(base, own, root, "cues")


def _scores(base: dict[str, Any], own: dict[str, Any], root: Entry) -> dict[str, Any]:
    scores = dict(base)
    for name, entry in own.items():
        if not isinstance(entry, dict) or not isinstance(entry.get("weights", {}), dict):
            scores[name] = entry  # refused when scores are read
            continue
        before = scores.get(name, {})
        weights = dict(before.get("weights", {}))
        for cue, weight in entry.get("weights", {}).items():
            if weight is False:
                _remove(weights, cue, root, f"scores.{name}.weights.{cue}")
            else:
                weights[cue] = weight
        scores[name] = before | entry | {"weights": weights}
    return scores


def _entries(base: dict[str, Any], own: dict[str, Any], root: Entry, key: str) -> dict[str, Any]:
    entries = dict(base)
    for name, entry in own.items():
        if entry is False:
            _remove(entries, name, root, f"{key}.{name}")
        elif isinstance(entry, dict) and isinstance(entries.get(name), dict):
            entries[name] = entries[name] | entry
        else:
            entries[name] = entry
    return entries


def _remove(entries: dict[str, Any], name: str, root: Entry, where: str) -> None:
    if name not in entries:
        root.refuse(where, f"there is no {name} to take away; there are: {', '.join(entries)}")
    del entries[name]


def _table(root: Entry, key: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        root.refuse(key, f"must be a table, got {value!r}")
    return value
