"""Sum of absolute differences of luma on a device."""

from __future__ import annotations

from kuleshov.cuda.grids import strip_grid
from kuleshov.cuda.runtime import Runtime
from kuleshov.surface import DeviceArray

_THREADS = 256


def absolute_difference(on: Runtime, luma: DeviceArray, previous: DeviceArray | None) -> DeviceArray:
    """Return int64 ``[N]``, as ``_cpu.absolute_difference``; exact."""
    count, height, width = luma.shape
    sums = on.zeros((count,), "int64")
    if count:
        on.launch(
            "absolute_difference",
            grid=strip_grid(height * width, count, threads=_THREADS),
            block=(_THREADS, 1, 1),
            arguments={"luma": luma, "previous": previous, "pixels": height * width, "sums": sums},
        )
    return sums
