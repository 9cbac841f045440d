"""Subtitles divided into utterances with their speakers, and captions of sounds and songs.

A subtitle of two speakers (``- Hello. - Goodbye!``) becomes two utterances that share its time by their length.
Brackets ``[door slams]`` ``(sighs)`` and songs ``♪ ... ♪`` are captions; speakers are those the format names, and names
in capitals before a colon. Failure cases: names in mixed case stay in the text (``Listen:`` looks the same),
descriptions without brackets count as words, and the speaker after a dash is unknown unless named.
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


def spoken_text(text: str) -> str:
    """Return the speech in a subtitle, line breaks as spaces; ``""`` if it only describes sounds."""
    return " ".join(words for _, words in _turns(_SONG.sub("", _DESCRIPTION.sub("", text))))


def utterances(lines: Sequence[SubtitleLine]) -> list[Line]:
    """Return the utterances and captions of a film's subtitles in order, without emotion."""
    parts = [part for line in lines for part in _parts(line)]
    return [
        Line(index=index, start_seconds=start, end_seconds=end, kind=kind, text=text, speaker=speaker, emotion=None)
        for index, (start, end, kind, text, speaker) in enumerate(parts)
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
    length = sum(len(words) for _, words in turns)
    before = 0
    for speaker, words in turns:
        first = start + (end - start) * before / length
        before += len(words)
        last = end if before == length else start + (end - start) * before / length
        yield first, last, "speech", words, speaker or (line.speaker if len(turns) == 1 else None)


def _turns(text: str) -> Iterator[tuple[str | None, str]]:
    """Yield (speaker, words) of a subtitle without captions; a turn begins at a dash or a name."""
    starts = sorted({0, *(match.start() for match in _TURN.finditer(text)), *(m.start() for m in _named(text))})
    for first, last in zip(starts, [*starts[1:], len(text)], strict=True):
        turn = _TURN.sub("", text[first:last])
        name = next(_named(turn), None)
        words = " ".join(_TURN.sub("", turn if name is None else turn[: name.start()] + turn[name.end() :]).split())
        if _WORD.search(words):
            yield None if name is None else " ".join(name[1].split()), words


def _joined(match: re.Match[str]) -> str:
    return " ".join("".join(filter(None, match.groups())).split())


def _named(text: str) -> Iterator[re.Match[str]]:
    return (match for match in _NAME.finditer(text) if match[1].isupper())
