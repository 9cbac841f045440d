"""The comfort path: scenes that lead from one valence and arousal to another in small steps."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.store import Archive
from kuleshov.errors import QueryError
from kuleshov.query.explain.hits import hit_of
from kuleshov.query.explain.result import Hit
from kuleshov.query.matching.part import Reason

#: Each scene costs this much besides the length of the step to it, so that a path has no needless scenes.
_SCENE_COST = 1e-3


def comfort_path(
    archive: Archive,
    *,
    start: tuple[float, float],
    goal: tuple[float, float],
    step: float = 0.25,
    films: Collection[str] | None = None,
) -> list[Hit]:
    """Return scenes that lead from one (valence, arousal) to another, no step longer than ``step``.

    The shortest such path (Dijkstra): its first scene lies within a step of ``start``, each other within a step of the
    one before, and ``goal`` within a step of the last. Empty where the goal is within a step of the start. Raises
    ``QueryError`` where there is no such path, with the step that would do.
    """
    if not step > 0:
        raise QueryError(f"steps of {step:g}: give a length above 0")
    names = archive.vector_names
    columns = [names.index("valence"), names.index("arousal")] if names else []
    rows = [
        row
        for film in archive.films()
        if films is None or film.content_id in films
        for row in archive.segments("scene", [id for id, _, _ in archive.spans("scene", film.content_id)])
        if np.isfinite(row.vector[columns]).all()
    ]
    points = np.array([start, *(row.vector[columns].tolist() for row in rows), goal], dtype=np.float64)
    nodes = _path(points, step)
    if nodes is None:
        needed = _least_step(points, step)
        raise QueryError(f"no path in steps of {step:g}: the scenes of the archive need steps of {needed:.2f}")
    hits = []
    for before, node in pairwise([0, *nodes]):
        valence, arousal = points[node].tolist()
        moved = float(np.linalg.norm(points[node] - points[before]))
        reasons = (
            Reason("valence", valence, 0.0, f"valence {valence:+.2f}"),
            Reason("arousal", arousal, 0.0, f"arousal {arousal:+.2f}"),
            Reason("step", moved, 0.0, f"step {moved:.2f}"),
        )
        hits.append(hit_of(rows[node - 1], reasons))
    return hits


def _path(points: NDArray[np.float64], step: float) -> list[int] | None:
    """Return the nodes between the first point and the last on the shortest path; ``None`` where there is none."""
    from scipy.sparse.csgraph import dijkstra

    _, before = dijkstra(_graph(points, step), indices=0, directed=False, return_predecessors=True)
    nodes: list[int] = []
    node = int(before[-1])
    if node < 0:
        return None
    while node > 0:
        nodes.append(node)
        node = int(before[node])
    return nodes[::-1]


def _least_step(points: NDArray[np.float64], low: float) -> float:
    """Return the least step with which there is a path, by bisection, to a hundredth."""
    from scipy.sparse.csgraph import connected_components

    high = float(np.linalg.norm(points[-1] - points[0]))
    while high - low > 0.005:
        middle = (low + high) / 2
        _, labels = connected_components(_graph(points, middle), directed=False)
        low, high = (low, middle) if labels[0] == labels[-1] else (middle, high)
    return high


def _graph(points: NDArray[np.float64], step: float) -> Any:
    """Return the sparse graph of all pairs of points within a step."""
    from scipy.spatial import cKDTree

    graph = cKDTree(points).sparse_distance_matrix(cKDTree(points), step, output_type="coo_matrix").tocsr()
    graph.data += _SCENE_COST
    return graph
