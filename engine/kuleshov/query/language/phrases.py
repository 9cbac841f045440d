"""Phrases and what they mean: the longest one at a place of a text wins, an exact one before an inflected one.

A hyphen in a listed phrase says that it is written in three ways: ``hand-held`` also matches "hand held" and
"handheld". A phrase that begins with ``=`` is never inflected. Many forms are tried as the base
of an inflected word; only those that the vocabulary lists count ("darkest": "dark", with the grade superlative).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import Generic, Literal, NamedTuple, TypeVar

from kuleshov.query.language.tokens import Token

T = TypeVar("T")

Grade = Literal["plain", "comparative", "superlative", "somewhat"]
#: An ending, what may replace it in the base form, and the grade that the ending gives.
Ending = tuple[str, tuple[str, ...], Grade]

#: Fewest letters of a base form: of a single word, and of a word of a phrase ("close-ups", "push-ins").
_SHORTEST_BASE, _SHORTEST_PART = 3, 2
_VOWELS = frozenset("aeiouy")
_NONE: frozenset[int] = frozenset()


class Inflections:
    """Takes the endings of a language off words, the longest ending first."""

    def __init__(self, endings: Sequence[Ending]) -> None:
        self._endings = sorted(endings, key=lambda ending: -len(ending[0]))
        #: Endings that are put on a word as it is.
        self.suffixes = tuple(ending for ending, bases, _ in self._endings if "" in bases)
        self.base_forms = lru_cache(maxsize=4096)(self._base_forms)
        self.bases = lru_cache(maxsize=4096)(self._bases)

    def of_phrase(self, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Grade]]:
        """Yield the phrases whose first or last word the given words inflect, with the grade of the ending."""
        if len(words) == 1:
            for base, grade in self.base_forms(words[0], _SHORTEST_BASE):
                yield (base,), grade
            return
        for base, grade in self.base_forms(words[0], _SHORTEST_PART):
            yield (base, *words[1:]), grade
        for base, grade in self.base_forms(words[-1], _SHORTEST_PART):
            yield (*words[:-1], base), grade

    def forms(self, word: str) -> set[str]:
        """Return what a word may be inflected to, and more: each ending is put on whether it suits it or not."""
        stems = {(word.removesuffix(other), ending) for ending, bases, _ in self._endings for other in bases}
        return {stem + ending for stem, ending in stems} | {word + word[-1] + ending for _, ending in stems}

    def _bases(self, word: str) -> frozenset[str]:
        """Return a word and all that it may be an inflection of."""
        return frozenset({word, *(base for base, _ in self.base_forms(word, _SHORTEST_PART))})

    def _base_forms(self, word: str, shortest: int) -> tuple[tuple[str, Grade], ...]:
        forms: list[tuple[str, Grade]] = []
        for ending, replacements, grade in self._endings:
            if not word.endswith(ending):
                continue
            stem = word.removesuffix(ending)
            forms += [(stem + other, grade) for other in replacements if len(stem + other) >= shortest]
            # "dimmer", "reddish", "panning": the doubled consonant belongs to the ending.
            if len(stem) > _SHORTEST_BASE and stem[-1] == stem[-2] and stem[-1] not in _VOWELS and ending[0] in "aei":
                forms.append((stem[:-1], grade))
        return tuple(forms)


class Match(NamedTuple, Generic[T]):
    """A phrase of a text: it ends before token ``end``; ``grade`` is what its inflection says ("darkest")."""

    end: int
    value: T
    grade: Grade


class _Listed(NamedTuple, Generic[T]):
    value: T
    phrase: str
    inflects: bool


class PhraseTable(Generic[T]):
    """Phrases of one kind. ``split`` turns a text into the folded words that a query's tokens have."""

    def __init__(self, split: Callable[[str], tuple[str, ...]], inflections: Inflections) -> None:
        self._split, self._inflections = split, inflections
        self._listed: dict[tuple[str, ...], _Listed[T]] = {}
        self._lengths: dict[str, set[int]] = {}  # of the phrases that begin with a word

    def add(self, phrase: str, value: T) -> None:
        """List a phrase. Raises ``ValueError`` if it, or one of its spellings, is listed already or has no words."""
        text = phrase.removeprefix("=")
        listed = _Listed(value, text, inflects=not phrase.startswith("="))
        keys = {self._split(variant) for variant in spellings(text)}
        if () in keys:
            raise ValueError(f"{phrase!r} has no words")
        for key in keys:
            if key in self._listed:
                raise ValueError(f"{phrase!r} is listed twice (also as {self._listed[key].phrase!r})")
            self._listed[key] = listed
            self._lengths.setdefault(key[0], set()).add(len(key))

    def __contains__(self, phrase: str) -> bool:
        return self._split(phrase) in self._listed

    def items(self) -> Iterator[tuple[tuple[str, ...], str, T]]:
        """Yield (folded words, phrase as listed, its meaning) for every spelling."""
        for key, listed in self._listed.items():
            yield key, listed.phrase, listed.value

    def match(self, tokens: Sequence[Token], start: int) -> Match[T] | None:
        """Return the longest phrase that begins at token ``start``."""
        if start >= len(tokens):
            return None
        lengths: set[int] = set()
        for base in self._inflections.bases(tokens[start].norm):
            lengths |= self._lengths.get(base, _NONE)
        compound = start + 1
        while compound < len(tokens) and tokens[compound].joined:
            compound += 1
            lengths.add(compound - start)
        for length in sorted(lengths, reverse=True):
            end = start + length
            if end > len(tokens):
                continue
            words = tuple([token.norm for token in tokens[start:end]])
            match = self._find(words) or (self._find(("".join(words),)) if 1 < length <= compound - start else None)
            if match is not None:
                return Match(end, *match)
        return None

    def forms(self) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        """Yield the words of all phrases, and the endings that the last one may have."""
        endings = ("", *self._inflections.suffixes)
        for key, listed in self._listed.items():
            yield key, endings if listed.inflects else ("",)

    def first_words(self) -> frozenset[str]:
        """Return the words that a phrase may begin with, as written and inflected."""
        inflected = {key[0] for key, listed in self._listed.items() if listed.inflects}
        return frozenset(self._lengths).union(*(self._inflections.forms(word) for word in inflected))

    def _find(self, words: tuple[str, ...]) -> tuple[T, Grade] | None:
        exact = self._listed.get(words)
        if exact is not None:
            return exact.value, "plain"
        for candidate, grade in self._inflections.of_phrase(words):
            listed = self._listed.get(candidate)
            if listed is not None and listed.inflects:
                return listed.value, grade
        return None


def spellings(phrase: str) -> Iterator[str]:
    """Yield the spellings of a phrase: each hyphenated word in parts and in one."""
    words = [(word.replace("-", " "), word.replace("-", "")) if "-" in word else (word,) for word in phrase.split()]
    for choice in product(*words):
        yield " ".join(choice)
