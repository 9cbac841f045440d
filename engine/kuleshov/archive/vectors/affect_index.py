"""Exact search over the affect-and-cinema vectors: FAISS inner product, restricted to the segments that are allowed.

Exact because filters are selective: an approximate index silently loses results under them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.catalog.catalog import Stamp


def faiss() -> Any:
    """Return the module ``faiss``, untyped: its stubs describe the SWIG layer below the Python one that we call."""
    return import_module("faiss")


class AffectIndex:
    """The vectors of all shots or all scenes as of one state of the catalogue.

    ``ids`` int64 ``[n]`` ascending are segment ids, also kept outside FAISS; ``names`` are the D columns. Here an
    unmeasured value is 0: it adds nothing to an inner product.
    """

    def __init__(self, stamp: Stamp, names: tuple[str, ...], ids: NDArray[np.int64], faiss_index: Any) -> None:
        self.stamp = stamp
        self.names = names
        self.ids = ids
        self.faiss_index = faiss_index

    @classmethod
    def empty(cls, stamp: Stamp, names: tuple[str, ...]) -> AffectIndex:
        return cls(stamp, names, np.empty(0, dtype=np.int64), faiss().IndexIDMap2(faiss().IndexFlatIP(len(names))))

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Add vectors float32 ``[n, D]``, NaN = not measured; ids ascending and above all that are in."""
        if len(self.ids) and len(ids) and ids[0] <= self.ids[-1]:
            raise ValueError(f"id {ids[0]} is not above {self.ids[-1]}")
        self.faiss_index.add_with_ids(np.where(np.isnan(vectors), np.float32(0), vectors), ids)
        self.ids = np.concatenate([self.ids, ids])

    def remove(self, ids: NDArray[np.int64]) -> None:
        self.faiss_index.remove_ids(faiss().IDSelectorBatch(ids))
        self.ids = np.setdiff1d(self.ids, ids, assume_unique=True)

    def search(
        self, weights: NDArray[np.float32], *, k: int, allowed: NDArray[np.int64] | None
    ) -> list[tuple[int, float]]:
        """Return up to ``k`` (id, inner product), best first; equal ones by id. ``allowed`` ``None`` means all."""
        candidates, parameters = len(self.ids), None
        if allowed is not None and candidates:
            # A bitmap over ids: one bit read for each vector, whatever share is allowed.
            wanted = np.zeros(int(self.ids[-1]) + 1, dtype=bool)
            wanted[allowed[(allowed >= 0) & (allowed < len(wanted))]] = True
            candidates = int(wanted[self.ids].sum())
            bits = np.packbits(wanted, bitorder="little")
            parameters = faiss().SearchParameters(sel=faiss().IDSelectorBitmap(bits))
        if k == 0 or not candidates:
            return []
        query = np.ascontiguousarray(weights, dtype=np.float32)[None]
        products, ids = self.faiss_index.search(query, min(k, candidates), params=parameters)
        order = np.lexsort((ids[0], -products[0]))
        return list(zip(ids[0, order].tolist(), products[0, order].tolist(), strict=True))
