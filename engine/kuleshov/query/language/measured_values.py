"""A number with its unit as one value: 20 s, 1:30, 1 min 30 s, a minute and a half, 30 cuts per minute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kuleshov.query.language.lexicon import Lexicon
from kuleshov.query.language.numerals import Number, NumberReader
from kuleshov.query.language.tokens import Token
from kuleshov.query.language.vocabulary_types import QuantityUnit

SECONDS = QuantityUnit("duration_seconds", 1.0)


class Value(NamedTuple):
    """A number that ends, with its unit, before token ``end``; ``unit`` ``None`` where none stood there."""

    end: int
    number: Number
    unit: QuantityUnit | None

    @property
    def is_time(self) -> bool:
        return self.unit is not None and self.unit.measure == SECONDS.measure

    @property
    def scaled(self) -> float:
        """The number in its measure's own unit."""
        return self.number.value * (1.0 if self.unit is None else self.unit.factor)


@dataclass(frozen=True)
class ValueReader:
    """Reads values from a query's tokens with the units of a language."""

    text: str
    tokens: Sequence[Token]
    lexicon: Lexicon

    def read(self, start: int) -> Value | None:
        """Return the value that begins at token ``start``."""
        number = NumberReader(self.tokens, self.lexicon).read(start)
        if number is None:
            return None
        unit = self.lexicon.units.match(self.tokens, number.end)
        if number.clock and (unit is None or unit.value.measure == SECONDS.measure):
            return Value(number.end if unit is None else unit.end, number, SECONDS)
        if unit is None:
            return Value(number.end, number, None)
        return self._with_smaller_unit(Value(unit.end, number, unit.value))

    def words(self, start: int, end: int) -> str:
        """Return the text of tokens as typed."""
        return self.text[self.tokens[start].start : self.tokens[end - 1].end]

    def _with_smaller_unit(self, value: Value) -> Value:
        index = value.end
        if index < len(self.tokens) and self.tokens[index].norm in self.lexicon.number_joins:
            index += 1
        more = NumberReader(self.tokens, self.lexicon).read(index)
        if more is None or value.unit is None or not value.is_time or more.clock or more.indefinite:
            return value
        unit = self.lexicon.units.match(self.tokens, more.end)
        if unit is not None and unit.value.measure == SECONDS.measure and unit.value.factor < value.unit.factor:
            return Value(unit.end, Number(unit.end, value.scaled + more.value * unit.value.factor), SECONDS)
        if unit is None and index > value.end and 0 < more.value < 1:  # "a minute and a half"
            return value._replace(end=more.end, number=Number(more.end, value.number.value + more.value))
        return value
