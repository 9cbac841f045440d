"""Which shots or scenes are like a place of a film, or differ from it as is wanted: the answer to ``query.like``.

The example is the shot or scene at that time. Likeness is that of the affect-and-cinema vectors, over the entries that
both have measured, those left out that are wanted otherwise: 1 less their mean distance, 1 where they are the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.entries import SegmentRow
from kuleshov.archive.resolve import resolve_film
from kuleshov.archive.store import Archive
from kuleshov.cinema.measures import Unit
from kuleshov.errors import QueryError
from kuleshov.query.like import Like
from kuleshov.query.query import Query
from kuleshov.query.result import Reason

#: What is wanted otherwise differs by at least this (design value: half of what rises, ``over_time.LEAST_RISE``).
LEAST_STEP = 0.05
#: So many segments with the greatest inner product with the example are compared with it exactly.
_CANDIDATES = 1000
#: Vectors are compared that share at least this part of the example's measured entries.
_LEAST_SHARED = 0.5


class Compared(NamedTuple):
    """How a segment stands to the example: the likeness -1..1, the steps of the deltas, and both in words."""

    likeness: float
    steps: tuple[float, ...]
    text: str
    stepped: tuple[str, ...]


def example(archive: Archive, unit: Unit, like: Like) -> SegmentRow:
    """Return the segment that a comparison names. Raises ``ArchiveError`` for no such film, ``QueryError`` for a time
    where it has none."""
    film = resolve_film(archive.path, archive.films(), like.film)
    found = archive.at(unit, film.content_id, like.seconds)
    if found is None:
        raise QueryError(
            f"{like.words!r}: {film.title} has no {unit} at {like.seconds:g} s (it lasts {film.duration_seconds:g} s)"
        )
    (row,) = archive.segments(unit, [found])
    return row


def compared_to(archive: Archive, unit: Unit, like: Like, *, allowed: NDArray[np.int64] | None) -> dict[int, Compared]:
    """Return the segments that differ from the example as is wanted, with how like it they are, by id.

    Raises ``ArchiveError`` and ``QueryError`` as ``example``.
    """
    there = example(archive, unit, like)
    names = archive.vector_names
    changed = [names.index(term.name) for term in like.deltas if term.name in names]
    weights = np.nan_to_num(there.vector)
    if like.alike:
        weights[changed] = 0.0
    for term in like.deltas:
        weights[names.index(term.name)] = term.sign * (1.0 if like.alike else len(names))
    ranked = archive.nearest(unit, weights, k=_CANDIDATES, allowed=allowed)
    ids = np.array([id for id, _ in ranked if id != there.id], dtype=np.int64)
    columns = archive.columns(unit)
    vectors = columns.vectors(columns.at(ids))
    compared = _compare(vectors, there.vector, like, names=names, changed=changed)
    return {int(ids[row]): one for row, one in compared.items()}


def by_comparison(
    query: Query,
    compared: Sequence[dict[int, Compared]],
    allowed: NDArray[np.int64] | None,
    *,
    weighted: Mapping[int, float],
) -> list[tuple[int, float]]:
    """Return the segments that fulfil all comparisons by their score, best first; ``weighted``: what terms add."""
    scores = {}
    for id in [] if allowed is None else allowed.tolist():
        parts = [one.weight * found[id].likeness for one, found in zip(query.likes, compared, strict=True)]
        parts += [
            term.weight * step / 2
            for one, found in zip(query.likes, compared, strict=True)
            for term, step in zip(one.deltas, found[id].steps, strict=True)
        ]
        scores[id] = math.fsum(parts) + weighted.get(id, 0.0)
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def reasons(like: Like, compared: Compared) -> list[Reason]:
    """Return what a comparison counts in the score: the likeness, and half of each step (which goes up to 2)."""
    alike = [Reason("like", compared.likeness, like.weight * compared.likeness, compared.text)] if like.alike else []
    return alike + [
        Reason(f"{term.name} than there", step, term.weight * step / 2, text)
        for term, step, text in zip(like.deltas, compared.steps, compared.stepped, strict=True)
    ]


def _compare(
    vectors: NDArray[np.float32],
    there: NDArray[np.float32],
    like: Like,
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


def why_not_like(archive: Archive, unit: Unit, likes: Sequence[Like]) -> list[str]:
    """Return why no segment fulfils a comparison, a sentence for each that none does."""
    sentences = []
    for like in likes:
        there = example(archive, unit, like)
        names = archive.vector_names
        unmeasured = [term.name for term in like.deltas if np.isnan(there.vector[names.index(term.name)])]
        if unmeasured:
            sentences.append(f'"{like.words}": {unmeasured[0]} was not measured there')
        elif not compared_to(archive, unit, like, allowed=None):
            wanted = ", ".join(term.words for term in like.deltas) or "alike"
            sentences.append(f'no {unit} is "{wanted}" beside {like.film} at {like.seconds:g} s')
    return sentences
