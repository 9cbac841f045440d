"""``kuleshov compare``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from kuleshov.cinema.detectors import DEFAULT_DETECTOR
from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, DeviceOption, FilmArgument, JsonOption, ShotsOption
from kuleshov.errors import ArchiveError

if TYPE_CHECKING:
    from kuleshov.cinema.fingerprint.fingerprints import Version
    from kuleshov.cinema.fingerprint.versions import FrameRange, ShotFate, VersionComparison
    from kuleshov.cli.film_source import FilmSource

#: Version of the JSON shape. Grows when a field changes meaning or goes away.
COMPARISON_SCHEMA_VERSION = 1


def compare(
    first: FilmArgument,
    second: FilmArgument,
    excerpt: Annotated[
        bool, typer.Option("--excerpt", help="FIRST is a trailer or an excerpt: find each of its shots in SECOND.")
    ] = False,
    mirrored: Annotated[
        bool, typer.Option("--mirrored", help="Also find shots that were mirrored left to right.")
    ] = False,
    all: Annotated[bool, typer.Option("--all", help="Also list unchanged shots.")] = False,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    device: DeviceOption = "auto",
    shots: ShotsOption = DEFAULT_DETECTOR,
    json: JsonOption = False,
) -> None:
    """Compare two copies of a film: shots missing, added, shortened, lengthened, moved, replaced."""
    from kuleshov.cinema.fingerprint.versions import compare as compare_versions
    from kuleshov.cli import render
    from kuleshov.cli.film_source import film_source
    from kuleshov.pipeline.job.settings import Settings

    settings = Settings(device=device, shots=shots)
    one, two = (film_source(film, archive=archive, settings=settings, quiet=json) for film in (first, second))
    result = compare_versions(_version(one), _version(two), excerpt=excerpt, mirrored=mirrored)
    if json:
        about = {"first": asdict(one.analysis.film), "second": asdict(two.analysis.film)}
        render.print_json({"schema_version": COMPARISON_SCHEMA_VERSION, **about, **asdict(result)})
        return
    for line in _lines(result, one, two, all=all):
        render.say(line)


def _version(source: FilmSource) -> Version:
    from kuleshov.cinema.fingerprint.fingerprints import Version

    if source.measured is None:
        film = source.analysis.film
        raise ArchiveError(
            f"{film.title}: analysed by an older Kuleshov that did not store what a comparison needs "
            f"(ingest {film.source} again)"
        )
    return Version.of(source.measured, source.analysis.shots)


def _lines(result: VersionComparison, one: FilmSource, two: FilmSource, *, all: bool) -> list[str]:
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
    positions = "  ->  ".join(_position(frames) for frames in (fate.first, fate.second))
    return f"{', '.join(fate.kinds):<22}{positions}{'  ' if changes else ''}{', '.join(changes)}"


def _position(frames: FrameRange | None) -> str:
    from kuleshov.export.clock import clock

    if frames is None:
        return "-"
    shots = f"shot {frames.first_shot}" + (f"-{frames.end_shot - 1}" if frames.end_shot - frames.first_shot > 1 else "")
    return f"{shots} ({clock(frames.start_seconds)} - {clock(frames.end_seconds)})"
