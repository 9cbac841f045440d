"""Tracks: named time series of one film, each with its own time base."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Track:
    """One time series: ``values`` float32 ``[N]`` (NaN = not measured) at ``seconds`` float64 ``[N]``, ascending."""

    name: str
    unit: str
    seconds: NDArray[np.float64]
    values: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.seconds.ndim != 1 or self.seconds.shape != self.values.shape:
            raise ValueError(f"track {self.name}: {self.seconds.shape} times for {self.values.shape} values")

    def between(self, start_seconds: float, end_seconds: float) -> NDArray[np.float32]:
        """Return the values with ``start_seconds <= time < end_seconds``."""
        first, last = np.searchsorted(self.seconds, (start_seconds, end_seconds))
        return self.values[first:last]


class Tracks(Mapping[str, Track]):
    """All tracks of a film by name. Frame tracks have one value per frame, at the frame's PTS."""

    def __init__(self, tracks: Mapping[str, Track] | None = None) -> None:
        self._tracks: dict[str, Track] = dict(tracks or {})

    def add(self, name: str, *, unit: str, seconds: Any, values: Any) -> None:
        """Add a track. Raises ``ValueError`` if the name is taken or the lengths differ."""
        if name in self._tracks:
            raise ValueError(f"track {name!r} exists already")
        self._tracks[name] = Track(
            name, unit, np.asarray(seconds, dtype=np.float64), np.asarray(values, dtype=np.float32)
        )

    def __getitem__(self, name: str) -> Track:
        return self._tracks[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tracks)

    def __len__(self) -> int:
        return len(self._tracks)
