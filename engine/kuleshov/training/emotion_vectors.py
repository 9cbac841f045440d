"""Vectors of an archive's labelled segments, along the principal directions of each space.

Centre and directions are of all labelled segments, those of films that are then judged as unseen too: no label is
looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.annotations.ratings import RatedSegment
from kuleshov.archive import Archive
from kuleshov.pipeline.stages.scores import vectors_of

#: How many principal directions of a space are looked at.
_DIRECTIONS = 64
#: A space is learned from where so many labelled segments have a vector.
_LEAST_ROWS = 20


@dataclass(frozen=True, eq=False)
class Axes:
    """A space as it is learned from: ``rows`` float64 ``[n, directions]`` from the ``centre`` (float64 ``[D]``) along
    ``directions`` (float64 ``[D, directions]``), 0 where a segment has no vector of the ``model``."""

    model: str
    centre: NDArray[np.float64]
    directions: NDArray[np.float64]
    rows: NDArray[np.float64]


def axes_of(archive: Archive, places: Sequence[RatedSegment]) -> dict[str, Axes]:
    """Return the spaces that enough of the segments have vectors in, by name; of each the model that most have."""
    tables = {
        (film, unit): vectors_of(archive.embeddings(film), unit)
        for film, unit in dict.fromkeys((place.content_id, place.unit) for place in places)
    }
    found: dict[tuple[str, str], dict[int, NDArray[np.float64]]] = {}
    for row, place in enumerate(places):
        for key, table in tables[place.content_id, place.unit].items():
            vector = np.asarray(table[place.index], dtype=np.float64)
            if np.isfinite(vector).all():
                found.setdefault(key, {})[row] = vector
    counts = Counter({key: len(rows) for key, rows in found.items()})
    axes: dict[str, Axes] = {}
    for (space, model), count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        if count >= _LEAST_ROWS and space not in axes:
            axes[space] = _axes(model, found[space, model], len(places))
    return axes


def _axes(model: str, vectors: dict[int, NDArray[np.float64]], count: int) -> Axes:
    known = np.stack(list(vectors.values()))
    centre = known.mean(axis=0)
    _, _, directions = np.linalg.svd(known - centre, full_matrices=False)
    directions = directions[:_DIRECTIONS].T
    rows = np.zeros((count, directions.shape[1]))
    rows[list(vectors)] = (known - centre) @ directions
    return Axes(model, centre, directions, rows)
