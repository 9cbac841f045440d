"""Changes over time: "from despair to hope", "calm, then loud", "ends on silence". Known as such, and not understood.

No quality of a segment says how it turns, and to ask for both ends at once would be another question. So a stretch
that tells of a change becomes one item that is reported, where its words would otherwise be read as qualities.
"""

from __future__ import annotations

from collections.abc import Sequence

from kuleshov.query.scan import Item

_MODIFIERS = frozenset({"ignored", "degree", "much", "little", "not", "no", "without"})
_PARTS = frozenset({"entry", "unknown", "unmeasured", "support", "degree", "much", "little", "not", "no", "without"})


def without_changes(text: str, items: Sequence[Item]) -> list[Item]:
    """Return the items of a text with every change made one item."""
    result: list[Item] = []
    index = 0
    while index < len(items):
        end = _from_to(items, index) or _sequence(items, index) or index + 1
        if end == index + 1:
            result.append(items[index])
        else:
            place = slice(items[index].place.start, items[end - 1].place.stop)
            result.append(Item("unmeasured", items[index].start, items[end - 1].end, place, text[place]))
        index = end
    return result


def _from_to(items: Sequence[Item], start: int) -> int | None:
    """Return the end of "from X to Y" that begins at an item, where X or Y is a quality."""
    ends = []
    for kind in ("from", "to"):
        if start >= len(items) or items[start].kind != kind:
            return None
        place = _skip(items, start + 1, _MODIFIERS)
        if place >= len(items) or items[place].kind not in ("entry", "unknown", "unmeasured"):
            return None
        ends.append(place)
        start = _skip(items, place + 1, frozenset({"ignored", "support"})) if kind == "from" else place + 1
    return ends[-1] + 1 if any(items[place].kind == "entry" for place in ends) else None


def _sequence(items: Sequence[Item], start: int) -> int | None:
    """Return the end of "after X" that begins at an item, where X holds a quality."""
    if items[start].kind != "sequence":
        return None
    first = _skip(items, start + 1, frozenset({"ignored"}))
    end = _skip(items, first, _PARTS)
    return end if any(item.kind == "entry" for item in items[first:end]) else None


def _skip(items: Sequence[Item], index: int, kinds: frozenset[str]) -> int:
    while index < len(items) and items[index].kind in kinds:
        index += 1
    return index
