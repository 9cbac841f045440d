"""Whether the decoding hardware of a GPU can decode a film, known before its first byte is decoded."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from kuleshov.media.packet_clock import WITHOUT_PTS
from kuleshov.media.probe import MediaInfo

#: FFmpeg's names of the codecs that NVDEC is given here, and NVIDIA's (``cudaVideoCodec``).
CODECS = {
    "h264": "H264",
    "hevc": "HEVC",
    "mpeg1video": "MPEG1",
    "mpeg2video": "MPEG2",
    "vp8": "VP8",
    "vp9": "VP9",
    "av1": "AV1",
}
_YUV_420 = re.compile(r"(?:yuvj?420p|nv12|p01[026])(?:(?:9|10|12)?le)?")
_MACROBLOCK = 16


@dataclass(frozen=True)
class DecoderCaps:
    """What ``cuvidGetDecoderCaps`` says about one codec at one bit depth, 4:2:0. ``engines`` decode at once."""

    supported: bool
    engines: int
    least_width: int
    least_height: int
    most_width: int
    most_height: int
    most_macroblocks: int


def why_not_nvdec(  # noqa: PLR0911
    info: MediaInfo, caps_of: Callable[[str, int], DecoderCaps], *, gpu: str
) -> str | None:
    """Return in one sentence why ``gpu`` can't decode the film, or ``None``.

    ``caps_of(codec, bit_depth)`` asks the device, by NVIDIA's name of the codec; it is called only if all else fits.
    """
    if info.codec not in CODECS:
        return f"NVDEC has no decoder for {info.codec}"
    if info.container in WITHOUT_PTS:
        return f"{info.container} files hold no presentation times"
    if not _YUV_420.fullmatch(info.pixel_format):
        return f"{info.pixel_format} is not 4:2:0, which is all that the kernels read"
    if info.mirrored:
        return "its display matrix mirrors the picture, which only the CPU path does"
    if info.interlaced:
        return "it is interlaced, and NVDEC would deinterlace what the CPU measures as it is coded"
    caps = caps_of(CODECS[info.codec], info.bit_depth)
    if not caps.supported:
        return f"{gpu} can't decode {info.codec} of {info.bit_depth} bits"
    width, height = info.coded_width, info.coded_height
    if not (caps.least_width <= width <= caps.most_width and caps.least_height <= height <= caps.most_height):
        return (
            f"its frames are {width}x{height}; for {info.codec} {gpu} takes {caps.least_width}x{caps.least_height} "
            f"to {caps.most_width}x{caps.most_height}"
        )
    macroblocks = -(-width // _MACROBLOCK) * -(-height // _MACROBLOCK)
    if macroblocks > caps.most_macroblocks:
        return f"its frames have {macroblocks} macroblocks; for {info.codec} {gpu} takes {caps.most_macroblocks}"
    return None
