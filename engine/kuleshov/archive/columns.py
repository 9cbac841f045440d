"""All measures and vectors of the shots or scenes of an archive as columns: what search compares, without a row read.

A column is one number of every segment, in the order of their ids; NaN = not measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.catalog import Catalog, Stamp
from kuleshov.archive.folder import align, read_vectors
from kuleshov.archive.layout import Layout
from kuleshov.cinema.measures import MEASURES, Unit
from kuleshov.errors import ArchiveError

_ATTEMPTS = 5


@dataclass(frozen=True, eq=False)
class Part:
    """Some films' segments; those of a film lie together, ids ascend.

    ``segments`` int64 ``[2, n]``: ids, and indexes in the film. ``measures`` float64 ``[measures, n]``: ``MEASURES``;
    ``values`` float32 ``[D, n]``, the vectors. ``films``: (content id, number of segments) in order. ``counted`` bool
    ``[n]``: which rows still count; ``None`` = all.
    """

    segments: NDArray[np.int64]
    measures: NDArray[np.float64]
    values: NDArray[np.float32]
    films: tuple[tuple[str, int], ...]
    counted: NDArray[np.bool_] | None = None

    @classmethod
    def of(
        cls, films: Sequence[tuple[str, NDArray[np.int64], NDArray[np.float64], NDArray[np.float32]]], width: int
    ) -> Part:
        """Return the part of films: (content id, ids, measures ``[n, measures]``, vectors ``[n, width]``)."""
        segments = [np.stack([ids, np.arange(len(ids), dtype=np.int64)]) for _, ids, _, _ in films]
        measures = [np.empty((0, len(MEASURES))), *(measures for _, _, measures, _ in films)]
        vectors = [np.empty((0, width), dtype=np.float32), *(vectors for _, _, _, vectors in films)]
        return cls(
            np.concatenate([np.empty((2, 0), dtype=np.int64), *segments], axis=1),
            np.ascontiguousarray(np.concatenate(measures).T),
            np.ascontiguousarray(np.concatenate(vectors).T),
            tuple((content_id, len(ids)) for content_id, ids, _, _ in films),
        )


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of one unit as of one state of the catalogue. ``names`` are those of the vectors' D entries."""

    stamp: Stamp
    names: tuple[str, ...]
    parts: tuple[Part, ...]


def read_columns(layout: Layout, catalog: Catalog, unit: Unit) -> Columns:
    """Return the columns as of the catalogue's present state. Raises ``ArchiveError`` for a film that can't be read."""
    for attempt in range(_ATTEMPTS):
        stamp = catalog.stamp
        try:
            with catalog.snapshot():
                return _read(layout, catalog, unit)
        except ArchiveError:
            # A film replaced while its folder was read is no damage: try again from the new state.
            if attempt == _ATTEMPTS - 1 or catalog.stamp == stamp:
                raise
    raise AssertionError("unreachable")


def _read(layout: Layout, catalog: Catalog, unit: Unit) -> Columns:
    names = catalog.vector_names
    films = []
    for film in catalog.films_after(unit, -1):
        folder = layout.film(film.content_id, film.pipeline_id)
        ids, measures = catalog.film_ids(film.content_id, unit), catalog.measured(film.content_id, unit)
        vector_names, vectors = read_vectors(folder, unit)
        if len(vectors) != len(ids):
            raise ArchiveError(f"{folder}: {len(vectors)} {unit} vectors for {len(ids)} {unit}s")
        films.append((film.content_id, ids, measures, align(vectors, vector_names, names)))
    return Columns(catalog.stamp, names, (Part.of(films, len(names)),))
