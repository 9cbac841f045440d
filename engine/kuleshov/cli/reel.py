"""``kuleshov reel`` and ``kuleshov path``: shots and scenes assembled by what they read as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, ForceOption, JsonOption
from kuleshov.errors import QueryError
from kuleshov.export.clock import clock
from kuleshov.export.write import format_of, refuse_existing, write_listing

if TYPE_CHECKING:
    from kuleshov.archive import Archive
    from kuleshov.cinema.attributes.measures import Unit
    from kuleshov.query import Hit

_REASONS_SHOWN = 3
FilmOption = Annotated[
    list[str] | None, typer.Option("--film", metavar="FILM", help="Only from this film; may be given several times.")
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Also write it as a file: .edl, .otio, .csv, .json, .vtt, .parquet."
    ),
]


def reel(
    profile: Annotated[
        str,
        typer.Option(
            help="What the reel is of: tension, trailer, comfort, engagement, confusion, frustration, satisfaction, "
            "distress; or a profile file of your own."
        ),
    ] = "tension",
    seconds: Annotated[float, typer.Option(help="The longest the reel may be, in seconds.")] = 60.0,
    film: FilmOption = None,
    output: OutputOption = None,
    accept_notice: Annotated[
        bool, typer.Option("--accept-notice", help="Confirm that you have read the notice of a profile that has one.")
    ] = False,
    force: ForceOption = False,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Assemble the shots or scenes that fit a profile best, up to a given length."""
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.query.assembled.reel import load_profile
    from kuleshov.query.assembled.reel import reel as make_reel

    chosen = load_profile(profile)
    if chosen.notice and not accept_notice:
        raise QueryError(f"profile {chosen.name}: {chosen.notice} (confirm with --accept-notice)")
    if output is not None:
        refuse_existing(output, force=force)
    with Archive.open(archive) as store:
        hits = make_reel(store, chosen, seconds=seconds, films=_ids(store, film))
        _write(store, hits, output, title=f"{chosen.name} reel", unit=chosen.unit, force=force)
    if json:
        render.print_json({"profile": asdict(chosen), "hits": [asdict(hit) for hit in hits]})
        return
    render.say(f"{chosen.description} ({chosen.source})")
    if chosen.notice:
        render.say(f"NOTICE: {chosen.notice}")
    _print(hits)
    total = sum(hit.out_seconds - hit.in_seconds for hit in hits)
    render.say(f"{len(hits)} {chosen.unit}s, {clock(total)}" + (f", written to {output}" if output else ""))


def path(
    start: Annotated[str, typer.Option("--from", metavar="V,A", help="Valence and arousal at the start: -0.3,0.3.")],
    goal: Annotated[str, typer.Option("--to", metavar="V,A", help="Valence and arousal at the end: 0.3,-0.2.")],
    step: Annotated[float, typer.Option(help="The largest change of feeling from one scene to the next.")] = 0.25,
    film: FilmOption = None,
    output: OutputOption = None,
    force: ForceOption = False,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Find the shortest sequence of scenes that leads from one feeling to another in small steps."""
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.query.assembled.comfort_path import comfort_path

    if output is not None:
        refuse_existing(output, force=force)
    begin, end = _point(start), _point(goal)
    with Archive.open(archive) as store:
        hits = comfort_path(store, start=begin, goal=end, step=step, films=_ids(store, film))
        if hits:
            _write(store, hits, output, title=f"path from {start} to {goal}", unit="scene", force=force)
    if json:
        render.print_json({"from": begin, "to": end, "step": step, "hits": [asdict(hit) for hit in hits]})
        return
    _print(hits)
    render.say(f"{len(hits)} scenes" if hits else f"{goal} is within a step of {start}: no scene is needed")


def _point(text: str) -> tuple[float, float]:
    try:
        valence, arousal = (float(number) for number in text.split(","))
    except ValueError:
        raise QueryError(f"{text!r}: give valence and arousal, each from -1 to 1: -0.3,0.3") from None
    if not (-1 <= valence <= 1 and -1 <= arousal <= 1):
        raise QueryError(f"{text!r}: valence and arousal must be from -1 to 1")
    return valence, arousal


def _ids(store: Archive, films: Sequence[str] | None) -> list[str] | None:
    return [store.resolve(film).content_id for film in films] if films else None


def _write(store: Archive, hits: Sequence[Hit], output: Path | None, *, title: str, unit: Unit, force: bool) -> None:
    if output is not None:
        from kuleshov.export.listing import hits_listing

        listing = hits_listing(store, hits, title=title, unit=unit)
        write_listing(listing, output, format=format_of(output, None), force=force)


def _print(hits: Sequence[Hit]) -> None:
    from kuleshov.cli import render

    for hit in hits:
        times = f"{clock(hit.in_seconds)} - {clock(hit.out_seconds)}"
        why = "; ".join(reason.text for reason in hit.reasons[:_REASONS_SHOWN])
        render.say(f"{hit.film}  {times}  {hit.unit} {hit.index}  {hit.score:+.2f}  {why}")
