"""``kuleshov correct``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kuleshov.cli.options import (
    DEFAULT_ARCHIVE,
    ArchiveOption,
    GrammarsOption,
    JsonOption,
    ListStartOption,
    NormsOption,
    StoredFilmArgument,
    read_user_shots,
)


def correct(
    film: StoredFilmArgument,
    shot_list: Annotated[
        Path | None,
        typer.Argument(
            metavar="[LIST]", help="Replace all shots by a list: EDL, CSV, OTIO, or pairs of frame numbers."
        ),
    ] = None,
    merge: Annotated[
        list[str] | None, typer.Option(metavar="SHOTS", help="Join shots: 12 (with the next one), or 12-14.")
    ] = None,
    split: Annotated[
        list[str] | None,
        typer.Option(metavar="SHOT@POSITION", help="Split a shot at a timecode (5@00:01:02:10) or a frame (5@1510)."),
    ] = None,
    type: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SHOT=TYPE",
            help="Change how a shot begins: 7=cut, 7=dissolve, or with its mixed frames: 7=wipe:1180-1204.",
        ),
    ] = None,
    detected: Annotated[
        bool, typer.Option("--detected", help="First restore the shots as they were detected.")
    ] = False,
    list_start: ListStartOption = None,
    grammar: GrammarsOption = None,
    norms: NormsOption = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Correct the shots of a film in an archive; scenes, measurements and search are updated without decoding it again.

    Shot numbers are those of `kuleshov show` before the correction. A later ingest of the film keeps the correction.
    """
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.export.labels import counted
    from kuleshov.pipeline.correct import correct as correct_film
    from kuleshov.shotlists.edits import Edits

    edits = Edits(tuple(merge or ()), tuple(split or ()), tuple(type or ()))
    if shot_list is None and not edits and not detected:
        raise typer.BadParameter("give a correction: a LIST, --merge, --split, --type or --detected")
    user_shots = read_user_shots(shot_list, start=list_start)
    with Archive.open(archive, write=True) as store:
        before = store.resolve(film)
        after = correct_film(
            store,
            before.content_id,
            user_shots=user_shots,
            edits=edits,
            detected=detected,
            grammar=grammar,
            norms=norms,
        )
    if json:
        render.print_analysis_json(after)
        return
    render.say(
        f"{after.film.title}: {counted(before.shot_count, 'shot')} in {counted(before.scene_count, 'scene')} before, "
        f"{len(after.shots)} in {len(after.scenes)} now."
    )
    for note in after.provenance.notes:
        render.say(f"note: {note}")
