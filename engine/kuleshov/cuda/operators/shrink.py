"""Analysis frames shrunk further, on a device."""

from __future__ import annotations

from kuleshov.cuda.runtime import Runtime
from kuleshov.surface import DeviceArray

_THREADS = 256
_MOST_STRIPS = 4096
_MOST_FRAMES = 65535  # the limit of a grid in z
_MOST_SIDE = 65535


def shrink(on: Runtime, luma: DeviceArray, chroma: DeviceArray, width: int, height: int) -> DeviceArray:
    """Return luma, Cb and Cr area-averaged: uint8 ``[N, 3, height, width]``; as ``_cpu.shrink``, exactly.

    ``luma`` is uint8 ``[N, H, W]``, ``chroma`` ``[N, H/2, W/2, 2]``. Raises ``ValueError`` on sides out of range.
    """
    if not (1 <= width <= _MOST_SIDE and 1 <= height <= _MOST_SIDE):
        raise ValueError(f"shrink: {width}x{height} requested; sides must be 1 to {_MOST_SIDE}")
    count = luma.shape[0]
    if count > _MOST_FRAMES:
        raise ValueError(f"shrink: {count} frames in one batch; at most {_MOST_FRAMES}")
    small = on.empty((count, 3, height, width), "uint8")
    if count:
        strips = -(-(height * width) // _THREADS)
        on.launch(
            "shrink",
            grid=(min(strips, _MOST_STRIPS), 3, count),
            block=(_THREADS, 1, 1),
            arguments={
                "luma": luma,
                "chroma": chroma,
                "height": luma.shape[1],
                "width": luma.shape[2],
                "small_height": height,
                "small_width": width,
                "small": small,
            },
        )
    return small
