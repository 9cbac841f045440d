"""Pictures of answers: search hits with stills and reasons; a moment's scores with the frames that explain them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kuleshov.archive import Archive
from kuleshov.emotion.sentence import sentence
from kuleshov.errors import ExportError
from kuleshov.export.clock import clock
from kuleshov.export.evidence import Evidence, evidence, explained_scores
from kuleshov.export.reason_rows import ReasonRow, write_rows
from kuleshov.export.stills import still_frame
from kuleshov.query import SearchResult
from kuleshov.query.explain.result import Hit
from kuleshov.records import Analysis, Segment

_REASONS = 6  # drawn of each hit: the largest


def write_hits(archive: Archive, result: SearchResult, path: Path, *, force: bool = False) -> None:
    """Write the hits of a search as PNG, a row each: its still, its score and its largest reasons.

    Raises ``ExportError`` for no hits and as ``write_rows``, and ``ArchiveError`` as reading the archive.
    """
    if not result.hits:
        raise ExportError(f"{path}: nothing to draw: the search found nothing")
    films = {hit.content_id: archive.analysis(hit.content_id) for hit in result.hits}
    rows = [_of_hit(number, hit, films[hit.content_id]) for number, hit in enumerate(result.hits, start=1)]
    write_rows(rows, path, title=result.query.text, force=force)


def write_reading(analysis: Analysis, segments: Sequence[Segment], path: Path, *, force: bool = False) -> None:
    """Write the scores of a film's segments as PNG: a row for each frame that shows a reason best.

    Raises ``ExportError`` as ``write_rows``, and for segments without emotion scores.
    """
    rows, sentences = [], []
    for segment in segments:
        emotion = segment.emotion
        if emotion is None:
            continue
        name = f"{type(segment).__name__.lower()} {segment.index}"
        sentences.append(f"{name[0].upper()}{name[1:]}: {sentence(emotion)}")
        by_frame: dict[int, list[Evidence]] = {}
        for score in explained_scores(emotion):
            for reason in evidence(segment, score, shots=analysis.shots):
                by_frame.setdefault(reason.frame, []).append(reason)
        for frame, reasons in sorted(by_frame.items()):
            parts = [(reason.contribution, f"{reason.score}: {reason.text}") for reason in reasons]
            rows.append(ReasonRow(analysis.film, frame, f"{name}, at {clock(reasons[0].seconds)}", parts))
    if not rows:
        raise ExportError(f"{path}: nothing to draw: there are no emotion scores")
    write_rows(rows, path, title=analysis.film.title, below=" ".join(sentences), force=force)


def _of_hit(number: int, hit: Hit, analysis: Analysis) -> ReasonRow:
    segments: Sequence[Segment] = analysis.scenes if hit.unit == "scene" else analysis.shots
    middle = (hit.in_frame + hit.out_frame) // 2
    frame = middle if hit.unit == "film" else still_frame(segments[hit.index], analysis.shots)[0]
    length = (
        clock(hit.out_seconds - hit.in_seconds) if hit.unit == "film" else f"{hit.out_seconds - hit.in_seconds:.1f} s"
    )
    heading = f"{number}. {hit.film}   {hit.unit} {hit.index}   {clock(hit.in_seconds)}, {length}   {hit.score:+.3f}"
    reasons = sorted(hit.reasons, key=lambda reason: -abs(reason.contribution))[:_REASONS]
    return ReasonRow(analysis.film, frame, heading, [(reason.contribution, reason.text) for reason in reasons])
