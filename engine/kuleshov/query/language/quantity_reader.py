"""Numbers with units as conditions: "longer than 20 s", "30+ cuts a minute", "ASL under 3 s", "between 5 and 10 s".

Numbers are read as people write them: 20, 1.5, 1:30, twenty-five, half a, a couple of, 1 min 30 s, a minute and a half.
A number alone is taken with a tolerance: "a 20 second shot" means 18 to 22 s, "about 20 s" 15 to 25 s.
"""

from __future__ import annotations

from typing import NamedTuple

from kuleshov.cinema.attributes.measures import UNITS
from kuleshov.query.language.lexicon import Lexicon
from kuleshov.query.language.phrases import PhraseTable
from kuleshov.query.language.tokens import Text
from kuleshov.query.language.vocabulary_types import RELATIONS, QuantityUnit, Relation
from kuleshov.query.parts.condition import Comparison, Condition

_START = "start_seconds"
_SECONDS = QuantityUnit("duration_seconds", 1.0)
#: How far a number that is not compared reaches: share of the number, of loudness LU; ``None`` = without a comparison.
_TOLERANCE: dict[Relation | None, float] = {None: 0.1, "~": 0.25, "=": 0.01}
_LOUDNESS_TOLERANCE: dict[Relation | None, float] = {None: 1.0, "~": 2.0, "=": 0.1}
#: Least tolerance of things that are counted.
_COUNT_TOLERANCE = 0.5
_COUNTS = frozenset({"people.count", "dialogue.words", "dialogue.lines", "dialogue.questions", "dialogue.exclamations"})
_TAILS: tuple[tuple[str, Relation], ...] = (("above", ">="), ("below", "<="), ("about", "~"))


class Quantity(NamedTuple):
    """Conditions read from the tokens before ``end``; none where it is known what is meant but nothing measures it."""

    end: int
    conditions: tuple[Condition, ...]


class Number(NamedTuple):
    """A number that ends before token ``end``.

    ``clock``: written as a time ("1:30"), so ``value`` is seconds. ``indefinite``: only "a" or "an".
    """

    end: int
    value: float
    clock: bool = False
    indefinite: bool = False


class Value(NamedTuple):
    """A number that ends, with its unit, before token ``end``; ``unit`` is ``None`` where there is none."""

    end: int
    number: Number
    unit: QuantityUnit | None

    @property
    def is_time(self) -> bool:
        return self.unit is not None and self.unit.measure == _SECONDS.measure

    @property
    def scaled(self) -> float:
        """The number in its measure's own unit."""
        return self.number.value * (1.0 if self.unit is None else self.unit.factor)


