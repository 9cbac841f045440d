"""Inverted lists of vectors at one byte a dimension: nearly exact. The choice beyond a million vectors."""

from __future__ import annotations

from kuleshov.archive.vectors.inverted import InvertedIndex


class SQ8Index(InvertedIndex):
    """A candidate's code is good enough that few candidates do."""

    probe_share = 1 / 32
    candidates = (4, 64)

    @classmethod
    def coding(cls, dimensions: int) -> str:
        return "SQ8"
