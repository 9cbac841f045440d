"""Inverted lists of one bit a dimension (RaBitQ), mapped from their file: the smallest, for many millions on a disk.

Gao and Long, "RaBitQ: Quantizing High-Dimensional Vectors with a Theoretical Error Bound", SIGMOD 2024.
"""

from __future__ import annotations

from kuleshov.archive.vectors.inverted import InvertedIndex


class RaBitQIndex(InvertedIndex):
    """Codes are coarse: many candidates are compared exactly."""

    probe_share = 1 / 32
    candidates = (20, 400)

    @classmethod
    def coding(cls, dimensions: int) -> str:
        return "RaBitQ"
