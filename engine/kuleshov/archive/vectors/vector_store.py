"""What every kind of vector index can do, and how all of them rank what they find.

Everywhere: ``ids`` are int64, ascending, never given twice; FAISS or a server may number rows as it likes. Vectors are
float32 ``[n, D]``, finite, kept as float16; the score of a hit is the inner product of the query with the vector as it
is kept, summed in float64 and rounded to float32, so that it is the same number whatever the kind.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from kuleshov.archive.vectors.settings import IndexSettings

#: (id, inner product), best first, equal ones by id.
Found = list[tuple[int, float]]


class VectorStore(Protocol):
    """Vectors by id, searched by inner product. An object belongs to the thread that made it.

    ``elsewhere``: they are not in the files, but where several can write: only the archive's writer may.
    """

    elsewhere: ClassVar[bool]

    @classmethod
    def empty(cls, dimensions: int, *, settings: IndexSettings, name: str) -> Self:
        """Return one without vectors; ``name`` tells it from the others of this and other archives."""

    @classmethod
    def load(cls, base: Path, ids: NDArray[np.int64], *, settings: IndexSettings) -> Self:
        """Return what was saved as ``base``, whose ids are these.

        Raises ``OSError``, ``ValueError``, ``LookupError`` or ``RuntimeError`` where it is damaged.
        """

    def sibling(self) -> Self:
        """Return an empty one of the same kind that has learned the same from the vectors that are in."""

    @property
    def ids(self) -> NDArray[np.int64]:
        """The ids that are in, ascending."""

    @property
    def dimensions(self) -> int: ...

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Add vectors; ``ids`` ascending and above all that are in. Raises ``ValueError`` otherwise."""

    def remove(self, ids: NDArray[np.int64]) -> None:
        """Take these out; ids that are not in are none of its business."""

    def search(self, query: NDArray[np.float32], *, k: int, allowed: NDArray[np.int64] | None = None) -> Found:
        """Return up to ``k`` of the best, among the ids ``allowed`` (in any order; ``None`` = all).

        As many as there are, whatever the kind: one that looks at a part of the vectors looks on if it found too few.
        """

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return float32 ``[len(ids), D]`` as kept, in the order of ``ids``; NaN for an id that is not in."""

    def save(self, base: Path) -> None:
        """Write files whose names begin with that of ``base`` and a dot; they are on the disk when this returns."""


def products(rows: NDArray[np.float16] | NDArray[np.float32], query: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the score of each row ``[n, D]``, float32 ``[n]``."""
    exact: NDArray[np.float64] = np.einsum("nd,d->n", rows.astype(np.float64), query.astype(np.float64))
    return exact.astype(np.float32)


def ranked(ids: NDArray[np.int64], scores: NDArray[np.float32], k: int) -> Found:
    """Return the ``k`` best, best first, equal ones by id."""
    order = np.lexsort((ids, -scores))[:k]
    return list(zip(ids[order].tolist(), scores[order].tolist(), strict=True))


def check_rising(ids: NDArray[np.int64], added: NDArray[np.int64]) -> None:
    """Raise ``ValueError`` unless ``added`` ascend from above ``ids``."""
    if len(added) and ((len(ids) and added[0] <= ids[-1]) or (np.diff(added) <= 0).any()):
        raise ValueError(f"ids must ascend from above {ids[-1] if len(ids) else 'nothing'}, got {added[:3].tolist()}")


def places(ids: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the row of each of ``wanted`` among ``ids``, int64; -1 where it is not in."""
    if not len(ids):
        return np.full(len(wanted), -1, dtype=np.int64)
    rows = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[rows] == wanted, rows, -1)


def chosen(ids: NDArray[np.int64], allowed: NDArray[np.int64]) -> NDArray[np.bool_]:
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
    rows = places(ids, allowed)
    mask[rows[rows >= 0]] = True
    return mask
