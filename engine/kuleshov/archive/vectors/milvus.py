"""Vectors on a Milvus server, which may be a cluster: for more than one machine can hold.

Stored here are ids and the name of the collection. The server finds candidates and returns their vectors, from which
the scores are computed, as for every kind. Searches see everything written before (consistency "Strong").
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
from kuleshov.archive.vectors.vector_store import Hits, check_ascending, merged, products, ranked, rows_of
from kuleshov.errors import ArchiveError

#: Rows and ids that go over the wire at once, and the most hits that Milvus gives for one search.
_BLOCK_ROWS, _BLOCK_IDS, _MOST = 2000, 20_000, 16_384
_SPARE = 8


class MilvusIndex:
    """One collection of a server. Needs the extra ``milvus``."""

    remote = True

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
        with _explained(index._server):
            if not index._client.has_collection(index._collection):
                raise LookupError(f"{about['server']}: no collection {about['collection']!r}")
        return index

    def sibling(self) -> Self:
        raise ArchiveError("a Milvus server can't be a shard: it shards its collections itself")

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        check_ascending(self.ids, ids)
        kept = vectors.astype(np.float16).astype(np.float32)
        with _explained(self._server):
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
        with _explained(self._server):
            for start in range(0, len(gone), _BLOCK_IDS):
                self._client.delete(self._collection, ids=gone[start : start + _BLOCK_IDS].tolist())
        self.ids = np.setdiff1d(self.ids, gone, assume_unique=True)

    def search(self, query: NDArray[np.float32], *, k: int, allowed: NDArray[np.int64] | None = None) -> Hits:
        if allowed is None:
            return self._search(query, k, None)
        here = np.intersect1d(allowed, self.ids)
        parts = [here[start : start + _BLOCK_IDS] for start in range(0, len(here), _BLOCK_IDS)]
        return merged([self._search(query, k, part) for part in parts], k)

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        vectors = np.full((len(ids), self.dimensions), np.nan, dtype=np.float32)
        present = np.flatnonzero(rows_of(self.ids, ids) >= 0)
        rows: dict[int, Any] = {}
        with _explained(self._server):
            for start in range(0, len(present), _BLOCK_ROWS):
                wanted = ids[present[start : start + _BLOCK_ROWS]].tolist()
                for row in self._client.get(self._collection, wanted, output_fields=["vector"]):
                    rows[row["id"]] = row["vector"]
        for position in present.tolist():
            vectors[position] = rows[int(ids[position])]
        return vectors

    def save(self, base: Path) -> None:
        about = {"server": self._server, "collection": self._collection, "dimensions": self.dimensions}
        with _explained(self._server):
            self._client.flush(self._collection)
        _file(base).write_text(json.dumps(about))
        sync_file(_file(base))

    def _search(self, query: NDArray[np.float32], k: int, among: NDArray[np.int64] | None) -> Hits:
        count = len(self.ids) if among is None else len(among)
        if k == 0 or count == 0:
            return []
        if min(k, count) > _MOST:
            raise ArchiveError(f"{self._server}: Milvus finds at most {_MOST} at once (asked for {k})")
        with _explained(self._server):
            (hits,) = self._client.search(
                self._collection,
                [np.asarray(query, dtype=np.float32)],
                limit=min(k + _SPARE, count, _MOST),
                output_fields=["vector"],
                filter="" if among is None else f"id in {among.tolist()}",
                consistency_level="Strong",
            )
        # What another writer has added since, or a kill has left there, is no part of this state.
        hits = [hit for hit in hits if rows_of(self.ids, np.array([hit["id"]]))[0] >= 0]
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
        with _explained(self._server):
            if self._client.has_collection(self._collection):
                self._client.drop_collection(self._collection)
            self._client.create_collection(self._collection, schema=schema, index_params=index)


def _connect(server: str) -> Any:
    try:
        from pymilvus import MilvusClient
    except ModuleNotFoundError as error:
        raise ArchiveError(f"{server}: the package pymilvus is missing (pip install 'kuleshov[milvus]')") from error
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it prints what it raises; our error says it in one line
    with _explained(server):
        return MilvusClient(server)


@contextmanager
def _explained(server: str) -> Iterator[None]:
    """Turn an error of the server or the connection into an ``ArchiveError``."""
    from pymilvus.exceptions import MilvusException

    try:
        yield
    except MilvusException as error:
        reason = " ".join(str(error).split())[:300]
        remedy = "start the server, or choose another kind of index: kuleshov reindex --index auto"
        raise ArchiveError(f"{server}: Milvus: {reason} ({remedy})") from error


def _collection(name: str) -> str:
    """Return a name that Milvus allows."""
    return "kuleshov_" + re.sub(r"[^A-Za-z0-9]", "_", name)


def _file(base: Path) -> Path:
    return base.with_name(f"{base.name}.milvus.json")
