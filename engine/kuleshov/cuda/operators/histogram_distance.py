"""Distances of colour histograms a few frames apart, on a device."""

from __future__ import annotations

from collections.abc import Sequence

from kuleshov.cuda.runtime import Runtime
from kuleshov.surface import DeviceArray

_THREADS = 256


def histogram_distance(on: Runtime, histograms: DeviceArray, previous: DeviceArray, lags: Sequence[int]) -> DeviceArray:
    """Return int64 ``[N, len(lags)]``, as ``_cpu.histogram_distance``; exact."""
    count, previous_count = histograms.shape[0], previous.shape[0]
    distances = on.zeros((count, len(lags)), "int64")
    for column, lag in enumerate(lags if count else ()):
        on.launch(
            "histogram_distance",
            grid=(1, count, 1),
            block=(_THREADS, 1, 1),
            arguments={
                "histograms": histograms,
                "previous": previous if previous_count else None,
                "previous_count": previous_count,
                "lag": lag,
                "column": column,
                "columns": len(lags),
                "distances": distances,
            },
        )
    return distances
