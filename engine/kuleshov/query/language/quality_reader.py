"""Qualities with their modifiers: what "not", "very" and "most" belong to, and what is asked for in the end.

Modifiers hold for the next quality or number. "Or" hands a negation on ("not dark or loud"), "and" only one like
"without"; a comma or "but" ends it. A negated quality asks for exactly what the plain one leaves out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from kuleshov.cinema.attributes.measures import Unit
from kuleshov.query.language.claims import Claim
from kuleshov.query.language.vocabulary_types import COURSE_KINDS, PLAIN, Degree, Entry
from kuleshov.query.parts.condition import Comparison, Condition
from kuleshov.query.parts.sort import Sort
from kuleshov.query.parts.term import Term
from kuleshov.query.spec.query import Role

#: A negated quality is meant as a filter more than as a preference, so it has less weight.
_NEGATED_WEIGHT = 0.5
#: All that a word only implies has together half the weight of a quality.
_HINTED_WEIGHT = 0.5
_SOMEWHAT = Degree(0.5, -0.1)
_OPPOSITE: dict[Comparison, Comparison] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
#: What may be between a noun like "lighting" and the quality it belongs to.
_MODIFIERS: tuple[str, ...] = ("not", "no", "without", "degree", "much", "little", "most", "least", "sort_by")
_TRANSPARENT: frozenset[str] = frozenset({*_MODIFIERS, "ignored", "unit", "support", "punctuation"})
_CONNECTING: frozenset[str] = frozenset({"ignored", "punctuation"})
_ASKING = frozenset({"entry", "quantity", "order", "sort_measure"})


@dataclass(frozen=True)
class Wanted:
    """A quality as asked for, by ``claim``; ``words`` and the folded ``norms`` are with its modifiers.

    ``superlative``: it orders the answer ("darkest") instead of filtering it. ``order_only``: it does no more than
    that ("darkest first", "sorted by tension"), so that the score is made of the other qualities.
    """

    entry: Entry
    sign: Literal[-1, 1]
    degree: Degree
    negated: bool
    superlative: bool
    words: str
    norms: tuple[str, ...]
    claim: Claim
    order_only: bool = False


@dataclass
class _Pending:
    """Modifiers that wait for what they belong to, at ``places``."""

    negation: str | None = None  # "not dark" leaves the others; "no dialogue" and "without dialogue" leave none
    degree: Degree | None = None
    little: bool = False
    superlative: str | None = None
    order_only: bool = False
    places: list[int] = field(default_factory=list)


class QualityReader:
    """Reads claims in order; afterwards the attributes hold what they ask for, ``roles`` what became of each."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self.wanted: list[Wanted] = []
        self.conditions: list[Condition] = []
        self.orders: list[Sort] = []
        self.units: list[Unit] = []
        self.limit: int | None = None
        self.roles: list[Role] = ["ignored"] * len(claims)
        self._claims = claims
        self._pending = _Pending()
        self._carried: str | None = None
        for place, one in enumerate(claims):
            if one.kind in _READERS:
                self.roles[place] = _READERS[one.kind](self, place, one)
        self._abandon()
        for place, one in enumerate(claims):
            if one.kind in ("support", "or") and self.roles[place] == "ignored" and not self._belongs(place):
                self.roles[place] = "not understood"

    # Modifiers; all that reads a claim returns what became of it

    def _modify(self, place: int, one: Claim) -> Role:
        pending = self._pending
        match one.kind:
            case "not" | "no" | "without":
                # Twice is not at all: "not without dialogue".
                pending.negation = one.kind if pending.negation is None else None
            case "little":
                pending.little = not pending.little
            case "most" | "least":
                pending.superlative = one.kind
            case "sort_by":
                pending.superlative, pending.order_only = "most", True
            case _ if one.sense is not None:
                pending.degree = one.sense.degree
            case _:
                pass
        pending.places.append(place)
        return "modifier"

    def _connect(self, place: int, one: Claim) -> Role:
        if one.kind == "stop":
            self._abandon()
            self._carried = None
        elif self._carried is not None and (one.kind == "or" or self._carried == "without"):
            self._pending.negation = self._carried
            return "modifier"
        return "ignored"

    def _abandon(self) -> None:
        """Report negations and amounts that nothing followed; a bare "very" asks for nothing."""
        for place in self._pending.places:
            if self._claims[place].kind != "degree":
                self.roles[place] = "not understood"
        self._pending = _Pending()

    def _refuse(self, place: int, one: Claim) -> Role:
        """Report a claim; it takes its modifiers along. "High" before it may be half of its name: reported too."""
        for before in self._pending.places:
            if self._claims[before].kind in ("much", "little"):
                self.roles[before] = "not understood"
        self._finish()
        return "not understood"

    def _change(self, place: int, one: Claim) -> Role:
        """Note what ``course_reader`` has read."""
        self._abandon()
        self._carried = None
        return "condition"

    # What is asked for

    def _entry(self, place: int, one: Claim) -> Role:
        entry, pending = one.entry, self._pending
        if entry is None:
            return "ignored"
        negated = pending.negation is not None
        alternatives = len(entry.targets) + len(entry.conditions) > 1
        if negated and (alternatives or entry.unseen):
            # "Not this and that" would be an or, which neither a sum nor a list of conditions can say; and the absence
            # of what is not measured is no absence of what it implies.
            return self._refuse(place, one)
        ordered = pending.superlative is not None or one.grade == "superlative"
        superlative = ordered and not negated and bool(entry.targets)
        degree = pending.degree or (_SOMEWHAT if one.grade == "somewhat" else None)
        if degree is None or (entry.degree is not None and entry.degree.minimum > degree.minimum):
            degree = entry.degree or PLAIN
        sign: Literal[-1, 1] = -1 if pending.little != (pending.superlative == "least") else 1
        words, norms = self._with_modifiers(place)
        only = superlative and pending.order_only
        self.wanted.append(Wanted(entry, sign, degree, negated, superlative, words, norms, one, only))
        if pending.negation in ("no", "without"):
            self.conditions.extend(replace(condition, words=words) for condition in entry.absent)
        self.conditions.extend(replace(condition, words=words) for condition in entry.conditions)
        self._finish()
        return "partly understood" if entry.unseen else "quality"

    def _noun(self, place: int, one: Claim) -> Role:
        """Read a noun that is a quality once it has an amount: "light" says nothing, "more light" does."""
        after = self._claims[place + 1].kind if place + 1 < len(self._claims) else "stop"
        asks = self._pending.places and after not in ("entry", "support")
        return self._entry(place, one) if asks else "ignored"

    def _quantity(self, place: int, one: Claim) -> Role:
        conditions = one.parts
        if self._pending.negation is not None:
            if len(conditions) > 1:
                return self._refuse(place, one)
            words, _ = self._with_modifiers(place)
            conditions = tuple(replace(limit, op=_OPPOSITE[limit.op], words=words) for limit in conditions)
        self.conditions.extend(conditions)
        self._finish()
        return "condition"

    def _order(self, place: int, one: Claim) -> Role:
        before = self._beyond(place, -1, _CONNECTING)
        if before is not None and self._claims[before].kind == "unit":  # "shortest shots first"
            before = self._beyond(before, -1, _CONNECTING)
        ordered = self.wanted[-1].claim if self.wanted and self.wanted[-1].superlative else None
        if self._pending.negation is not None:
            return self._refuse(place, one)
        if one.kind == "order" and before is not None and ordered is self._claims[before]:
            self.orders.clear()  # "by length, shortest first": the superlative knows the direction
            self.wanted[-1] = replace(self.wanted[-1], order_only=True)
            return "modifier"
        if one.sense is None or one.sense.sort is None:
            return "ignored"
        self.orders.append(Sort(*one.sense.sort, one.words))
        return "order"

    def _direct(self, place: int, one: Claim) -> Role:
        descending = one.kind == "descending"
        if self.orders:
            self.orders[-1] = replace(self.orders[-1], descending=descending)
        elif self.wanted and self.wanted[-1].superlative:
            self.wanted[-1] = replace(self.wanted[-1], sign=1 if descending else -1)
        else:
            return "not understood"
        return "modifier"

    def _unit(self, place: int, one: Claim) -> Role:
        if one.sense is not None and one.sense.unit is not None:
            self.units.append(one.sense.unit)
        return "unit"

    def _limit(self, place: int, one: Claim) -> Role:
        return "modifier"

    def _count(self, place: int, one: Claim) -> Role:
        """A number alone says how many are wanted where superlatives or units follow: "the five darkest shots"."""
        around = (self._beyond(place, -1, _CONNECTING), self._next_asked(place))
        if self.limit is None and any(other is not None and self._takes_count(other) for other in around):
            self.limit = one.amount
            return "number"
        return self._refuse(place, one)

    def _superlative_after(self, place: int, one: Claim) -> Role:
        """Make the last quality a superlative: "as dark as possible"."""
        if not self.wanted or not self.wanted[-1].entry.targets or self.wanted[-1].negated:
            return "ignored"
        self.wanted[-1] = replace(self.wanted[-1], superlative=True)
        return "modifier"

    # Looking around

    def _finish(self) -> None:
        self._carried = self._pending.negation
        self._pending = _Pending()

    def _with_modifiers(self, place: int) -> tuple[str, tuple[str, ...]]:
        """Return the words and the folded words of a quality with its modifiers."""
        claims = self._claims[min(self._pending.places, default=place) : place + 1]
        return " ".join(one.words for one in claims), tuple(token.norm for one in claims for token in one.tokens)

    def _beyond(self, place: int, step: Literal[-1, 1], kinds: frozenset[str]) -> int | None:
        """Return the next claim on one side that is of none of some kinds."""
        place += step
        while 0 <= place < len(self._claims) and self._claims[place].kind in kinds:
            place += step
        return place if 0 <= place < len(self._claims) else None

    def _next_asked(self, place: int) -> int | None:
        after = self._beyond(place, 1, _CONNECTING)
        while after is not None and self._claims[after].kind in ("entry", "degree", "not", "and", "support", "order"):
            if self._is_superlative(after):
                return after
            after = self._beyond(after, 1, _CONNECTING)
        return after

    def _is_superlative(self, place: int) -> bool:
        one = self._claims[place]
        return one.kind in ("most", "least") or (one.kind == "entry" and one.grade == "superlative")

    def _takes_count(self, place: int) -> bool:
        return self._claims[place].kind in ("unit", "limit", "order") or self._is_superlative(place)

    def _belongs(self, place: int) -> bool:
        """Whether a noun or an "or" needs no report: a noun next to a quality, an "or" not between two."""
        beside = (self._nearest(place, -1), self._nearest(place, 1))
        return None in beside if self._claims[place].kind == "or" else beside != (None, None)

    def _nearest(self, place: int, step: Literal[-1, 1]) -> int | None:
        """Return the understood quality or number next to a claim, with only transparent words between."""
        other = self._beyond(place, step, _TRANSPARENT)
        if other is None or self.roles[other] == "not understood" or self._claims[other].kind not in _ASKING:
            return None
        return other


