"""Bringing the vectors up to the catalogue: new films are added and gone ones taken out, or all is built anew."""

from __future__ import annotations

import numpy as np

from kuleshov.archive.catalog import Catalog
from kuleshov.archive.folder import align, read_vectors
from kuleshov.archive.layout import Layout
from kuleshov.archive.vectors import VectorIndex
from kuleshov.cinema.measures import Unit
from kuleshov.errors import ArchiveError

_ATTEMPTS = 5


def refreshed(layout: Layout, catalog: Catalog, unit: Unit, base: VectorIndex | None) -> VectorIndex:
    """Return an index as of the catalogue's present state; ``base`` is used up. Raises ``ArchiveError``."""
    for attempt in range(_ATTEMPTS):
        stamp = catalog.stamp
        try:
            return _refreshed(layout, catalog, unit, base)
        except ArchiveError:
            # A film replaced while its folder was read is no damage: try again from the new state.
            if attempt == _ATTEMPTS - 1 or catalog.stamp == stamp:
                raise
            base = None
    raise AssertionError("unreachable")


def _refreshed(layout: Layout, catalog: Catalog, unit: Unit, base: VectorIndex | None) -> VectorIndex:
    with catalog.snapshot():
        stamp, names, ids = catalog.stamp, catalog.vector_names, catalog.select(unit, ())
        index = base
        if index is not None:
            gone = np.setdiff1d(index.ids, ids, assume_unique=True)
            comparable = index.names == names and index.stamp.catalog_id == stamp.catalog_id
            if not comparable or 2 * len(gone) > len(index.ids):
                index = None
            elif len(gone):
                index.remove(gone)
        if index is None:
            index = VectorIndex.empty(stamp, names)
        newest = int(index.ids[-1]) if len(index.ids) else -1
        films = [(film, catalog.film_ids(film.content_id, unit)) for film in catalog.films_after(unit, newest)]
    for film, film_ids in films:
        folder = layout.film(film.content_id, film.pipeline_id)
        vector_names, vectors = read_vectors(folder, unit)
        if len(vectors) != len(film_ids):
            raise ArchiveError(f"{folder}: {len(vectors)} {unit} vectors for {len(film_ids)} {unit}s")
        index.add(film_ids, align(vectors, vector_names, names))
    index.stamp = stamp
    return index
