"""Items of a query put together: what "not", "very" and "most" belong to, and what is asked for in the end.

Modifiers hold for the next quality or number. "Or" hands a negation on ("not dark or loud"), "and" only one like
"without"; a comma or "but" ends it. A negated quality asks for exactly what the plain one leaves out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from kuleshov.cinema.attributes.measures import Unit
from kuleshov.query.language.scan import Item, ItemKind
from kuleshov.query.language.vocabulary_types import COURSE_KINDS, PLAIN, Degree, Entry
from kuleshov.query.parts.condition import Comparison, Condition
from kuleshov.query.parts.term import Term
from kuleshov.query.spec.query import Role

#: "Not dark" leaves the others; "no dialogue" and "without dialogue" leave none.
Negation = Literal["not", "no", "without"]

#: A negated quality filters more than it is wished for, so it weighs less.
_NEGATED_WEIGHT = 0.5
#: What a word only implies weighs half of what it would if it were asked for, all of it together.
_HINTED_WEIGHT = 0.5
_SOMEWHAT = Degree(0.5, -0.1)
_OPPOSITE: dict[Comparison, Comparison] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
#: What may stand between a noun like "lighting" and the quality it belongs to.
_MODIFIERS: tuple[ItemKind, ...] = ("not", "no", "without", "degree", "much", "little", "most", "least", "sort_by")
_TRANSPARENT: frozenset[ItemKind] = frozenset({*_MODIFIERS, "ignored", "unit", "support", "punctuation"})
_ASKING = frozenset({"entry", "quantity", "order", "sort_measure"})


@dataclass(frozen=True)
class Wanted:
    """A quality as asked for.

    ``superlative``: it orders the answer ("darkest") instead of filtering it. ``order_only``: it does no more than
    that ("darkest first", "sorted by tension"), so that the score is made of the other qualities.
    """

    entry: Entry
    sign: Literal[-1, 1]
    degree: Degree
    negated: bool
    superlative: bool
    words: str
    item: int
    order_only: bool = False


@dataclass(frozen=True)
class Order:
    """An order asked for by a measure's name."""

    key: str
    descending: bool
    words: str


@dataclass
class _Pending:
    """Modifiers that wait for what they belong to; ``items`` are their places."""

    negation: Negation | None = None
    degree: Degree | None = None
    little: bool = False
    superlative: Literal["most", "least"] | None = None
    order_only: bool = False
    items: list[int] = field(default_factory=list)


