"""``kuleshov compare``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from kuleshov.cinema.detectors import DEFAULT_DETECTOR
from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, DeviceOption, JsonOption, ShotsOption
from kuleshov.errors import ArchiveError

if TYPE_CHECKING:
    from kuleshov.cinema.fingerprint.fingerprints import Version
    from kuleshov.cinema.fingerprint.versions import FrameRange, ShotFate, VersionComparison
    from kuleshov.cli.sources import Source

#: Version of the JSON shape. Grows when a field changes meaning or goes away.
COMPARISON_SCHEMA_VERSION = 1
FilmArgument = Annotated[str, typer.Argument(help="A film: its title or id in the archive, or a file.")]


def compare(
    first: FilmArgument,
    second: FilmArgument,
    excerpt: Annotated[
        bool, typer.Option("--excerpt", help="FIRST is a trailer or an excerpt: find each of its shots in SECOND.")
    ] = False,
    mirrored: Annotated[
        bool, typer.Option("--mirrored", help="Also look for shots that were flipped left to right.")
    ] = False,
    all: Annotated[bool, typer.Option("--all", help="List unchanged shots too.")] = False,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    device: DeviceOption = "auto",
    shots: ShotsOption = DEFAULT_DETECTOR,
    json: JsonOption = False,
) -> None:
    """Compare two copies of a film: shots missing, added, shortened, lengthened, moved, replaced."""
    from kuleshov.cinema.fingerprint.versions import compare as compare_versions
    from kuleshov.cli import render
    from kuleshov.cli.sources import described
    from kuleshov.pipeline.settings import Settings

    settings = Settings(device=device, shots=shots)
    one, two = (described(film, archive=archive, settings=settings, quiet=json) for film in (first, second))
    result = compare_versions(_version(one), _version(two), excerpt=excerpt, mirrored=mirrored)
    if json:
        about = {"first": asdict(one.analysis.film), "second": asdict(two.analysis.film)}
        render.print_json({"schema_version": COMPARISON_SCHEMA_VERSION, **about, **asdict(result)})
        return
    for line in _lines(result, one, two, all=all):
        render.say(line)


def _version(source: Source) -> Version:
    from kuleshov.cinema.fingerprint.fingerprints import Version

    if source.measured is None:
        film = source.analysis.film
        raise ArchiveError(
            f"{film.title}: described by an older Kuleshov that did not keep what comparing needs "
            f"(ingest {film.source} again)"
        )
    return Version.of(source.measured, source.analysis.shots)


def _lines(result: VersionComparison, one: Source, two: Source, *, all: bool) -> list[str]:
    films = f"{one.analysis.film.title} ({len(one.analysis.shots)} shots) and {two.analysis.film.title} "
    lines = [f"{films}({len(two.analysis.shots)} shots): {result.similarity:.1%} in common"]
    if result.speed != 1:
        lines.append(f"the second runs at {1 / result.speed:.4g} times the speed of the first")
    lines.append(", ".join(f"{count} {kind}" for kind, count in sorted(result.counts.items())))
    lines += [_line(fate) for fate in result.fates if all or fate.kinds != ("same",)]
    return lines


def _line(fate: ShotFate) -> str:
    changes = [
        f"{end} {seconds:+.2f} s"
        for end, seconds in (("head", fate.head_seconds), ("tail", fate.tail_seconds))
        if seconds
    ]
    places = "  ->  ".join(_place(place) for place in (fate.first, fate.second))
    return f"{', '.join(fate.kinds):<22}{places}{'  ' if changes else ''}{', '.join(changes)}"


def _place(place: FrameRange | None) -> str:
    from kuleshov.export.clock import clock

    if place is None:
        return "-"
    shots = f"shot {place.first_shot}" + (f"-{place.end_shot - 1}" if place.end_shot - place.first_shot > 1 else "")
    return f"{shots} ({clock(place.start_seconds)} - {clock(place.end_seconds)})"
