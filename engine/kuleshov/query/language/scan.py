"""Query text cut into items: every token belongs to exactly one, so that no word can get lost.

The longest reading at a place wins, be it a phrase of the vocabulary or a quantity. What nothing reads is an unknown
item; a hyphenated word of which only a part is known ("dark-haired") is unknown as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kuleshov.query.language.lexicon import Lexicon
from kuleshov.query.language.measured_values import ValueReader
from kuleshov.query.language.morphology import Grade
from kuleshov.query.language.numerals import NumberReader
from kuleshov.query.language.quantities import read_quantity
from kuleshov.query.language.tokens import Token, tokenize
from kuleshov.query.language.vocabulary_types import Sense, SenseKind
from kuleshov.query.parts.condition import Condition

ItemKind = SenseKind | Literal["quantity", "count", "sort_measure", "change", "unknown", "punctuation"]


@dataclass(frozen=True)
class Item:
    """Tokens ``start:end`` and what they are; they stand at ``place`` of the text, where ``words`` is typed."""

    kind: ItemKind
    start: int
    end: int
    place: slice
    words: str
    sense: Sense | None = None
    grade: Grade = "plain"
    conditions: tuple[Condition, ...] = ()
    count: int = 0
    measure: str = ""


def scan(text: str, lexicon: Lexicon) -> list[Item]:
    """Return the items of a query text in order."""
    tokens = tokenize(text, spelling=lexicon.spelling, units=lexicon.glued_units)
    items: list[Item] = []
    index = 0
    while index < len(tokens):
        item = _item(text, tokens, index, lexicon)
        items.append(item)
        index = item.end
    return _whole_compounds(text, tokens, items)


def _item(text: str, tokens: Sequence[Token], start: int, lexicon: Lexicon) -> Item:
    quantity = read_quantity(ValueReader(text, tokens, lexicon), start)
    match = lexicon.phrases.match(tokens, start)
    # Of two readings of the same words a quality is meant: "two people" is a two-shot, "at least two people" a number.
    if quantity is not None and (match is None or quantity.end + (match.value.kind != "entry") > match.end):
        kind: ItemKind = "quantity" if quantity.conditions else "unmeasured"
        return replace(_plain(kind, text, tokens, start, quantity.end), conditions=quantity.conditions)
    if match is not None:
        measure = lexicon.measures.match(tokens, match.end) if match.value.kind == "sort_by" else None
        if measure is not None:
            return replace(_plain("sort_measure", text, tokens, start, measure.end), measure=measure.value)
        return replace(_plain(match.value.kind, text, tokens, start, match.end), sense=match.value, grade=match.grade)
    number = NumberReader(tokens, lexicon).read(start)
    if number is not None and not number.indefinite and not number.clock and number.value % 1 == 0 < number.value:
        return replace(_plain("count", text, tokens, start, number.end), count=int(number.value))
    kind = "unknown" if tokens[start].kind in ("word", "number", "clock", "sign") else "punctuation"
    return _plain(kind, text, tokens, start, start + 1)


def _whole_compounds(text: str, tokens: Sequence[Token], items: list[Item]) -> list[Item]:
    """Make hyphenated words unknown as a whole where a part of them is unknown."""
    result: list[Item] = []
    for item in items:
        result.append(item)
        while len(result) > 1 and tokens[result[-1].start].joined and "unknown" in (result[-1].kind, result[-2].kind):
            last, before = result.pop(), result.pop()
            result.append(_plain("unknown", text, tokens, before.start, last.end))
    return result


def _plain(kind: ItemKind, text: str, tokens: Sequence[Token], start: int, end: int) -> Item:
    place = slice(tokens[start].start, tokens[end - 1].end)
    return Item(kind, start, end, place, text[place])
