"""Subtitles taken apart into what they say: utterances with their speakers, and captions of sounds and songs.

A subtitle of two speakers (``- Hello. - Goodbye!``) becomes two utterances that share its time by their length. Taken
for captions are brackets ``[door slams]`` ``(sighs)`` and songs ``♪ ... ♪``; for a speaker what the format names, or a
name in capitals before a colon. Failure cases: names in mixed case stay (``Listen:`` looks the same), descriptions
without brackets count as words, and who speaks after a dash is not known unless it is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kuleshov.media.cues import SubtitleLine
from kuleshov.records import Line, LineKind

_DESCRIPTION = re.compile(r"\[([^\]]*)(?:\]|$)|\(([^)]*)\)|【([^】]*)】|（([^）]*)）")
_SONG = re.compile(r"[♪♫♬♩]([^♪♫♬♩]*)(?:[♪♫♬♩]|$)|^#\s(.*)\s#$", re.MULTILINE)
_TURN = re.compile(r"^\s*(?:[-‐‑–—]+\s*|>>+\s*)+", re.MULTILINE)
_NAME = re.compile(r"^\s*([^\W\d_][^:\n!?]{0,30}):(?=\s|$)", re.MULTILINE)
_WORD = re.compile(r"\w")
_VOICE_OFF = re.compile(r"[vVoO]\.?\s?[oOsScC]\.?|cont['’]?d\.?", re.IGNORECASE)  # of a screenplay: no sound


def spoken(text: str) -> str:
    """Return what is said in a subtitle, line breaks as spaces; ``""`` where it only describes sounds."""
    return " ".join(said for _, said in _turns(_SONG.sub("", _DESCRIPTION.sub("", text))))


def utterances(lines: Sequence[SubtitleLine]) -> list[Line]:
    """Return the utterances and captions of a film's subtitles in order, without emotion; see the module."""
    found = [part for line in lines for part in _parts(line)]
    return [
        Line(index=index, start_seconds=start, end_seconds=end, kind=kind, text=text, speaker=speaker, emotion=None)
        for index, (start, end, kind, text, speaker) in enumerate(found)
    ]


def _parts(line: SubtitleLine) -> Iterator[tuple[float, float, LineKind, str, str | None]]:
    start, end = line.start_seconds, line.end_seconds
    without_captions = _DESCRIPTION.sub("", line.text)
    for match in _DESCRIPTION.finditer(line.text):
        caption = _joined(match)
        if _WORD.search(caption) and not _VOICE_OFF.fullmatch(caption):
            yield start, end, "sound", caption, None
    for match in _SONG.finditer(without_captions):
        yield start, end, "music", _joined(match), None
    turns = list(_turns(_SONG.sub("", without_captions)))
    length = sum(len(said) for _, said in turns)
    before = 0
    for speaker, said in turns:
        first = start + (end - start) * before / length
        before += len(said)
        last = end if before == length else start + (end - start) * before / length
        yield first, last, "speech", said, speaker or (line.speaker if len(turns) == 1 else None)


def _turns(text: str) -> Iterator[tuple[str | None, str]]:
    """Yield (speaker, what is said) of a subtitle without captions; a turn begins at a dash or a name."""
    starts = sorted({0, *(match.start() for match in _TURN.finditer(text)), *(m.start() for m in _named(text))})
    for first, last in zip(starts, [*starts[1:], len(text)], strict=True):
        turn = _TURN.sub("", text[first:last])
        name = next(_named(turn), None)
        said = " ".join(_TURN.sub("", turn if name is None else turn[: name.start()] + turn[name.end() :]).split())
        if _WORD.search(said):
            yield None if name is None else " ".join(name[1].split()), said


def _joined(match: re.Match[str]) -> str:
    return " ".join("".join(filter(None, match.groups())).split())


def _named(text: str) -> Iterator[re.Match[str]]:
    return (match for match in _NAME.finditer(text) if match[1].isupper())
