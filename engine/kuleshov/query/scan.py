"""Query text cut into items: every token belongs to exactly one, so that no word can get lost.

The longest reading at a place wins, be it a phrase of the vocabulary or a quantity. What nothing reads is an unknown
item; a hyphenated word of which only a part is known ("dark-haired") is unknown as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kuleshov.query.lexicon import Lexicon
from kuleshov.query.morphology import Grade
from kuleshov.query.numerals import NumberReader
from kuleshov.query.quantities import read_quantity
from kuleshov.query.query import Condition
from kuleshov.query.senses import Sense, SenseKind
from kuleshov.query.tokens import Token, tokenize
from kuleshov.query.values import ValueReader

ItemKind = SenseKind | Literal["quantity", "count", "sort_measure", "unknown", "punctuation"]


@dataclass(frozen=True)
class Item:
    """Tokens ``start:end`` and what they are; ``words`` is their text as typed."""

    kind: ItemKind
    start: int
    end: int
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
    return _changes(text, tokens, _whole_compounds(text, tokens, items))


def _item(text: str, tokens: Sequence[Token], start: int, lexicon: Lexicon) -> Item:
    quantity = read_quantity(ValueReader(text, tokens, lexicon), start)
    match = lexicon.phrases.match(tokens, start)
    if quantity is not None and (match is None or quantity.end >= match.end):
        kind: ItemKind = "quantity" if quantity.conditions else "unmeasured"
        words = _words(text, tokens, start, quantity.end)
        return Item(kind, start, quantity.end, words, conditions=quantity.conditions)
    if match is not None and match.value.kind == "sort_by":
        measure = lexicon.measures.match(tokens, match.end)
        if measure is not None:
            words = _words(text, tokens, start, measure.end)
            return Item("sort_measure", start, measure.end, words, measure=measure.value)
    if match is not None:
        words = _words(text, tokens, start, match.end)
        return Item(match.value.kind, start, match.end, words, sense=match.value, grade=match.grade)
    number = NumberReader(tokens, lexicon).read(start)
    if number is not None and not number.indefinite and not number.clock and number.value % 1 == 0 < number.value:
        return Item("count", start, number.end, _words(text, tokens, start, number.end), count=int(number.value))
    token = tokens[start]
    kind = "unknown" if token.kind in ("word", "number", "clock", "sign") else "punctuation"
    return Item(kind, start, start + 1, _words(text, tokens, start, start + 1))


def _whole_compounds(text: str, tokens: Sequence[Token], items: list[Item]) -> list[Item]:
    """Make hyphenated words unknown as a whole where a part of them is unknown."""
    result: list[Item] = []
    for item in items:
        result.append(item)
        while len(result) > 1 and tokens[result[-1].start].joined and "unknown" in (result[-1].kind, result[-2].kind):
            last, before = result.pop(), result.pop()
            result.append(Item("unknown", before.start, last.end, _words(text, tokens, before.start, last.end)))
    return result


def _changes(text: str, tokens: Sequence[Token], items: list[Item]) -> list[Item]:
    """Make "from despair to hope" one item that is not understood: no quality of a segment says how it turns."""
    result: list[Item] = []
    index = 0
    while index < len(items):
        end = _change_end(items, index)
        if end is not None:
            start, stop = items[index].start, items[end - 1].end
            result.append(Item("unmeasured", start, stop, _words(text, tokens, start, stop)))
            index = end
        else:
            result.append(items[index])
            index += 1
    return result


def _change_end(items: Sequence[Item], start: int) -> int | None:
    """Return the end of a change "from X to Y" that begins at an item, where X or Y is a quality."""
    ends = []
    for kind in ("from", "to"):
        if start >= len(items) or items[start].kind != kind:
            return None
        place = start + 1
        while place < len(items) and items[place].kind in ("ignored", "degree", "much", "little"):
            place += 1
        if place >= len(items) or items[place].kind not in ("entry", "unknown", "unmeasured"):
            return None
        ends.append(place)
        start = place + 1
        while kind == "from" and start < len(items) and items[start].kind in ("ignored", "support"):
            start += 1
    return ends[-1] + 1 if any(items[place].kind == "entry" for place in ends) else None


def _words(text: str, tokens: Sequence[Token], start: int, end: int) -> str:
    return text[tokens[start].start : tokens[end - 1].end]