class Reader:
    """Reads items one by one; afterwards the attributes hold what was found and ``roles`` what became of each item."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.wanted: list[Wanted] = []
        self.conditions: list[Condition] = []
        self.orders: list[Order] = []
        self.units: list[Unit] = []
        self.limit: int | None = None
        self.roles: list[Role] = ["ignored"] * len(items)
        self._items = items
        self._pending = _Pending()
        self._carried: Negation | None = None
        readers: dict[ItemKind, Callable[[int, Item], None]] = {
            **dict.fromkeys(_MODIFIERS, self._modify),
            "entry": self._entry,
            "support": self._noun,
            "quantity": self._quantity,
            "unit": self._unit,
            "order": self._order,
            "sort_measure": self._order,
            "descending": self._direct,
            "ascending": self._direct,
            "limit": self._limit,
            "count": self._count,
            "possible": self._superlative_after,
            **dict.fromkeys(("or", "and", "stop"), self._connect),
            "change": self._change,
            **dict.fromkeys(("unknown", "unmeasured", *COURSE_KINDS), self._refuse),
        }
        for index, item in enumerate(items):
            if item.kind in readers:
                readers[item.kind](index, item)
        self._abandon()
        for index, item in enumerate(items):
            if item.kind in ("support", "or") and self.roles[index] == "ignored" and not self._belongs(index):
                self.roles[index] = "not understood"

    # Modifiers

    def _modify(self, index: int, item: Item) -> None:
        pending = self._pending
        match item.kind:
            case "not" | "no" | "without":
                # Twice is not at all: "not without dialogue".
                pending.negation = item.kind if pending.negation is None else None
            case "little":
                pending.little = not pending.little
            case "most" | "least":
                pending.superlative = item.kind
            case "sort_by":
                pending.superlative, pending.order_only = "most", True
            case _ if item.sense is not None:
                pending.degree = item.sense.degree
            case _:
                pass
        pending.items.append(index)
        self.roles[index] = "modifier"

    def _connect(self, index: int, item: Item) -> None:
        if item.kind == "stop":
            self._abandon()
            self._carried = None
        elif self._carried is not None and (item.kind == "or" or self._carried == "without"):
            self._pending.negation = self._carried
            self.roles[index] = "modifier"

    def _abandon(self) -> None:
        """Report negations and amounts that nothing followed; a bare "very" asks for nothing."""
        for index in self._pending.items:
            if self._items[index].kind != "degree":
                self.roles[index] = "not understood"
        self._pending = _Pending()

    def _refuse(self, index: int, item: Item) -> None:
        """Report an item; it takes its modifiers along. "High" before it may be half of its name: reported too."""
        self.roles[index] = "not understood"
        for place in self._pending.items:
            if self._items[place].kind in ("much", "little"):
                self.roles[place] = "not understood"
        self._carried = self._pending.negation
        self._pending = _Pending()

    def _change(self, index: int, item: Item) -> None:
        """Note a stretch that ``query.language.course_reader`` has read."""
        self._abandon()
        self._carried = None
        self.roles[index] = "condition"

    # What is asked for

    def _entry(self, index: int, item: Item) -> None:
        if item.sense is None or item.sense.entry is None:
            return
        entry, pending = item.sense.entry, self._pending
        negated = pending.negation is not None
        alternatives = len(entry.targets) + len(entry.conditions) > 1
        if negated and (alternatives or entry.unseen):
            # "Not this and that" would be an or, which neither a sum nor a list of conditions can say; and the absence
            # of what is not measured is no absence of what it implies.
            self._refuse(index, item)
            return
        ordered = pending.superlative is not None or item.grade == "superlative"
        superlative = ordered and not negated and bool(entry.targets)
        degree = pending.degree or (_SOMEWHAT if item.grade == "somewhat" else None)
        if degree is None or (entry.degree is not None and entry.degree.minimum > degree.minimum):
            degree = entry.degree or PLAIN
        flipped = pending.little != (pending.superlative == "least")
        words = self._with_modifiers(index)
        only = superlative and pending.order_only
        self.wanted.append(Wanted(entry, -1 if flipped else 1, degree, negated, superlative, words, index, only))
        if pending.negation in ("no", "without"):
            self.conditions.extend(replace(condition, words=words) for condition in entry.absent)
        self.conditions.extend(replace(condition, words=words) for condition in entry.conditions)
        self.roles[index] = "partly understood" if entry.unseen else "quality"
        self._finish()

    def _noun(self, index: int, item: Item) -> None:
        """Read a noun that is a quality once it has an amount: "light" says nothing, "more light" does."""
        after = self._items[index + 1].kind if index + 1 < len(self._items) else "stop"
        if self._pending.items and item.sense is not None and item.sense.entry and after not in ("entry", "support"):
            self._entry(index, item)

    def _quantity(self, index: int, item: Item) -> None:
        conditions = item.conditions
        if self._pending.negation is not None:
            if len(conditions) > 1:
                self._refuse(index, item)
                return
            words = self._with_modifiers(index)
            conditions = tuple(replace(one, op=_OPPOSITE[one.op], words=words) for one in conditions)
        self.conditions.extend(conditions)
        self.roles[index] = "condition"
        self._finish()

    def _order(self, index: int, item: Item) -> None:
        before = self._neighbour(index, -1)
        if before is not None and self._items[before].kind == "unit":  # "shortest shots first"
            before = self._neighbour(before, -1)
        if self._pending.negation is not None:
            self._refuse(index, item)
        elif item.kind == "sort_measure":
            self.orders.append(Order(item.measure, item.measure != "start_seconds", item.words))
            self.roles[index] = "order"
        elif self.wanted and self.wanted[-1].superlative and self.wanted[-1].item == before:
            self.orders.clear()  # "by length, shortest first": the superlative knows the direction
            self.wanted[-1] = replace(self.wanted[-1], order_only=True)
            self.roles[index] = "modifier"
        elif item.sense is not None and item.sense.sort is not None:
            self.orders.append(Order(*item.sense.sort, item.words))
            self.roles[index] = "order"

    def _direct(self, index: int, item: Item) -> None:
        descending = item.kind == "descending"
        self.roles[index] = "modifier"
        if self.orders:
            self.orders[-1] = replace(self.orders[-1], descending=descending)
        elif self.wanted and self.wanted[-1].superlative:
            self.wanted[-1] = replace(self.wanted[-1], sign=1 if descending else -1)
        else:
            self.roles[index] = "not understood"

    def _unit(self, index: int, item: Item) -> None:
        if item.sense is not None and item.sense.unit is not None:
            self.units.append(item.sense.unit)
            self.roles[index] = "unit"

    def _limit(self, index: int, item: Item) -> None:
        self.roles[index] = "modifier"

    def _count(self, index: int, item: Item) -> None:
        """A number alone says how many are wanted where superlatives or units follow: "the five darkest shots"."""
        around = (self._neighbour(index, -1), self._next_asked(index))
        if self.limit is None and any(place is not None and self._takes_count(place) for place in around):
            self.limit = item.count
            self.roles[index] = "number"
        else:
            self._refuse(index, item)

    def _superlative_after(self, index: int, item: Item) -> None:
        """Make the last quality a superlative: "as dark as possible"."""
        if self.wanted and self.wanted[-1].entry.targets and not self.wanted[-1].negated:
            self.wanted[-1] = replace(self.wanted[-1], superlative=True)
            self.roles[index] = "modifier"

    # Looking around

    def _finish(self) -> None:
        self._carried = self._pending.negation
        self._pending = _Pending()

    def _with_modifiers(self, index: int) -> str:
        start = min(self._pending.items, default=index)
        return " ".join(item.words for item in self._items[start : index + 1])

    def _neighbour(self, index: int, step: Literal[-1, 1]) -> int | None:
        """Return the next item on one side that is not merely a connecting word."""
        place = index + step
        while 0 <= place < len(self._items):
            if self._items[place].kind not in ("ignored", "punctuation"):
                return place
            place += step
        return None

    def _next_asked(self, index: int) -> int | None:
        place = self._neighbour(index, 1)
        while place is not None and self._items[place].kind in ("entry", "degree", "not", "and", "support", "order"):
            if self._is_superlative(place):
                return place
            place = self._neighbour(place, 1)
        return place

    def _is_superlative(self, place: int) -> bool:
        item = self._items[place]
        return item.kind in ("most", "least") or (item.kind == "entry" and item.grade == "superlative")

    def _takes_count(self, place: int) -> bool:
        return self._items[place].kind in ("unit", "limit", "order") or self._is_superlative(place)

    def _belongs(self, index: int) -> bool:
        """Whether a noun or an "or" is accounted for: the noun beside a quality, the "or" negated or beside none."""
        if self._items[index].kind == "or":
            return None in (self._nearest(index, -1), self._nearest(index, 1))
        return self._nearest(index, -1) is not None or self._nearest(index, 1) is not None

    def _nearest(self, index: int, step: Literal[-1, 1]) -> int | None:
        """Return the understood quality or number beside an item, with nothing but transparent words between."""
        place = index + step
        while 0 <= place < len(self._items) and self._items[place].kind in _TRANSPARENT:
            place += step
        if not 0 <= place < len(self._items) or self.roles[place] == "not understood":
            return None
        return place if self._items[place].kind in _ASKING else None


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
