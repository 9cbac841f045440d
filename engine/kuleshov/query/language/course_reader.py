"""Changes over time in a query's items: "from despair to hope", "calm just before a shock", "falls, then rises".

What tells of a change is cut out and becomes one item, with the typed wish beside it, before the rest is read as
qualities. Where a part of it is not understood the whole stretch is reported, because half of a change is another
question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kuleshov.query.language.modifiers import Reader, terms_of
from kuleshov.query.language.scan import Item, ItemKind
from kuleshov.query.parts.arc import ArcQuery
from kuleshov.query.parts.change import FADE_OUT, JUST_SECONDS, THEN_SECONDS, ChangeKind, ChangeQuery
from kuleshov.query.parts.term import Term
from kuleshov.records import SHAPES, ShapeName

_MODIFIERS: frozenset[ItemKind] = frozenset({"ignored", "degree", "much", "little", "not", "no", "without"})
_QUALITY: frozenset[ItemKind] = _MODIFIERS | {"entry", "unknown", "unmeasured", "support", "fade_out"}
_SIDES: frozenset[ItemKind] = _QUALITY | {"and"}
_THEN: dict[ItemKind, tuple[float, bool]] = {
    "then": (THEN_SECONDS, True),
    "just_then": (JUST_SECONDS, True),
    "after": (THEN_SECONDS, False),
    "just_after": (JUST_SECONDS, False),
}
_WAYS: dict[ItemKind, Literal["rise", "fall"]] = {"rises": "rise", "falls": "fall"}
_BETWEEN_WAYS: frozenset[ItemKind] = frozenset({"ignored", "punctuation", "stop", "and", "then", "degree", "at_last"})
_OF = "valence"  # what an arc is of, and a climax built up to, where nothing is named
_BUILT = "arousal"


@dataclass(frozen=True)
class Course:
    """What of a query is about time, and the items of the text with each such stretch as one."""

    items: list[Item]
    changes: tuple[ChangeQuery, ...]
    arcs: tuple[ArcQuery, ...]
    of_films: bool
    partly: tuple[Item, ...] = ()  # parts of changes that are read by what they imply only


def read_course(text: str, items: Sequence[Item], *, of_catalogue: bool = False) -> Course:
    """Return the changes and arcs of a query text; ``of_catalogue``: it says which films it is about."""
    reader = _CourseReader(text, list(items))
    done = reader.read()
    films = any(item.kind == "films" or (item.kind == "film" and of_catalogue) for item in done)
    asked = of_catalogue or bool(reader.changes) or any(item.kind in ("entry", "quantity") for item in done)
    of_films = (bool(reader.arcs) or (films and asked)) and not any(item.kind == "unit" for item in done)
    # "Films whose arc falls then rises": such words ask for nothing more where there is an arc, and films for films.
    spent: set[ItemKind] = {"film", "films"} if of_films or of_catalogue else set()
    spent |= {"arc"} if reader.arcs else set()
    spent |= {"at_last"} if reader.arcs or reader.changes else set()
    for number, item in enumerate(done):
        if item.kind in ("film", "films", "arc", "at_last"):
            done[number] = replace(item, kind="ignored" if item.kind in spent else "unmeasured")
    return Course(done, tuple(reader.changes), tuple(reader.arcs), of_films, tuple(reader.partly))


class _CourseReader:
    """Goes through the items once; ``_done`` holds those that are settled."""

    def __init__(self, text: str, items: list[Item]) -> None:
        self.changes: list[ChangeQuery] = []
        self.arcs: list[ArcQuery] = []
        self.partly: list[Item] = []
        self._text, self._items, self._done = text, items, list[Item]()

    def read(self) -> list[Item]:
        readers: dict[ItemKind, Callable[[int], int | None]] = {
            "from": self._from_to,
            **dict.fromkeys(_THEN, self._then),
            "starts": self._edge,
            "ends": self._edge,
            "turns": self._turns,
            "rises": self._way,
            "falls": self._way,
            "builds": self._builds,
            "climax": self._climax,
            "shape": self._shape,
            "fade_out": self._fade_out,
        }
        index = 0
        while index < len(self._items):
            item = self._items[index]
            end = readers[item.kind](index) if item.kind in readers else None
            if end is None:
                self._done.append(item)
                end = index + 1
            index = end
        return self._done

    # Shapes of changes; each returns where it ends, None where it is none

    def _from_to(self, start: int) -> int | None:
        first = self._one_quality(start + 1)
        if first is None:
            return None
        middle = _skip(self._items, first, frozenset({"ignored", "support"}))
        if middle >= len(self._items) or self._items[middle].kind not in ("to", "then"):
            return None
        last = self._one_quality(middle + 1)
        if last is None or not any(item.kind == "entry" for item in self._items[start:last]):
            return None
        goes = bool(self._done) and self._done[-1].kind == "turns"  # "goes from calm to chaotic"
        begin = self._done.pop() if goes else self._items[start]
        return self._change("from_to", begin, last, before=(start + 1, first), after=(middle + 1, last))

    def _then(self, index: int) -> int | None:
        """X then Y, or Y after X; X stands left of the word."""
        seconds, forward = _THEN[self._items[index].kind]
        end = _skip(self._items, index + 1, _SIDES)
        end = self._without_trailing_and(index + 1, end)
        if not any(item.kind in ("entry", "fade_out") for item in self._items[index + 1 : end]):
            return None
        left = self._left_side()
        side = self._done[left:]
        if not any(item.kind == "entry" for item in side):
            return self._report(self._items[index], end)
        one, other = (
            self._terms([item for item in side if item.kind not in ("punctuation", "stop", "unit")]),
            self._terms(self._items[index + 1 : end]),
        )
        if one is None or other is None:
            return self._report(self._items[index], end)
        del self._done[left:]
        self._done += [item for item in side if item.kind == "unit"]
        before, after = (one, other) if forward else (other, one)
        return self._put(side[0], end, "then", before, after, seconds=seconds)

    def _edge(self, start: int) -> int | None:
        kind: ChangeKind = "starts" if self._items[start].kind == "starts" else "ends"
        end = self._without_trailing_and(start + 1, _skip(self._items, start + 1, _SIDES))
        if not any(item.kind in ("entry", "fade_out") for item in self._items[start + 1 : end]):
            return None
        return self._change(kind, self._items[start], end, after=(start + 1, end))

    def _turns(self, start: int) -> int | None:
        end = self._one_quality(start + 1)
        if end is None or not _is_asked(self._items[end - 1]):
            return None
        return self._change("turns", self._items[start], end, after=(start + 1, end))

    def _way(self, start: int) -> int | None:
        """A shape ("falls, then rises"), or what rises: "rising tension", "tension rises"."""
        ways, end = self._ways(start)
        name = "-".join(ways)
        arc = any(item.kind in ("arc", "film", "films") for item in self._items)
        if len(ways) > 1 or arc:
            shape = next((shape for shape in SHAPES if shape == name), None)
            return self._report(self._items[start], end) if shape is None else self._arc(start, end, shape)
        sign: Literal[-1, 1] = 1 if ways == ["rise"] else -1
        after = self._one_quality(start + 1)
        if after is not None and _is_asked(self._items[after - 1]):
            return self._rise(self._items[start], after, self._terms(self._items[start + 1 : after]), sign)
        left = self._last_quality()
        if left is None:
            return None
        side = self._done[left:]
        terms = self._terms(side)
        if terms is None:
            return None
        del self._done[left:]
        return self._rise(side[0], end, terms, sign)

    def _ways(self, start: int) -> tuple[list[Literal["rise", "fall"]], int]:
        """The ups and downs from an item on, and where they end, "at the end" behind them included."""
        ways: list[Literal["rise", "fall"]] = []
        index = end = start
        while index < len(self._items):
            item = self._items[index]
            if item.kind in _WAYS:
                if not ways or ways[-1] != _WAYS[item.kind]:
                    ways.append(_WAYS[item.kind])
                end = index + 1
            elif item.kind == "at_last" and ways:
                end = index + 1
            elif item.kind not in _BETWEEN_WAYS:
                break
            index += 1
        return ways, end

    def _builds(self, start: int) -> int | None:
        """The build-up of something, or to the climax."""
        begin = self._items[start]
        next_place = _skip(self._items, start + 1, frozenset({"ignored", "to"}))
        if next_place < len(self._items) and self._items[next_place].kind == "climax":
            return self._rise(begin, next_place + 1, (Term(_BUILT, 1, 1.0, 0.0, _BUILT),), 1, to_climax=True)
        end = self._one_quality(next_place)
        if end is not None and _is_asked(self._items[end - 1]):
            return self._rise(begin, end, self._terms(self._items[next_place:end]), 1)
        return self._rise(begin, start + 1, (Term(_BUILT, 1, 1.0, 0.0, _BUILT),), 1)

    def _climax(self, start: int) -> int | None:
        return self._put(self._items[start], start + 1, "climax", (), ())

    def _fade_out(self, start: int) -> int | None:
        """A fade out by itself is how a shot or scene ends."""
        return self._change("ends", self._items[start], start + 1, after=(start, start + 1))

    def _shape(self, start: int) -> int | None:
        sense = self._items[start].sense
        if sense is None or sense.shape is None:
            return None
        return self._arc(start, start + 1, sense.shape)

    # Their parts

    def _change(
        self, kind: ChangeKind, begin: Item, end: int, *, after: tuple[int, int], before: tuple[int, int] | None = None
    ) -> int:
        first = () if before is None else self._terms(self._items[slice(*before)])
        last = self._terms(self._items[slice(*after)])
        if first is None or last is None:
            return self._report(begin, end)
        return self._put(begin, end, kind, first, last)

    def _rise(
        self, begin: Item, end: int, terms: tuple[Term, ...] | None, sign: Literal[-1, 1], *, to_climax: bool = False
    ) -> int:
        if terms is None:
            return self._report(begin, end)
        signed = tuple(replace(term, sign=1 if term.sign == sign else -1) for term in terms)
        return self._put(begin, end, "rises", (), signed, to_climax=to_climax)

    def _arc(self, start: int, end: int, shape: ShapeName) -> int:
        """An arc is of the quality that stands before it, "tension rises, then falls", or of valence."""
        left = self._last_quality()
        side = [] if left is None else self._done[left:]
        terms = self._terms(side) if side else None
        (term,) = terms if terms is not None and len(terms) == 1 else (Term(_OF, 1, 1.0, 0.0, _OF),)
        first = self._items[start]
        if terms is not None and len(terms) == 1:
            del self._done[left:]
            first = side[0]
        item = self._item("change", first, end)
        self._done.append(item)
        self.arcs.append(ArcQuery(term.name, term.sign, shape, (), item.words))
        return end

    def _put(
        self,
        begin: Item,
        end: int,
        kind: ChangeKind,
        before: tuple[Term, ...],
        after: tuple[Term, ...],
        *,
        seconds: float = THEN_SECONDS,
        to_climax: bool = False,
    ) -> int:
        item = self._item("change", begin, end)
        self._done.append(item)
        self.changes.append(ChangeQuery(kind, before, after, item.words, seconds, to_climax))
        return end

    def _report(self, begin: Item, end: int) -> int:
        self._done.append(self._item("unmeasured", begin, end))
        return end

    def _item(self, kind: ItemKind, begin: Item, end: int) -> Item:
        """One item of all from ``begin`` up to the one before ``end``."""
        last = self._items[end - 1]
        place = slice(begin.place.start, last.place.stop)
        return Item(kind, begin.start, last.end, place, self._text[place])

    def _terms(self, items: Sequence[Item]) -> tuple[Term, ...] | None:
        """The qualities of a side, ``None`` where something of it was not understood or nothing is asked for."""
        fades = tuple(Term(FADE_OUT, 1, 1.0, 0.0, item.words) for item in items if item.kind == "fade_out")
        rest = [item for item in items if item.kind != "fade_out"]
        reader = Reader([replace(item, kind="entry") if _is_noun(item) else item for item in rest])
        if "not understood" in reader.roles:
            return None
        self.partly += [item for item, role in zip(rest, reader.roles, strict=True) if role == "partly understood"]
        read = [term for wanted in reader.wanted for term in terms_of(wanted)]
        # Where all that a side says is only implied it is asked for: otherwise there would be no change.
        terms = [term for term in read if not term.hint] or [replace(term, minimum=0.0, hint=False) for term in read]
        return (*terms, *fades) or None

    def _one_quality(self, start: int) -> int | None:
        """The end of one quality with its modifiers that begins at an item."""
        place = _skip(self._items, start, _MODIFIERS)
        if place >= len(self._items):
            return None
        item = self._items[place]
        return place + 1 if _is_asked(item) or item.kind in ("unknown", "unmeasured") else None

    def _left_side(self) -> int:
        """Where the qualities begin that stand last among what is settled, one comma behind them left aside."""
        place = len(self._done)
        if place and self._done[place - 1].kind in ("punctuation", "stop"):
            place -= 1
        while place and self._done[place - 1].kind == "unit":
            place -= 1
        while place and self._done[place - 1].kind in _SIDES:
            place -= 1
        while place < len(self._done) and self._done[place].kind in ("ignored", "and"):
            place += 1
        return place

    def _last_quality(self) -> int | None:
        """Where the one quality begins that stands last among what is settled, words like "arc" behind it dropped."""
        between = ("ignored", "support", "arc", "film", "films", "punctuation", "stop")
        place = len(self._done)
        while place and self._done[place - 1].kind in between and not _is_noun(self._done[place - 1]):
            place -= 1
        if not place or not _is_asked(self._done[place - 1]):
            return None
        place -= 1
        while place and self._done[place - 1].kind in _MODIFIERS - {"ignored"}:
            place -= 1
        return place

    def _without_trailing_and(self, start: int, end: int) -> int:
        while end > start and self._items[end - 1].kind in ("and", "ignored"):
            end -= 1
        return end


def _skip(items: Sequence[Item], index: int, kinds: frozenset[ItemKind]) -> int:
    while index < len(items) and items[index].kind in kinds:
        index += 1
    return index


def _is_asked(item: Item) -> bool:
    return item.kind == "entry" or _is_noun(item)


def _is_noun(item: Item) -> bool:
    """Whether it is a noun that is a quality once it has an amount, or a way: "light", "mood"."""
    return item.kind == "support" and item.sense is not None and item.sense.entry is not None
