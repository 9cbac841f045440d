"""The input of image networks: crops of frames, resized, converted to RGB and normalised, on the frames' device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.cuda.devices import runtime
from kuleshov.cuda.operators.model_input import surface_input
from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.arguments import check_batch
from kuleshov.kernels.native import native
from kuleshov.kernels.rgb_frames import coding_of
from kuleshov.media.color import ColorSpec
from kuleshov.surface import Surface


def model_input(
    batch: FrameBatch,
    *,
    width: int,
    height: int,
    boxes: NDArray[np.int32] | None = None,
    mean: Sequence[float] = (0.0, 0.0, 0.0),
    deviation: Sequence[float] = (1.0, 1.0, 1.0),
    half: bool = False,
) -> Any:
    """Return float32 ``[B, 3, height, width]``, R, G, B: ``(value - mean) / deviation`` of values in 0..1.

    ``boxes`` int32 ``[B, 5]`` are crops: frame of the batch, x, y, width, height in luma samples, all even except the
    frame; ``None`` takes every whole frame. A crop is shrunk by area average, exact in integers, to 8 bits, or enlarged
    by repeating pixels. The transfer function is not changed. With ``half`` the numbers are rounded to float16. The
    same bits on every backend. Raises ``ValueError`` on boxes outside the frames, and as ``check_batch``.
    """
    check_batch("model_input", batch)
    if boxes is None:
        boxes = np.array([(n, 0, 0, batch.width, batch.height) for n in range(len(batch))], dtype=np.int32).reshape(
            -1, 5
        )
    _check_boxes(boxes, count=len(batch), frame_width=batch.width, frame_height=batch.height)
    numbers = coding_of(batch.color), _normalisation(mean, deviation)
    placed = boxes if batch.device == "cpu" else runtime(batch.device).upload(boxes)
    return native(batch.device).model_input(batch.luma, batch.chroma, placed, width, height, *numbers, 8, half)


def surface_model_input(
    surface: Surface,
    *,
    device: str,
    color: ColorSpec,
    width: int,
    height: int,
    boxes: NDArray[np.int32] | None = None,
    mean: Sequence[float] = (0.0, 0.0, 0.0),
    deviation: Sequence[float] = (1.0, 1.0, 1.0),
    half: bool = False,
) -> Any:
    """Return the same for a decoded surface at full size, of 8 to 16 bits: crops are sharper than a batch's.

    ``boxes`` as above, their frame 0; ``None`` takes the whole surface without an odd last row or column. The launched
    work reads the surface: it must stay valid until this thread's stream has finished it.
    """
    even_width, even_height = surface.width // 2 * 2, surface.height // 2 * 2
    if boxes is None:
        boxes = np.array([(0, 0, 0, even_width, even_height)], dtype=np.int32)
    _check_boxes(boxes, count=1, frame_width=even_width, frame_height=even_height)
    numbers = coding_of(color), _normalisation(mean, deviation)
    if device == "cpu":
        luma, chroma, placed = _shown_rows(surface, boxes)
        return native(device).model_input(luma, chroma, placed, width, height, *numbers, surface.bit_depth, half)
    on = runtime(device)
    return surface_input(on, surface, on.upload(boxes), width, height, *numbers, half=half)


def _shown_rows(surface: Surface, boxes: NDArray[np.int32]) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.int32]]:
    """Copies of the rows that the boxes cover, luma ``[1, H, W]``, pairs ``[1, H/2, W/2, 2]``; their boxes."""
    even_width = surface.width // 2 * 2
    top, bottom = (int(boxes[:, 2].min()), int((boxes[:, 2] + boxes[:, 4]).max())) if len(boxes) else (0, 2)
    luma = _rows(surface.luma, top, bottom, surface.luma_pitch, even_width)
    pairs = _rows(surface.chroma, top // 2, bottom // 2, surface.chroma_pitch, even_width)
    placed = boxes - np.array((0, 0, top, 0, 0), np.int32)
    return luma[None], pairs.reshape(1, (bottom - top) // 2, even_width // 2, 2), placed


def _rows(plane: NDArray[Any], first: int, end: int, pitch: int, length: int) -> NDArray[Any]:
    """The samples of some rows of a plane, without the padding between rows."""
    strides = (pitch * plane.itemsize, plane.itemsize)
    return np.ascontiguousarray(np.lib.stride_tricks.as_strided(plane, (end, length), strides)[first:])


def _normalisation(mean: Sequence[float], deviation: Sequence[float]) -> tuple[float, ...]:
    if not (len(mean) == len(deviation) == 3 and all(deviation)):
        raise ValueError(
            f"model_input: mean {mean} and deviation {deviation} must be three numbers each, none of them 0"
        )
    return tuple(float(np.float32(number)) for number in (*mean, *deviation))


def _check_boxes(boxes: NDArray[np.int32], *, count: int, frame_width: int, frame_height: int) -> None:
    if boxes.ndim != 2 or boxes.shape[1] != 5 or boxes.dtype != np.int32:
        raise ValueError(f"model_input: boxes are {boxes.dtype} {boxes.shape}; they must be int32 (B, 5)")
    frame, x, y, width, height = boxes.T
    inside = (frame >= 0) & (frame < count) & (x >= 0) & (y >= 0) & (width >= 2) & (height >= 2)
    inside &= (x + width <= frame_width) & (y + height <= frame_height)
    even = (boxes[:, 1:] % 2 == 0).all(axis=1)
    if not (inside & even).all():
        wrong = boxes[int(np.argmin(inside & even))].tolist()
        raise ValueError(
            f"model_input: box {wrong} (frame, x, y, width, height) must be even and lie in one of the "
            f"{count} frames of {frame_width}x{frame_height}"
        )
