"""The kinds of vector index by name. A kind is a file of this folder and a line of ``kind_names``."""

from __future__ import annotations

from importlib import import_module

from kuleshov.archive.vectors.kind_names import KINDS
from kuleshov.archive.vectors.vector_store import VectorStore


def kind_class(name: str) -> type[VectorStore]:
    """Return the class of a kind; only its own file is imported."""
    module, _, member = KINDS[name].partition(":")
    found: type[VectorStore] = getattr(import_module(f"kuleshov.archive.vectors.{module}"), member)
    return found
