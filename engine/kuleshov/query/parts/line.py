"""A line of dialogue: by its words, its meaning or its speaker, or by the scene heading that a screenplay gives it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.dialogue_index import LineHit, stem, words_of
from kuleshov.errors import ModelError
from kuleshov.query.matching.column_table import RowScores, Selection
from kuleshov.query.matching.context import SearchContext, View
from kuleshov.query.matching.part import GradedPart, PartMatch, PartVerdict, Reason
from kuleshov.records import SceneHeading

LineBy = Literal["words", "meaning", "speaker", "place", "time", "setting"]

#: Lines whose meaning is further than this from what is asked for are none (cosine of all-MiniLM-L6-v2; a design
#: value: unrelated lines of dialogue lie near 0.1).
_LEAST_LIKENESS = 0.35
_MOST_LINES = 1000
#: What the headings of a screenplay answer, and which of its times one word means.
_HEADING = ("place", "time", "setting")
_TIMES: dict[str, tuple[str | None, ...]] = {
    "day": ("day", "morning", "noon", "afternoon"),
    "evening": ("evening", "dusk"),
    **{time: (time,) for time in ("night", "dawn", "dusk", "morning", "noon", "afternoon")},
}
_DESCRIBED: dict[LineBy, str] = {
    "words": "with the words “{}”",
    "meaning": "whose meaning is near “{}”",
    "speaker": "of {}",
    "place": "of a scene that the screenplay sets in “{}”",
    "time": "of a scene that the screenplay sets at {}",
    "setting": "of a scene that is an {} in the screenplay",
}
_NOT_FOUND = {
    "words": "no line says “{}”",
    "meaning": "no line is near “{}” in meaning",
    "speaker": "no line is spoken by {}",
}


@dataclass(frozen=True)
class LineQuery(GradedPart):
    """Asks for lines of dialogue: ``text`` is found by its ``words`` or its ``meaning``; or is their speaker, or part
    of the heading that the screenplay gives them.
    """

    text: str
    by: LineBy
    words: str  # as typed, with what introduces it
    weight: float = 1.0

    def __post_init__(self) -> None:
        self.check_weight("line")

    def match(self, context: SearchContext, selection: Selection) -> LineMatch:
        return LineMatch(self, context)

    def describe(self) -> list[str]:
        return [f'"{self.words}": a line {_DESCRIBED[self.by].format(self.text)}, weight {self.weight:.2f}']


class LineMatch(PartMatch[LineQuery]):
    """The segments with such a line: of each, the line that fits best. A line belongs where its middle lies."""

    def narrow(self, selection: Selection) -> Selection:
        return selection.among(list(self._best))

    def scores(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        return self.part.weight * self._by_row.at(rows)

    def verdicts(self, view: View) -> list[PartVerdict]:
        line = self._best.get(view.key)
        text = "no such line is spoken here" if line is None else self._text(line)
        return [PartVerdict(self.part.words, line is not None, None, text)]

    def reasons(self, view: View) -> list[Reason] | None:
        line = self._best.get(view.key)
        if line is None:
            return None
        return [Reason("says", line.score, self.part.weight * line.score, self._text(line), self.part.weight)]

    def why_none(self) -> list[str]:
        dialogue, part = self.context.archive.dialogue(), self.part
        if not len(dialogue):
            reason = "no film of the archive has lines of dialogue (subtitles, ingested by this version)"
        elif part.by == "meaning" and not dialogue.models():
            reason = "no sentence model read the lines (pip install 'kuleshov[text]', ingest again)"
        elif part.by in _HEADING and not dialogue.has_headings():
            reason = "no film of the archive has a screenplay beside it that fits its lines"
        else:
            return [_NOT_FOUND.get(part.by, "no line stands under such a heading ({})").format(part.text)]
        return [f"“{part.words}”: {reason}"]

    @cached_property
    def _best(self) -> dict[int | str, LineHit]:
        """The line of each segment or film that fits best, by their keys."""
        best: dict[int | str, LineHit] = {}
        for line in self._lines():
            key = self._key(line)
            if key is not None and (key not in best or line.score > best[key].score):
                best[key] = line
        return best

    def _key(self, line: LineHit) -> int | str | None:
        if self.context.of_films:
            return line.content_id
        middle = (line.line.start_seconds + line.line.end_seconds) / 2
        return self.context.archive.at(self.context.unit, line.content_id, middle)

    @cached_property
    def _by_row(self) -> RowScores:
        rows = self.context.table.columns.at(np.array(list(self._best), dtype=np.int64))
        return RowScores(rows, np.array([line.score for line in self._best.values()]))

    def _lines(self) -> list[LineHit]:
        dialogue, part = self.context.archive.dialogue(), self.part
        if part.by == "words":
            return dialogue.with_words(part.text)
        if part.by == "speaker":
            return dialogue.by_speaker(part.text)
        if part.by in _HEADING:
            return dialogue.under_heading(self._is_under)
        from kuleshov.models.minilm import MiniLm

        if not dialogue.models():
            return []
        try:
            model = MiniLm()
        except ModelError:
            return []
        (vector,) = model.embed([part.text])
        return dialogue.similar(vector, model=model.identity, least=_LEAST_LIKENESS, most=_MOST_LINES)

    def _is_under(self, heading: SceneHeading) -> bool:
        if self.part.by == "time":
            return heading.time_of_day in _TIMES[self.part.text.casefold()]
        if self.part.by == "setting":
            return heading.interior if self.part.text == "interior" else heading.exterior
        there = {stem(word) for word in words_of(heading.place)}
        return all(stem(word) in there for word in words_of(self.part.text))

    def _text(self, found: LineHit) -> str:
        """Return the line as people read it: ``says "goodbye": ANNA: “Goodbye.” at 1:02``."""
        line = found.line
        who = f"{line.speaker}: " if line.speaker else ""
        like = f", likeness {found.score:.2f}" if self.part.by == "meaning" else ""
        if self.part.by in _HEADING and line.screenplay and line.screenplay.heading:
            like = f": {line.screenplay.heading.text}, confidence {found.score:.2f}"
        minutes, seconds = divmod(int(line.start_seconds), 60)
        return f"{self.part.words}: {who}“{line.text}” at {minutes}:{seconds:02d}{like}"
