"""The dialogue of a shot or scene, from the film's subtitles.

Only speech counts: captions and speakers' names are removed first (``cinema.dialogue.utterances``). Rates are by
reading time: a line is on screen longer than it is spoken. Chinese and Japanese have no spaces; a word is two
characters there, which is near the mean of both. Thai, Lao and Khmer have no spaces either, and their words are counted
much too low.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kuleshov.cinema.dialogue.conversation import describe_conversation
from kuleshov.cinema.dialogue.utterances import spoken_text
from kuleshov.media.cues import SubtitleLine
from kuleshov.records import Dialogue, Line

#: A line that reaches into a segment by less belongs to its neighbour: subtitles overhang cuts by a frame or two.
OVERHANG_SECONDS = 0.1
_CHARACTERS_PER_WORD = 2  # of Chinese and Japanese

_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"\w+(?:['’\-.]\w+)*")
_END_MARKS = re.compile(r"[!?！？؟‼⁇⁈⁉]+")


def count_words(text: str) -> int:
    """Return the number of words in a text; numbers and contractions are one each."""
    ideographs = len(_IDEOGRAPH.findall(text))
    return len(_WORD.findall(_IDEOGRAPH.sub(" ", text))) + -(-ideographs // _CHARACTERS_PER_WORD)


def describe_dialogue(
    lines: Sequence[SubtitleLine] | None,
    *,
    start_seconds: float,
    end_seconds: float,
    language: str | None = None,
    utterances: Sequence[Line] = (),
) -> Dialogue | None:
    """Describe the dialogue between two times.

    None if the film has no subtitles (``lines`` None or empty); zeros if it has some but nobody speaks between them.

    - A line that spans several segments gives each its share by time of words (rounded at the end) and seconds, and
      counts as a line, with its text, in each (but see ``OVERHANG_SECONDS``).
    - Its questions and exclamations count once, where its middle is. ``?!`` is both, ``???`` is one.
    - ``utterances`` are the film's, with the feeling of their words, for ``cinema.dialogue.conversation``.
    - ``words_per_second`` is over the time with a line of speech on screen, ``speech_share`` that time's share of the
      segment; lines on screen together count once.
    """
    if not lines:
        return None
    words = 0.0
    questions = exclamations = 0
    texts: list[str] = []
    spans: list[tuple[float, float]] = []
    for line in lines:
        first, last = max(line.start_seconds, start_seconds), min(line.end_seconds, end_seconds)
        if first >= last or not (text := spoken_text(line.text)):
            continue
        line_seconds = line.end_seconds - line.start_seconds
        spans.append((first, last))
        words += count_words(text) * (last - first) / line_seconds
        if last - first >= min(OVERHANG_SECONDS, line_seconds, end_seconds - start_seconds):
            texts.append(text)
        if start_seconds <= (line.start_seconds + line.end_seconds) / 2 < end_seconds:
            marks = _END_MARKS.findall(text)
            questions += sum(any(sign in mark for sign in "?？؟⁇⁈⁉") for mark in marks)
            exclamations += sum(any(sign in mark for sign in "!！‼⁈⁉") for mark in marks)
    on_seconds = _covered_seconds(spans)
    return Dialogue(
        lines=len(texts),
        words=round(words),
        words_per_second=words / on_seconds if on_seconds else 0.0,
        speech_share=min(on_seconds / (end_seconds - start_seconds), 1.0) if on_seconds else 0.0,
        questions=questions,
        exclamations=exclamations,
        text="\n".join(texts),
        language=language,
        **vars(
            describe_conversation(utterances, start_seconds=start_seconds, end_seconds=end_seconds, language=language)
        ),
    )


def _covered_seconds(spans: Iterable[tuple[float, float]]) -> float:
    """The length of the union of spans."""
    total, reached = 0.0, float("-inf")
    for first, last in sorted(spans):
        total += max(0.0, last - max(first, reached))
        reached = max(reached, last)
    return total
