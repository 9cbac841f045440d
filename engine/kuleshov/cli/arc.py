"""``kuleshov arc``: how a film reads over its time."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from kuleshov.cinema.detectors import DEFAULT_DETECTOR
from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, DeviceOption, JsonOption, ShotsOption
from kuleshov.cli.why import change_line
from kuleshov.errors import ArchiveError
from kuleshov.export.clock import clock

if TYPE_CHECKING:
    from kuleshov.records import Arc, Film

_BLOCKS = " ▁▂▃▄▅▆▇█"
_WIDTH = 72
_MOST_CHANGES = 12


def arc(
    film: Annotated[str, typer.Argument(help="A film: its title or id in the archive, or a file.")],
    like: Annotated[
        str | None, typer.Option(metavar="FILM", help="Another film: how alike their curves are, 1 being the same.")
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    device: DeviceOption = "auto",
    shots: ShotsOption = DEFAULT_DETECTOR,
    json: JsonOption = False,
) -> None:
    """Show valence, arousal and tension over a film: shape, climax, turning points, and what changes them."""
    from kuleshov.cli import render
    from kuleshov.cli.sources import described
    from kuleshov.emotion.shapes import curve_likeness
    from kuleshov.pipeline.settings import Settings

    settings = Settings(device=device, shots=shots)
    analysis = described(film, archive=archive, settings=settings, quiet=json).analysis
    found = arc_of(analysis.arc, analysis.film)
    alike = None
    if like is not None:
        other = described(like, archive=archive, settings=settings, quiet=json).analysis
        theirs = arc_of(other.arc, other.film).curves
        alike = {
            name: curve_likeness(curve.values, theirs[name].values)
            for name, curve in found.curves.items()
            if name in theirs
        }
    if json:
        render.print_json({"film": analysis.film.content_id, "arc": asdict(found), "like": alike})
        return
    for line in _lines(found, analysis.film):
        render.say(line)
    for name, value in (alike or {}).items():
        render.say(f"{name}: " + ("too flat to compare" if value is None else f"likeness {value:+.2f}"))


def arc_of(found: Arc | None, film: Film) -> Arc:
    """Return the arc of a film. Raises ``ArchiveError`` where there is none."""
    if found is None:
        raise ArchiveError(f"{film.title}: described before there were arcs (ingest {film.source} again)")
    return found


def _lines(found: Arc, film: Film) -> list[str]:

    lines = [f"{film.title}  {clock(film.duration_seconds)}: what the technique reads as, second by second"]
    for name, curve in found.curves.items():
        shape = curve.shape
        said = f"{shape.name} (confidence {shape.confidence:.2f})" if shape.name else "hardly moves"
        lines.append(f"{name:<9} {_spark(curve.values)}  {min(curve.values):+.2f} to {max(curve.values):+.2f}, {said}")
        lines.append(f"{'mood':>9} {_spark(curve.mood)}")
    if found.climax_seconds is not None:
        lines.append(f"climax {clock(found.climax_seconds)} (highest arousal)")
    turns = [f"{turn.dimension} {turn.kind} {clock(turn.seconds)}" for turn in found.turns]
    if turns:
        lines.append(f"turns  {', '.join(turns)}")
    largest = sorted(found.changes, key=lambda change: -abs(change.after - change.before))[:_MOST_CHANGES]
    lines += [change_line(change) for change in sorted(largest, key=lambda change: change.seconds)]
    if len(found.changes) > len(largest):
        lines.append(f"       {len(found.changes) - len(largest)} smaller changes (--json tells them)")
    return lines


def _spark(values: list[float]) -> str:
    """A curve as a line of blocks, -1..1 cut off at ±0.6, where most of it lies."""
    if not values:
        return ""
    places = [values[round(number * (len(values) - 1) / (_WIDTH - 1))] for number in range(_WIDTH)]
    return "".join(_BLOCKS[round((min(max(value, -0.6), 0.6) + 0.6) / 1.2 * 7) + 1] for value in places)
