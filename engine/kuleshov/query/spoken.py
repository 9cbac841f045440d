"""Which shots or scenes hold a line that a query asks for, and the line itself as the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kuleshov.archive.lines import FoundLine
from kuleshov.archive.store import Archive
from kuleshov.cinema.measures import Unit
from kuleshov.errors import ModelError
from kuleshov.query.said import Said

#: Lines whose meaning is further than this from what was asked for are none (cosine of all-MiniLM-L6-v2; a design
#: value: unrelated lines of dialogue lie near 0.1).
_LEAST_LIKENESS = 0.35
_MOST_LINES = 1000


class Match(NamedTuple):
    """The best line of a segment for one wish, and whether it was found by its words or its meaning."""

    said: Said
    found: FoundLine

    @property
    def text(self) -> str:
        """The reason as people read it: ``says "goodbye": "Goodbye, Anna." (0:01:02)``."""
        line = self.found.line
        who = f"{line.speaker}: " if line.speaker else ""
        like = "" if self.said.by == "words" else f", likeness {self.found.score:.2f}"
        minutes, seconds = divmod(int(line.start_seconds), 60)
        return f"{self.said.words}: {who}“{line.text}” at {minutes}:{seconds:02d}{like}"


def matches(archive: Archive, unit: Unit, said: Said) -> dict[int, Match]:
    """Return the segments in which such a line is spoken, by id. A line belongs where its middle lies."""
    found: dict[int, Match] = {}
    for line in _lines(archive, said):
        middle = (line.line.start_seconds + line.line.end_seconds) / 2
        segment = archive.at(unit, line.content_id, middle)
        if segment is not None and (segment not in found or line.score > found[segment].found.score):
            found[segment] = Match(said, line)
    return found


def why_not_said(archive: Archive, said: Sequence[Said], unit: Unit) -> list[str]:
    """Return why no segment has a line that was asked for, one sentence for each such wish."""
    sentences = []
    for one in said:
        spoken = archive.spoken()
        if not len(spoken):
            sentences.append(
                f"“{one.words}”: no film of the archive has lines of dialogue (subtitles, ingested by this version)"
            )
        elif one.by == "meaning" and not spoken.models():
            sentences.append(
                f"“{one.words}”: no sentence model read the lines (pip install 'kuleshov[text]', ingest again)"
            )
        elif not matches(archive, unit, one):
            sentences.append(
                f"no line says “{one.text}”" if one.by == "words" else f"no line is near “{one.text}” in meaning"
            )
    return sentences


def _lines(archive: Archive, said: Said) -> list[FoundLine]:
    spoken = archive.spoken()
    if said.by == "words":
        return spoken.with_words(said.text)
    from kuleshov.models.minilm import MiniLm

    if not spoken.models():
        return []
    try:
        model = MiniLm()
    except ModelError:
        return []
    (vector,) = model.embed([said.text])
    return spoken.near(vector, model=model.identity, least=_LEAST_LIKENESS, most=_MOST_LINES)
