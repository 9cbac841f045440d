"""What every kind of vector index can do, and how all of them rank their hits.

Everywhere: ``ids`` are int64, ascending, never reused; FAISS or a server may number rows in its own way. Vectors are
float32 ``[n, D]``, finite, stored as float16; the score of a hit is the inner product of the query with the stored
vector, summed in float64 and rounded to float32, so that it is the same number for every kind.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.vectors.settings import IndexSettings

#: (id, inner product), best first, ties by id.
Hits = list[tuple[int, float]]


class VectorStore(Protocol):
    """Vectors by id, searched by inner product. An object belongs to the thread that made it.

    ``remote``: the vectors are not in the files but on a server, which only the archive's writer may change.
    """

    remote: ClassVar[bool]

    @classmethod
    def empty(cls, dimensions: int, *, settings: IndexSettings, name: str) -> Self:
        """Return one without vectors; ``name`` is unique among the indexes of this and other archives."""

    @classmethod
    def load(cls, base: Path, ids: NDArray[np.int64], *, settings: IndexSettings) -> Self:
        """Return what was saved as ``base``, with these ids.

        Raises ``OSError``, ``ValueError``, ``LookupError`` or ``RuntimeError`` where it is damaged.
        """

    def sibling(self) -> Self:
        """Return an empty one of the same kind, trained on the vectors of this one."""

    @property
    def ids(self) -> NDArray[np.int64]:
        """The ids of all vectors, ascending."""

    @property
    def dimensions(self) -> int: ...

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Add vectors; ``ids`` ascending and above all that are present. Raises ``ValueError`` otherwise."""

    def remove(self, ids: NDArray[np.int64]) -> None:
        """Remove vectors; ids that are not present are ignored."""

    def search(self, query: NDArray[np.float32], *, k: int, allowed: NDArray[np.int64] | None = None) -> Hits:
        """Return up to ``k`` of the best, among the ids ``allowed`` (in any order; ``None`` = all).

        As many as there are, whatever the kind: an approximate kind goes on looking where it found too few.
        """

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return float32 ``[len(ids), D]`` as stored, in the order of ``ids``; NaN for an id that is not present."""

    def save(self, base: Path) -> None:
        """Write files whose names begin with that of ``base`` and a dot; they are on the disk when this returns."""


def faiss() -> Any:
    """Return the module ``faiss``, untyped: its stubs describe the SWIG layer below the Python one that we call."""
    return import_module("faiss")


def products(rows: NDArray[np.float16] | NDArray[np.float32], query: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the score of each row ``[n, D]``, float32 ``[n]``."""
    exact: NDArray[np.float64] = np.einsum("nd,d->n", rows.astype(np.float64), query.astype(np.float64))
    return exact.astype(np.float32)


def ranked(ids: NDArray[np.int64], scores: NDArray[np.float32], k: int) -> Hits:
    """Return the ``k`` best, best first, ties by id."""
    order = np.lexsort((ids, -scores))[:k]
    return list(zip(ids[order].tolist(), scores[order].tolist(), strict=True))


def merged(parts: list[Hits], k: int) -> Hits:
    """Return the ``k`` best of several searches."""
    return sorted((hit for hits in parts for hit in hits), key=lambda hit: (-hit[1], hit[0]))[:k]


def check_ascending(ids: NDArray[np.int64], added: NDArray[np.int64]) -> None:
    """Raise ``ValueError`` unless ``added`` ascend from above ``ids``."""
    if len(added) and ((len(ids) and added[0] <= ids[-1]) or (np.diff(added) <= 0).any()):
        raise ValueError(f"ids must ascend from above {ids[-1] if len(ids) else 'nothing'}, got {added[:3].tolist()}")


def rows_of(ids: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the row of each of ``wanted`` among ``ids``, int64; -1 where it is not present."""
    if not len(ids):
        return np.full(len(wanted), -1, dtype=np.int64)
    rows = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[rows] == wanted, rows, -1)


def allowed_mask(ids: NDArray[np.int64], allowed: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which of ``ids`` are allowed, bool ``[len(ids)]``."""
    mask = np.zeros(len(ids), dtype=bool)
    if not len(ids):
        return mask
    span = int(ids[-1] - ids[0]) + 1
    if span <= 8 * len(ids) <= 128 * len(allowed):  # a table over the span of ids is quicker than looking each up
        table = np.zeros(span, dtype=bool)
        table[allowed[(allowed >= ids[0]) & (allowed <= ids[-1])] - ids[0]] = True
        mask[:] = table[ids - ids[0]]
        return mask
    rows = rows_of(ids, allowed)
    mask[rows[rows >= 0]] = True
    return mask
