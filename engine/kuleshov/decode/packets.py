"""A film's coded packets as hardware decoders expect them: each with its PTS, in a byte stream with start codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kuleshov.decode.protocol import DecodeReport
from kuleshov.media.packet_clock import TimedPackets
from kuleshov.media.probe import MediaInfo, open_media

#: MP4 and Matroska store these codecs with length prefixes and separate headers; a parser of the bare stream needs
#: start codes and the headers in place.
_BYTE_STREAM_FILTERS = {"h264": "h264_mp4toannexb", "hevc": "hevc_mp4toannexb"}


def coded_packets(info: MediaInfo, report: DecodeReport) -> Iterator[Any]:
    """Yield the packets of a film's video stream in coding order: PyAV packets with ``pts``, ``dts`` and a buffer.

    A read error ends the stream; it is recorded in ``report``.
    """
    import av
    from av.bitstream import BitStreamFilterContext

    with open_media(info.path) as container:
        stream: Any = container.streams[info.video_stream_index]
        name = _BYTE_STREAM_FILTERS.get(info.codec)
        filtering = BitStreamFilterContext(name, stream) if name else None
        timed = TimedPackets(
            container, stream, start_seconds=info.start_seconds, duration_seconds=info.duration_seconds
        )
        packets = iter(timed)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                report.notes += [f"pictures: {note}" for note in timed.report.notes]
                report.clock_jumps = bool(timed.report.splices or timed.report.wrong_stamps)
                return
            except (av.error.FFmpegError, OSError) as error:
                report.notes.append(f"reading stopped after frame {report.frames}: {error}")
                return
            if not packet.size:
                continue
            try:
                yield from filtering.filter(packet) if filtering else (packet,)
            except av.error.FFmpegError:
                report.damaged_packets += 1
