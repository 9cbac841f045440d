"""Readings judged without searching: what a query implies must be in its reading, what nothing measures be reported."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from truth import Want

from kuleshov.query import Query, parse


def judge_implied(wants: Sequence[Want], split: str, *, say: bool) -> dict[str, float]:
    """Return which share of what queries imply is in their readings, and which share of queries has all of it."""
    parts = whole = 0
    mine = [want for want in wants if want.kind == split]
    for want in mine:
        names = asked(parse(want.text))
        missing = [part for part in want.parts if not _met(part, names)]
        parts += len(want.parts) - len(missing)
        whole += not missing
        if say and missing:
            print(f"implied: {want.text!r} lacks {', '.join(missing)}; has {' '.join(sorted(names))}")
    return {
        "queries": len(mine),
        "of what is implied": parts / sum(len(want.parts) for want in mine),
        "with all": whole / len(mine),
    }


def judge_beyond(wants: Sequence[Want], split: str, *, say: bool) -> dict[str, float]:
    """Return which share of the words that nothing measures is reported."""
    mine = [want for want in wants if want.kind == split]
    told = 0
    for want in mine:
        unread = " ".join(parse(want.text).not_understood).casefold()
        reported = all(re.search(rf"\b{re.escape(part)}\b", unread) for part in want.parts)
        told += reported
        if say and not reported:
            print(f"beyond: {want.text!r} does not report {', '.join(want.parts)}: {unread!r}")
    return {"queries": len(mine), "reported": told / len(mine)}


def asked(query: Query) -> dict[str, Any]:
    """Return every name that a query asks for, with its direction (-1, 1)."""
    found: dict[str, int] = {}
    changed = [term for change in query.changes for term in (*change.before, *change.after)]
    likened = [term for like in query.likes for term in like.deltas]
    for term in (*query.terms, *changed, *likened):
        found[term.name] = term.sign
    found |= {change.kind: 1 for change in query.changes} | {arc.of: arc.sign for arc in query.arcs}
    if query.sort is not None:
        found.setdefault(query.sort.key, 1 if query.sort.descending else -1)
    return found


def _met(part: str, names: dict[str, Any]) -> bool:
    for way in part.split("/"):
        name = way.removeprefix("-")
        if name in names and (names[name] == (-1 if way.startswith("-") else 1) or name in ("valence", "arousal")):
            return True
    return False