class Values:
    """Reads numbers and values of a text with the number words and units of its language."""

    def __init__(self, text: Text, lexicon: Lexicon) -> None:
        self.text, self.lexicon = text, lexicon

    def number(self, start: int) -> Number | None:
        """Return the number that begins at token ``start``."""
        if start >= len(self.text):
            return None
        token = self.text.tokens[start]
        if token.kind == "clock":
            return Number(start + 1, token.value, clock=True)
        if token.kind == "number":
            return self._fraction(start) or self._and_a_half(Number(start + 1, token.value))
        return self._number_words(start) if token.kind == "word" else None

    def read(self, start: int) -> Value | None:
        """Return the number with its unit that begins at token ``start``."""
        number = self.number(start)
        if number is None:
            return None
        unit = self.lexicon.units.match(self.text.tokens, number.end)
        if number.clock and (unit is None or unit.value.measure == _SECONDS.measure):
            return Value(number.end if unit is None else unit.end, number, _SECONDS)
        if unit is None:
            return Value(number.end, number, None)
        return self._with_smaller_unit(Value(unit.end, number, unit.value))

    def end(self, table: PhraseTable[None], start: int) -> int | None:
        """Return where a phrase of a table ends that begins at a token."""
        match = table.match(self.text.tokens, start)
        return None if match is None else match.end

    def _fraction(self, start: int) -> Number | None:
        """Read "1/2"."""
        if self.text.norm(start + 1) not in ("/", "⁄") or start + 2 >= len(self.text):
            return None
        divisor = self.text.tokens[start + 2]
        if divisor.kind != "number" or divisor.value == 0:
            return None
        return Number(start + 3, self.text.tokens[start].value / divisor.value)

    def _number_words(self, start: int) -> Number | None:
        if self.text.norm(start) in self.lexicon.articles:
            return self._collective(start + 1) or Number(start + 1, 1.0, indefinite=True)
        collective = self._collective(start)
        if collective is not None:
            return collective
        total, end = 0.0, start
        while (value := self.lexicon.number_words.get(self.text.norm(end))) is not None:
            total = max(total, 1.0) * value if value >= 100 else total + value
            end += 1
            # "a hundred and twenty"; never "five and ten", which is a range.
            joins = self.text.norm(end) in self.lexicon.number_joins
            if total >= 100 and joins and self.text.norm(end + 1) in self.lexicon.number_words:
                end += 1
        return None if end == start else self._and_a_half(Number(end, total))

    def _collective(self, start: int) -> Number | None:
        """Read "half a", "quarter of an", "couple of": with a following "of" and article."""
        value = self.lexicon.collectives.get(self.text.norm(start))
        if value is None:
            return None
        end = start + 1
        end += self.text.norm(end) in self.lexicon.number_of
        end += self.text.norm(end) in self.lexicon.articles
        return Number(end, value)

    def _and_a_half(self, number: Number) -> Number:
        """Read on where "and a half" or "and a quarter" follows."""
        if self.text.norm(number.end) not in self.lexicon.number_joins:
            return number
        end = number.end + 1
        end += self.text.norm(end) in self.lexicon.articles
        part = self.lexicon.collectives.get(self.text.norm(end), 0.0)
        return Number(end + 1, number.value + part) if 0 < part < 1 else number

    def _with_smaller_unit(self, value: Value) -> Value:
        """Read on where "1 min 30 s" or "a minute and a half" goes on."""
        start = value.end + (self.text.norm(value.end) in self.lexicon.number_joins)
        more = self.number(start)
        if more is None or value.unit is None or not value.is_time or more.clock or more.indefinite:
            return value
        unit = self.lexicon.units.match(self.text.tokens, more.end)
        if unit is not None and unit.value.measure == _SECONDS.measure and unit.value.factor < value.unit.factor:
            return Value(unit.end, Number(unit.end, value.scaled + more.value * unit.value.factor), _SECONDS)
        if unit is None and start > value.end and 0 < more.value < 1:
            return value._replace(end=more.end, number=Number(more.end, value.number.value + more.value))
        return value


class _Opening(NamedTuple):
    """What comes before a number: the measure's name, a comparison."""

    end: int
    measure: str | None
    relation: Relation | None


class _Tail(NamedTuple):
    """What comes after a number: a unit, "or more", "long" (``is_length``)."""

    end: int
    unit: QuantityUnit | None
    relation: Relation | None
    is_length: bool


def read_quantity(values: Values, start: int) -> Quantity | None:
    """Return the quantity that begins at token ``start``."""
    ranges = values.lexicon.ranges
    opening = _opening(values, start)
    between = None if opening.relation is not None else values.end(ranges["between"], opening.end)
    first = values.read(opening.end if between is None else between)
    if first is None:
        return None
    if opening.relation is None:
        second = _second(values, first.end, between=between is not None)
        if second is not None or between is not None:
            return None if second is None else _range(values, start, opening, first, second)
    tail = _tail(values, first, opening.relation)
    compared = tail.relation is not None or opening.measure is not None or tail.is_length
    resolved = _resolve(opening.measure, tail.unit)
    if resolved is None or (first.number.indefinite and not compared):
        return None
    path, factor = resolved
    if tail.unit is None and (tail.is_length or not _may_lack_unit(values, path, tail)):
        return None
    number = first.number.value * factor
    if number < 0 and UNITS[path] == "s":
        return None
    return Quantity(tail.end, _conditions(path, number, tail.relation, values.text.words(start, tail.end)))


def _opening(values: Values, start: int) -> _Opening:
    """Read "ASL is under", "longer than about", ">"."""
    tokens, comparisons = values.text.tokens, values.lexicon.comparisons
    name = values.lexicon.measures.match(tokens, start)
    measure, end = (None, start) if name is None else (name.value, name.end)
    while name is not None and (link := values.end(values.lexicon.ranges["links"], end)) is not None:
        end = link
    comparison = comparisons.match(tokens, end)
    if comparison is not None:
        about = comparisons.match(tokens, comparison.end)
        end = about.end if about is not None and about.value.relation == "~" else comparison.end
        return _Opening(end, measure or comparison.value.measure, comparison.value.relation)
    if end < len(tokens) and tokens[end].kind == "sign":
        return _Opening(end + 1, measure, next((known for known in RELATIONS if known == tokens[end].norm), "="))
    return _Opening(end, measure, None)


