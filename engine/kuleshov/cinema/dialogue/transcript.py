"""A film's speech transcribed to lines by any ``SpeechToText``, only where voice activity was detected.

Choose it for films without subtitles. Such networks invent words over music and silence; so only spans of speech are
transcribed, and only words are kept that are certain and lie where somebody speaks. It can't separate speakers, nor
transcribe singing or speech that music drowns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isfinite
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.hearing.signal import VOICE_RATE, Decimator, dialogue
from kuleshov.cinema.tracks import Track
from kuleshov.media.audio import GAP_SECONDS, SAMPLE_RATE, AudioReader
from kuleshov.media.cues import SubtitleLine
from kuleshov.models.speech_to_text import SpeechToText, TranscribedWord

_SPEAKS = 0.5  # of the curve of speech
_PAUSE_SECONDS, _AROUND_SECONDS, _SHORTEST_SECONDS = 1.0, 0.3, 0.4
_LONGEST_SECONDS = 28.0  # Whisper takes 30 at once
#: A word is kept if the curve of speech is this high there, and a line if the mean probability of its words is this
#: high.
_VOICED, _SURE = 0.3, 0.35
_LINE_PAUSE_SECONDS = 0.7
_LINE_CHARACTERS = 84  # two rows of 42, as subtitles are written
_SHORTEST_LINE_SECONDS = 0.3
_SENTENCE_END = re.compile(r"[.?!…。！？][\"'”’)]*$")


@dataclass(frozen=True)
class Transcript:
    """Lines in order, the main language, the number of spans transcribed, and of uncertain words left out."""

    lines: tuple[SubtitleLine, ...]
    language: str | None
    spans: int
    left_out: int  # words


def speech_spans(speech: Track) -> list[tuple[float, float]]:
    """Return where somebody speaks, in seconds: with short pauses inside and a margin around, none above 28 s."""
    if len(speech.seconds) < 2:
        return []
    step = float(np.median(np.diff(speech.seconds)))
    at = np.flatnonzero(speech.values >= _SPEAKS)
    if not len(at):
        return []
    spans: list[tuple[float, float]] = []
    for part in np.split(at, np.flatnonzero(np.diff(speech.seconds[at]) > _PAUSE_SECONDS + step) + 1):
        start, end = float(speech.seconds[part[0]]) - step / 2, float(speech.seconds[part[-1]]) + step / 2
        if end - start >= _SHORTEST_SECONDS:
            spans += _divided(speech, max(start - _AROUND_SECONDS, 0.0), end + _AROUND_SECONDS)
    return spans


def transcribe(
    path: Path, *, stream_index: int, start_seconds: Fraction | float, speech: Track, writer: SpeechToText
) -> Transcript:
    """Transcribe a sound track; ``speech`` 0..1 is where somebody speaks.

    ``start_seconds`` is the container's start time. Streamed: memory does not grow with the film. Raises
    ``MediaError`` if the file has no such sound track.
    """
    spans = speech_spans(speech)
    lines: list[SubtitleLine] = []
    languages: dict[str, float] = {}
    left_out = 0
    reader = AudioReader(path, stream_index=stream_index, start_seconds=start_seconds)
    for start, samples in _sound_of(reader, spans):
        words, spoken_language = writer.transcribe(samples)
        languages[spoken_language] = languages.get(spoken_language, 0.0) + len(samples)
        timed = [word for word in words if isfinite(word.start_seconds) and isfinite(word.end_seconds)]
        placed = [_placed(word, start, start + len(samples) / VOICE_RATE) for word in timed]
        kept, lost = lines_of(placed, speech)
        lines += kept
        left_out += lost + len(words) - len(timed)
    lines.sort(key=lambda line: line.start_seconds)
    language = max(languages, key=lambda name: languages[name], default=None)
    return Transcript(tuple(lines), language, len(spans), left_out)


def lines_of(words: Sequence[TranscribedWord], speech: Track) -> tuple[list[SubtitleLine], int]:
    """Return lines of the words that lie where somebody speaks, and the number of uncertain words left out.

    A line ends with a sentence, at a pause, or before it grows longer than a subtitle.
    """
    voiced = [word for word in words if word.text.strip() and _voiced(word, speech)]
    groups: list[list[TranscribedWord]] = []
    for word in voiced:
        last = groups[-1] if groups else []
        if (
            not last
            or _SENTENCE_END.search(last[-1].text)
            or word.start_seconds - last[-1].end_seconds > _LINE_PAUSE_SECONDS
            or sum(len(other.text) for other in last) + len(word.text) > _LINE_CHARACTERS
        ):
            groups.append([])
        groups[-1].append(word)
    sure = [group for group in groups if sum(word.probability for word in group) / len(group) >= _SURE]
    lines = [
        SubtitleLine(
            group[0].start_seconds,
            max(group[-1].end_seconds, group[0].start_seconds + _SHORTEST_LINE_SECONDS),
            "".join(word.text for word in group).strip(),
        )
        for group in sure
    ]
    return lines, len(words) - sum(map(len, sure))


def _placed(word: TranscribedWord, start_seconds: float, end_seconds: float) -> TranscribedWord:
    """A word on the film's time line, within the sound it was heard in: networks go a little beyond both ends."""
    first, last = max(start_seconds, 0.0), max(end_seconds, 0.0)
    begin, end = (min(max(start_seconds + seconds, first), last) for seconds in (word.start_seconds, word.end_seconds))
    return replace(word, start_seconds=begin, end_seconds=max(begin, end))


