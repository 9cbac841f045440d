"""Captions in the user data of coded pictures are found; padding is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kuleshov.media.closed_captions import caption_pairs, has_closed_captions

WORDS = b"\xfc\x48\xe5\xfc\x6c\x6c\xfc\xef\x80"  # "Hello" in field 1
PADDING = b"\xfc\x80\x80\xfd\x80\x80\xfa\x00\x00"
DIGITAL = b"\xff\x02\x21\xfe\x41\x42\xfa\x00\x00"  # 708
EMPTY_FIELDS = b"\xf8\x48\xe5\xf9\x6c\x6c"  # marked as not valid


def atsc(triplets: bytes) -> bytes:
    return b"GA94\x03" + bytes([0x40 | len(triplets) // 3, 0xFF]) + triplets + b"\xff"


def sei(content: bytes) -> bytes:
    """An H.264 unit of supplemental information that a broadcaster registered (ITU-T T.35)."""
    payload = b"\xb5\x00\x31" + content
    return b"\x00\x00\x00\x01\x06\x04" + bytes([len(payload)]) + payload + b"\x80"


@pytest.mark.parametrize(
    ("data", "pairs"),
    [
        (b"", 0),
        (b"picture" + atsc(WORDS) + b"more", 3),
        (atsc(WORDS) + b"x" + atsc(WORDS), 6),
        (atsc(PADDING), 0),
        (atsc(EMPTY_FIELDS), 0),
        (atsc(DIGITAL), 2),
        (atsc(WORDS)[:11], 1),
        (b"GA94\x03", 0),
        (b"\x00\x00\x01\xb2CC\x01\xf8\x9e" + b"\xff\x48\xe5\xfe\x80\x80\xff\x6c\x6c", 2),
    ],
)
def test_pairs_of_characters(data: bytes, pairs: int) -> None:
    assert caption_pairs(data) == pairs


@pytest.mark.parametrize("ending", ["ts", "mkv", "mp4"])
@pytest.mark.parametrize(("content", "found"), [(WORDS, True), (DIGITAL, True), (PADDING, False), (None, False)])
def test_films_that_carry_them(tmp_path: Path, ending: str, content: bytes | None, found: bool) -> None:
    import av

    path = tmp_path / f"film.{ending}"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(12):
            picture = np.full((48, 64, 3), 20 * number, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24") if number < 11 else None
            for packet in stream.encode(frame):
                if content is None:
                    container.mux(packet)
                    continue
                captioned = av.Packet(sei(atsc(content)) + bytes(packet))
                captioned.pts, captioned.dts, captioned.time_base = packet.pts, packet.dts, packet.time_base
                captioned.stream, captioned.is_keyframe = stream, packet.is_keyframe
                container.mux(captioned)
    assert has_closed_captions(path, stream_index=0) is found
    assert not has_closed_captions(path, stream_index=3)
