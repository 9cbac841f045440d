"""Inverted lists of compressed vectors find candidates, the stored vectors rank them. For many millions.

Vectors are listed by their nearest centroid. A search compares the codes in the lists nearest to the query, then the
stored vectors of the best candidates, which stay on the disk. So scores are exact, but a hit may be missed. Where a
filter leaves few vectors, or the lists that were searched hold too few hits, all allowed vectors are compared.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.disk.durable import sync_file
from kuleshov.archive.vectors.flat import FEW_ROWS, FlatIndex
from kuleshov.archive.vectors.settings import IndexSettings
from kuleshov.archive.vectors.vector_store import Hits, allowed_mask, faiss, ranked, rows_of

#: Of fewer vectors than this all are compared: they are too few to train on, and it takes no time.
FEWEST_ROWS = 2000
#: Lists for n vectors: _LISTS * sqrt(n); FAISS' guidelines say 4 or more, but the time to train them grows with their
#: square, and to fill them with their number. Each is trained on so many vectors: FAISS warns below 39.
_LISTS, _TRAIN_ROWS = 2, 40
#: The share of lists that is searched, and how many at least.
_PROBE_SHARE, _FEWEST_PROBES = 1 / 32, 8
_SEED = 1925
_BLOCK_ROWS = 1 << 16


class InvertedIndex:
    """What all kinds with inverted lists share; a kind decides how vectors are coded.

    ``coding``: as in FAISS' index factory. ``candidates``: how many for each hit, and how many at least, are compared
    exactly.
    """

    remote = False
    coding: ClassVar[str]
    candidates: ClassVar[tuple[int, int]]

    def __init__(self, flat: FlatIndex, settings: IndexSettings) -> None:
        self._flat = flat
        self._settings = settings
        self._lists: Any = None  # faiss.IndexIVF; its ids are ours minus _origin, so that a bitmap over them is short
        self._origin = 0
        self._trained: Any = None  # the same without vectors
        self._is_sibling = False  # trained on the vectors of another one

    @classmethod
    def empty(cls, dimensions: int, *, settings: IndexSettings, name: str) -> Self:
        return cls(FlatIndex.empty(dimensions, settings=settings, name=name), settings)

    @classmethod
    def load(cls, base: Path, ids: NDArray[np.int64], *, settings: IndexSettings) -> Self:
        index = cls(FlatIndex.load(base, ids, settings=settings), settings)
        if _file(base, "lists").exists():
            index._lists = faiss().read_index(str(_file(base, "lists")), faiss().IO_FLAG_MMAP)
            index._origin = int(json.loads(_file(base, "lists", "json").read_bytes())["origin"])
            if index._lists.ntotal > len(ids) or index._lists.d != index.dimensions:
                raise ValueError(f"{base}: lists and vectors do not match")
            if _file(base, "learned").exists():
                index._trained = faiss().read_index(str(_file(base, "learned")))
        elif len(ids) >= FEWEST_ROWS:
            raise FileNotFoundError(f"{_file(base, 'lists')}: missing")
        return index

    def sibling(self) -> Self:
        self._settle()
        other = type(self)(self._flat.sibling(), self._settings)
        other._trained, other._is_sibling = self._trained, self._trained is not None
        return other

    @property
    def ids(self) -> NDArray[np.int64]:
        return self._flat.ids

    @property
    def dimensions(self) -> int:
        return self._flat.dimensions

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        self._flat.add(ids, vectors)  # lists are updated when they are needed: then there are more to train on

    def remove(self, ids: NDArray[np.int64]) -> None:
        if self._lists is not None and allowed_mask(self.ids, ids).any():
            self._own()
            self._lists.remove_ids(faiss().IDSelectorBatch(ids - self._origin))
        self._flat.remove(ids)

    def search(self, query: NDArray[np.float32], *, k: int, allowed: NDArray[np.int64] | None = None) -> Hits:
        if allowed is not None and len(allowed) <= min(FEW_ROWS, self._settings.exact_rows):
            return self._flat.search(query, k=k, allowed=allowed)
        self._settle()
        mask = None if allowed is None else allowed_mask(self.ids, allowed)
        count = len(self.ids) if mask is None else int(mask.sum())
        exact_rows = max(1, self._settings.exact_rows, self._settings.exact_share * len(self.ids))
        if self._lists is None or k == 0 or count < exact_rows:
            return self._flat.search_rows(query, k=k, mask=mask)
        for_each, least = self.candidates
        row = np.ascontiguousarray(query, dtype=np.float32)[None]
        parameters = self._parameters(mask, count)
        _, nearest = self._lists.search(row, min(max(k * for_each, least), count), params=parameters)
        ids = nearest[0][nearest[0] >= 0] + self._origin
        if len(ids) < min(k, count):
            return self._flat.search_rows(query, k=k, mask=mask)
        return ranked(ids, self._flat.products(rows_of(self.ids, ids), query), k)

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        return self._flat.vectors(ids)

    def save(self, base: Path) -> None:
        self._settle()
        self._flat.save(base)
        if self._lists is None:
            return
        self._own()  # of mapped lists FAISS would write the file's name, not the content
        parts = {"lists": self._lists}
        if self._trained is not None and not self._is_sibling:
            parts["learned"] = self._trained
        for part, index in parts.items():
            faiss().write_index(index, str(_file(base, part)))
            sync_file(_file(base, part))
        about = _file(base, "lists", "json")
        about.write_text(json.dumps({"origin": self._origin}))
        sync_file(about)

    def _parameters(self, mask: NDArray[np.bool_] | None, count: int) -> Any:
        # The fewer are allowed, the more lists must be searched to find as many.
        probes = math.ceil(_PROBE_SHARE * self._lists.nlist * len(self.ids) / count)
        probes = min(max(probes, _FEWEST_PROBES), self._lists.nlist)
        if mask is None:
            return faiss().SearchParametersIVF(nprobe=probes)
        positions = self.ids[mask] - self._origin
        table = np.zeros(int(positions[-1]) + 1, dtype=bool)
        table[positions] = True
        bits = np.packbits(table, bitorder="little")
        return faiss().SearchParametersIVF(nprobe=probes, sel=faiss().IDSelectorBitmap(bits))

    def _settle(self) -> None:
        """Bring the lists up to the vectors; train them if there are none yet, or far more vectors than then."""
        rows = len(self.ids)
        wanted = round(min(_LISTS * rows**0.5, rows / _TRAIN_ROWS))
        if self._lists is None:
            if rows < FEWEST_ROWS:
                return
            if self._trained is None:
                self._trained = self._train(wanted)
            self._lists, self._origin = faiss().clone_index(self._trained), int(self.ids[0])
        elif wanted >= 2 * self._lists.nlist:
            self._trained = self._train(wanted)
            self._lists, self._origin = faiss().clone_index(self._trained), int(self.ids[0])
        if self._lists.ntotal == rows:
            return
        self._own()
        for start in range(self._lists.ntotal, rows, _BLOCK_ROWS):
            block = slice(start, min(start + _BLOCK_ROWS, rows))
            self._lists.add_with_ids(self._flat.rows(block), self.ids[block] - self._origin)

    def _train(self, lists: int) -> Any:
        """Return lists without vectors, trained on a sample that is the same every time."""
        module = faiss()
        index = module.index_factory(self.dimensions, f"IVF{lists},{self.coding}", module.METRIC_INNER_PRODUCT)
        index.cp.seed = _SEED
        sample = np.random.default_rng(_SEED).permutation(len(self.ids))[: _TRAIN_ROWS * lists]
        index.train(self._flat.rows(np.sort(sample)))
        return index

    def _own(self) -> None:
        """Copy lists that are mapped from a file, which can't be changed there."""
        module = faiss()
        lists = module.downcast_InvertedLists(self._lists.invlists)
        if isinstance(lists, module.OnDiskInvertedLists):
            copy = module.ArrayInvertedLists(lists.nlist, lists.code_size)
            lists.copy_subset_to(copy, module.InvertedLists.SUBSET_TYPE_ID_RANGE, 0, 1 << 62)
            self._lists.replace_invlists(copy, True)
            copy.this.disown()


class SQ8Index(InvertedIndex):
    """One byte a dimension: codes are nearly exact, so few candidates suffice. The choice beyond a million vectors."""

    coding = "SQ8"
    candidates = (4, 64)


class RaBitQIndex(InvertedIndex):
    """One bit a dimension: the smallest, coarse, so many candidates are compared exactly. For many millions on a disk.

    Gao and Long, "RaBitQ: Quantizing High-Dimensional Vectors with a Theoretical Error Bound", SIGMOD 2024.
    """

    coding = "RaBitQ"
    candidates = (20, 400)


def _file(base: Path, part: str, ending: str = "faiss") -> Path:
    return base.with_name(f"{base.name}.{part}.{ending}")
