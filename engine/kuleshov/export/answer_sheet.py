"""Pictures of answers: search hits with stills and reasons; what a place reads as, with the frames that say so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kuleshov.archive import Archive
from kuleshov.emotion.sentence import sentence
from kuleshov.errors import ExportError
from kuleshov.export.clock import clock
from kuleshov.export.evidence import evidence, told_scores
from kuleshov.export.rows import Row, write_rows
from kuleshov.export.stills import still_frame
from kuleshov.query import SearchResult
from kuleshov.query.explain.result import Hit
from kuleshov.records import Analysis, Segment

_REASONS = 6  # of a hit, those that count most


def write_hits(archive: Archive, result: SearchResult, path: Path, *, force: bool = False) -> None:
    """Write the hits of a search as PNG, a row each: its still, its score and the reasons that count most.

    Raises ``ExportError`` for no hits, as ``write_rows`` does, and ``ArchiveError`` as reading the archive does.
    """
    if not result.hits:
        raise ExportError(f"{path}: nothing to draw: nothing was found")
    films = {hit.content_id: archive.analysis(hit.content_id) for hit in result.hits}
    rows = [_of_hit(number, hit, films[hit.content_id]) for number, hit in enumerate(result.hits, start=1)]
    write_rows(rows, path, title=result.query.text, force=force)


def write_reading(analysis: Analysis, segments: Sequence[Segment], path: Path, *, force: bool = False) -> None:
    """Write what segments of a film read as, in PNG: a row for each frame that shows a reason best.

    Raises ``ExportError`` as ``write_rows`` does, and for segments without emotion.
    """
    rows, said = [], []
    for segment in segments:
        emotion = segment.emotion
        if emotion is None:
            continue
        name = f"{type(segment).__name__.lower()} {segment.index}"
        said.append(f"{name[0].upper()}{name[1:]}: {sentence(emotion)}")
        shown = [each for score in told_scores(emotion) for each in evidence(segment, score, shots=analysis.shots)]
        for frame in sorted({each.frame for each in shown}):
            here = [each for each in shown if each.frame == frame]
            reasons = [(each.contribution, f"{each.score}: {each.text}") for each in here]
            rows.append(Row(analysis.film, frame, f"{name}, at {clock(here[0].seconds)}", reasons))
    if not rows:
        raise ExportError(f"{path}: nothing to draw: no emotion was read there")
    write_rows(rows, path, title=analysis.film.title, below=" ".join(said), force=force)


def _of_hit(number: int, hit: Hit, analysis: Analysis) -> Row:
    segments: Sequence[Segment] = analysis.scenes if hit.unit == "scene" else analysis.shots
    middle = (hit.in_frame + hit.out_frame) // 2
    frame = middle if hit.unit == "film" else still_frame(segments[hit.index], analysis.shots)[0]
    length = (
        clock(hit.out_seconds - hit.in_seconds) if hit.unit == "film" else f"{hit.out_seconds - hit.in_seconds:.1f} s"
    )
    heading = f"{number}. {hit.film}   {hit.unit} {hit.index}   {clock(hit.in_seconds)}, {length}   {hit.score:+.3f}"
    reasons = sorted(hit.reasons, key=lambda reason: -abs(reason.contribution))[:_REASONS]
    return Row(analysis.film, frame, heading, [(reason.contribution, reason.text) for reason in reasons])
