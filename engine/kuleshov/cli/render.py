"""What the commands print for people: progress, films, hits with reasons. Results go to standard output."""

from __future__ import annotations

import json as json_text
import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kuleshov.cinema.editing.editing import LONG_TAKE_SECONDS
from kuleshov.export import labels
from kuleshov.export.clock import clock
from kuleshov.export.labels import counted
from kuleshov.pipeline.job.progress import Progress, Watcher, ignore
from kuleshov.records import json_pieces

if TYPE_CHECKING:
    from kuleshov.archive import FilmEntry
    from kuleshov.pipeline.doctor import Examination
    from kuleshov.pipeline.ingest import Ingested
    from kuleshov.query import SearchResult
    from kuleshov.records import Analysis, Editing, Segment

_STAGES = {
    "hash": "reading",
    "pictures": "pictures",
    "sound": "sound",
    "describe": "describing",
    "see": "key frames",
    "store": "storing",
}
_REASONS_SHOWN = 4
_ALIKE_SHOWN = 3


def console() -> Console:
    """Standard output as it is now, as a caller may have redirected it."""
    return Console(highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Print one line."""
    console().print(escape(text))


def complain(text: str) -> None:
    """Print one line to standard error."""
    sys.stderr.write(f"kuleshov: {text}\n")


def print_json(document: Any) -> None:
    """Print a document as JSON; what was not measured (NaN) is null."""
    sys.stdout.write(json_text.dumps(_without_nan(document), ensure_ascii=False, indent=1) + "\n")


def print_analysis_json(analysis: Analysis) -> None:
    """Print an analysis as JSON with its views, piece by piece, as a feature film has tens of megabytes of text."""
    from kuleshov.emotion.views import views_json

    for piece in json_pieces(analysis, also=lambda segment: {"views": views_json(segment)}):
        sys.stdout.write(piece)
    sys.stdout.write("\n")


def _without_nan(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _without_nan(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(entry) for entry in value]
    return value


@contextmanager
def progress(*, quiet: bool) -> Iterator[Watcher]:
    """Show a progress bar on a terminal while the block runs: film, stage, speed relative to real time."""
    screen = Console(stderr=True)
    if quiet or not screen.is_terminal:
        yield ignore
        return
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(compact=True),
    )
    with Bar(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("", total=None, speed="")
        began: dict[Path, float] = {}

        def watch(report: Progress) -> None:
            if report.path not in began:
                began[report.path] = perf_counter()
                bar.reset(task)
            elapsed = perf_counter() - began[report.path]
            speed = f"{report.seconds_done / elapsed:.1f}x real time" if report.seconds_done and elapsed > 0 else ""
            bar.update(
                task,
                description=f"{escape(report.path.name)}: {_STAGES[report.stage]}",
                completed=report.seconds_done,
                total=report.seconds_total,
                speed=speed,
            )

        yield watch


def ingested(outcome: Ingested) -> None:
    """Print the outcome for one film."""
    out = console()
    name = escape(outcome.path.name)
    if outcome.outcome in ("added", "renewed"):
        out.print(
            f"[green]{outcome.outcome:<7}[/]  {name}: {clock(outcome.duration_seconds)}, "
            f"{counted(outcome.shots, 'shot')}, {counted(outcome.scenes, 'scene')}, {outcome.speed:.1f}x real time"
        )
        for note in outcome.notes:
            out.print(f"         [dim]{escape(note)}[/]")
    elif outcome.outcome == "present":
        out.print(f"[blue]present[/]  {name}: stored already")
    elif outcome.outcome == "kept":
        out.print(f"[blue]kept[/]     {name}: {escape(outcome.reason)}")
    elif outcome.outcome == "moved":
        out.print(f"[blue]moved[/]    {name}: stored already, now linked to {escape(str(outcome.path))}")
    elif outcome.outcome == "searched":
        out.print(f"[dim]left out of {escape(str(outcome.path))}: {escape(outcome.reason)}[/]")
    else:
        out.print(f"[red]failed[/]   {name}")


def ingested_json(outcome: Ingested) -> dict[str, Any]:
    """Return an outcome as plain data."""
    return asdict(outcome) | {"path": str(outcome.path), "speed": outcome.speed}


def films(
    entries: Sequence[FilmEntry], *, nothing: str = "The archive has no films yet: kuleshov ingest PATHS..."
) -> None:
    """Print films of an archive; ``nothing`` where there are none."""
    table = Table(box=None, pad_edge=False)
    for heading in ("id", "title"):
        table.add_column(heading)
    for heading in ("length", "shots", "scenes"):
        table.add_column(heading, justify="right")
    for entry in entries:
        table.add_row(
            entry.content_id[:8],
            escape(entry.title),
            clock(entry.duration_seconds),
            str(entry.shot_count),
            str(entry.scene_count),
        )
    if entries:
        console().print(table)
    else:
        say(nothing)


def film(analysis: Analysis) -> None:
    """Print a film: its format, its editing, then its scenes with their shots."""
    out = console()
    about = analysis.film
    out.print(
        f"[bold]{escape(about.title)}[/]  {clock(about.duration_seconds)}, {about.width}x{about.height}, "
        f"{about.frame_rate:.3f} fps{' (variable)' if about.variable_frame_rate else ''}, {about.codec}, "
        f"{counted(len(analysis.shots), 'shot')} in {counted(len(analysis.scenes), 'scene')}"
    )
    if analysis.editing is not None:
        out.print(f"editing: {_editing(analysis.editing)}")
    for note in analysis.provenance.notes:
        out.print(f"[dim]note: {escape(note)}[/]")
    table = Table(box=None, pad_edge=False)
    for heading in ("", "in", "out"):
        table.add_column(heading, no_wrap=True)
    for heading in ("begins", "light", "picture", "sound", "reads as"):
        table.add_column(heading)
    for scene in analysis.scenes:
        table.add_row(f"[bold]scene {scene.index}[/] {labels.kind(scene)}", *_times(scene), "", *_qualities(scene))
        for shot in analysis.shots[scene.first_shot : scene.end_shot]:
            table.add_row(f"  shot {shot.index}", *_times(shot), labels.kind(shot), *_qualities(shot))
    out.print(table)


def _editing(editing: Editing) -> str:
    """Patterns of shot lengths in a line; figures that need more shots are left out."""
    parts = [
        f"average shot {editing.average_shot_length_seconds:.1f} s, median {editing.median_shot_length_seconds:.1f} s, "
        f"longest {editing.longest_shot_seconds:.1f} s",
        f"{editing.cuts_per_minute:.1f} cuts a minute",
    ]
    if editing.long_shot_seconds is not None:
        longest = max(editing.long_shot_seconds, LONG_TAKE_SECONDS)
        parts.append(f"{editing.long_takes} long takes of at least {longest:.1f} s")
    if editing.rhythm_slope is not None:
        parts.append(f"rhythm 1/f^{editing.rhythm_slope:.2f}")
    return "; ".join(parts)


def _times(segment: Segment) -> tuple[str, str]:
    return clock(segment.start_seconds), clock(segment.end_seconds)


def _qualities(segment: Segment) -> tuple[str, str, str, str]:
    picture = ", ".join(part for part in (labels.scale(segment), labels.movement(segment)) if part)
    return labels.light(segment), picture, labels.sound(segment), labels.strongest_mood(segment)


def search_result(result: SearchResult, *, explain: bool) -> None:
    """Print hits with their reasons, and words that were not understood; ``explain`` prints everything."""
    from kuleshov.query import described

    out = console()
    if explain:  # how the query was understood, with the words that were not
        for line in described(result.query):
            out.print(f"[dim]{escape(line)}[/]")
    else:
        if result.query.not_understood:
            out.print(f"[yellow]not understood:[/] {escape(', '.join(result.query.not_understood))}")
        for word, known in result.query.did_you_mean if result.hits else ():
            out.print(f'[yellow]did you mean[/] "{escape(known)}" for "{escape(word)}"?')
    for note in result.notes:
        out.print(f"[dim]{escape(note)}[/]")
    for number, hit in enumerate(result.hits, start=1):
        out.print(
            f"[bold]{number}. {escape(hit.film)}[/]  {clock(hit.in_seconds)} - {clock(hit.out_seconds)}  "
            f"({hit.unit} {hit.index}, {hit.out_seconds - hit.in_seconds:.1f} s)  score {hit.score:+.3f}"
        )
        reasons = sorted(hit.reasons, key=lambda reason: -abs(reason.contribution))
        shown = reasons if explain else reasons[:_REASONS_SHOWN]
        for reason in shown:
            weight = f"  [dim]weight {reason.weight:.2f}[/]" if explain and reason.weight is not None else ""
            out.print(f"     {reason.contribution:+.3f}  {escape(reason.text)}{weight}")
        rest = reasons[len(shown) :]
        if rest:
            total = math.fsum(reason.contribution for reason in rest)
            out.print(f"     {total:+.3f}  [dim]{len(rest)} smaller reasons (--explain shows them)[/]")
        if hit.alike:
            copies = hit.alike if explain else hit.alike[:_ALIKE_SHOWN]
            listed = ", ".join(f"{copy.film} {clock(copy.in_seconds)}" for copy in copies)
            more = ", ..." if len(copies) < len(hit.alike) else ""
            out.print(f"     and {len(hit.alike)} similar: {escape(listed)}{more}")
    if not result.hits:
        out.print("Nothing found.")
        for line in result.empty_because:
            out.print(f"  {escape(line)}")


def doctor(report: Examination) -> None:
    """Print what works, what does not and why."""
    out = console()
    for finding in report.findings:
        mark = "[green]on [/]" if finding.works else "[yellow]off[/]"
        out.print(f"{mark}  {escape(finding.name)}: {escape(finding.detail)}")
    for problem in report.problems:
        out.print(f"[red]problem[/]  {escape(problem)}")
