"""Small RGB pictures of analysis frames on a device."""

from __future__ import annotations

from kuleshov.cuda.runtime import Runtime
from kuleshov.surface import DeviceArray

_THREADS = 128
#: The parameters of kernels that convert to RGB, in the order of ``kernels.rgb_frames.coding_of``.
CODING = (
    "black",
    "luma_steps",
    "chroma_steps",
    "red_weight",
    "blue_weight",
    "red_scale",
    "blue_scale",
    "green_scale",
)


def rgb_frames(
    on: Runtime, luma: DeviceArray, chroma: DeviceArray, width: int, height: int, coding: tuple[float, ...]
) -> DeviceArray:
    """Return uint8 ``[N, height, width, 3]``, as ``_cpu.rgb_frames``; the same bits."""
    count = luma.shape[0]
    rgb = on.empty((count, height, width, 3), "uint8")
    if count:
        on.launch(
            "rgb_frames",
            grid=(-(-height * width // _THREADS), count, 1),
            block=(_THREADS, 1, 1),
            arguments={
                "luma": luma,
                "chroma": chroma,
                "height": luma.shape[1],
                "width": luma.shape[2],
                "small_height": height,
                "small_width": width,
                **dict(zip(CODING, coding, strict=True)),
                "rgb": rgb,
            },
        )
    return rgb
