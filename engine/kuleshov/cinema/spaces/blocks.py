"""Vectors of named blocks, so that a similarity is a sum that can be explained block by block.

A row is the blocks side by side, each of unit length times the root of its weight, normalised to unit length: the inner
product of two rows is the weighted mean of the blocks' cosines if both have all blocks. A block that one of two rows
lacks (zeros) adds nothing; the weight of one that both lack goes to the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_NOTHING = 1e-9
_MISSING = 1e-6  # length below which a block is zeros, in half precision too


class Block(NamedTuple):
    """A part of a space's vectors: its name, its number of dimensions, and its weight."""

    name: str
    dimensions: int
    weight: float


@dataclass(frozen=True)
class BlockSpace:
    """A space of such vectors. ``model`` names how they are made: vectors of another model are not compared."""

    name: str
    model: str
    blocks: tuple[Block, ...]

    @property
    def dimensions(self) -> int:
        return sum(block.dimensions for block in self.blocks)

    def slices(self) -> dict[str, slice]:
        """Return the dimensions of each block in a vector."""
        ends = np.cumsum([block.dimensions for block in self.blocks]).tolist()
        return {block.name: slice(end - block.dimensions, end) for block, end in zip(self.blocks, ends, strict=True)}

    def assembled(self, parts: Mapping[str, NDArray[np.floating]]) -> NDArray[np.float32]:
        """Return rows float32 ``[n, dimensions]`` of unit length from each block's rows ``[n, d]``.

        A block's row with a NaN, or of only zeros, is missing. A row without any block is NaN.
        """
        rows = []
        for block in self.blocks:
            part = np.asarray(parts[block.name], dtype=np.float64)
            if part.ndim != 2 or part.shape[1] != block.dimensions:
                raise ValueError(f"{self.name}: block {block.name} is {part.shape}, not [n, {block.dimensions}]")
            part = np.where(np.isnan(part).any(axis=1, keepdims=True), 0.0, part)
            length = np.linalg.norm(part, axis=1, keepdims=True)
            rows.append(np.sqrt(block.weight) * part / np.maximum(length, _NOTHING))
        whole = np.concatenate(rows, axis=1)
        length = np.linalg.norm(whole, axis=1, keepdims=True)
        unit = np.where(length > _NOTHING, whole / np.maximum(length, _NOTHING), np.nan)
        return np.asarray(unit, dtype=np.float32)

    def split(self, rows: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Return the blocks of rows ``[n, D]`` by name, each of unit length; NaN where one is missing."""
        blocks = {}
        for name, dimensions in self.slices().items():
            part = rows[:, dimensions]
            length = np.linalg.norm(part, axis=1, keepdims=True)
            blocks[name] = np.where(length > _MISSING, part / np.maximum(length, _MISSING), np.nan)
        return blocks

    def cosines(self, one: NDArray[np.float32], other: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Return the cosines ``[n, m]`` of each block of rows ``[n, D]`` and ``[m, D]``; NaN where one lacks it."""
        return products(self.split(one), self.split(other))


def products(
    one: Mapping[str, NDArray[np.float32]], other: Mapping[str, NDArray[np.float32]]
) -> dict[str, NDArray[np.float32]]:
    """Return the inner products ``[n, m]`` of the blocks of two sets of rows, each by ``BlockSpace.split``."""
    return {name: rows @ other[name].T for name, rows in one.items()}


def on_half_circle(values: object, low: float, high: float) -> NDArray[np.float64]:
    """Return numbers ``[n]`` as directions ``[n, 2]``: from ``low`` (and less) at one end of a half circle to ``high``
    (and more) at the other.

    The product of two is the cosine of the angle between them: 1 if equal, -1 for the two ends. NaN stays NaN.
    """
    share = ((np.asarray(values, dtype=np.float64) - low) / (high - low)).clip(0, 1)
    return np.stack([np.cos(np.pi * share), np.sin(np.pi * share)], axis=-1)


def side_by_side(*columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return directions ``[n, 2]`` side by side; a missing one (NaN) as zeros, which count nothing; NaN if all are."""
    missing = np.all([np.isnan(column).any(axis=1) for column in columns], axis=0)
    joined = np.concatenate([np.nan_to_num(column) for column in columns], axis=1)
    return np.asarray(np.where(missing[:, None], np.nan, joined))
