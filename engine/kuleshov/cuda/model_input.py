"""A batch of a model's input on a device."""

from __future__ import annotations

from kuleshov.cuda.rgb_frames import CODING
from kuleshov.cuda.runtime import DeviceArray, Runtime

_THREADS = 128
_NORMALISATION = tuple(f"{which}_{color}" for which in ("mean", "deviation") for color in ("red", "green", "blue"))


def model_input(
    on: Runtime,
    luma: DeviceArray,
    chroma: DeviceArray,
    boxes: DeviceArray,
    width: int,
    height: int,
    coding: tuple[float, ...],
    normalisation: tuple[float, ...],
) -> DeviceArray:
    """Return float32 ``[B, 3, height, width]``, as ``_cpu.model_input``; the same bits."""
    crops = boxes.shape[0]
    out = on.empty((crops, 3, height, width), "float32")
    if crops:
        on.launch(
            "model_input",
            grid=(-(-height * width // _THREADS), crops, 1),
            block=(_THREADS, 1, 1),
            arguments={
                "luma": luma,
                "chroma": chroma,
                "pitch": luma.shape[2],
                "frame_stride": luma.shape[1] * luma.shape[2],
                "boxes": boxes,
                "height": height,
                "width": width,
                **dict(zip(CODING, coding, strict=True)),
                **dict(zip(_NORMALISATION, normalisation, strict=True)),
                "out": out,
            },
        )
    return out
