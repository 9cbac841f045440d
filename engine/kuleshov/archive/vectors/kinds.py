"""The class of each kind of vector index, imported when it is used."""

from __future__ import annotations

from importlib import import_module

from kuleshov.archive.vectors.settings import KINDS
from kuleshov.archive.vectors.vector_store import VectorStore

#: The kind that holds the affect-and-cinema vectors; it can't be chosen.
AFFECT_KIND = "affect"


def kind_class(name: str) -> type[VectorStore]:
    """Return the class of a kind; only its own file is imported. Raises ``LookupError`` for an unknown kind."""
    module, _, member = {**KINDS, AFFECT_KIND: "flat:AffectIndex"}[name].partition(":")
    kind: type[VectorStore] = getattr(import_module(f"kuleshov.archive.vectors.{module}"), member)
    return kind
