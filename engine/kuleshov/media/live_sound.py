"""The sound track of a live input: packets in, blocks out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kuleshov.media.audio import AudioBlock, SoundJoiner

if TYPE_CHECKING:
    from fractions import Fraction

    from av.packet import Packet


class LiveSound:
    """Decodes the sound stream of an open input; ``start_seconds`` is the container's start time."""

    def __init__(self, stream: Any, *, start_seconds: Fraction) -> None:
        self.damaged_packets = 0
        self._stream = stream
        self._joiner = SoundJoiner(start_seconds=start_seconds)

    @property
    def end_seconds(self) -> float:
        """The end of the decoded sound."""
        return self._joiner.end_seconds

    def decode(self, packet: Packet[Any] | None) -> list[AudioBlock]:
        """Decode a packet; return the blocks that are full. ``None`` ends the stream."""
        import av

        try:
            frames = self._stream.decode(packet)
        except av.error.EOFError:
            frames = []
        except av.error.FFmpegError:
            self.damaged_packets += 1
            return []
        blocks = [block for frame in frames for block in self._joiner.push(frame)]
        return blocks + (self._joiner.finish() if packet is None else [])

    def flush(self) -> list[AudioBlock]:
        """Return the decoded sound that has not been returned yet."""
        return self._joiner.flush()
