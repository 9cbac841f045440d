"""All vectors are compared on a GPU: by FAISS if its build can, else by torch, which also runs on a CPU. Exact.

The vectors are stored as by ``flat``; the first search copies them to the device. Candidates are found there; scores
come from the stored vectors, as for every kind.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.vectors.flat import FlatIndex
from kuleshov.archive.vectors.settings import IndexSettings
from kuleshov.archive.vectors.vector_store import Hits, allowed_mask, faiss, ranked

#: How far a product on the device may be off: so close to the k-th hit, the stored vectors are compared.
_DEVICE_ERROR = 1e-5
_SPARE = 16
_BLOCK_ROWS = 1 << 18


class _Engine(Protocol):
    """``name``: library and device; ``filters``: whether it can search some rows only; ``most`` hits at once."""

    name: str
    filters: bool
    most: int

    def best(self, query: NDArray[np.float32], k: int, mask: NDArray[np.bool_] | None) -> NDArray[np.int64]:
        """Return the rows of the ``k`` best products or more, among those of ``mask``, which allows as many."""


class DeviceIndex:
    """``engine`` names what searches, as ``engine_name`` does."""

    remote = False

    def __init__(self, flat: FlatIndex) -> None:
        self._flat = flat

    @classmethod
    def empty(cls, dimensions: int, *, settings: IndexSettings, name: str) -> Self:
        return cls(FlatIndex.empty(dimensions, settings=settings, name=name))

    @classmethod
    def load(cls, base: Path, ids: NDArray[np.int64], *, settings: IndexSettings) -> Self:
        return cls(FlatIndex.load(base, ids, settings=settings))

    def sibling(self) -> Self:
        return type(self)(self._flat.sibling())

    @property
    def ids(self) -> NDArray[np.int64]:
        return self._flat.ids

    @property
    def dimensions(self) -> int:
        return self._flat.dimensions

    @property
    def engine(self) -> str:
        return self._engine.name

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        self._flat.add(ids, vectors)
        self.__dict__.pop("_engine", None)  # the copy on the device is out of date

    def remove(self, ids: NDArray[np.int64]) -> None:
        self._flat.remove(ids)
        self.__dict__.pop("_engine", None)

    def search(self, query: NDArray[np.float32], *, k: int, allowed: NDArray[np.int64] | None = None) -> Hits:
        mask = None if allowed is None else allowed_mask(self.ids, allowed)
        count = len(self.ids) if mask is None else int(mask.sum())
        if k == 0 or count == 0:
            return []
        if min(k, count) > self._engine.most or (mask is not None and not self._engine.filters):
            return self._flat.search_rows(query, k=k, mask=mask)
        rows = self._engine.best(np.asarray(query, dtype=np.float32), min(k, count), mask)
        return ranked(self.ids[rows], self._flat.products(rows, query), k)

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        return self._flat.vectors(ids)

    def save(self, base: Path) -> None:
        self._flat.save(base)

    @cached_property
    def _engine(self) -> _Engine:
        return _FaissGpu(self._flat) if _faiss_has_gpu() else _Torch(self._flat)


def engine_name() -> str:
    """Return what searches here: ``faiss-gpu``, ``torch cuda:0`` or ``torch cpu``."""
    return _FaissGpu.name if _faiss_has_gpu() else f"torch {_torch_device()}"


def _faiss_has_gpu() -> bool:
    return bool(getattr(faiss(), "get_num_gpus", int)() > 0)  # a build for CPUs may lack the function


def _torch_device() -> str:
    import torch

    return "cuda:0" if torch.cuda.is_available() else "cpu"


class _Torch:
    """The vectors as one float16 tensor; products are summed in float32."""

    filters = True
    most = 1 << 31

    def __init__(self, flat: FlatIndex) -> None:
        import torch

        self.name = f"torch {_torch_device()}"
        self._rows = torch.empty((len(flat.ids), flat.dimensions), dtype=torch.float16, device=_torch_device())
        for start in range(0, len(flat.ids), _BLOCK_ROWS):
            block = flat.rows(slice(start, start + _BLOCK_ROWS))
            self._rows[start : start + len(block)] = torch.from_numpy(block)

    def best(self, query: NDArray[np.float32], k: int, mask: NDArray[np.bool_] | None) -> NDArray[np.int64]:
        import torch

        device = self._rows.device
        weights = torch.from_numpy(np.array(query)).to(device)
        starts = range(0, len(self._rows), _BLOCK_ROWS)
        scores = torch.cat([self._rows[start : start + _BLOCK_ROWS].float() @ weights for start in starts])
        if mask is not None:
            scores.masked_fill_(~torch.from_numpy(mask).to(device), -torch.inf)
        least = scores.topk(k).values[-1] - _DEVICE_ERROR
        rows: NDArray[np.int64] = torch.nonzero(scores >= least).flatten().cpu().numpy()
        return rows


class _FaissGpu:
    """FAISS' flat index on a GPU, in half precision; it can't filter, and finds at most 2048."""

    name = "faiss-gpu"
    filters = False
    most = 2048 - _SPARE

    def __init__(self, flat: FlatIndex) -> None:
        module: Any = faiss()
        on_host = module.IndexFlatIP(flat.dimensions)
        for start in range(0, len(flat.ids), _BLOCK_ROWS):
            on_host.add(flat.rows(slice(start, start + _BLOCK_ROWS)))
        options = module.GpuClonerOptions()
        options.useFloat16 = True
        self._resources = module.StandardGpuResources()  # the index needs them as long as it exists
        self._index = module.index_cpu_to_gpu(self._resources, 0, on_host, options)

    def best(self, query: NDArray[np.float32], k: int, mask: NDArray[np.bool_] | None) -> NDArray[np.int64]:
        _, nearest = self._index.search(query[None], min(k + _SPARE, self._index.ntotal))
        rows: NDArray[np.int64] = nearest[0]
        return rows
