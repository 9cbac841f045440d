"""The joint colour histogram on a device, for batches that the decoder has not counted."""

from __future__ import annotations

from kuleshov.cuda.grids import counting_grid
from kuleshov.cuda.runtime import Runtime
from kuleshov.surface import DeviceArray

_BINS = 2048


def color_histogram(on: Runtime, luma: DeviceArray, chroma: DeviceArray) -> DeviceArray:
    """Return int32 ``[N, 2048]``; as ``_cpu.color_histogram``, exactly.

    ``luma`` is uint8 ``[N, H, W]``, ``chroma`` ``[N, H/2, W/2, 2]``.
    """
    count, height, width = luma.shape
    histograms = on.zeros((count, _BINS), "int32")
    if count:
        grid, block = counting_grid(count, height, width)
        arguments = {"luma": luma, "chroma": chroma, "height": height, "width": width, "histograms": histograms}
        on.launch("color_histogram", grid=grid, block=block, arguments=arguments)
    return histograms
