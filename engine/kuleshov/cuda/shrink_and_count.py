"""Turns a decoded surface into an analysis frame and counts it, in one launch: every decoded sample is read once."""

from __future__ import annotations

from kuleshov.cuda.runtime import Runtime
from kuleshov.surface import DeviceArray, Surface

_THREADS = 384
_LUMA_PER_BLOCK = 128  # columns; a block makes two rows of them


def shrink_and_count(
    on: Runtime,
    surface: Surface,
    *,
    area: tuple[int, int, int, int],
    coded_size: tuple[int, int],
    turns: int,
    luma: DeviceArray,
    chroma: DeviceArray,
    color_histogram: DeviceArray,
    luma_histogram: DeviceArray,
    chroma_sums: DeviceArray,
    slot: int,
) -> None:
    """Write frame ``slot`` of a batch from a surface (picture area, averaged, turned upright), and its counts.

    - ``area``: x, y, width, height of the picture in a frame of ``coded_size`` (width, height); a surface of another
      size is cut in proportion, as the CPU decoder does
    - ``turns``: clockwise quarter turns that make the picture upright, 0..3
    - ``luma`` uint8 ``[N, h, w]``, ``chroma`` uint8 ``[N, h/2, w/2, 2]``: the batch
    - ``color_histogram`` int32 ``[N, 2048]``, ``luma_histogram`` int32 ``[N, 256]``, ``chroma_sums`` int64 ``[N, 3]``:
      zeroed by the caller; as ``_cpu.color_histogram`` and ``_cpu.frame_sums`` of the frame

    The same integers as ``_cpu.area_average`` of each plane. The call returns at once: the surface must stay valid
    until this thread's stream has finished. Raises ``ValueError`` on arguments that do not match one another.
    """
    count, height, width = luma.shape
    if height % 2 or width % 2 or tuple(chroma.shape) != (count, height // 2, width // 2, 2):
        raise ValueError(f"luma {tuple(luma.shape)} and chroma {tuple(chroma.shape)} are not a batch of frames")
    if not 0 <= slot < count:  # the kernel would write outside the arrays
        raise ValueError(f"slot is {slot}; the batch has {count} frames")
    if turns not in (0, 1, 2, 3):
        raise ValueError(f"turns is {turns}; it must be 0, 1, 2 or 3")
    lying_width = height if turns % 2 else width
    lying_height = width if turns % 2 else height
    luma_part = _part(area, coded_size, rows=surface.height, columns=surface.width)
    chroma_part = _part(area, coded_size, rows=-(-surface.height // 2), columns=-(-surface.width // 2))
    arguments = {
        "luma_plane": surface.luma,
        "luma_pitch": surface.luma_pitch,
        **{f"luma_{name}": value for name, value in luma_part.items()},
        "chroma_plane": surface.chroma,
        "chroma_pitch": surface.chroma_pitch,
        **{f"chroma_{name}": value for name, value in chroma_part.items()},
        "bit_depth": surface.bit_depth,
        "turns": turns,
        "height": height,
        "width": width,
        "slot": slot,
        "luma": luma,
        "chroma": chroma,
        "color_histogram": color_histogram,
        "luma_histogram": luma_histogram,
        "chroma_sums": chroma_sums,
    }
    kernel = "shrink_and_count_8" if surface.bit_depth == 8 else "shrink_and_count_16"
    grid = (-(-lying_width // _LUMA_PER_BLOCK), lying_height // 2, 1)
    on.launch(kernel, grid=grid, block=(_THREADS, 1, 1), arguments=arguments)


def _part(area: tuple[int, int, int, int], coded_size: tuple[int, int], *, rows: int, columns: int) -> dict[str, int]:
    """The picture area in samples of a plane, for any subsampling and for a frame size that changes mid-stream."""
    x, y, width, height = area
    coded_width, coded_height = coded_size
    if min(x, y) < 0 or min(width, height) < 1 or x + width > coded_width or y + height > coded_height:
        raise ValueError(f"area {area} does not lie in a frame of {coded_width}x{coded_height}")
    top, left = y * rows // coded_height, x * columns // coded_width
    bottom = -(-(y + height) * rows // coded_height)
    right = -(-(x + width) * columns // coded_width)
    return {"top": top, "left": left, "height": bottom - top, "width": right - left}
