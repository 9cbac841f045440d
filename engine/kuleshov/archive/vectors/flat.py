"""Every vector compared, as float16: exact, half the memory of float32 and no slower. For up to a million or so."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.disk.durable import sync_file
from kuleshov.archive.vectors.affect_index import faiss
from kuleshov.archive.vectors.settings import IndexSettings
from kuleshov.archive.vectors.vector_store import Found, check_rising, chosen, places, products, ranked

#: How many more than asked for are looked at: FAISS sums in float32, and what it takes for worse may be equal.
_SPARE = 8
#: So few rows are taken out one by one; of more, FAISS skips those that are not allowed.
FEW_ROWS = 512
_FLOAT32_ERROR = 2e-6


class FlatIndex:
    """The vectors as FAISS keeps them, memory-mapped from their file until something is changed."""

    elsewhere = False

    def __init__(self, ids: NDArray[np.int64], rows: Any) -> None:
        self.ids = ids
        self._rows = rows  # faiss.IndexScalarQuantizer: its codes are the float16 rows

    @classmethod
    def empty(cls, dimensions: int, *, settings: IndexSettings, name: str) -> Self:
        return cls(np.empty(0, dtype=np.int64), _no_rows(dimensions))

    @classmethod
    def load(cls, base: Path, ids: NDArray[np.int64], *, settings: IndexSettings) -> Self:
        module = faiss()
        rows = module.read_index(str(_file(base)), module.IO_FLAG_MMAP_IFC)
        if rows.ntotal != len(ids):
            raise ValueError(f"{_file(base)}: {rows.ntotal} vectors for {len(ids)} ids")
        return cls(ids, rows)

    def sibling(self) -> Self:
        return type(self)(np.empty(0, dtype=np.int64), _no_rows(self.dimensions))

    @property
    def dimensions(self) -> int:
        return int(self._rows.d)

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        check_rising(self.ids, ids)
        self._own()
        # Rounded to the nearest here: FAISS' own way from float32 depends on the processor.
        self._rows.add_sa_codes(np.ascontiguousarray(vectors, dtype=np.float16).view(np.uint8))
        self.ids = np.concatenate([self.ids, ids])

    def remove(self, ids: NDArray[np.int64]) -> None:
        gone = chosen(self.ids, ids)
        if gone.any():
            self._own()
            self._rows.remove_ids(faiss().IDSelectorBitmap(np.packbits(gone, bitorder="little")))
            self.ids = self.ids[~gone]

    def search(self, query: NDArray[np.float32], *, k: int, allowed: NDArray[np.int64] | None = None) -> Found:
        if allowed is not None and len(allowed) <= FEW_ROWS:
            rows = np.unique(places(self.ids, allowed))
            rows = rows[rows >= 0]
            return ranked(self.ids[rows], self.products(rows, query), k)
        return self.search_rows(query, k=k, mask=None if allowed is None else chosen(self.ids, allowed))

    def search_rows(self, query: NDArray[np.float32], *, k: int, mask: NDArray[np.bool_] | None) -> Found:
        """As ``search``, among the rows (places in ``ids``) of ``mask``."""
        count = len(self.ids) if mask is None else int(mask.sum())
        if k == 0 or count == 0:
            return []
        selector = None if mask is None else faiss().IDSelectorBitmap(np.packbits(mask, bitorder="little"))
        parameters = None if selector is None else faiss().SearchParameters(sel=selector)
        row = np.ascontiguousarray(query, dtype=np.float32)[None]
        scores, rows = self._rows.search(row, min(k + _SPARE, count), params=parameters)
        found, least = rows[0], float(scores[0, min(k, count) - 1]) - _FLOAT32_ERROR
        if len(found) < count and scores[0, -1] > least:  # more of them may be as good as the last that counts
            _, _, found = self._rows.range_search(row, least, params=parameters)
        return ranked(self.ids[found], self.products(found, query), k)

    def rows(self, which: slice | NDArray[np.int64]) -> NDArray[np.float32]:
        """Return these rows (places in ``ids``), float32 ``[n, D]``."""
        return self._codes[which].astype(np.float32)

    def products(self, rows: NDArray[np.int64], query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scores of these rows (places in ``ids``), float32 ``[n]``."""
        return products(self._codes[rows], query)

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        rows = places(self.ids, ids)
        found = np.full((len(ids), self.dimensions), np.nan, dtype=np.float32)
        found[rows >= 0] = self._codes[rows[rows >= 0]]
        return found

    def save(self, base: Path) -> None:
        faiss().write_index(self._rows, str(_file(base)))
        sync_file(_file(base))

    @property
    def _codes(self) -> NDArray[np.float16]:
        """The rows as they lie in memory or in the file, float16 ``[n, D]``; valid until something is changed."""
        count = len(self.ids) * self.dimensions
        if not count:
            return np.empty((0, self.dimensions), dtype=np.float16)
        raw = faiss().rev_swig_ptr(self._rows.codes.data(), 2 * count)
        codes: NDArray[np.float16] = raw.view(np.float16).reshape(len(self.ids), self.dimensions)
        return codes

    def _own(self) -> None:
        """Copy rows that are mapped from a file, which can't be changed there."""
        if not self._rows.codes.is_owned:
            mapped, codes = self._rows, self._codes  # the codes last as long as the index that they are of
            self._rows = _no_rows(mapped.d)
            self._rows.add_sa_codes(codes.view(np.uint8))


def _no_rows(dimensions: int) -> Any:
    module = faiss()
    rows = module.IndexScalarQuantizer(dimensions, module.ScalarQuantizer.QT_fp16, module.METRIC_INNER_PRODUCT)
    rows.is_trained = True  # half precision has nothing to learn
    return rows


def _file(base: Path) -> Path:
    return base.with_name(f"{base.name}.faiss")
