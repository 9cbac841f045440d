"""The affect-and-cinema vector: attributes, dimensions and moods of a segment as one row, for search.

Its parts keep their names (``VECTOR_NAMES``), so a query is a weight per name and a hit's reasons are the terms of the
inner product.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.attributes.attributes import ATTRIBUTE_NAMES, attribute_table
from kuleshov.emotion.grammar import Grammar
from kuleshov.records import DIMENSIONS, MOODS, Segment, Shot

#: The dimensions and moods.
FEELING_NAMES: tuple[str, ...] = (*DIMENSIONS, *(f"mood_{mood}" for mood in MOODS))
VECTOR_NAMES: tuple[str, ...] = (*ATTRIBUTE_NAMES, *FEELING_NAMES)


def affect_vectors(
    segments: Sequence[Segment], *, shots: Sequence[Shot], grammar: Grammar | None = None
) -> NDArray[np.float32]:
    """Return one vector a segment, float32 ``[n_segments, len(VECTOR_NAMES)]``, -1..1, NaN = not measured.

    ``shots`` are all shots of the film. Dimensions and moods are NaN if there is no emotion, if it has confidence 0,
    and for a leader or a card, of which only the sound would count. Attributes with a learned centre in the ``grammar``
    use it.
    """
    learned = grammar.learned_terms if grammar is not None else None
    vectors = np.empty((len(segments), len(VECTOR_NAMES)), dtype=np.float32)
    vectors[:, : len(ATTRIBUTE_NAMES)] = attribute_table(
        segments, shots=shots, replacements=learned.attributes if learned else ()
    )
    for row, segment in enumerate(segments):
        vectors[row, len(ATTRIBUTE_NAMES) :] = _feelings(segment)
    return vectors


def _feelings(segment: Segment) -> list[float]:
    emotion = segment.emotion
    if emotion is None or emotion.confidence == 0 or segment.matter != "picture":
        return [math.nan] * (len(DIMENSIONS) + len(MOODS))
    dimensions: list[float | None] = [getattr(emotion, name) for name in DIMENSIONS]
    return [*(math.nan if value is None else value for value in dimensions), *(emotion.moods[mood] for mood in MOODS)]
