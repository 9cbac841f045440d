"""Colour histograms of a film's frames, kept sparse, at most eight a second."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.span import Span


class HistogramSeries:
    """Colour histograms of a film's frames, at most ``per_second`` a second.

    They are sparse: a frame fills about a hundred of the 2048 bins. A feature film takes some 20 MB.
    """

    def __init__(self, *, per_second: float = 8.0) -> None:
        self._gap_seconds = 1.0 / per_second - 1e-6
        self._frames: list[int] = []
        self._bins: list[NDArray[np.uint16]] = []
        self._counts: list[NDArray[np.uint32]] = []
        self._last_seconds = -np.inf

    @classmethod
    def stored(
        cls, frames: Sequence[int], bins: Sequence[NDArray[np.uint16]], counts: Sequence[NDArray[np.uint32]]
    ) -> HistogramSeries:
        """Return a series of stored histograms: of each frame the filled bins and their counts."""
        series = cls()
        series._frames, series._bins, series._counts = list(frames), list(bins), list(counts)
        return series

    def following(self) -> HistogramSeries:
        """Return an empty series that continues this one in the same rhythm."""
        series = HistogramSeries()
        series._gap_seconds, series._last_seconds = self._gap_seconds, self._last_seconds
        return series

    @property
    def frames(self) -> list[int]:
        """The numbers of the frames that are kept, ascending."""
        return self._frames

    @property
    def sparse(self) -> list[tuple[NDArray[np.uint16], NDArray[np.uint32]]]:
        """The filled bins of each kept frame and their counts."""
        return list(zip(self._bins, self._counts, strict=True))

    def push(self, index: NDArray[np.int64], seconds: NDArray[np.float64], histograms: NDArray[np.int32]) -> list[int]:
        """Take a batch: frame numbers ``[N]``, their times ``[N]``, histograms int32 ``[N, 2048]``.

        Returns the positions in the batch of the frames that were kept.
        """
        kept = []
        for position, (number, time, histogram) in enumerate(zip(index, seconds, histograms, strict=True)):
            if time - self._last_seconds < self._gap_seconds:
                continue
            kept.append(position)
            bins = np.flatnonzero(histogram)
            self._frames.append(int(number))
            self._bins.append(bins.astype(np.uint16))
            self._counts.append(histogram[bins].astype(np.uint32))
            self._last_seconds = time
        return kept

    def rows(self, spans: Sequence[Span]) -> NDArray[np.int64]:
        """Return which of the kept frames lie in spans; a span that holds none takes the one before."""
        rows = []
        for first, end in spans:
            low, high = np.searchsorted(self._frames, (first, end))
            if low == high:
                low = min(max(low - 1, 0), len(self._frames) - 1)
                high = low + 1
            rows.append(np.arange(low, high))
        return np.concatenate(rows)

    def mean(self, spans: Sequence[Span], *, bins: int) -> NDArray[np.float64]:
        """Return the mean histogram float64 ``[bins]`` over the kept frames in spans (see ``rows``), summing to 1."""
        total = np.zeros(bins, dtype=np.float64)
        for number in self.rows(spans):
            counts = self._counts[number]
            total[self._bins[number]] += counts / counts.sum(dtype=np.float64)  # each bin occurs once
        total /= max(float(total.sum()), 1.0e-12)
        return total
