"""Places in the film as conditions on where a segment starts: "the first ten minutes", "after 1:00:00"."""

from __future__ import annotations

from kuleshov.query.language.phrases import Match
from kuleshov.query.language.quantity_reader import Number, Quantity, Value, Values
from kuleshov.query.language.vocabulary_types import QuantityUnit
from kuleshov.query.parts.condition import Comparison, Condition

_START = "start_seconds"
_SIDES: tuple[tuple[str, Comparison], ...] = (("after", ">="), ("before", "<"))


def read_position(values: Values, start: int) -> Quantity | None:
    """Return the place in the film that begins at token ``start``.

    "The last five minutes" and "at the 20 minute mark" are known without conditions: no measure says how long before
    the end a segment starts, or that it contains a moment.
    """
    return _first_or_last(values, start) or _after_or_before(values, start) or _moment(values, start)


def _first_or_last(values: Values, start: int) -> Quantity | None:
    for role in ("first", "last"):
        after = _word(values, role, start)
        value = None if after is None else _time(values, after)
        if value is not None:
            end = _word(values, "mark", value.end) or value.end
            condition = Condition(_START, "<", value.scaled, values.text.words(start, end))
            return Quantity(end, (condition,) if role == "first" else ())
    return None


def _after_or_before(values: Values, start: int) -> Quantity | None:
    for role, op in _SIDES:
        after = _word(values, role, start)
        if after is None:
            continue
        # "from 5 minutes" may be a range and "by 5 s" a difference: those need a clock time or a mark after them.
        weak = _word(values, f"{role}_weak", start) == after
        place = _word(values, "the", after) or after
        first = _word(values, "first", place)
        value = _time(values, first) if first is not None else _numbered(values, place) or _given(values, place)
        if value is None:
            continue
        mark = _word(values, "point", value.end) or _word(values, "mark", value.end)
        if mark is not None or value.number.clock or not weak:
            end = mark or value.end
            return Quantity(end, (Condition(_START, op, value.scaled, values.text.words(start, end)),))
    return None


def _moment(values: Values, start: int) -> Quantity | None:
    comparison = values.lexicon.comparisons.match(values.text.tokens, start)
    place = start
    if comparison is not None and comparison.value.relation == "~":
        place = _word(values, "the", comparison.end) or comparison.end
    value = _given(values, place)
    if value is None or value.number.indefinite:
        return None
    point = _word(values, "point", value.end)
    inside = _word(values, "inside", value.end)
    if point is None and inside is not None:
        # "20 minutes in", but not "20 seconds in the dark".
        point = inside if inside == len(values.text) or values.text.tokens[inside].kind == "mark" else None
    return None if point is None else Quantity(point, ())


def _given(values: Values, start: int) -> Value | None:
    """Read a time written with its number: "ten minutes", "1:00:00"."""
    value = values.read(start)
    return value if value is not None and value.is_time else None


def _time(values: Values, start: int) -> Value | None:
    """Read a time whose number may be left out: "the first hour"."""
    return _given(values, start) or _value_of(values.lexicon.units.match(values.text.tokens, start), 1.0)


def _numbered(values: Values, start: int) -> Value | None:
    """Read "minute 5"."""
    tokens = values.text.tokens
    unit = values.lexicon.units.match(tokens, start)
    if unit is None or unit.end >= len(tokens) or tokens[unit.end].kind != "number":
        return None
    return _value_of(unit._replace(end=unit.end + 1), tokens[unit.end].value)


def _value_of(unit: Match[QuantityUnit] | None, number: float) -> Value | None:
    if unit is None:
        return None
    value = Value(unit.end, Number(unit.end, number), unit.value)
    return value if value.is_time else None


def _word(values: Values, role: str, start: int) -> int | None:
    """Return the end of a word of ``[places]`` at a token."""
    return values.end(values.lexicon.places[role], start)
