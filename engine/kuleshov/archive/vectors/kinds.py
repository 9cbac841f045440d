"""The kinds of vector index by name. A kind is a file of this folder and a line here."""

from __future__ import annotations

from importlib import import_module

from kuleshov.archive.vectors.vector_store import VectorStore

KINDS = {
    "flat": "flat:FlatIndex",
    "ivf-sq8": "ivf_sq8:SQ8Index",
    "ivf-pq": "ivf_pq:PQIndex",
    "ivf-rabitq": "ivf_rabitq:RaBitQIndex",
    "sharded": "sharded:ShardedIndex",
    "device": "device:DeviceIndex",
    "milvus": "milvus:MilvusIndex",
}


def kind_class(name: str) -> type[VectorStore]:
    """Return the class of a kind; only its own file is imported."""
    module, _, member = KINDS[name].partition(":")
    found: type[VectorStore] = getattr(import_module(f"kuleshov.archive.vectors.{module}"), member)
    return found
