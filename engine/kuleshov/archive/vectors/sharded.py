"""Many indexes as one, each mapped into memory: for a hundred million vectors and more on one machine.

A shard that is full is never written again: a new generation links its files. So adding costs as much as writing the
last shard, and the system keeps in memory what searches read of a shard. Hits of the shards are merged by score.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.disk.durable import sync_file
from kuleshov.archive.vectors.kinds import kind_class
from kuleshov.archive.vectors.settings import IndexSettings
from kuleshov.archive.vectors.vector_store import Hits, VectorStore, check_ascending, merged


@dataclass
class _Shard:
    """``base``: the files that hold its present content; ``None``: not written since it was changed."""

    store: VectorStore
    base: Path | None


class ShardedIndex:
    """Shards of ``shard_rows`` vectors each, of the kind ``shard_kind``; ids ascend from shard to shard.

    All shards are trained on the vectors of the first, so that their lists mean the same.
    """

    remote = False

    def __init__(self, dimensions: int, settings: IndexSettings, shards: list[_Shard], kind: str) -> None:
        self.dimensions = dimensions
        self._settings = settings
        self._shards = shards
        self._kind = kind
        self._ids: NDArray[np.int64] | None = None

    @classmethod
    def empty(cls, dimensions: int, *, settings: IndexSettings, name: str) -> Self:
        return cls(dimensions, settings, [], settings.shard_kind)

    @classmethod
    def load(cls, base: Path, ids: NDArray[np.int64], *, settings: IndexSettings) -> Self:
        about = json.loads(_listing(base).read_bytes())
        ends = np.cumsum([0, *about["rows"]])
        if ends[-1] != len(ids):
            raise ValueError(f"{base}: {ends[-1]} vectors in the shards for {len(ids)} ids")
        kind = kind_class(about["kind"])
        shards = [
            _Shard(kind.load(_part(base, number), ids[start:end], settings=settings), _part(base, number))
            for number, (start, end) in enumerate(pairwise(ends.tolist()))
        ]
        return cls(about["dimensions"], settings, shards, about["kind"])

    def sibling(self) -> Self:
        first = [_Shard(self._shards[0].store.sibling(), None)] if self._shards else []
        return type(self)(self.dimensions, self._settings, first, self._kind)

    @property
    def ids(self) -> NDArray[np.int64]:
        if self._ids is None:
            self._ids = np.concatenate([np.empty(0, dtype=np.int64), *(shard.store.ids for shard in self._shards)])
        return self._ids

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        check_ascending(self.ids, ids)
        start = 0
        while start < len(ids):
            shard = self._last()
            end = start + self._settings.shard_rows - len(shard.store.ids)
            shard.store.add(ids[start:end], vectors[start:end])
            shard.base, start = None, end
        self._ids = None

    def remove(self, ids: NDArray[np.int64]) -> None:
        for shard in self._shards:
            here = np.intersect1d(ids, shard.store.ids)
            if len(here):
                shard.store.remove(here)
                shard.base = None
        self._shards = [shard for shard in self._shards if len(shard.store.ids)]
        self._ids = None

    def search(self, query: NDArray[np.float32], *, k: int, allowed: NDArray[np.int64] | None = None) -> Hits:
        def search_one(shard: _Shard) -> Hits:
            here = allowed
            if allowed is not None:
                here = allowed[(allowed >= shard.store.ids[0]) & (allowed <= shard.store.ids[-1])]
                if not len(here):
                    return []
            return shard.store.search(query, k=k, allowed=here)

        return merged(_in_threads(search_one, self._shards), k)

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        vectors = np.full((len(ids), self.dimensions), np.nan, dtype=np.float32)
        for shard in self._shards:
            here = (ids >= shard.store.ids[0]) & (ids <= shard.store.ids[-1])
            if here.any():
                vectors[here] = shard.store.vectors(ids[here])
        return vectors

    def save(self, base: Path) -> None:
        for number, shard in enumerate(self._shards):
            part = _part(base, number)
            if shard.base is None or not _linked(shard.base, part):
                shard.store.save(part)
            shard.base = part
        rows = [len(shard.store.ids) for shard in self._shards]
        about = {"kind": self._kind, "dimensions": self.dimensions, "rows": rows}
        _listing(base).write_text(json.dumps(about))
        sync_file(_listing(base))

    def _last(self) -> _Shard:
        """Return the shard that has room, a new one where the last is full."""
        if not self._shards:
            kind = kind_class(self._kind)
            self._shards.append(_Shard(kind.empty(self.dimensions, settings=self._settings, name=""), None))
        elif len(self._shards[-1].store.ids) >= self._settings.shard_rows:
            self._shards.append(_Shard(self._shards[0].store.sibling(), None))
        return self._shards[-1]


def _in_threads(search: Callable[[_Shard], Hits], shards: list[_Shard]) -> list[Hits]:
    """Search shards in as many threads as there are processors: FAISS releases the GIL."""
    workers = min(len(shards), os.cpu_count() or 1)
    if workers < 2:
        return [search(shard) for shard in shards]
    with ThreadPoolExecutor(workers) as threads:
        return list(threads.map(search, shards))


def _linked(base: Path, part: Path) -> bool:
    """Give the files of a shard second names; False if they are gone or the file system has no links."""
    files = sorted(base.parent.glob(f"{base.name}.*"))
    try:
        for file in files:
            os.link(file, file.with_name(part.name + file.name.removeprefix(base.name)))
    except OSError:
        for file in part.parent.glob(f"{part.name}.*"):
            file.unlink()
        return False
    return bool(files)


def _part(base: Path, number: int) -> Path:
    return base.with_name(f"{base.name}.shard-{number}")


def _listing(base: Path) -> Path:
    return base.with_name(f"{base.name}.shards.json")
