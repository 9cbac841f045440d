"""Subtitles of broadcast and of DVD authoring, both called ``.stl``: EBU STL (binary) and Spruce STL (text).

EBU Tech 3264 is read with the package ttconv, block by block, so that a broken one costs no other. Spruce STL counts
frames of the film; FFmpeg takes them for hundredths of a second.
"""

from __future__ import annotations

import logging
import re
from fractions import Fraction
from typing import Any, NamedTuple

from kuleshov.media.cues import Cue

_GSI_BYTES, _TTI_BYTES = 1024, 128
_EXTENSION, _TIME_IN, _COMMENT = 3, 5, 15  # bytes of a block: which of its subtitle's, its times, whether a comment
_LAST_BLOCK = 0xFF
_TC = r"(\d\d):(\d\d):(\d\d)[:;.](\d\d)"
_SPRUCE = re.compile(rf"\s*{_TC}\s*,\s*{_TC}\s*,\s?(.*)")
_SPRUCE_TOGGLES = re.compile(r"\^[BIU]")


class Stl(NamedTuple):
    """Cues, how many could not be read, the language if it is stated, and when the programme begins, as stated."""

    cues: list[Cue]
    lost: int
    language: str | None = None
    origin_seconds: float = 0.0


def is_ebu_stl(data: bytes) -> bool:
    """Return whether a file is EBU STL: its disk format code says so."""
    return data[3:6] == b"STL" and len(data) >= _GSI_BYTES


def parse_ebu_stl(data: bytes) -> Stl:
    """Return the subtitles of an EBU STL file. Raises ``ValueError`` if its header can't be read."""
    import struct

    from ttconv.stl.datafile import DataFile

    logging.getLogger("ttconv").addHandler(logging.NullHandler())  # else what it warns of is printed
    try:
        reader: Any = DataFile(data[:_GSI_BYTES])
    except (struct.error, ValueError, TypeError) as error:
        raise ValueError(f"its header is broken: {error}") from error
    # Times as their digits say, 30 frames to a second at 29.97 too: the others that they are compared with do so.
    reader.fps = Fraction(round(reader.get_fps()))
    lost = 0
    for start in range(_GSI_BYTES, len(data) - _TTI_BYTES + 1, _TTI_BYTES):
        block = data[start : start + _TTI_BYTES]
        if block[_COMMENT]:
            continue
        reader.last_end_time = None  # a wrong end would push all subtitles after it
        if block[_EXTENSION] == _LAST_BLOCK and not _is_timed(block, reader.get_fps()):
            lost += 1
            reader.is_in_extension = False
            continue
        try:
            reader.process_tti_block(block)
        except Exception:  # it raises of all kinds
            lost += 1
    cues = [cue for division in reader.get_document().get_body() for paragraph in division for cue in _cues(paragraph)]
    return Stl(cues, lost, reader.get_language() or None, _programme_start(data, reader.get_fps()))


def parse_spruce_stl(text: str, *, frame_rate: Fraction | None) -> Stl:
    """Return the subtitles of a Spruce STL text; its frames are those of the film, 25 a second if that is unknown."""
    frames = Fraction(round(frame_rate)) if frame_rate else Fraction(25)
    cues: list[Cue] = []
    lost = 0
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith(("//", "$")):
            continue
        match = _SPRUCE.fullmatch(line)
        if match is None:
            lost += 1
            continue
        start, end = _digits(match.groups()[:4], frames), _digits(match.groups()[4:8], frames)
        if end > start:
            cues.append(Cue(start, end, _SPRUCE_TOGGLES.sub("", match[9]).replace("|", "\n")))
        else:
            lost += end < start
    return Stl(cues, lost)


def _is_timed(block: bytes, frames: Fraction) -> bool:
    """Whether a block has a time code in and a later one out."""
    times = [tuple(block[at : at + 4]) for at in (_TIME_IN, _TIME_IN + 4)]
    return times[0] < times[1] and all(h < 24 and m < 60 and s < 60 and f < frames for h, m, s, f in times)


def _cues(element: Any) -> list[Cue]:
    """The cues of a subtitle: the whole of it, or its parts if each has times of its own."""
    begin, end = element.get_begin(), element.get_end()
    if begin is None:
        return [cue for child in element for cue in _cues(child)]
    from ttconv import model

    pieces = (
        piece.get_text() if isinstance(piece, model.Text) else "\n" if isinstance(piece, model.Br) else ""
        for piece in element.dfs_iterator()
    )
    return [Cue(float(begin), float(end), "".join(pieces))]


def _programme_start(data: bytes, frames: Fraction) -> float:
    """The time code of the start of the programme, bytes 256 to 263 of the header; 0 where it is none."""
    digits = data[256:264].decode("ascii", errors="replace")
    if not digits.isdigit():
        return 0.0
    return _digits([digits[at : at + 2] for at in range(0, 8, 2)], frames)


def _digits(parts: Any, frames: Fraction) -> float:
    hours, minutes, seconds, frame = map(int, parts)
    return (hours * 60 + minutes) * 60 + seconds + float(frame / frames)
