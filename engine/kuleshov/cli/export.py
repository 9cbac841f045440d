"""``kuleshov export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from kuleshov.cinema.detectors import DEFAULT_DETECTOR
from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, DeviceOption, ForceOption, JsonOption, ShotsOption
from kuleshov.export.write import format_names, format_of, refuse_existing, write_listing


def export(
    film: Annotated[
        str | None, typer.Argument(help="A film: its title or id in the archive, or a file. Not needed with --query.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="The file to write; its ending selects the format."),
    ] = None,
    format: Annotated[
        str | None, typer.Option(metavar="FORMAT", help=f"{', '.join(format_names())}. Default: by the file's ending.")
    ] = None,
    unit: Annotated[Literal["shot", "scene"] | None, typer.Option(help="Export shots (default) or scenes.")] = None,
    query: Annotated[
        str | None, typer.Option(help='Export the hits of a search: "tense long take". With FILM: only in that film.')
    ] = None,
    k: Annotated[int | None, typer.Option("-k", min=1, help="How many hits of the search.")] = None,
    handles: Annotated[int, typer.Option(min=0, help="How many frames to add on both sides of each hit.")] = 0,
    start: Annotated[
        str | None,
        typer.Option(
            metavar="TIMECODE",
            help="Timecode of the film's first frame. Default: the one that the file states, else 00:00:00:00.",
        ),
    ] = None,
    drop_frame: Annotated[
        bool | None,
        typer.Option(
            "--drop-frame/--non-drop-frame",
            help="Kind of timecode at 29.97 and 59.94 frames a second. Default: as the file states, else drop-frame.",
        ),
    ] = None,
    force: ForceOption = False,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    device: DeviceOption = "auto",
    shots: ShotsOption = DEFAULT_DETECTOR,
    json: JsonOption = False,
) -> None:
    """Write a film's shots or scenes, or the hits of a search, for editing programs, players and data tools."""
    from kuleshov.cli import render
    from kuleshov.cli.film_source import film_source
    from kuleshov.export.labels import counted
    from kuleshov.export.listing import Listing, film_listing, hits_listing
    from kuleshov.media.timecode import check_timecode
    from kuleshov.pipeline.job.settings import Settings

    if output is None:
        raise typer.BadParameter("name the file to write: -o FILE")
    if film is None and query is None:
        raise typer.BadParameter("name a film, or what to search for: --query WORDS")
    if start is not None:
        try:
            check_timecode(start)
        except ValueError as error:
            raise typer.BadParameter(f"--start: {error}") from error
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
        source = film_source(film or "", archive=archive, settings=Settings(device=device, shots=shots), quiet=json)
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
    render.say(f"Wrote {counted(len(listing.clips), listing.unit)} to {output} ({chosen}).")
    for note in listing.notes:
        render.say(f"note: {note}")
