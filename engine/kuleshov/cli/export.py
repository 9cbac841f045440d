"""``kuleshov export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from kuleshov.cinema.detectors import DEFAULT_DETECTOR
from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, DeviceOption, JsonOption, ShotsOption


def export(
    film: Annotated[
        str | None, typer.Argument(help="A film: its title or id in the archive, or a file. Or leave it out: --query.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to; its ending tells the format.")
    ] = None,
    format: Annotated[
        str | None, typer.Option(metavar="FORMAT", help="csv, edl, json, otio, parquet or vtt; else by the ending.")
    ] = None,
    unit: Annotated[Literal["shot", "scene"] | None, typer.Option(help="Export shots (default) or scenes.")] = None,
    query: Annotated[
        str | None, typer.Option(help='Export what a search finds: "tense long take". With FILM: in that film.')
    ] = None,
    k: Annotated[int | None, typer.Option("-k", min=1, help="How many hits of the query.")] = None,
    handles: Annotated[int, typer.Option(min=0, help="Frames to add on both sides of each hit.")] = 0,
    start: Annotated[str, typer.Option(metavar="TIMECODE", help="Timecode of the film's first frame.")] = "00:00:00:00",
    drop_frame: Annotated[
        bool | None,
        typer.Option("--drop-frame/--non-drop-frame", help="At 29.97 and 59.94; drop-frame is the default."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there already.")] = False,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    device: DeviceOption = "auto",
    shots: ShotsOption = DEFAULT_DETECTOR,
    json: JsonOption = False,
) -> None:
    """Write a film's shots or scenes, or what a search finds, for editing programs, players and data tools."""
    from kuleshov.cli import render
    from kuleshov.cli.sources import described
    from kuleshov.export.listing import Listing, film_listing, hits_listing
    from kuleshov.export.write import format_of, refuse_existing, write_listing
    from kuleshov.pipeline.settings import Settings

    if output is None:
        raise typer.BadParameter("name the file to write: -o FILE")
    if film is None and query is None:
        raise typer.BadParameter("name a film, or what to search for: --query WORDS")
    chosen = format_of(output, format)
    refuse_existing(output, force=force)  # checked first, because the analysis may take minutes
    listing: Listing
    if query is not None:
        from kuleshov.archive import Archive
        from kuleshov.query import search

        with Archive.open(archive) as store:
            films = None if film is None else [store.resolve(film).content_id]
            result = search(store, query, k=k, unit=unit, films=films)
            listing = hits_listing(
                store,
                result.hits,
                title=query,
                unit=result.query.unit,
                handles=handles,
                first_timecode=start,
                drop=drop_frame,
            )
    else:
        source = described(film or "", archive=archive, settings=Settings(device=device, shots=shots), quiet=json)
        listing = film_listing(
            source.analysis,
            unit=unit or "shot",
            frame_seconds=source.frame_seconds,
            first_timecode=start,
            drop=drop_frame,
        )
    write_listing(listing, output, format=chosen, force=force)
    if json:
        render.print_json(
            {
                "file": str(output),
                "format": chosen,
                "unit": listing.unit,
                "items": len(listing.clips),
                "notes": listing.notes,
            }
        )
        return
    count = len(listing.clips)
    render.say(f"Wrote {count} {listing.unit}{'s' if count != 1 else ''} to {output} ({chosen}).")
    for note in listing.notes:
        render.say(f"note: {note}")
