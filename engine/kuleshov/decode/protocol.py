"""What a decoder is: an iterable of ``FrameBatch`` that tells afterwards how it went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from kuleshov.decode.frames import FrameBatch


@dataclass
class DecodeReport:
    """How the decoding of one film went; complete once the decoder is exhausted."""

    frames: int = 0
    damaged_packets: int = 0
    repaired_timestamps: int = 0
    notes: list[str] = field(default_factory=list)


class Decoder(Protocol):
    """One pass over one film. ``name`` says what decodes, for provenance."""

    name: str
    report: DecodeReport

    def __iter__(self) -> Iterator[FrameBatch]: ...
