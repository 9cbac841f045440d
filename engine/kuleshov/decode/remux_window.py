"""The coded packets of a few frames as a small film of their own, in memory: no pixel is decoded or encoded.

For decoders that read whole files and count frames in them: a window of a film of gigabytes is some hundred kilobytes,
and the times in it are the frames' numbers, so that nothing depends on how a decoder reads times.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.decode.film_index import FilmIndex
from kuleshov.errors import MediaError
from kuleshov.media.probe import open_media

_RATE = 25  # of the small film; any rate would do


@dataclass(frozen=True)
class RemuxedWindow:
    """``content`` is a Matroska file; ``frames`` (int32, from 0) are the numbers in it of the frames asked for."""

    content: NDArray[np.uint8]
    frames: NDArray[np.int32]


def remux_window(index: FilmIndex, numbers: NDArray[np.int64]) -> RemuxedWindow:
    """Return the packets from the key frame before frames ``numbers`` of a film to the last of them.

    ``numbers`` rise. Raises ``MediaError`` if the film's frames can't be identified by their times, or the packets of a
    frame can't be found.
    """
    import av

    info = index.info
    key = index.key_before(int(numbers[0]))
    if not index.timed or key is None:
        raise MediaError(info.path, f"{info.container} holds no times to identify its frames by")
    with open_media(info.path) as container:
        stream: Any = container.streams[info.video_stream_index]
        packets = _packets(index, container, stream, key, numbers)
        order = np.sort([packet.pts for packet in packets])
        file = io.BytesIO()
        with av.open(file, "w", format="matroska") as out:
            copy = out.add_stream_from_template(stream)
            places = np.searchsorted(order, [packet.pts for packet in packets])
            late = int(np.max(np.arange(len(packets)) - places))  # a packet is decoded before it is shown
            for number, (packet, place) in enumerate(zip(packets, places.tolist(), strict=True)):
                packet.stream = copy
                packet.time_base = Fraction(1, _RATE)
                packet.pts, packet.dts, packet.duration = place, number - late, 1
                out.mux(packet)
    frames = np.searchsorted(order, index.ticks[numbers]).astype(np.int32)
    return RemuxedWindow(np.frombuffer(file.getbuffer(), dtype=np.uint8), frames)


def _packets(index: FilmIndex, container: Any, stream: Any, key: int, numbers: NDArray[np.int64]) -> list[Any]:
    """The packets from the key frame on until all of those frames have come, in coding order."""
    wanted = {int(tick) for tick in index.ticks[numbers]}
    for start in index.starts(int(numbers[0])):
        packets: list[Any] = []
        left = set(wanted)
        container.seek(int(index.key_ticks[0]) if start is None else start, stream=stream)
        for packet in container.demux(stream):
            if not packet.size or packet.pts is None or (not packets and packet.pts != key):
                continue
            if packet.pts >= key:  # frames shown before the key frame depend on earlier ones
                packets.append(packet)
                left.discard(packet.pts)
            if not left:
                return packets
    raise MediaError(index.info.path, f"the packet of frame {numbers[0]} can't be found", remedy="check the file")
