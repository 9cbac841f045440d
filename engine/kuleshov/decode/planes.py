"""A decoded frame's planes as arrays, in place: no copy and no conversion where the layout allows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.media.color import is_rgb
from kuleshov.surface import Surface

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

# yuv420p, yuvj422p, yuva444p10le, gray12le, ...: luma first, then Cb and Cr planes, samples in the low bits.
_PLANAR = re.compile(r"(?:yuv[aj]?(?:420|422|440|444|411|410)p|gray)(\d*)(?:le)?")
# nv12, p010le, ...: luma, then one plane of CbCr pairs. The p0xx formats hold their samples in the high bits.
_SEMI_PLANAR = {"nv12": 8, "nv16": 8, "nv24": 8, "p010le": 16, "p012le": 16, "p016le": 16, "p210le": 16, "p216le": 16}
#: What frames of every other layout (RGB, palettes, packed YUV, big-endian) are converted to by swscale first.
FALLBACK_FORMAT = "yuv444p"


@dataclass(frozen=True)
class Planes:
    """Views of one frame, valid as long as the frame: uint8 or uint16 ``[h, w]``, any strides.

    ``bit_depth`` is that of the samples as stored (16 if they are shifted to the high bits). ``cb`` and ``cr``
    have the subsampled size of the format; ``None`` in grey formats.
    """

    luma: NDArray[Any]
    cb: NDArray[Any] | None
    cr: NDArray[Any] | None
    bit_depth: int


def is_read_in_place(pixel_format: str) -> bool:
    """Return whether frames of this format are read without a conversion by swscale."""
    return pixel_format in _SEMI_PLANAR or _PLANAR.fullmatch(pixel_format) is not None


def planes(frame: VideoFrame, *, mirrored: bool = False) -> Planes:
    """Return the planes of a frame, converted to ``FALLBACK_FORMAT`` only if its layout can't be read in place.

    ``mirrored``: left and right swapped.
    """
    source = _planes(frame)
    if not mirrored:
        return source
    cb, cr = (None if plane is None else plane[:, ::-1] for plane in (source.cb, source.cr))
    return Planes(source.luma[:, ::-1], cb, cr, source.bit_depth)


def _planes(frame: VideoFrame) -> Planes:
    name = frame.format.name
    if not is_read_in_place(name):
        frame = _converted(frame)
        name = FALLBACK_FORMAT
    if name in _SEMI_PLANAR:
        depth = _SEMI_PLANAR[name]
        luma, pairs = _plane(frame, 0, depth), _plane(frame, 1, depth, samples=2)
        return Planes(luma, pairs[:, 0::2], pairs[:, 1::2], depth)
    match = _PLANAR.fullmatch(name)
    depth = int(match.group(1) or 8) if match else 8
    luma = _plane(frame, 0, depth)
    if name.startswith("gray"):
        return Planes(luma, None, None, depth)
    return Planes(luma, _plane(frame, 1, depth), _plane(frame, 2, depth), depth)


def _converted(frame: VideoFrame) -> VideoFrame:
    """A frame in ``FALLBACK_FORMAT``: other YUV in its own coding, RGB as limited-range BT.601.

    RGB that is tagged limited has its black at 16 already: converted without another change of range, its colour
    differences come out 2 % too small.
    """
    from av.video.reformatter import ColorRange, Colorspace

    if not is_rgb(frame.format.name):
        return frame.reformat(format=FALLBACK_FORMAT)
    limited = frame.color_range == ColorRange.MPEG
    return frame.reformat(
        format=FALLBACK_FORMAT,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.JPEG if limited else ColorRange.MPEG,
        dst_colorspace=Colorspace.ITU601,
    )


def surface(source: Planes) -> Surface:
    """Return a frame as luma and CbCr pairs 4:2:0, the layout of ``Surface``; luma stays in place unless mirrored.

    Of finer chroma every second sample is used, coarser chroma is repeated, grey gets neutral pairs. A last row or
    column without a chroma sample of its own gets its neighbour's.
    """
    height, width = source.luma.shape
    rows, columns = -(-height // 2), -(-width // 2)
    if source.cb is None or source.cr is None:
        pairs = np.full((rows, columns, 2), 128 << (source.bit_depth - 8), dtype=source.luma.dtype)
    else:
        down = np.arange(rows) * source.cb.shape[0] // rows
        across = np.arange(columns) * source.cb.shape[1] // columns
        whole = (rows, columns) == source.cb.shape
        pairs = np.stack([plane if whole else plane[down][:, across] for plane in (source.cb, source.cr)], axis=-1)
    luma = source.luma if source.luma.strides[1] > 0 else np.ascontiguousarray(source.luma)
    return Surface(
        luma=luma,
        chroma=pairs,
        height=height,
        width=width,
        luma_pitch=luma.strides[0] // luma.itemsize,
        chroma_pitch=2 * columns,
        bit_depth=source.bit_depth,
    )


def _plane(frame: VideoFrame, number: int, depth: int, *, samples: int = 1) -> NDArray[Any]:
    plane = frame.planes[number]
    # PyAV's planes have the buffer protocol, which its type stubs do not declare.
    whole: NDArray[Any] = np.frombuffer(memoryview(plane), dtype=np.uint8 if depth <= 8 else np.uint16)
    rows: NDArray[Any] = whole.reshape(plane.height, -1)
    return rows[:, : plane.width * samples]
