"""All vectors are compared, as float16: exact, half the memory of float32 and no slower. For up to a million or so."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.disk.durable import sync_file
from kuleshov.archive.vectors.settings import IndexSettings
from kuleshov.archive.vectors.vector_store import (
    Hits,
    allowed_mask,
    check_ascending,
    faiss,
    products,
    ranked,
    rows_of,
)

#: How many more than asked for are examined: FAISS sums in float32, and what it ranks lower may tie.
_SPARE = 8
#: So few rows are compared one by one; of more, FAISS skips those that are not allowed.
FEW_ROWS = 512
#: How far FAISS's sum may be off, relative to the lengths of both vectors.
_FLOAT32_ERROR = 2e-6


class FlatIndex:
    """The vectors as FAISS stores them, memory-mapped from their file until something is changed."""

    remote = False
    _dtype: ClassVar[type[np.floating[Any]]] = np.float16

    def __init__(self, ids: NDArray[np.int64], rows: Any) -> None:
        self.ids = ids
        self._rows = rows  # a faiss.IndexFlatCodes, whose codes are the rows in _dtype

    @classmethod
    def _no_rows(cls, dimensions: int) -> Any:
        module = faiss()
        rows = module.IndexScalarQuantizer(dimensions, module.ScalarQuantizer.QT_fp16, module.METRIC_INNER_PRODUCT)
        rows.is_trained = True  # half precision needs no training
        return rows

    def _longest(self) -> float:
        """Return how long a vector can be."""
        return 1.0

    @classmethod
    def empty(cls, dimensions: int, *, settings: IndexSettings, name: str) -> Self:
        return cls(np.empty(0, dtype=np.int64), cls._no_rows(dimensions))

    @classmethod
    def load(cls, base: Path, ids: NDArray[np.int64], *, settings: IndexSettings) -> Self:
        module = faiss()
        rows = module.read_index(str(_file(base)), module.IO_FLAG_MMAP_IFC)
        if rows.ntotal != len(ids) or not isinstance(rows, type(cls._no_rows(1))):
            raise ValueError(f"{_file(base)}: {rows.ntotal} vectors of {type(rows).__name__} for {len(ids)} ids")
        return cls(ids, rows)

    def sibling(self) -> Self:
        return type(self)(np.empty(0, dtype=np.int64), self._no_rows(self.dimensions))

    @property
    def dimensions(self) -> int:
        return int(self._rows.d)

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        check_ascending(self.ids, ids)
        self._own()
        # Rounded to the nearest here: FAISS' own conversion from float32 depends on the processor.
        self._rows.add_sa_codes(np.ascontiguousarray(vectors, dtype=self._dtype).view(np.uint8))
        self.ids = np.concatenate([self.ids, ids])

    def remove(self, ids: NDArray[np.int64]) -> None:
        gone = allowed_mask(self.ids, ids)
        if gone.any():
            self._own()
            self._rows.remove_ids(faiss().IDSelectorBitmap(np.packbits(gone, bitorder="little")))
            self.ids = self.ids[~gone]

    def search(self, query: NDArray[np.float32], *, k: int, allowed: NDArray[np.int64] | None = None) -> Hits:
        if allowed is not None and len(allowed) <= FEW_ROWS:
            rows = np.unique(rows_of(self.ids, allowed))
            rows = rows[rows >= 0]
            return ranked(self.ids[rows], self.products(rows, query), k)
        return self.search_rows(query, k=k, mask=None if allowed is None else allowed_mask(self.ids, allowed))

    def search_rows(self, query: NDArray[np.float32], *, k: int, mask: NDArray[np.bool_] | None) -> Hits:
        """As ``search``, among the rows (positions in ``ids``) of ``mask``."""
        count = len(self.ids) if mask is None else int(mask.sum())
        if k == 0 or count == 0:
            return []
        selector = None if mask is None else faiss().IDSelectorBitmap(np.packbits(mask, bitorder="little"))
        parameters = None if selector is None else faiss().SearchParameters(sel=selector)
        row = np.ascontiguousarray(query, dtype=np.float32)[None]
        scores, nearest = self._rows.search(row, min(k + _SPARE, count), params=parameters)
        rows = nearest[0]
        error = _FLOAT32_ERROR * self._longest() * float(np.linalg.norm(query))
        least = float(scores[0, min(k, count) - 1]) - error
        if len(rows) < count and scores[0, -1] >= least:  # more of them may be as good as the k-th
            _, _, rows = self._rows.range_search(row, np.nextafter(np.float32(least), -np.inf), params=parameters)
        return ranked(self.ids[rows], self.products(rows, query), k)

    def rows(self, which: slice | NDArray[np.int64]) -> NDArray[np.float32]:
        """Return these rows (positions in ``ids``), float32 ``[n, D]``."""
        return self._codes[which].astype(np.float32)

    def products(self, rows: NDArray[np.int64], query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scores of these rows (positions in ``ids``), float32 ``[n]``."""
        return products(self._codes[rows], query)

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        rows = rows_of(self.ids, ids)
        vectors = np.full((len(ids), self.dimensions), np.nan, dtype=np.float32)
        vectors[rows >= 0] = self._codes[rows[rows >= 0]]
        return vectors

    def save(self, base: Path) -> None:
        faiss().write_index(self._rows, str(_file(base)))
        sync_file(_file(base))

    @property
    def _codes(self) -> NDArray[Any]:
        """The rows in memory or in the mapped file, ``_dtype`` ``[n, D]``; valid until something is changed."""
        if not len(self.ids):
            return np.empty((0, self.dimensions), dtype=self._dtype)
        size = len(self.ids) * self.dimensions * np.dtype(self._dtype).itemsize
        codes = faiss().rev_swig_ptr(self._rows.codes.data(), size).view(self._dtype)
        return codes.reshape(len(self.ids), self.dimensions)  # type: ignore[no-any-return]

    def _own(self) -> None:
        """Copy rows that are mapped from a file, which can't be changed there."""
        if not self._rows.codes.is_owned:
            mapped, codes = self._rows, self._codes  # the codes last as long as the index that they are of
            self._rows = self._no_rows(mapped.d)
            self._rows.add_sa_codes(codes.view(np.uint8))


class AffectIndex(FlatIndex):
    """The affect-and-cinema vectors, as float32: values of -1..1, unmeasured ones 0, of any length."""

    _dtype = np.float32

    @classmethod
    def _no_rows(cls, dimensions: int) -> Any:
        return faiss().IndexFlatIP(dimensions)

    def _longest(self) -> float:
        return float(self.dimensions**0.5)


def _file(base: Path) -> Path:
    return base.with_name(f"{base.name}.faiss")
