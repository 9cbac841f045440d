"""The lines of dialogue of all films together, searched by words and by meaning."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.vectors.vector_store import faiss
from kuleshov.records import Line, LineVectors, SceneHeading

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
#: The score of a line that has the words as typed, or in another form.
_AS_TYPED, _INFLECTED = 1.0, 0.9


class LineHit(NamedTuple):
    """A line, and how well it matches: 0..1."""

    content_id: str
    line: Line
    score: float


class DialogueIndex:
    """The dialogue of all films of an archive, in memory: about 1.5 kB a line, 2 kB after a search for words."""

    def __init__(self, films: Sequence[tuple[str, list[Line], LineVectors | None]]) -> None:
        self._rows: list[tuple[str, Line]] = []
        self._by_meaning: dict[
            str, tuple[Any, list[int]]
        ] = {}  # by model: FAISS index, and the row of each of its vectors
        for content_id, lines, vectors in films:
            spoken = [number for number, line in enumerate(lines) if line.kind == "speech"]
            first = len(self._rows)
            self._rows += [(content_id, lines[number]) for number in spoken]
            if vectors is not None and spoken:
                index, owners = self._by_meaning.setdefault(
                    vectors.model, (faiss().IndexFlatIP(vectors.vectors.shape[1]), [])
                )
                index.add(vectors.vectors[spoken])
                owners += range(first, first + len(spoken))

    def __len__(self) -> int:
        return len(self._rows)

    def models(self) -> tuple[str, ...]:
        """The sentence models whose vectors are present."""
        return tuple(self._by_meaning)

    def with_words(self, text: str) -> list[LineHit]:
        """Return the lines that contain these words in sequence, in any form; best first."""
        wanted = [(word, stem(word)) for word in words_of(text)]
        if not wanted:
            return []
        candidates = set.intersection(*(self._by_stem.get(form, set()) for _, form in wanted))
        hits = []
        for number in sorted(candidates):
            content_id, line = self._rows[number]
            words = words_of(line.text)
            starts = range(len(words) - len(wanted) + 1)
            score = max((_match(words[start : start + len(wanted)], wanted) for start in starts), default=0.0)
            if score > 0:
                hits.append(LineHit(content_id, line, score))
        return sorted(hits, key=lambda hit: -hit.score)

    @cached_property
    def _by_stem(self) -> dict[str, set[int]]:
        """Which lines contain a word, in any form of it."""
        lines: dict[str, set[int]] = {}
        for number, (_, line) in enumerate(self._rows):
            for word in words_of(line.text):
                lines.setdefault(_kept_stem(word), set()).add(number)
        return lines

    def by_speaker(self, name: str) -> list[LineHit]:
        """Return the lines of a speaker; one word of the name is enough."""
        wanted = words_of(name)
        return [
            LineHit(content_id, line, 1.0 if len(speaker) == len(wanted) else _INFLECTED)
            for content_id, line in self._rows
            if line.speaker and set(wanted) <= set(speaker := words_of(line.speaker))
        ]

    def has_headings(self) -> bool:
        """Whether any line is in a scene with a screenplay's heading."""
        return any(line.screenplay and line.screenplay.heading for _, line in self._rows)

    def under_heading(self, fits: Callable[[SceneHeading], bool]) -> list[LineHit]:
        """Return the lines of scenes whose heading fits; the score is the confidence that they are of that scene."""
        return [
            LineHit(content_id, line, heading.confidence)
            for content_id, line in self._rows
            if line.screenplay and (heading := line.screenplay.heading) and fits(heading)
        ]

    def similar(self, vector: NDArray[np.float32], *, model: str, least: float, most: int) -> list[LineHit]:
        """Return up to ``most`` lines whose product with ``vector`` is at least ``least``, best first; exact."""
        if model not in self._by_meaning:
            return []
        index, owners = self._by_meaning[model]
        query = np.ascontiguousarray(vector, dtype=np.float32)[None]
        products, nearest = index.search(query, min(most, len(owners)))
        return [
            LineHit(content_id, line, float(min(product, 1.0)))
            for product, row in zip(products[0], nearest[0], strict=True)
            for content_id, line in [self._rows[owners[row]]]
            if product >= least
        ]


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared: without case, apostrophes straight."""
    return [word.casefold().replace("’", "'") for word in _WORD.findall(text)]


def stem(word: str) -> str:
    """Return the common part of the forms of an English word: "goes", "going" are "go". Simpler than Porter's."""
    sibilant = word.endswith(("ses", "xes", "zes", "ches", "shes", "oes"))
    for ending in ("'s", "ing", "ed", "es" if sibilant else "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 2 and not word.endswith("ss"):
            word = word.removesuffix(ending)
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return word[:-1] + "y" if len(word) > 3 and word.endswith("i") else word


_kept_stem = lru_cache(maxsize=1 << 16)(stem)


def _match(words: Sequence[str], wanted: Sequence[tuple[str, str]]) -> float:
    if all(word == typed for word, (typed, _) in zip(words, wanted, strict=True)):
        return _AS_TYPED
    return _INFLECTED if all(stem(word) == form for word, (_, form) in zip(words, wanted, strict=True)) else 0.0
