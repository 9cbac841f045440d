"""The moments of a film: values of the affect-and-cinema vector over time, for searching changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.records.segments import Segment


@dataclass(frozen=True, eq=False)
class Moments:
    """The moments of one film in order.

    ``start_seconds``, ``end_seconds`` float64 ``[M]``; ``values`` float32 ``[M]`` by name of the affect-and-cinema
    vector, -1..1, NaN = not measured.
    """

    start_seconds: NDArray[np.float64]
    end_seconds: NDArray[np.float64]
    values: dict[str, NDArray[np.float32]]

    @classmethod
    def of(cls, segments: Sequence[Segment], vectors: NDArray[np.float32], names: Sequence[str]) -> Moments:
        """Return the moments whose vectors float32 ``[M, D]`` have the columns ``names``."""
        return cls(
            np.array([segment.start_seconds for segment in segments]),
            np.array([segment.end_seconds for segment in segments]),
            dict(zip(names, vectors.T, strict=True)),
        )

    def __len__(self) -> int:
        return len(self.start_seconds)
