"""What an image network is fed: crops of frames, resized, converted to RGB and normalised, on the frames' device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.cuda.runtime import runtime
from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.arguments import check_batch
from kuleshov.kernels.native import native
from kuleshov.kernels.rgb_frames import coding_of


def model_input(
    batch: FrameBatch,
    *,
    width: int,
    height: int,
    boxes: NDArray[np.int32] | None = None,
    mean: Sequence[float] = (0.0, 0.0, 0.0),
    deviation: Sequence[float] = (1.0, 1.0, 1.0),
) -> Any:
    """Return float32 ``[B, 3, height, width]``, R, G, B: ``(value - mean) / deviation`` of values in 0..1.

    ``boxes`` int32 ``[B, 5]`` are crops: frame of the batch, x, y, width, height in luma samples, all but the frame
    even; ``None`` takes every frame whole. A crop is resized by area average, exact in integers, to 8 bits; enlarged,
    it shows its pixels as squares. The transfer is left alone. Equal to the bit on every backend. Raises ``ValueError``
    on boxes that do not lie in the frames, and as ``check_batch``.
    """
    check_batch("model_input", batch)
    if boxes is None:
        boxes = np.array([(n, 0, 0, batch.width, batch.height) for n in range(len(batch))], dtype=np.int32).reshape(
            -1, 5
        )
    _check_boxes(batch, boxes)
    if not (len(mean) == len(deviation) == 3 and all(deviation)):
        raise ValueError(
            f"model_input: mean {mean} and deviation {deviation} must be three numbers each, none of them 0"
        )
    placed = boxes if batch.device == "cpu" else runtime(batch.device).upload(boxes)
    normalisation = tuple(float(np.float32(number)) for number in (*mean, *deviation))
    return native(batch.device).model_input(
        batch.luma, batch.chroma, placed, width, height, coding_of(batch.color), normalisation
    )


def _check_boxes(batch: FrameBatch, boxes: NDArray[np.int32]) -> None:
    if boxes.ndim != 2 or boxes.shape[1] != 5 or boxes.dtype != np.int32:
        raise ValueError(f"model_input: boxes are {boxes.dtype} {boxes.shape}; they must be int32 (B, 5)")
    frame, x, y, width, height = boxes.T
    inside = (frame >= 0) & (frame < len(batch)) & (x >= 0) & (y >= 0) & (width >= 2) & (height >= 2)
    inside &= (x + width <= batch.width) & (y + height <= batch.height)
    even = (boxes[:, 1:] % 2 == 0).all(axis=1)
    if not (inside & even).all():
        wrong = boxes[int(np.argmin(inside & even))].tolist()
        raise ValueError(
            f"model_input: box {wrong} (frame, x, y, width, height) must be even and lie in one of the "
            f"{len(batch)} frames of {batch.width}x{batch.height}"
        )
