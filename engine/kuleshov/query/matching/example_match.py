"""Which shots or scenes are like a moment of a film, or differ from it as the query asks.

The text is read by ``query.language.example_reader``.

The example is the shot or scene at that time. Likeness is that of the affect-and-cinema vectors, over the entries that
both have measured, those left out that are wanted otherwise: 1 less their mean distance, 1 where they are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.catalog.resolve import resolve_film
from kuleshov.archive.store import Archive
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.errors import QueryError
from kuleshov.query.matching.calibration import Standing
from kuleshov.query.matching.column_table import Table
from kuleshov.query.parts.example import ExampleQuery

#: What is wanted otherwise differs by at least this (design value: half of what rises, ``over_time.LEAST_RISE``).
LEAST_STEP = 0.05
#: So many segments with the greatest inner product with the example are compared with it exactly.
_CANDIDATES = 1000
#: Vectors are compared that share at least this part of the example's measured entries.
_LEAST_SHARED = 0.5
#: So many segments of the archive tell how like the example others are.
_SAMPLE = 2000


class Compared(NamedTuple):
    """How a segment stands to the example: the likeness -1..1, the steps of the deltas, and both in words."""

    likeness: float
    steps: tuple[float, ...]
    text: str
    stepped: tuple[str, ...]


def example(archive: Archive, unit: Unit, like: ExampleQuery) -> tuple[int, NDArray[np.float32]]:
    """Return the segment that a comparison names: its id and vector. Raises ``ArchiveError`` for no such film,
    ``QueryError`` for a time where it has none."""
    film = resolve_film(archive.path, archive.films(), like.film)
    found = archive.at(unit, film.content_id, like.seconds)
    if found is None:
        raise QueryError(
            f"{like.words!r}: {film.title} has no {unit} at {like.seconds:g} s (it lasts {film.duration_seconds:g} s)"
        )
    columns = archive.columns(unit)
    return found, columns.vectors(columns.at(np.array([found])))[0]


def compared_to(
    archive: Archive, unit: Unit, like: ExampleQuery, *, allowed: NDArray[np.int64] | None
) -> dict[int, Compared]:
    """Return the segments that differ from the example as is wanted, with how like it they are, by id.

    Raises ``ArchiveError`` and ``QueryError`` as ``example``.
    """
    place, there = example(archive, unit, like)
    names = archive.vector_names
    changed = [names.index(term.name) for term in like.deltas if term.name in names]
    weights = np.nan_to_num(there)
    if like.alike:
        weights[changed] = 0.0
    for term in like.deltas:
        weights[names.index(term.name)] = term.sign * (1.0 if like.alike else len(names))
    ranked = archive.nearest(unit, weights, k=_CANDIDATES, allowed=allowed)
    ids = np.array([id for id, _ in ranked if id != place], dtype=np.int64)
    columns = archive.columns(unit)
    vectors = columns.vectors(columns.at(ids))
    compared = _compare(vectors, there, like, names=names, changed=changed)
    return {int(ids[row]): one for row, one in compared.items()}


def likeness_standing(archive: Archive, table: Table, like: ExampleQuery, *, calibrated: bool) -> Standing:
    """Return how like the example the archive's segments are, told from a sample that adding films hardly changes."""
    _, there = example(archive, table.unit, like)
    kept = ~np.isnan(there)
    kept[[table.names.index(term.name) for term in like.deltas]] = False
    distances = np.abs(table.columns.vectors(table.sample(_SAMPLE))[:, kept] - there[kept])
    shared = (~np.isnan(distances)).sum(axis=1)
    enough = shared >= max(_LEAST_SHARED * kept.sum(), 1)
    likeness = 1 - np.nansum(distances[enough], axis=1, dtype=np.float64) / shared[enough]
    return Standing.of(likeness, among=table.unit, calibrated=calibrated)


def _compare(
    vectors: NDArray[np.float32],
    there: NDArray[np.float32],
    like: ExampleQuery,
    *,
    names: Sequence[str],
    changed: Sequence[int],
) -> dict[int, Compared]:
    """Return how vectors, float32 ``[n, D]``, stand to that of the example, by row; of those that differ as wanted."""
    signs = [term.sign for term in like.deltas]
    differences = vectors - there
    steps = differences[:, list(changed)].astype(np.float64) * signs
    measured = ~np.isnan(there)
    measured[list(changed)] = False
    both = measured & ~np.isnan(vectors)
    shared = both.sum(axis=1)
    wanted = (steps >= LEAST_STEP).all(axis=1)  # NaN is no step
    if like.alike:
        wanted &= shared >= max(_LEAST_SHARED * measured.sum(), 1)
    distances = np.where(both, np.abs(differences), np.float32(0))
    likeness = 1.0 - distances.sum(axis=1, dtype=np.float64) / np.maximum(shared, 1)
    likeness[shared == 0] = 0.0
    found = {}
    for row, most in zip(np.flatnonzero(wanted).tolist(), distances[wanted].argmax(axis=1).tolist(), strict=True):
        text = f"{like.words}: likeness {likeness[row]:.2f}, least in {_pair(names[most], vectors[row], there, most)}"
        stepped = tuple(
            f"{term.words}: {_pair(term.name, vectors[row], there, place)}"
            for term, place in zip(like.deltas, changed, strict=True)
        )
        found[row] = Compared(float(likeness[row]), tuple(steps[row].tolist()), text, stepped)
    return found


def _pair(name: str, vector: NDArray[np.float32], there: NDArray[np.float32], place: int) -> str:
    return f"{name} {vector[place]:+.2f} against {there[place]:+.2f}"


def why_not_like(archive: Archive, unit: Unit, likes: Sequence[ExampleQuery]) -> list[str]:
    """Return why no segment fulfils a comparison, a sentence for each that none does."""
    sentences = []
    for like in likes:
        _, there = example(archive, unit, like)
        names = archive.vector_names
        unmeasured = [term.name for term in like.deltas if np.isnan(there[names.index(term.name)])]
        if unmeasured:
            sentences.append(f'"{like.words}": {unmeasured[0]} was not measured there')
        elif not compared_to(archive, unit, like, allowed=None):
            wanted = ", ".join(term.words for term in like.deltas) or "alike"
            sentences.append(f'no {unit} is "{wanted}" beside {like.film} at {like.seconds:g} s')
    return sentences
