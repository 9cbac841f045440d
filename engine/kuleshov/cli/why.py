"""``kuleshov why``: the scores of a moment and their reasons, or why a query does not find it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kuleshov.cli.moment import parse_moment
from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, ForceOption, JsonOption, MomentArgument
from kuleshov.errors import QueryError
from kuleshov.export.clock import clock

if TYPE_CHECKING:
    from kuleshov.query.explain.why_not import Verdict
    from kuleshov.records import Analysis, Arc, Change, Segment

#: Changes further from the moment are not shown.
_NEAR_SECONDS = 15.0


def why(
    moment: MomentArgument,
    query: Annotated[str | None, typer.Argument(help="A query that should have found the moment.")] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    unit: Annotated[Literal["shot", "scene"] | None, typer.Option(help="Only the shot, or only the scene.")] = None,
    sheet: Annotated[
        Path | None,
        typer.Option(metavar="FILE.png", help="Also draw the reasons, each with the frame that shows it best."),
    ] = None,
    force: ForceOption = False,
    json: JsonOption = False,
) -> None:
    """Explain the scores of a moment in a film; with QUERY: which parts of the query it fulfils, and what is missing.

    Scores say what the technique is likely to evoke; nobody's feeling is measured.
    """
    from kuleshov.archive import Archive
    from kuleshov.archive.archive_norms import stored_norms
    from kuleshov.cli import render
    from kuleshov.emotion.norm_comparison import NormComparison
    from kuleshov.query import parse
    from kuleshov.query.explain.why_not import why_not

    name, seconds = parse_moment(moment)
    with Archive.open(archive) as store:
        film = store.resolve(name)
        if query is not None:
            if sheet is not None:
                raise QueryError("--sheet draws the scores of a moment; leave the query out")
            verdict = why_not(store, parse(query, unit=unit), film, seconds)
            if json:
                render.print_json(verdict.to_json())
            else:
                _print_verdict(verdict, film.title)
            return
        analysis = store.analysis(film.content_id)
        norms = stored_norms(store)
    segments: dict[str, Segment] = {
        kind: segment
        for kind, all_of_kind in (("shot", analysis.shots), ("scene", analysis.scenes))
        for segment in all_of_kind
        if segment.start_seconds <= seconds < segment.end_seconds and unit in (None, kind)
    }
    if not segments:
        raise QueryError(f"{film.title} has no shot at {seconds:g} s (it is {film.duration_seconds:.1f} s long)")
    if norms is not None:
        comparison = NormComparison(norms, film.year)
        segments = {kind: comparison.segment(segment) for kind, segment in segments.items()}
    if sheet is not None:
        from kuleshov.export.answer_sheet import write_reading

        write_reading(analysis, list(segments.values()), sheet, force=force)
    near = _near(analysis.arc, seconds)
    if json:
        render.print_json(
            {
                "film": film.content_id,
                "seconds": seconds,
                **{kind: _scores_json(segment, analysis) for kind, segment in segments.items()},
                "changes": [asdict(change) for change in near],
            }
        )
        return
    for kind, segment in segments.items():
        _print_segment(kind, segment, analysis)
    for change in near:
        render.say(change_line(change))
    if sheet is not None:
        render.say(f"Drew {sheet}.")


def change_line(change: Change) -> str:
    """Return a change and its causes in a line."""
    because = "; ".join(
        f"{cause.kind} at {clock(cause.seconds)} ({cause.text}, {cause.share:.0%})" for cause in change.causes
    )
    step = f"{change.dimension} {change.before:+.2f} → {change.after:+.2f}"
    return f"{clock(change.seconds):>8}  {step}: {because or 'no single event of the 10 s before explains it'}"


def _scores_json(segment: Segment, analysis: Analysis) -> dict[str, object]:
    from kuleshov.emotion.sentence import sentence
    from kuleshov.emotion.views import views_json
    from kuleshov.export.evidence import evidence, explained_scores

    emotion = segment.emotion
    return {
        "index": segment.index,
        "sentence": None if emotion is None else sentence(emotion),
        "emotion": None if emotion is None else asdict(emotion),
        "evidence": [
            asdict(reason)
            for score in ([] if emotion is None else explained_scores(emotion))
            for reason in evidence(segment, score, shots=analysis.shots)
        ],
        "views": views_json(segment),
    }


def _print_segment(kind: str, segment: Segment, analysis: Analysis) -> None:
    from kuleshov.cli import render
    from kuleshov.emotion.sentence import sentence
    from kuleshov.emotion.views import views_text
    from kuleshov.export.evidence import evidence, explained_scores

    start, end = clock(segment.start_seconds), clock(segment.end_seconds)
    render.say(f"{kind} {segment.index}  {start} - {end}")
    emotion = segment.emotion
    if emotion is None:
        return
    render.say(f"  {sentence(emotion)}")
    scores = explained_scores(emotion)
    for score in scores:
        value = emotion.moods[score] if score in emotion.moods else getattr(emotion, score)
        if value is None:  # analysed by a Kuleshov without this score
            continue
        render.say(f"  {score} {value:+.3f}")
        reasons = evidence(segment, score, shots=analysis.shots)
        for reason in reasons:
            time = "" if kind == "shot" else f" at {clock(reason.seconds)}"
            render.say(f"    {reason.contribution:+.3f}  {reason.text}{time}")
        rest = value - sum(reason.contribution for reason in reasons)
        render.say(f"    {rest:+.3f}  all other cues")
    if named := views_text(segment):
        render.say(f"  under other names: {named}")
    if len(emotion.strong) > 1:
        render.say(f"  also strong: {', '.join(mood for mood in emotion.strong if mood not in scores)}")


def _print_verdict(verdict: Verdict, title: str) -> None:
    from kuleshov.cli import render

    start, end = clock(verdict.start_seconds), clock(verdict.end_seconds)
    where = f"hit {verdict.place}" if verdict.place is not None else "not found"
    if verdict.alike_to is not None:
        where = f"similar to hit {verdict.place} ({verdict.alike_to})"
    if verdict.by_score is not None and verdict.by_score != verdict.place:
        where += f", {verdict.by_score} by score alone"
    render.say(f"{title}, {verdict.unit} {verdict.index} ({start} - {end}): {where}")
    for part in verdict.parts:
        off = f", short by {part.missing:.3g}" if part.missing and not part.fulfilled else ""
        render.say(f"  {'yes' if part.fulfilled else 'NO ':<3} “{part.words}”: {part.text}{off}")
    if verdict.hit is not None:
        best = "" if verdict.better_than is None else f" (the first hit has {verdict.better_than:+.3f})"
        render.say(f"  score {verdict.hit.score:+.3f}{best}")
        for reason in verdict.hit.reasons[:6]:
            render.say(f"    {reason.contribution:+.3f}  {reason.text}")


def _near(arc: Arc | None, seconds: float) -> list[Change]:
    return [change for change in arc.changes if abs(change.seconds - seconds) <= _NEAR_SECONDS] if arc else []
