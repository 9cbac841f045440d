"""Inverted lists of product-quantised vectors, scanned in registers: small in memory, quick to scan, coarse.

Four bits for each four dimensions: 1/16 of half precision. The lists lie in memory.
"""

from __future__ import annotations

from kuleshov.archive.vectors.inverted import InvertedIndex


class PQIndex(InvertedIndex):
    """Codes are coarse: many candidates are compared exactly."""

    probe_share = 1 / 32
    candidates = (20, 400)

    @classmethod
    def coding(cls, dimensions: int) -> str:
        """Four dimensions to a code where that divides them, else as few as do."""
        each = next(size for size in (4, 3, 5, 2, 6, 7, 8, 1) if dimensions % size == 0)
        return f"PQ{dimensions // each}x4fs"
