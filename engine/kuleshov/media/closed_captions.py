"""Closed captions inside the pictures of a film (CEA-608, CEA-708): found and named, not read.

Broadcasters and DVDs carry them in the user data of the coded pictures. Padding, which encoders write where nothing is
said, does not count. After ATSC A/53 part 4, section 6.2.3, and the user data of line 21 on DVDs.
"""

from __future__ import annotations

from pathlib import Path

from kuleshov.errors import MediaError
from kuleshov.media.probe import open_media

_CODECS = ("h264", "hevc", "mpeg2video", "mpeg1video")
_ATSC, _DVD = b"GA94\x03", b"\x00\x00\x01\xb2CC\x01\xf8"
_PACKETS = 3000  # two minutes: captions that begin later are missed
_ENOUGH_PAIRS = 4  # of characters


def has_closed_captions(path: Path, *, stream_index: int) -> bool:
    """Return whether the pictures of a film carry captions, by its first two minutes. Nothing is decoded."""
    import av
    from av.stream import Discard

    pairs = 0
    try:
        with open_media(path) as container:
            stream = next((s for s in container.streams.video if s.index == stream_index), None)
            if stream is None or stream.codec_context is None or stream.codec_context.name not in _CODECS:
                return False
            for other in container.streams:
                if other.index != stream_index:
                    other.discard = Discard.all
            for number, packet in enumerate(container.demux(stream)):
                pairs += caption_pairs(bytes(packet))
                if pairs >= _ENOUGH_PAIRS:
                    return True
                if number >= _PACKETS:
                    break
    except (av.error.FFmpegError, MediaError):  # whoever reads the film itself has noted it
        return False
    return False


def caption_pairs(data: bytes) -> int:
    """Return how many pairs of caption bytes a coded picture carries, padding left out."""
    pairs = 0
    at = data.find(_ATSC)
    while at >= 0:
        start = at + len(_ATSC) + 2  # flags with the count, and a reserved byte
        count = data[at + len(_ATSC)] & 0x1F if at + len(_ATSC) < len(data) else 0
        for first in range(start, min(start + 3 * count, len(data) - 2), 3):
            kind, high, low = data[first : first + 3]
            pairs += bool(kind & 0x04) and ((kind & 0x03) >= 2 or bool((high & 0x7F) or (low & 0x7F)))
        at = data.find(_ATSC, at + 1)
    at = data.find(_DVD)
    if at >= 0:
        fields = data[at + len(_DVD) + 1 : at + len(_DVD) + 61]
        pairs += sum(
            bool((high & 0x7F) or (low & 0x7F))
            for kind, high, low in zip(fields[::3], fields[1::3], fields[2::3], strict=False)
            if kind in (0xFE, 0xFF)
        )
    return pairs
