"""The input of image networks on a device."""

from __future__ import annotations

from kuleshov.cuda.operators.rgb_frames import CODING
from kuleshov.cuda.runtime import Runtime
from kuleshov.surface import DeviceArray, Surface

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
    bit_depth: int = 8,
    half: bool = False,
) -> DeviceArray:
    """Return float32 or (``half``) float16 ``[B, 3, height, width]``, as ``_cpu.model_input``; the same bits."""
    _, rows, columns = luma.shape
    surface = Surface(luma, chroma, rows, columns, columns, columns, bit_depth)
    return surface_input(on, surface, boxes, width, height, coding, normalisation, half=half)


def surface_input(
    on: Runtime,
    surface: Surface,
    boxes: DeviceArray,
    width: int,
    height: int,
    coding: tuple[float, ...],
    normalisation: tuple[float, ...],
    *,
    half: bool,
) -> DeviceArray:
    """Return the same for a decoded surface, or for several that follow one another in memory without padding."""
    crops = boxes.shape[0]
    out = on.empty((crops, 3, height, width), "float16" if half else "float32")
    if crops:
        on.launch(
            "model_input_8" if surface.bit_depth == 8 else "model_input_16",
            grid=(-(-height * width // _THREADS), crops, 1),
            block=(_THREADS, 1, 1),
            arguments={
                "luma": surface.luma,
                "chroma": surface.chroma,
                "bit_depth": surface.bit_depth,
                "luma_pitch": surface.luma_pitch,
                "chroma_pitch": surface.chroma_pitch,
                "luma_stride": surface.height * surface.luma_pitch,
                "chroma_stride": -(-surface.height // 2) * surface.chroma_pitch,
                "boxes": boxes,
                "height": height,
                "width": width,
                **dict(zip(CODING, coding, strict=True)),
                **dict(zip(_NORMALISATION, normalisation, strict=True)),
                "floats": None if half else out,
                "halves": out if half else None,
            },
        )
    return out