def _voiced(word: TranscribedWord, speech: Track) -> bool:
    around = speech.between(word.start_seconds - _AROUND_SECONDS, word.end_seconds + _AROUND_SECONDS)
    return bool(around.max(initial=0.0) >= _VOICED)


def _divided(speech: Track, start: float, end: float) -> list[tuple[float, float]]:
    """A span divided into parts that are not too long, where speech is least likely in the second half of each."""
    parts = []
    while end - start > _LONGEST_SECONDS:
        first, last = np.searchsorted(speech.seconds, (start + _LONGEST_SECONDS / 2, start + _LONGEST_SECONDS))
        cut = float(speech.seconds[first + int(speech.values[first:last].argmin())])
        parts.append((start, cut))
        start = cut
    return [*parts, (start, end)]


def _sound_of(reader: AudioReader, spans: Sequence[tuple[float, float]]) -> Iterator[tuple[float, NDArray[np.float32]]]:
    """Yield the sound of each span at 16 kHz and when it begins: later if the file has a gap there."""
    waiting = list(spans)
    decimator = Decimator()
    start, buffer, expected = 0.0, np.zeros(0, np.float32), float("nan")
    for block in reader:
        if not abs(block.start_seconds - expected) <= GAP_SECONDS:  # the first block, or a gap in the sound
            yield from _cut(start, buffer, waiting, until=start + len(buffer) / VOICE_RATE)
            decimator, start, buffer = Decimator(), block.start_seconds, np.zeros(0, np.float32)
        expected = block.start_seconds + block.samples.shape[1] / SAMPLE_RATE
        buffer = np.concatenate((buffer, decimator.push(dialogue(block.samples, block.layout))))
        now = start + len(buffer) / VOICE_RATE
        while waiting and waiting[0][1] <= now:
            yield from _cut(start, buffer, waiting, until=waiting[0][1])
        needed = waiting[0][0] if waiting else now
        unused = min(max(int((needed - start) * VOICE_RATE), 0), len(buffer))
        start, buffer = start + unused / VOICE_RATE, buffer[unused:]
    yield from _cut(start, buffer, waiting, until=start + len(buffer) / VOICE_RATE)


def _cut(
    start: float, buffer: NDArray[np.float32], waiting: list[tuple[float, float]], *, until: float
) -> Iterator[tuple[float, NDArray[np.float32]]]:
    """Yield the part in ``buffer`` (from ``start`` on) of the spans that begin before ``until``; remove these."""
    while waiting and waiting[0][0] < until:
        first, last = waiting.pop(0)
        low = max(int((first - start) * VOICE_RATE), 0)
        samples = buffer[low : max(int((min(last, until) - start) * VOICE_RATE), 0)]
        if len(samples) >= _SHORTEST_SECONDS * VOICE_RATE:
            yield start + low / VOICE_RATE, samples
