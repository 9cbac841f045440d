"""Numbers with units as conditions: "longer than 20 s", "30+ cuts a minute", "ASL under 3 s", "between 5 and 10 s".

A number alone is taken with a tolerance: "a 20 second shot" means 18 to 22 s, "about 20 s" 15 to 25 s.
"""

from __future__ import annotations

from typing import NamedTuple

from kuleshov.cinema.attributes.measures import UNITS
from kuleshov.query.language.measured_values import Value, ValueReader
from kuleshov.query.language.time_positions import Quantity, read_place
from kuleshov.query.language.vocabulary_types import RELATIONS, QuantityUnit, Relation
from kuleshov.query.parts.condition import Comparison, Condition

_START = "start_seconds"
#: How far a number that is not compared reaches: share of the number, of loudness LU; "bare" = without a word.
_TOLERANCE: dict[Relation | None, float] = {None: 0.1, "~": 0.25, "=": 0.01}
_LOUDNESS_TOLERANCE: dict[Relation | None, float] = {None: 1.0, "~": 2.0, "=": 0.1}
#: Countable things are never told apart finer than this.
_COUNT_TOLERANCE = 0.5
_COUNTS = frozenset({"people.count", "dialogue.words", "dialogue.lines", "dialogue.questions", "dialogue.exclamations"})
_TAILS: tuple[tuple[str, Relation], ...] = (("above", ">="), ("below", "<="), ("about", "~"))


class _Opening(NamedTuple):
    """What stands before a number: the measure's name, a comparison."""

    end: int
    measure: str | None
    relation: Relation | None


class _Tail(NamedTuple):
    """What stands behind a number: a unit, "or more", "long" (``is_length``)."""

    end: int
    unit: QuantityUnit | None
    relation: Relation | None
    is_length: bool


def read_quantity(values: ValueReader, start: int) -> Quantity | None:
    """Return the longest quantity or place that begins at token ``start``."""
    found = [reading for reading in (read_place(values, start), _amount(values, start)) if reading is not None]
    return max(found, key=lambda reading: reading.end, default=None)


def _amount(values: ValueReader, start: int) -> Quantity | None:
    opening = _opening(values, start)
    between = None if opening.relation is not None else _word(values, "between", opening.end)
    first = values.read(opening.end if between is None else between)
    if first is None:
        return None
    if opening.relation is None:
        second = _second(values, first.end, between=between is not None)
        if second is not None or between is not None:
            return None if second is None else _range(values, start, opening, first, second)
    tail = _tail(values, first, opening.relation)
    said = tail.relation is not None or opening.measure is not None or tail.is_length
    resolved = _resolve(opening.measure, tail.unit)
    if resolved is None or (first.number.indefinite and not said):
        return None
    path, factor = resolved
    if tail.unit is None and (tail.is_length or not _may_lack_unit(values, path, tail)):
        return None
    number = first.number.value * factor
    if number < 0 and UNITS[path] == "s":
        return None
    return Quantity(tail.end, _conditions(path, number, tail.relation, values.words(start, tail.end)))


def _opening(values: ValueReader, start: int) -> _Opening:
    """Read "ASL is under", "longer than about", ">"."""
    name = values.lexicon.measures.match(values.tokens, start)
    measure, index = (None, start) if name is None else (name.value, name.end)
    while name is not None and (link := _word(values, "links", index)) is not None:
        index = link
    comparison = values.lexicon.comparisons.match(values.tokens, index)
    if comparison is not None:
        about = values.lexicon.comparisons.match(values.tokens, comparison.end)
        end = about.end if about is not None and about.value.relation == "~" else comparison.end
        return _Opening(end, measure or comparison.value.measure, comparison.value.relation)
    if index < len(values.tokens) and values.tokens[index].kind == "sign":
        sign = values.tokens[index].norm
        return _Opening(index + 1, measure, next((known for known in RELATIONS if known == sign), "="))
    return _Opening(index, measure, None)


def _second(values: ValueReader, index: int, *, between: bool) -> Value | None:
    """Read the second number of a range: "5-10 s", "5 to 10 s", and with "between" also "5 and 10 s"."""
    if index >= len(values.tokens):
        return None
    joint = _word(values, "and" if between else "to", index)
    if joint is None and values.tokens[index].kind == "dash":
        joint = index + 1
    if joint is None and values.tokens[index].kind == "number" and values.tokens[index].joined:
        joint = index
    return None if joint is None else values.read(joint)


def _tail(values: ValueReader, value: Value, relation: Relation | None) -> _Tail:
    tail = _Tail(value.end, value.unit, relation, is_length=False)
    while True:
        length = None if tail.is_length else _word(values, "length", tail.end)
        phrase = values.lexicon.phrases.match(values.tokens, tail.end)
        if length is not None and (phrase is None or phrase.end <= length):  # not the "long" of "long take"
            tail = tail._replace(end=length, is_length=True)
            continue
        for role, meant in _TAILS:
            after = _word(values, role, tail.end) if tail.relation is None else None
            if after is not None:
                unit = values.lexicon.units.match(values.tokens, after) if tail.unit is None else None  # "20+ seconds"
                tail = tail._replace(end=after, relation=meant)
                if unit is not None:
                    tail = tail._replace(end=unit.end, unit=unit.value)
                break
        else:
            return tail


def _may_lack_unit(values: ValueReader, path: str, tail: _Tail) -> bool:
    """Whether a number without a unit says enough: "longer than 20" does, "volume 2" or "20 frames" do not."""
    if tail.relation is None and UNITS[path]:
        return False
    if tail.end == len(values.tokens):
        return True
    phrase = values.lexicon.phrases.match(values.tokens, tail.end)
    return phrase is not None and phrase.value.kind in ("and", "or", "stop", "ignored")


def _range(values: ValueReader, start: int, opening: _Opening, first: Value, second: Value) -> Quantity | None:
    length = _word(values, "length", second.end)
    end = second.end if length is None else length
    measure = opening.measure
    if first.number.clock and second.number.clock and length is None and measure is None:
        measure = _START  # "between 10:00 and 20:00" are places, not lengths
    low, high = _resolve(measure, first.unit or second.unit), _resolve(measure, second.unit)
    if low is None or high is None or low[0] != high[0]:
        return None
    ends = sorted((first.number.value * low[1], second.number.value * high[1]))
    words = values.words(start, end)
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


def _word(values: ValueReader, role: str, index: int) -> int | None:
    """Return the end of a word of ``[ranges]`` at a token."""
    match = values.lexicon.ranges[role].match(values.tokens, index)
    return None if match is None else match.end