def _second(values: Values, start: int, *, between: bool) -> Value | None:
    """Read the second number of a range: "5-10 s", "5 to 10 s", and with "between" also "5 and 10 s"."""
    if start >= len(values.text):
        return None
    token = values.text.tokens[start]
    joint = values.end(values.lexicon.ranges["and" if between else "to"], start)
    if joint is None and token.kind == "dash":
        joint = start + 1
    if joint is None and token.kind == "number" and token.joined:
        joint = start
    return None if joint is None else values.read(joint)


def _tail(values: Values, value: Value, relation: Relation | None) -> _Tail:
    tail = _Tail(value.end, value.unit, relation, is_length=False)
    tokens, lexicon = values.text.tokens, values.lexicon
    while True:
        length = None if tail.is_length else values.end(lexicon.ranges["length"], tail.end)
        phrase = lexicon.phrases.match(tokens, tail.end)
        if length is not None and (phrase is None or phrase.end <= length):  # not the "long" of "long take"
            tail = tail._replace(end=length, is_length=True)
            continue
        for role, meant in _TAILS:
            after = values.end(lexicon.ranges[role], tail.end) if tail.relation is None else None
            if after is not None:
                unit = lexicon.units.match(tokens, after) if tail.unit is None else None  # "20+ seconds"
                tail = tail._replace(end=after, relation=meant)
                if unit is not None:
                    tail = tail._replace(end=unit.end, unit=unit.value)
                break
        else:
            return tail


def _may_lack_unit(values: Values, path: str, tail: _Tail) -> bool:
    """Whether a number without a unit says enough: "longer than 20" does, "volume 2" or "20 frames" do not."""
    if tail.relation is None and UNITS[path]:
        return False
    if tail.end == len(values.text):
        return True
    phrase = values.lexicon.phrases.match(values.text.tokens, tail.end)
    return phrase is not None and phrase.value.kind in ("and", "or", "stop", "ignored")


def _range(values: Values, start: int, opening: _Opening, first: Value, second: Value) -> Quantity | None:
    length = values.end(values.lexicon.ranges["length"], second.end)
    end = second.end if length is None else length
    measure = opening.measure
    if first.number.clock and second.number.clock and length is None and measure is None:
        measure = _START  # "between 10:00 and 20:00" are places, not lengths
    low, high = _resolve(measure, first.unit or second.unit), _resolve(measure, second.unit)
    if low is None or high is None or low[0] != high[0]:
        return None
    ends = sorted((first.number.value * low[1], second.number.value * high[1]))
    words = values.text.words(start, end)
    return Quantity(end, (Condition(low[0], ">=", ends[0], words), Condition(low[0], "<=", ends[1], words)))


def _resolve(measure: str | None, unit: QuantityUnit | None) -> tuple[str, float] | None:
    """Return which measure a number is of, and the factor to its unit; ``None`` where name and unit don't fit."""
    if unit is None or unit.measure is None:
        share = measure is not None and (unit is None or UNITS[measure] == "")
        return (measure, 1.0 if unit is None else unit.factor) if share and measure is not None else None
    if measure is None:
        return unit.measure, unit.factor
    if UNITS[measure] == UNITS[unit.measure] != "":
        return measure, unit.factor
    # "faster than 3 words a second": the unit knows better than the comparison what is compared.
    return (unit.measure, unit.factor) if unit.measure.startswith("dialogue.") else None


def _conditions(path: str, number: float, relation: Relation | None, words: str) -> tuple[Condition, ...]:
    op: Comparison
    for op in ("<", "<=", ">", ">="):
        if relation == op:
            return (Condition(path, op, number, words),)
    if UNITS[path] == "LUFS":
        reach = _LOUDNESS_TOLERANCE[relation]
    else:
        reach = max(abs(number) * _TOLERANCE[relation], _COUNT_TOLERANCE if path in _COUNTS else 0.0)
    return Condition(path, ">=", number - reach, words), Condition(path, "<=", number + reach, words)
