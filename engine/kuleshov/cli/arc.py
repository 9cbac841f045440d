"""``kuleshov arc``: valence, arousal and tension over a film."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from kuleshov.cinema.detectors import DEFAULT_DETECTOR
from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, DeviceOption, FilmArgument, JsonOption, ShotsOption
from kuleshov.cli.why import change_line
from kuleshov.errors import ArchiveError
from kuleshov.export.clock import clock

if TYPE_CHECKING:
    from kuleshov.records import Arc, Film

_BLOCKS = " ▁▂▃▄▅▆▇█"
_WIDTH = 72
_MOST_CHANGES = 12


def arc(
    film: FilmArgument,
    like: Annotated[
        str | None,
        typer.Option(metavar="FILM", help="Compare the curves with those of another film; 1 means the same."),
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    device: DeviceOption = "auto",
    shots: ShotsOption = DEFAULT_DETECTOR,
    json: JsonOption = False,
) -> None:
    """Show valence, arousal and tension over a film: shape, climax, turning points, and the causes of changes."""
    from kuleshov.cli import render
    from kuleshov.cli.film_source import film_source
    from kuleshov.emotion.shapes import curve_likeness
    from kuleshov.pipeline.job.settings import Settings

    settings = Settings(device=device, shots=shots)
    analysis = film_source(film, archive=archive, settings=settings, quiet=json).analysis
    own = arc_of(analysis.arc, analysis.film)
    likeness = None
    if like is not None:
        other = film_source(like, archive=archive, settings=settings, quiet=json).analysis
        theirs = arc_of(other.arc, other.film).curves
        likeness = {
            name: curve_likeness(curve.values, theirs[name].values)
            for name, curve in own.curves.items()
            if name in theirs
        }
    if json:
        render.print_json({"film": analysis.film.content_id, "arc": asdict(own), "like": likeness})
        return
    for line in _lines(own, analysis.film):
        render.say(line)
    for name, value in (likeness or {}).items():
        render.say(f"{name}: " + ("too flat to compare" if value is None else f"likeness {value:+.2f}"))


def arc_of(stored: Arc | None, film: Film) -> Arc:
    """Return the arc of a film. Raises ``ArchiveError`` if there is none."""
    if stored is None:
        raise ArchiveError(f"{film.title}: analysed by a Kuleshov without arcs (ingest {film.source} again)")
    return stored


def _lines(arc: Arc, film: Film) -> list[str]:
    lines = [f"{film.title}  {clock(film.duration_seconds)}: what its technique reads as, second by second"]
    for name, curve in arc.curves.items():
        shape = curve.shape
        named = f"{shape.name} (confidence {shape.confidence:.2f})" if shape.name else "nearly flat"
        lines.append(f"{name:<9} {_spark(curve.values)}  {min(curve.values):+.2f} to {max(curve.values):+.2f}, {named}")
        lines.append(f"{'mood':>9} {_spark(curve.mood)}")
    if arc.climax_seconds is not None:
        lines.append(f"climax {clock(arc.climax_seconds)} (highest arousal)")
    turns = [f"{turn.dimension} {turn.kind} {clock(turn.seconds)}" for turn in arc.turns]
    if turns:
        lines.append(f"turns  {', '.join(turns)}")
    largest = sorted(arc.changes, key=lambda change: -abs(change.after - change.before))[:_MOST_CHANGES]
    lines += [change_line(change) for change in sorted(largest, key=lambda change: change.seconds)]
    if len(arc.changes) > len(largest):
        lines.append(f"       {len(arc.changes) - len(largest)} smaller changes (--json lists them)")
    return lines


def _spark(values: list[float]) -> str:
    """A curve as a line of blocks, cut off at ±0.6, as most values lie within."""
    if not values:
        return ""
    samples = [values[round(number * (len(values) - 1) / (_WIDTH - 1))] for number in range(_WIDTH)]
    return "".join(_BLOCKS[round((min(max(value, -0.6), 0.6) + 0.6) / 1.2 * 7) + 1] for value in samples)
