"""Inflections taken off a word: "darkest" may be "dark" with the grade superlative.

Over-eager on purpose: what it proposes counts only where the vocabulary has that word, and a form that the vocabulary
lists itself is never taken apart. The endings are English where the vocabulary brings none of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

Grade = Literal["plain", "comparative", "superlative", "somewhat"]

_SHORTEST_BASE, _SHORTEST_PART = 3, 2
_VOWELS = frozenset("aeiouy")

#: An ending, what may stand for it in the base form, and the grade that the ending gives.
Ending = tuple[str, tuple[str, ...], Grade]
ENGLISH: tuple[Ending, ...] = (
    ("'s", ("",), "plain"),
    ("s'", ("", "s"), "plain"),
    ("ies", ("y",), "plain"),
    ("es", ("", "e"), "plain"),
    ("s", ("",), "plain"),
    ("iness", ("y",), "plain"),
    ("ness", ("",), "plain"),
    ("ically", ("ic",), "plain"),
    ("ily", ("y",), "plain"),
    ("ly", ("", "le"), "plain"),
    ("ying", ("y", "ie"), "plain"),
    ("ing", ("", "e"), "plain"),
    ("ied", ("y",), "plain"),
    ("ed", ("", "e"), "plain"),
    ("ier", ("y",), "comparative"),
    ("er", ("", "e"), "comparative"),
    ("iest", ("y",), "superlative"),
    ("est", ("", "e"), "superlative"),
    ("ish", ("", "e"), "somewhat"),
)


def base_forms(
    word: str, *, endings: Sequence[Ending] = ENGLISH, of_phrase: bool = False
) -> Iterator[tuple[str, Grade]]:
    """Yield what ``word`` may be an inflection of, with the grade that its ending gives.

    ``of_phrase``: other words stand beside it, so that a base may be shorter ("close-ups", "push-ins").
    """
    shortest = _SHORTEST_PART if of_phrase else _SHORTEST_BASE
    for ending, replacements, grade in endings:
        if not word.endswith(ending):
            continue
        stem = word.removesuffix(ending)
        for replacement in replacements:
            if len(stem + replacement) >= shortest:
                yield stem + replacement, grade
        # "dimmer", "reddish", "panning": the doubled consonant belongs to the ending.
        if len(stem) > _SHORTEST_BASE and stem[-1] == stem[-2] and stem[-1] not in _VOWELS and ending[0] in "aei":
            yield stem[:-1], grade
