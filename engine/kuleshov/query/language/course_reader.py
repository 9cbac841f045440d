"""Changes over time: "from despair to hope", "calm just before a shock", "falls, then rises".

The words of a change become one claim, before the rest is read as qualities. Where a part of them is not understood,
all are reported, because half of a change is another question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from kuleshov.query.language.claims import Claim, claim
from kuleshov.query.language.quality_reader import QualityReader, terms_of
from kuleshov.query.language.tokens import Text
from kuleshov.query.parts.arc import ArcQuery
from kuleshov.query.parts.change import FADE_OUT, JUST_SECONDS, THEN_SECONDS, ChangeKind, ChangeQuery
from kuleshov.query.parts.term import Term
from kuleshov.records import SHAPES, ShapeName

Terms = tuple[Term, ...]

_MODIFIERS: frozenset[str] = frozenset({"ignored", "degree", "much", "little", "not", "no", "without"})
_QUALITY: frozenset[str] = _MODIFIERS | {"entry", "unknown", "unmeasured", "support", "fade_out"}
_SIDES: frozenset[str] = _QUALITY | {"and"}
_THEN: dict[str, tuple[float, bool]] = {
    "then": (THEN_SECONDS, True),
    "just_then": (JUST_SECONDS, True),
    "after": (THEN_SECONDS, False),
    "just_after": (JUST_SECONDS, False),
}
_WAYS: dict[str, Literal["rise", "fall"]] = {"rises": "rise", "falls": "fall"}
_BETWEEN_WAYS: frozenset[str] = frozenset({"ignored", "punctuation", "stop", "and", "then", "degree", "at_last"})
_AFTER_QUALITY: frozenset[str] = frozenset({"ignored", "support", "arc", "film", "films", "punctuation", "stop"})
#: What an arc is of, and what is built up to a climax, where nothing is named.
_VALENCE, _AROUSAL = (Term(name, 1, 1.0, 0.0, name) for name in ("valence", "arousal"))


@dataclass(frozen=True)
class Course:
    """The changes and arcs of a query, and the claims on the text with each change as one.

    ``partly``: claims within changes that are only read as what they imply.
    """

    claims: list[Claim]
    changes: tuple[ChangeQuery, ...] = ()
    arcs: tuple[ArcQuery, ...] = ()
    of_films: bool = False
    partly: tuple[Claim, ...] = ()


#: Of a text without words about time.
NO_COURSE = Course([])


def read_course(text: Text, claims: Sequence[Claim], *, of_catalogue: bool) -> Course:
    """Return the changes and arcs of a text; ``of_catalogue``: it says which films it is about."""
    reader = _CourseReader(text, claims)
    done = reader.read()
    films = any(one.kind == "films" or (one.kind == "film" and of_catalogue) for one in done)
    asked = of_catalogue or bool(reader.changes) or any(one.kind in ("entry", "quantity") for one in done)
    of_films = (bool(reader.arcs) or (films and asked)) and not any(one.kind == "unit" for one in done)
    # "Films whose arc falls then rises": such words ask for nothing more where there is an arc, and films for films.
    spent: set[str] = {"film", "films"} if of_films or of_catalogue else set()
    spent |= {"arc"} if reader.arcs else set()
    spent |= {"at_last"} if reader.arcs or reader.changes else set()
    for number, one in enumerate(done):
        if one.kind in ("film", "films", "arc", "at_last"):
            done[number] = one._replace(kind="ignored" if one.kind in spent else "unmeasured")
    return Course(done, tuple(reader.changes), tuple(reader.arcs), of_films, tuple(reader.partly))


class _CourseReader:
    """Reads the claims in order; ``_done`` holds those that are settled."""

    def __init__(self, text: Text, claims: Sequence[Claim]) -> None:
        self.changes: list[ChangeQuery] = []
        self.arcs: list[ArcQuery] = []
        self.partly: list[Claim] = []
        self._text, self._claims, self._done = text, claims, list[Claim]()

    def read(self) -> list[Claim]:
        place = 0
        while place < len(self._claims):
            one = self._claims[place]
            end = _READERS[one.kind](self, place) if one.kind in _READERS else None
            if end is None:
                self._done.append(one)
                end = place + 1
            place = end
        return self._done

    # Shapes of changes; each returns where it ends, None where it is none

    def _from_to(self, start: int) -> int | None:
        first = self._one_quality(start + 1)
        if first is None:
            return None
        middle = self._skip(first, frozenset({"ignored", "support"}))
        if middle >= len(self._claims) or self._claims[middle].kind not in ("to", "then"):
            return None
        last = self._one_quality(middle + 1)
        if last is None or not any(one.kind == "entry" for one in self._claims[start:last]):
            return None
        goes = bool(self._done) and self._done[-1].kind == "turns"  # "goes from calm to chaotic"
        begin = self._done.pop() if goes else self._claims[start]
        before, after = self._claims[start + 1 : first], self._claims[middle + 1 : last]
        return self._put("from_to", begin, last, self._terms(before), self._terms(after))

    def _then(self, place: int) -> int | None:
        """X then Y, or Y after X; X comes before the word."""
        word = self._claims[place]
        seconds, forward = _THEN[word.kind]
        end = self._side_end(place + 1)
        if not any(one.kind in ("entry", "fade_out") for one in self._claims[place + 1 : end]):
            return None
        left = self._left_side()
        side = self._done[left:]
        if not any(one.kind == "entry" for one in side):
            return self._put("then", word, end, None)
        first = self._terms([one for one in side if one.kind not in ("punctuation", "stop", "unit")])
        second = self._terms(self._claims[place + 1 : end])
        if first is None or second is None:
            return self._put("then", word, end, None)
        self._done[left:] = [one for one in side if one.kind == "unit"]
        before, after = (first, second) if forward else (second, first)
        return self._put("then", side[0], end, before, after, seconds=seconds)

    def _edge(self, start: int) -> int | None:
        kind: ChangeKind = "starts" if self._claims[start].kind == "starts" else "ends"
        end = self._side_end(start + 1)
        if not any(one.kind in ("entry", "fade_out") for one in self._claims[start + 1 : end]):
            return None
        return self._put(kind, self._claims[start], end, (), self._terms(self._claims[start + 1 : end]))

    def _turns(self, start: int) -> int | None:
        end = self._one_quality(start + 1)
        if end is None or not self._claims[end - 1].is_asked:
            return None
        return self._put("turns", self._claims[start], end, (), self._terms(self._claims[start + 1 : end]))

    def _way(self, start: int) -> int | None:
        """A shape ("falls, then rises"), or what rises: "rising tension", "tension rises"."""
        ways, end = self._ways(start)
        arc = any(one.kind in ("arc", "film", "films") for one in self._claims)
        if len(ways) > 1 or arc:
            shape = next((shape for shape in SHAPES if shape == "-".join(ways)), None)
            return self._put("rises", self._claims[start], end, None) if shape is None else self._arc(start, end, shape)
        sign: Literal[-1, 1] = 1 if ways == ["rise"] else -1
        after = self._one_quality(start + 1)
        if after is not None and self._claims[after - 1].is_asked:
            return self._rise(self._claims[start], after, self._terms(self._claims[start + 1 : after]), sign)
        left, terms = self._last_quality()
        if terms is None:
            return None
        first = self._done[left]
        del self._done[left:]
        return self._rise(first, end, terms, sign)

    def _ways(self, start: int) -> tuple[list[Literal["rise", "fall"]], int]:
        """Return the ups and downs from a claim on, and where they end, with a following "at the end"."""
        ways: list[Literal["rise", "fall"]] = []
        end = start
        for place in range(start, len(self._claims)):
            kind = self._claims[place].kind
            if kind in _WAYS and (not ways or ways[-1] != _WAYS[kind]):
                ways.append(_WAYS[kind])
            if kind in _WAYS or kind == "at_last":
                end = place + 1
            elif kind not in _BETWEEN_WAYS:
                break
        return ways, end

    def _builds(self, start: int) -> int | None:
        """The build-up of something, or to the climax."""
        begin = self._claims[start]
        place = self._skip(start + 1, frozenset({"ignored", "to"}))
        if place < len(self._claims) and self._claims[place].kind == "climax":
            return self._rise(begin, place + 1, (_AROUSAL,), 1, to_climax=True)
        end = self._one_quality(place)
        if end is not None and self._claims[end - 1].is_asked:
            return self._rise(begin, end, self._terms(self._claims[place:end]), 1)
        return self._rise(begin, start + 1, (_AROUSAL,), 1)

    def _climax(self, start: int) -> int | None:
        return self._put("climax", self._claims[start], start + 1, ())

    def _fade_out(self, start: int) -> int | None:
        """A fade out by itself is how a shot or scene ends."""
        return self._put("ends", self._claims[start], start + 1, (), self._terms(self._claims[start : start + 1]))

    def _shape(self, start: int) -> int | None:
        sense = self._claims[start].sense
        return None if sense is None or sense.shape is None else self._arc(start, start + 1, sense.shape)

    # Their parts

    def _rise(
        self, begin: Claim, end: int, terms: Terms | None, sign: Literal[-1, 1], *, to_climax: bool = False
    ) -> int:
        after = terms and tuple(replace(term, sign=1 if term.sign == sign else -1) for term in terms)
        return self._put("rises", begin, end, (), after, to_climax=to_climax)

    def _arc(self, start: int, end: int, shape: ShapeName) -> int:
        """An arc is of the quality that comes before it, "tension rises, then falls", or of valence."""
        left, terms = self._last_quality()
        term, first = _VALENCE, self._claims[start]
        if terms is not None and len(terms) == 1:
            term, first = terms[0], self._done[left]
            del self._done[left:]
        whole = self._whole("change", first, end)
        self.arcs.append(ArcQuery(term.name, term.sign, shape, (), whole.words))
        return end

    def _put(
        self, kind: ChangeKind, begin: Claim, end: int, before: Terms | None, after: Terms | None = (), **more: Any
    ) -> int:
        """Settle a change from ``begin`` to ``end``, reported where a side of it (``None``) is not understood."""
        if before is None or after is None:
            self._whole("unmeasured", begin, end)
        else:
            whole = self._whole("change", begin, end)
            self.changes.append(ChangeQuery(kind, before, after, whole.words, **more))
        return end

    def _whole(self, kind: str, begin: Claim, end: int) -> Claim:
        """Settle one claim in place of all from ``begin`` up to the one before ``end``."""
        self._done.append(claim(self._text, kind, begin.start, self._claims[end - 1].end))
        return self._done[-1]

    def _terms(self, claims: Sequence[Claim]) -> Terms | None:
        """Return the qualities of a side, ``None`` where some of it is not understood or nothing is asked for."""
        fades = tuple(Term(FADE_OUT, 1, 1.0, 0.0, one.words) for one in claims if one.kind == "fade_out")
        rest = [one for one in claims if one.kind != "fade_out"]
        reader = QualityReader([one._replace(kind="entry") if one.is_noun else one for one in rest])
        if "not understood" in reader.roles:
            return None
        self.partly += [one for one, role in zip(rest, reader.roles, strict=True) if role == "partly understood"]
        read = [term for wanted in reader.wanted for term in terms_of(wanted)]
        # Where all that a side says is only implied it is asked for: otherwise there would be no change.
        terms = [term for term in read if not term.hint] or [replace(term, minimum=0.0, hint=False) for term in read]
        return (*terms, *fades) or None

    def _one_quality(self, start: int) -> int | None:
        """Return the end of one quality with its modifiers that begins at a claim."""
        place = self._skip(start, _MODIFIERS)
        if place >= len(self._claims):
            return None
        one = self._claims[place]
        return place + 1 if one.is_asked or one.kind in ("unknown", "unmeasured") else None

    def _left_side(self) -> int:
        """Return where the qualities begin that come last among what is settled, without a comma after them."""
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

    def _last_quality(self) -> tuple[int, Terms | None]:
        """Return where the last settled quality begins, ignoring "arc" and such after it, and its terms."""
        place = len(self._done)
        while place and self._done[place - 1].kind in _AFTER_QUALITY and not self._done[place - 1].is_noun:
            place -= 1
        if not place or not self._done[place - 1].is_asked:
            return place, None
        place -= 1
        while place and self._done[place - 1].kind in _MODIFIERS - {"ignored"}:
            place -= 1
        return place, self._terms(self._done[place:])

    def _side_end(self, start: int) -> int:
        """Return where the qualities from a claim on end, without an "and" after them."""
        end = self._skip(start, _SIDES)
        while end > start and self._claims[end - 1].kind in ("and", "ignored"):
            end -= 1
        return end

    def _skip(self, place: int, kinds: frozenset[str]) -> int:
        while place < len(self._claims) and self._claims[place].kind in kinds:
            place += 1
        return place


_READERS: dict[str, Callable[[_CourseReader, int], int | None]] = {
    "from": _CourseReader._from_to,
    **dict.fromkeys(_THEN, _CourseReader._then),
    "starts": _CourseReader._edge,
    "ends": _CourseReader._edge,
    "turns": _CourseReader._turns,
    "rises": _CourseReader._way,
    "falls": _CourseReader._way,
    "builds": _CourseReader._builds,
    "climax": _CourseReader._climax,
    "shape": _CourseReader._shape,
    "fade_out": _CourseReader._fade_out,
}
