"""Did you mean: the known word that a misspelt one is close to. It is suggested, never used for the query."""

from __future__ import annotations

from functools import cache

from kuleshov.query.language.lexicon import Lexicon
from kuleshov.query.language.vocabulary_types import Sense

#: Shortest word for one and for two slips; a slip in a shorter word too often makes another word, and so does a
#: changed letter in one of four letters.
_ONE_SLIP, _TWO_SLIPS = 4, 9


def suggestion(word: str, lexicon: Lexicon) -> str | None:
    """Return the known word closest to ``word`` where it is close and no other word of another sense is as close."""
    allowed = 2 if len(word) >= _TWO_SLIPS else 1 if len(word) >= _ONE_SLIP else 0
    best: list[tuple[str, Sense]] = []
    for slips in range(1, allowed + 1):
        best = [(known, sense) for known, sense in _single_words(lexicon) if _is_within(word, known, slips)]
        if best:
            break
    senses = {id(sense) for _, sense in best}
    return best[0][0] if len(senses) == 1 else None


@cache
def _single_words(lexicon: Lexicon) -> tuple[tuple[str, Sense], ...]:
    asking = ("entry", "degree", "unit", "not", "without")
    return tuple((key[0], sense) for key, _, sense in lexicon.phrases.items() if len(key) == 1 and sense.kind in asking)


def _is_within(word: str, known: str, slips: int) -> bool:
    """Whether ``known`` is at most so many letters away: missing, added, changed or swapped with the next one."""
    if abs(len(word) - len(known)) > slips or len(known) < _ONE_SLIP:
        return False
    if len(word) == len(known) == _ONE_SLIP and sorted(word) != sorted(known):
        return False
    before: list[int] = []
    row = list(range(len(known) + 1))
    for i, letter in enumerate(word, start=1):
        earlier, before = before, row
        row = [i]
        for j, other in enumerate(known, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == known[j - 2] and word[i - 2] == other:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > slips:
            return False
    return row[-1] <= slips
