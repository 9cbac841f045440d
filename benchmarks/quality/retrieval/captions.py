"""The peer: everything said in a caption, and captions compared with the query, by meaning (MiniLM) or by words.

A caption is made of the same vector and numbers that Kuleshov searches: the qualities that are there, in the words of
their descriptions, the feelings, the numbers that people ask for, what is said, and what is known of the film. What is
not there is not named, as people who describe pictures do not either.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.film.entries import FilmEntry
from kuleshov.cinema.attributes.attributes import ATTRIBUTE_NAMES, packaged_attributes
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.records import DIMENSIONS

_THERE, _VERY = 0.25, 0.6
_OPPOSITE = {
    **{"bright": "dark", "high_key": "low key", "high_contrast": "flat, soft contrast", "warm": "cold colours"},
    **{"saturated": "muted colours", "moving": "static", "shaky": "steady camera", "fast_cutting": "slow cutting"},
    **{"loud": "quiet", "brightening": "getting darker", "getting_louder": "getting quieter", "music": "no music"},
    **{"talking": "no dialogue", "major_key": "music in a minor key", "fast_music": "slow music"},
    **{"valence": "unpleasant, negative", "arousal": "low energy", "tension": "relaxed", "dominance": "powerless"},
}
_FEELING = {"valence": "pleasant, positive", "arousal": "high energy", "tension": "tense", "dominance": "in control"}


def caption(vector: NDArray[np.float32], *, seconds: float, segment: Any, film: FilmEntry, lines: Sequence[str]) -> str:
    """Return a segment in words; ``segment`` is ``None`` of a whole film."""
    said = []
    for name, value in zip(VECTOR_NAMES, vector.tolist(), strict=True):
        much = "very " if abs(value) > _VERY else ""
        if value > _THERE:
            said.append(f"{much}{_words(name)}")
        elif value < -_THERE and name in _OPPOSITE:
            said.append(f"{much}{_OPPOSITE[name]}")
    numbers = f"{seconds:.0f} seconds long"
    if segment is not None:
        numbers += f", {segment.pace.cuts_per_minute:.0f} cuts per minute"
    known = f"{film.title}, {film.year}, directed by {film.director}, {film.country}, in {film.language}"
    spoken = f' Somebody says "{" ".join(lines)}"' if lines else ""
    return f"{'. '.join(said)}. {numbers}. {known}.{spoken}"


def _words(name: str) -> str:
    if name in ATTRIBUTE_NAMES:
        description = packaged_attributes()[ATTRIBUTE_NAMES.index(name)].description
        return f"{name.replace('_', ' ')}: {description.split(';')[0]}"
    return _FEELING[name] if name in DIMENSIONS else name.removeprefix("mood_")


class ByMeaning:
    """Captions and queries as sentences of all-MiniLM-L6-v2, ranked by cosine."""

    name = "MiniLM on captions"

    def __init__(self, captions: Sequence[str]) -> None:
        from kuleshov.models.minilm import MiniLm

        self._model = MiniLm()
        self._captions = self._model.embed(captions)

    def ranked(self, query: str) -> NDArray[np.int64]:
        (vector,) = self._model.embed([query])
        return np.argsort(-(self._captions @ vector), kind="stable")


class ByWords:
    """Captions and queries as weighted words (tf-idf, English stop words left out), ranked by cosine."""

    name = "words of captions"

    def __init__(self, captions: Sequence[str]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._words = TfidfVectorizer(stop_words="english", sublinear_tf=True)
        self._captions = self._words.fit_transform(captions)

    def ranked(self, query: str) -> NDArray[np.int64]:
        scores = (self._captions @ self._words.transform([query]).T).toarray()[:, 0]
        return np.argsort(-scores, kind="stable")
