"""Phrases and what they stand for: the longest one at a place of a text wins, as written before as inflected.

A hyphen in a listed phrase says that it is written in three ways: ``hand-held`` also matches "hand held" and
"handheld". A phrase that begins with ``=`` is never inflected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Generic, NamedTuple, TypeVar

from kuleshov.query.language.morphology import ENGLISH, Ending, Grade, base_forms
from kuleshov.query.language.tokens import Token

T = TypeVar("T")


class Match(NamedTuple, Generic[T]):
    """A phrase found: it ends before token ``end``; ``grade`` is what its inflection says ("darkest")."""

    end: int
    value: T
    grade: Grade


class _Listed(NamedTuple, Generic[T]):
    value: T
    phrase: str
    inflects: bool


class PhraseTable(Generic[T]):
    """Phrases of one kind. ``split`` turns a text into the folded words that a query's tokens have; ``endings`` are
    those that inflected words have."""

    def __init__(self, split: Callable[[str], tuple[str, ...]], *, endings: Sequence[Ending] = ENGLISH) -> None:
        self._split, self._endings = split, endings
        self._listed: dict[tuple[str, ...], _Listed[T]] = {}
        self._longest = 0

    def add(self, phrase: str, value: T) -> None:
        """List a phrase. Raises ``ValueError`` if it, or one of its spellings, is listed already or has no words."""
        text = phrase.removeprefix("=")
        listed = _Listed(value, text, inflects=not phrase.startswith("="))
        keys = {self._split(variant) for variant in _variants(text)}
        if () in keys:
            raise ValueError(f"{phrase!r} has no words")
        for key in keys:
            if key in self._listed:
                raise ValueError(f"{phrase!r} is listed twice (also as {self._listed[key].phrase!r})")
            self._listed[key] = listed
            self._longest = max(self._longest, len(key))

    def __contains__(self, phrase: str) -> bool:
        return self._split(phrase) in self._listed

    def items(self) -> Iterator[tuple[tuple[str, ...], str, T]]:
        """Yield (folded words, phrase as listed, what it stands for), every spelling of it."""
        for key, listed in self._listed.items():
            yield key, listed.phrase, listed.value

    def match(self, tokens: Sequence[Token], start: int) -> Match[T] | None:
        """Return the longest phrase that begins at token ``start``."""
        for end in range(min(len(tokens), start + self._longest), start, -1):
            words = tuple(token.norm for token in tokens[start:end])
            found = self._find(words)
            if found is None and len(words) > 1 and all(token.joined for token in tokens[start + 1 : end]):
                found = self._find(("".join(words),))  # "purple-ish"
            if found is not None:
                return Match(end, *found)
        return None

    def _find(self, words: tuple[str, ...]) -> tuple[T, Grade] | None:
        exact = self._listed.get(words)
        if exact is not None:
            return exact.value, "plain"
        for candidate, grade in _uninflected(words, self._endings):
            listed = self._listed.get(candidate)
            if listed is not None and listed.inflects:
                return listed.value, grade
        return None


def _variants(phrase: str) -> Iterator[str]:
    """Yield the spellings of a phrase: each hyphenated word in parts and in one."""
    spellings = [(word.replace("-", " "), word.replace("-", "")) if "-" in word else (word,) for word in phrase.split()]
    for choice in product(*spellings):
        yield " ".join(choice)


def _uninflected(words: tuple[str, ...], endings: Sequence[Ending]) -> Iterator[tuple[tuple[str, ...], Grade]]:
    """Yield the phrases whose first or last word the given words inflect."""
    for position in (0, -1) if len(words) > 1 else (0,):
        for base, grade in base_forms(words[position], endings=endings, of_phrase=len(words) > 1):
            yield (base, *words[1:]) if position == 0 else (*words[:-1], base), grade
