"""Numbers in a query as people write them: 20, 1.5, 1:30, twenty-five, half a, a couple of, two and a half."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kuleshov.query.language.lexicon import Lexicon
from kuleshov.query.language.tokens import Token


class Number(NamedTuple):
    """A number that ends before token ``end``.

    ``clock``: written as a time ("1:30"), so ``value`` is seconds. ``indefinite``: only "a" or "an" stood there.
    """

    end: int
    value: float
    clock: bool = False
    indefinite: bool = False


@dataclass(frozen=True)
class NumberReader:
    """Reads numbers from a query's tokens with the number words of a language."""

    tokens: Sequence[Token]
    lexicon: Lexicon

    def read(self, start: int) -> Number | None:
        """Return the number that begins at token ``start``."""
        if start >= len(self.tokens):
            return None
        token = self.tokens[start]
        if token.kind == "clock":
            return Number(start + 1, token.value, clock=True)
        if token.kind == "number":
            return self._fraction(start) or self._and_a_half(Number(start + 1, token.value))
        if token.kind == "word":
            return self._words(start)
        return None

    def norm(self, index: int) -> str:
        """Return the folded word at a token, "" behind the end."""
        return self.tokens[index].norm if index < len(self.tokens) else ""

    def _fraction(self, start: int) -> Number | None:
        """Read "1/2"."""
        if self.norm(start + 1) not in ("/", "⁄") or start + 2 >= len(self.tokens):
            return None
        divisor = self.tokens[start + 2]
        if divisor.kind != "number" or divisor.value == 0:
            return None
        return Number(start + 3, self.tokens[start].value / divisor.value)

    def _words(self, start: int) -> Number | None:
        if self.norm(start) in self.lexicon.articles:
            return self._collective(start + 1) or Number(start + 1, 1.0, indefinite=True)
        collective = self._collective(start)
        if collective is not None:
            return collective
        total, index = 0.0, start
        while (value := self.lexicon.number_words.get(self.norm(index))) is not None:
            total = max(total, 1.0) * value if value >= 100 else total + value
            index += 1
            # "a hundred and twenty"; never "five and ten", which is a range.
            joins = self.norm(index) in self.lexicon.number_joins
            if total >= 100 and joins and self.norm(index + 1) in self.lexicon.number_words:
                index += 1
        return None if index == start else self._and_a_half(Number(index, total))

    def _collective(self, start: int) -> Number | None:
        """Read "half a", "quarter of an", "couple of": they may take "of" and an article behind them."""
        value = self.lexicon.collectives.get(self.norm(start))
        if value is None:
            return None
        index = start + 1
        if self.norm(index) in self.lexicon.number_of:
            index += 1
        if self.norm(index) in self.lexicon.articles:
            index += 1
        return Number(index, value)

    def _and_a_half(self, number: Number) -> Number:
        """Read on where "and a half" or "and a quarter" follows."""
        if self.norm(number.end) not in self.lexicon.number_joins:
            return number
        index = number.end + 1
        if self.norm(index) in self.lexicon.articles:
            index += 1
        part = self.lexicon.collectives.get(self.norm(index), 0.0)
        return Number(index + 1, number.value + part) if 0 < part < 1 else number
