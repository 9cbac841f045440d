"""The luma histogram and the chroma sums on a device, for batches that the decoder has not counted."""

from __future__ import annotations

from kuleshov.cuda.grids import counting_grid
from kuleshov.cuda.runtime import Runtime
from kuleshov.surface import DeviceArray

_LUMA_VALUES, _SUMS = 256, 3


def frame_sums(on: Runtime, luma: DeviceArray, chroma: DeviceArray) -> tuple[DeviceArray, DeviceArray]:
    """Return luma histograms int32 ``[N, 256]`` and sums int64 ``[N, 3]`` (Cb, Cr, magnitude); exactly as ``_cpu``.

    ``luma`` is uint8 ``[N, H, W]``, ``chroma`` ``[N, H/2, W/2, 2]``.
    """
    count, height, width = luma.shape
    histograms, sums = on.zeros((count, _LUMA_VALUES), "int32"), on.zeros((count, _SUMS), "int64")
    if count:
        grid, block = counting_grid(count, height, width)
        arguments = {
            "luma": luma,
            "chroma": chroma,
            "height": height,
            "width": width,
            "histograms": histograms,
            "sums": sums,
        }
        on.launch("frame_sums", grid=grid, block=block, arguments=arguments)
    return histograms, sums
