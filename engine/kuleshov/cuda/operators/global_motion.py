"""The camera's part of the movement between frames, on a device."""

from __future__ import annotations

from kuleshov.cuda.runtime import Runtime
from kuleshov.surface import DeviceArray

_NUMBERS = 16  # MOTION of csrc/include/kuleshov/global_motion.h
_THREADS = 32


def global_motion(
    on: Runtime,
    vectors: DeviceArray,
    textures: DeviceArray,
    matches: DeviceArray,
    height: int,
    width: int,
    least_texture: float,
    least_match: float,
) -> DeviceArray:
    """Return float32 ``[N, 16]``, as ``_cpu.global_motion``; the same bits."""
    count = vectors.shape[0]
    out = on.zeros((count, _NUMBERS), "float32")
    if count and min(height, width) >= 8:  # frames that hold a patch
        on.launch(
            "global_motion",
            grid=(1, count, 1),
            block=(_THREADS, 1, 1),
            arguments={
                "vectors": vectors,
                "textures": textures,
                "matches": matches,
                "height": height,
                "width": width,
                "least_texture": least_texture,
                "least_match": least_match,
                "out": out,
            },
        )
    return out
