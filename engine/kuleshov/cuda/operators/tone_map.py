"""Analysis frames converted by a colour table, on a device."""

from __future__ import annotations

from kuleshov.cuda.grids import strip_grid
from kuleshov.cuda.runtime import Runtime
from kuleshov.surface import DeviceArray

_THREADS = 256


def tone_map(on: Runtime, luma: DeviceArray, chroma: DeviceArray, cube: DeviceArray) -> tuple[DeviceArray, DeviceArray]:
    """Return luma ``[N, H, W]`` and chroma ``[N, H/2, W/2, 2]``, uint8, as ``_cpu.tone_map``; the same bits.

    ``cube`` is int16 ``[3, 65, 65, 65]``.
    """
    count, height, width = luma.shape
    mapped = on.empty(tuple(luma.shape), "uint8"), on.empty(tuple(chroma.shape), "uint8")
    if count:
        on.launch(
            "tone_map",
            grid=strip_grid(height * width // 4, count, threads=_THREADS),
            block=(_THREADS, 1, 1),
            arguments={
                "luma": luma,
                "chroma": chroma,
                "height": height,
                "width": width,
                "cube": cube,
                "luma_out": mapped[0],
                "chroma_out": mapped[1],
            },
        )
    return mapped
