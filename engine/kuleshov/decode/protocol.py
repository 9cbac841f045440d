"""What a decoder is: an iterable of ``FrameBatch``, with a report that is complete afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from kuleshov.decode.frames import FrameBatch
from kuleshov.decode.letterbox import Area
from kuleshov.media.packet_clock import first_few


@dataclass
class DecodeReport:
    """How the decoding of one film went; complete when the decoder is exhausted."""

    frames: int = 0
    damaged_packets: int = 0
    repaired_timestamps: int = 0
    clock_jumps: bool = False  # then the length that the file states means nothing
    holes: list[tuple[float, float]] = field(default_factory=list)  # from, to: seconds without a frame
    notes: list[str] = field(default_factory=list)

    def close(self) -> None:
        """Add what was counted to the notes."""
        if self.damaged_packets:
            self.notes.append(f"{self.damaged_packets} damaged video packets were skipped")
        if self.repaired_timestamps:
            self.notes.append(f"{self.repaired_timestamps} missing or falling timestamps were repaired")
        if self.holes:
            listed = first_few([f"{start:.2f} to {end:.2f} s" for start, end in self.holes])
            self.notes.append(f"pictures: {len(self.holes)} hole(s) in the recording: {listed}")


class Decoder(Protocol):
    """One pass over one film. ``name`` says what decodes, for provenance; ``area`` is the picture without its bars, in
    coded pixels; ``width`` and ``height`` are the size of the analysis frames.

    A batch is valid until the next but one is asked for.
    """

    name: str
    report: DecodeReport
    area: Area
    width: int
    height: int

    def __iter__(self) -> Iterator[FrameBatch]: ...
