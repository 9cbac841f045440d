"""Lines that are on screen again, as if they were new: each line is kept once, with all the words that it grew to.

- Rolling captions show the last line again above the next one; each line counts while it is the newest.
- Captions that are painted on come again with each word. The last text counts, from the first word on.
- A sign that moves is drawn anew for every frame, and some files hold each line twice. Equal texts that touch or
  overlap are one line.

What it costs: somebody who says the same word twice, in two subtitles without a pause between them, says it once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kuleshov.media.cues import SubtitleLine

#: Lines so near touch: more than a frame of film, less than the two frames that subtitlers leave between lines.
TOUCH_SECONDS = 0.05
#: The next cue of rolling captions comes so soon: with less in common than a whole line, they must touch.
_ROLL_SECONDS = 0.5
_LETTERS_SECONDS = 0.3  # a text that stays so short a time is being painted on, letter by letter
_KEPT_ROWS = 8  # rows of earlier lines that may still be on screen


@dataclass
class _Shown:
    """A line as far as it was read; it has had its rows since ``grown_seconds``, and is on to ``end_seconds``."""

    start_seconds: float
    end_seconds: float
    grown_seconds: float
    rows: list[str]
    speaker: str | None

    @property
    def text(self) -> str:
        return "\n".join(self.rows)


def without_repeats(lines: Iterable[SubtitleLine]) -> tuple[SubtitleLine, ...]:
    """Return lines in the order of their start times, each once."""
    shown: list[_Shown] = []
    by_text: dict[tuple[str, str | None], _Shown] = {}
    for line in sorted(lines, key=lambda line: line.start_seconds):
        same = by_text.get((line.text, line.speaker))
        if same is not None and same.text == line.text and line.start_seconds - same.end_seconds <= TOUCH_SECONDS:
            same.end_seconds = max(same.end_seconds, line.end_seconds)
            continue
        if new := _new_rows(shown, line):
            shown.append(_Shown(line.start_seconds, line.end_seconds, line.start_seconds, new, line.speaker))
        by_text[shown[-1].text, shown[-1].speaker] = shown[-1]
    return tuple(SubtitleLine(each.start_seconds, each.end_seconds, each.text, each.speaker) for each in shown)


def _new_rows(shown: list[_Shown], line: SubtitleLine) -> list[str]:
    """Return the rows of a line that were not on screen before it; let the last line grow, stay or end by it."""
    rows = line.text.split("\n")
    last = shown[-1] if shown else None
    if last is None or last.speaker != line.speaker or line.start_seconds - last.end_seconds > _ROLL_SECONDS:
        return rows
    touches = line.start_seconds - last.end_seconds <= TOUCH_SECONDS
    letters = line.start_seconds - last.grown_seconds <= _LETTERS_SECONDS
    before = _rows_on_screen(shown)
    for count in range(min(len(before), len(rows)), 0, -1):
        if rows[: count - 1] != before[-count:-1] or not _grows(before[-1], rows[count - 1], letters=letters):
            continue
        new, grown = rows[count:], rows[count - 1] != before[-1]
        if not touches and (grown or not new):
            return rows  # after a pause it is said again
        if grown:
            last.rows[-1], last.grown_seconds = rows[count - 1], line.start_seconds
        if not new:
            last.end_seconds = max(last.end_seconds, line.end_seconds)
        elif line.start_seconds > last.start_seconds:
            last.end_seconds = line.start_seconds if grown else min(last.end_seconds, line.start_seconds)
        return new
    return rows


def _rows_on_screen(shown: list[_Shown]) -> list[str]:
    rows: list[str] = []
    for line in reversed(shown):
        rows = [*line.rows, *rows]
        if len(rows) >= _KEPT_ROWS:
            break
    return rows


def _grows(before: str, after: str, *, letters: bool) -> bool:
    """Whether a row is another one, or that one with more words; with ``letters`` a word may grow too."""
    if not after.startswith(before):
        return False
    return letters or after == before or not (before[-1].isalnum() and after[len(before)].isalnum())
