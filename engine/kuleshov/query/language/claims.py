"""Claims on the tokens of a query text: every token belongs to exactly one, so that no word is lost.

Patterns are read first, by the readers that know what they mean. Where readings overlap, what is in quotes or capitals,
or a time, wins over all else; then the longest reading, of equal ones the first in the text and in the vocabulary. What
is left is cut into phrases and quantities: at each place the longest wins. What nothing reads is unknown; a hyphenated
word of which only a part is known ("dark-haired") is unknown as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from kuleshov.query.language.lexicon import Lexicon
from kuleshov.query.language.patterns import Reading
from kuleshov.query.language.phrases import Grade, Match
from kuleshov.query.language.position_reader import read_position
from kuleshov.query.language.quantity_reader import Values, read_quantity
from kuleshov.query.language.tokens import Text, Token
from kuleshov.query.language.vocabulary_types import Entry, Sense

Turn = Literal["exact", "plain", "last"]

_NUMBERS = frozenset({"number", "clock", "sign"})
#: What reads numbers with units where they begin; the longest reading wins.
_NUMBER_READERS = (read_position, read_quantity)


class Claim(NamedTuple):
    """Tokens that mean something together: ``start:end`` of the text they were read from, typed as ``words``.

    ``kind``: that of its sense, or "part" (of a pattern), "quantity", "count", "sort_measure", "change", "unknown" or
    "punctuation". ``parts``: what it asks for, where that needs nothing else of the text. ``amount``: of a count, which
    measures nothing.
    """

    kind: str
    start: int
    end: int
    words: str
    tokens: Sequence[Token]
    sense: Sense | None = None
    grade: Grade = "plain"
    parts: tuple[Any, ...] = ()
    amount: int = 0

    @property
    def entry(self) -> Entry | None:
        """What its phrase asks for, where it is a quality."""
        return None if self.sense is None else self.sense.entry

    @property
    def is_noun(self) -> bool:
        """Whether it is a noun that is a quality once it has an amount, or a change: "light", "mood"."""
        return self.kind == "support" and self.entry is not None

    @property
    def is_asked(self) -> bool:
        """Whether it is a quality, or a noun that can be one."""
        return self.kind == "entry" or self.is_noun

    @property
    def norms(self) -> tuple[str, ...]:
        """Its folded words."""
        return tuple(token.norm for token in self.tokens)

    @property
    def position(self) -> int:
        """Where it begins in the typed text."""
        return self.tokens[0].start


#: Turns what a pattern takes into a part of the query; ``None``: it is none.
PatternReader = Callable[[Reading, Lexicon], Any]


def claim(text: Text, kind: str, start: int, end: int, **meaning: Any) -> Claim:
    """Return a claim on the tokens ``start:end`` of a text."""
    return Claim(kind, start, end, text.words(start, end), text.tokens[start:end], **meaning)


def pattern_claims(text: Text, lexicon: Lexicon, readers: Mapping[str, PatternReader]) -> list[Claim]:
    """Return what the patterns of the vocabulary claim of a text, in its order.

    What was taken out is no longer between what is left, so that is read again until nothing more fits.
    """
    claims: list[Claim] = []
    turns: list[Turn] = ["exact", "plain", "last"]
    while turns:
        taken = {token.number for one in claims for token in one.tokens}
        chosen = _chosen(_candidates(text.without(taken), lexicon, readers, turns[0]))
        claims += chosen
        if turns[0] != "plain" or not chosen:
            turns.pop(0)
    return sorted(claims, key=lambda one: one.position)


def _chosen(candidates: Iterable[Claim]) -> list[Claim]:
    """Return the longest claims, of equal ones the first, that do not overlap."""
    taken: set[int] = set()
    chosen: list[Claim] = []
    for one in sorted(candidates, key=lambda one: (one.start - one.end, one.start)):
        places = range(one.start, one.end)
        if taken.isdisjoint(places):
            taken.update(places)
            chosen.append(one)
    return chosen


def _candidates(text: Text, lexicon: Lexicon, readers: Mapping[str, PatternReader], turn: Turn) -> Iterator[Claim]:
    for name, read in readers.items():
        for pattern in lexicon.patterns.get(name, ()):
            if pattern.last != (turn == "last"):
                continue
            for match in pattern.expression.finditer(text.coded):
                reading = pattern.reading(text, match)
                if reading.start == reading.end or (turn != "last" and reading.is_exact != (turn == "exact")):
                    continue
                part = read(reading, lexicon)
                if part is not None:
                    yield claim(text, "part", reading.start, reading.end, parts=(part,))


def scan(text: Text, lexicon: Lexicon) -> list[Claim]:
    """Return the claims of a text in order; they cover all its tokens."""
    claims: list[Claim] = []
    place = 0
    while place < len(text):
        claims.append(_claim(text, place, lexicon))
        place = claims[-1].end
    return _whole_compounds(text, claims)


def _claim(text: Text, start: int, lexicon: Lexicon) -> Claim:
    token = text.tokens[start]
    match = lexicon.phrases.match(text.tokens, start)
    compound = start + 1 < len(text) and text.tokens[start + 1].joined
    if compound or token.kind in _NUMBERS or token.norm in lexicon.quantity_words:
        number = _number(text, start, lexicon, match)
        if number is not None:
            return number
    if match is None:
        known = token.kind in ("dash", "mark")
        return claim(text, "punctuation" if known else "unknown", start, start + 1)
    if match.value.kind == "sort_by":
        measure = lexicon.measures.match(text.tokens, match.end)
        if measure is not None:
            sense = Sense("order", sort=(measure.value, measure.value != "start_seconds"))
            return claim(text, "sort_measure", start, measure.end, sense=sense)
    return claim(text, match.value.kind, start, match.end, sense=match.value, grade=match.grade)


def _whole_compounds(text: Text, claims: list[Claim]) -> list[Claim]:
    """Make hyphenated words unknown as a whole where a part of them is unknown."""
    result: list[Claim] = []
    for one in claims:
        result.append(one)
        while len(result) > 1 and result[-1].tokens[0].joined and "unknown" in (result[-1].kind, result[-2].kind):
            last, before = result.pop(), result.pop()
            result.append(claim(text, "unknown", before.start, last.end))
    return result


def _number(text: Text, start: int, lexicon: Lexicon, phrase: Match[Sense] | None) -> Claim | None:
    """Read a quantity or place in the film where it is longer than the phrase, or how many are wanted."""
    values = Values(text, lexicon)
    readings = [reading for read in _NUMBER_READERS if (reading := read(values, start)) is not None]
    quantity = max(readings, key=lambda reading: reading.end, default=None)
    # Of two readings of the same words a quality is meant: "two people" is a two-shot, "at least two people" a number.
    if quantity is not None and (phrase is None or quantity.end + (phrase.value.kind != "entry") > phrase.end):
        kind = "quantity" if quantity.conditions else "unmeasured"
        return claim(text, kind, start, quantity.end, parts=quantity.conditions)
    number = values.number(start) if phrase is None else None
    if number is None or number.indefinite or number.clock or number.value % 1 or number.value <= 0:
        return None
    return claim(text, "count", start, number.end, amount=int(number.value))
