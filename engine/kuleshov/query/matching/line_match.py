"""Which shots or scenes hold a line that a query asks for, and the line itself as the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kuleshov.archive.dialogue_index import FoundLine, stem, words_of
from kuleshov.archive.store import Archive
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.errors import ModelError
from kuleshov.query.parts.line import LineQuery
from kuleshov.records import SceneHeading

#: Lines whose meaning is further than this from what was asked for are none (cosine of all-MiniLM-L6-v2; a design
#: value: unrelated lines of dialogue lie near 0.1).
_LEAST_LIKENESS = 0.35
_MOST_LINES = 1000


#: Wishes that the headings of a screenplay answer, and which of its times are meant by one.
HEADING = ("place", "time", "setting")
_TIMES: dict[str, tuple[str | None, ...]] = {
    "day": ("day", "morning", "noon", "afternoon"),
    "evening": ("evening", "dusk"),
    **{time: (time,) for time in ("night", "dawn", "dusk", "morning", "noon", "afternoon")},
}
_UNFOUND = {
    "words": "no line says “{}”",
    "meaning": "no line is near “{}” in meaning",
    "speaker": "no line is spoken by {}",
}


class Match(NamedTuple):
    """The best line of a segment for one wish, and whether it was found by its words or its meaning."""

    said: LineQuery
    found: FoundLine

    @property
    def text(self) -> str:
        """The reason as people read it: ``says "goodbye": "Goodbye, Anna." (0:01:02)``."""
        line = self.found.line
        who = f"{line.speaker}: " if line.speaker else ""
        like = f", likeness {self.found.score:.2f}" if self.said.by == "meaning" else ""
        if self.said.by in HEADING and line.screenplay and line.screenplay.heading:
            like = f": {line.screenplay.heading.text}, confidence {self.found.score:.2f}"
        minutes, seconds = divmod(int(line.start_seconds), 60)
        return f"{self.said.words}: {who}“{line.text}” at {minutes}:{seconds:02d}{like}"


def matches(archive: Archive, unit: Unit, said: LineQuery) -> dict[int, Match]:
    """Return the segments in which such a line is spoken, by id. A line belongs where its middle lies."""
    found: dict[int, Match] = {}
    for line in _lines(archive, said):
        middle = (line.line.start_seconds + line.line.end_seconds) / 2
        segment = archive.at(unit, line.content_id, middle)
        if segment is not None and (segment not in found or line.score > found[segment].found.score):
            found[segment] = Match(said, line)
    return found


def why_not_said(archive: Archive, said: Sequence[LineQuery], unit: Unit) -> list[str]:
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
        elif one.by in HEADING and not spoken.has_headings():
            sentences.append(f"“{one.words}”: no film of the archive has a screenplay beside it that fits its lines")
        elif not matches(archive, unit, one):
            sentences.append(_UNFOUND.get(one.by, "no line stands under such a heading ({})").format(one.text))
    return sentences


def _set_so(heading: SceneHeading, said: LineQuery) -> bool:
    if said.by == "time":
        return heading.time_of_day in _TIMES[said.text.casefold()]
    if said.by == "setting":
        return heading.interior if said.text == "interior" else heading.exterior
    there = {stem(word) for word in words_of(heading.place)}
    return all(stem(word) in there for word in words_of(said.text))


def _lines(archive: Archive, said: LineQuery) -> list[FoundLine]:
    spoken = archive.spoken()
    if said.by == "words":
        return spoken.with_words(said.text)
    if said.by == "speaker":
        return spoken.by_speaker(said.text)
    if said.by in HEADING:
        return spoken.under_heading(lambda heading: _set_so(heading, said))
    from kuleshov.models.minilm import MiniLm

    if not spoken.models():
        return []
    try:
        model = MiniLm()
    except ModelError:
        return []
    (vector,) = model.embed([said.text])
    return spoken.near(vector, model=model.identity, least=_LEAST_LIKENESS, most=_MOST_LINES)
