"""Vectors on a Milvus server, which may be a cluster: for more than one machine holds.

What is kept here are ids and the name of the collection. The server finds candidates; it is asked for their vectors,
and scores come from these, as for every kind. Searches see what was written before (consistency "Strong").
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.disk.durable import sync_file
from kuleshov.archive.vectors.settings import IndexSettings
from kuleshov.archive.vectors.vector_store import Found, check_rising, places, products, ranked
from kuleshov.errors import ArchiveError

#: Rows and ids that go over the wire at once, and the most hits that Milvus gives for one search.
_BLOCK_ROWS, _BLOCK_IDS, _MOST = 2000, 20_000, 16_384
_SPARE = 8


class MilvusIndex:
    """One collection of a server. Needs the extra ``milvus``."""

    elsewhere = True

    def __init__(self, server: str, collection: str, ids: NDArray[np.int64], dimensions: int) -> None:
        self.ids = ids
        self.dimensions = dimensions
        self._server = server
        self._collection = collection
        self._client = _connect(server)

    @classmethod
    def empty(cls, dimensions: int, *, settings: IndexSettings, name: str) -> Self:
        index = cls(settings.milvus, _collection(name), np.empty(0, dtype=np.int64), dimensions)
        index._create()
        return index

    @classmethod
    def load(cls, base: Path, ids: NDArray[np.int64], *, settings: IndexSettings) -> Self:
        about = json.loads(_file(base).read_bytes())
        index = cls(about["server"], about["collection"], ids, int(about["dimensions"]))
        with index._explained():
            if not index._client.has_collection(index._collection):
                raise LookupError(f"{about['server']}: no collection {about['collection']!r}")
        return index

    def sibling(self) -> Self:
        raise ArchiveError("vectors on a Milvus server are not a shard: the server divides them itself")

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        check_rising(self.ids, ids)
        kept = vectors.astype(np.float16).astype(np.float32)
        with self._explained():
            for start in range(0, len(ids), _BLOCK_ROWS):
                block = slice(start, start + _BLOCK_ROWS)
                rows = [
                    {"id": segment_id, "vector": row}
                    for segment_id, row in zip(ids[block].tolist(), kept[block], strict=True)
                ]
                self._client.upsert(self._collection, rows)
        self.ids = np.concatenate([self.ids, ids])

    def remove(self, ids: NDArray[np.int64]) -> None:
        gone = np.intersect1d(ids, self.ids)
        with self._explained():
            for start in range(0, len(gone), _BLOCK_IDS):
                self._client.delete(self._collection, ids=gone[start : start + _BLOCK_IDS].tolist())
        self.ids = np.setdiff1d(self.ids, gone, assume_unique=True)

    def search(self, query: NDArray[np.float32], *, k: int, allowed: NDArray[np.int64] | None = None) -> Found:
        if allowed is None:
            return self._search(query, k, None)
        here = np.intersect1d(allowed, self.ids)
        parts = [here[start : start + _BLOCK_IDS] for start in range(0, len(here), _BLOCK_IDS)]
        found = [hit for part in parts for hit in self._search(query, k, part)]
        ids = np.array([segment_id for segment_id, _ in found], dtype=np.int64)
        return ranked(ids, np.array([score for _, score in found], dtype=np.float32), k)

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        found = np.full((len(ids), self.dimensions), np.nan, dtype=np.float32)
        there = np.flatnonzero(places(self.ids, ids) >= 0)
        rows: dict[int, Any] = {}
        with self._explained():
            for start in range(0, len(there), _BLOCK_ROWS):
                wanted = ids[there[start : start + _BLOCK_ROWS]].tolist()
                for row in self._client.get(self._collection, wanted, output_fields=["vector"]):
                    rows[row["id"]] = row["vector"]
        for place in there.tolist():
            found[place] = rows[int(ids[place])]
        return found

    def save(self, base: Path) -> None:
        about = {"server": self._server, "collection": self._collection, "dimensions": self.dimensions}
        with self._explained():
            self._client.flush(self._collection)
        _file(base).write_text(json.dumps(about))
        sync_file(_file(base))

    def _search(self, query: NDArray[np.float32], k: int, among: NDArray[np.int64] | None) -> Found:
        count = len(self.ids) if among is None else len(among)
        if k == 0 or count == 0:
            return []
        if min(k, count) > _MOST:
            raise ArchiveError(f"{self._server}: Milvus finds at most {_MOST} at once (asked for {k})")
        with self._explained():
            (hits,) = self._client.search(
                self._collection,
                [np.asarray(query, dtype=np.float32)],
                limit=min(k + _SPARE, count, _MOST),
                output_fields=["vector"],
                filter="" if among is None else f"id in {among.tolist()}",
                consistency_level="Strong",
            )
        # What another writer has put there since, or a kill has left, is not ours.
        hits = [hit for hit in hits if places(self.ids, np.array([hit["id"]]))[0] >= 0]
        ids = np.array([hit["id"] for hit in hits], dtype=np.int64)
        rows = np.array([hit["entity"]["vector"] for hit in hits], dtype=np.float32)
        return ranked(ids, products(rows.reshape(len(ids), self.dimensions), query), k)

    def _create(self) -> None:
        from pymilvus import DataType, MilvusClient

        schema = MilvusClient.create_schema(auto_id=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=self.dimensions)
        index = MilvusClient.prepare_index_params()
        index.add_index("vector", index_type="AUTOINDEX", metric_type="IP")
        with self._explained():
            if self._client.has_collection(self._collection):
                self._client.drop_collection(self._collection)
            self._client.create_collection(self._collection, schema=schema, index_params=index)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        with _explained(self._server):
            yield


def _connect(server: str) -> Any:
    try:
        from pymilvus import MilvusClient
    except ModuleNotFoundError as error:
        raise ArchiveError(f"{server}: the package pymilvus is missing (pip install 'kuleshov[milvus]')") from error
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it prints what it raises; we tell it in one line
    with _explained(server):
        return MilvusClient(server)


@contextmanager
def _explained(server: str) -> Iterator[None]:
    """Turn what the server or the way to it refuses into an ``ArchiveError``."""
    from pymilvus.exceptions import MilvusException

    try:
        yield
    except MilvusException as error:
        reason = " ".join(str(error).split())[:300]
        remedy = "start the server, or choose another kind of index: kuleshov reindex --index auto"
        raise ArchiveError(f"{server}: Milvus: {reason} ({remedy})") from error


def _collection(name: str) -> str:
    """Return ``name`` as Milvus allows it."""
    return "kuleshov_" + re.sub(r"[^A-Za-z0-9]", "_", name)


def _file(base: Path) -> Path:
    return base.with_name(f"{base.name}.milvus.json")