_Read = Callable[[QualityReader, int, Claim], Role]
_READERS: dict[str, _Read] = {
    **dict.fromkeys(_MODIFIERS, QualityReader._modify),
    "entry": QualityReader._entry,
    "support": QualityReader._noun,
    "quantity": QualityReader._quantity,
    "unit": QualityReader._unit,
    "order": QualityReader._order,
    "sort_measure": QualityReader._order,
    "descending": QualityReader._direct,
    "ascending": QualityReader._direct,
    "limit": QualityReader._limit,
    "count": QualityReader._count,
    "possible": QualityReader._superlative_after,
    **dict.fromkeys(("or", "and", "stop"), QualityReader._connect),
    "change": QualityReader._change,
    **dict.fromkeys(("unknown", "unmeasured", *COURSE_KINDS), QualityReader._refuse),
}


def terms_of(wanted: Wanted) -> list[Term]:
    """Return the terms of a wanted quality; several targets of one word share its weight."""
    terms = []
    for name, target_sign in wanted.entry.targets:
        sign: Literal[-1, 1] = 1 if target_sign == wanted.sign else -1
        weight, minimum, inclusive = wanted.degree.weight / len(wanted.entry.targets), wanted.degree.minimum, False
        if wanted.superlative:
            weight, minimum, inclusive = max(weight, 1.0 / len(wanted.entry.targets)), -1.0, True
        elif wanted.negated:
            # The complement of sign * value > minimum.
            sign, weight, minimum, inclusive = (1 if sign == -1 else -1), _NEGATED_WEIGHT, 0.0 - minimum, True
        terms.append(Term(name, sign, weight, minimum, wanted.words, inclusive))
    if not wanted.negated:
        share = _HINTED_WEIGHT / max(len(wanted.entry.hints), 1)
        for name, hinted in wanted.entry.hints:
            sign = 1 if hinted == wanted.sign else -1
            terms.append(Term(name, sign, share, -1.0, wanted.words, inclusive=True, hint=True))
    return terms
