"""``kuleshov correct``, and the shot lists that other commands take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kuleshov.cli.options import (
    DEFAULT_ARCHIVE,
    ArchiveOption,
    GrammarsOption,
    JsonOption,
    ListStartOption,
    NormsOption,
)

if TYPE_CHECKING:
    from kuleshov.pipeline.user_shots import UserShots


def given_shots(shot_list: Path | None, *, start: str | None) -> UserShots | None:
    """Return the shots of a list; ``None`` without one. Raises ``ShotListError``."""
    if shot_list is None:
        return None
    from kuleshov.pipeline.user_shots import listed_shots
    from kuleshov.shotlists.read import read_shot_list

    return listed_shots(read_shot_list(shot_list), start=start)


def correct(
    film: Annotated[str, typer.Argument(help="Title, or the beginning of its content id (see `kuleshov films`).")],
    shot_list: Annotated[
        Path | None,
        typer.Argument(metavar="[LIST]", help="All shots anew, by a list: EDL, CSV, OTIO or frame pairs."),
    ] = None,
    merge: Annotated[
        list[str] | None, typer.Option(metavar="SHOTS", help="Make shots one: 12 (with the next), or 12-14.")
    ] = None,
    split: Annotated[
        list[str] | None,
        typer.Option(metavar="SHOT@PLACE", help="Cut a shot in two: 5@00:01:02:10, or 5@1510 (a frame)."),
    ] = None,
    type: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SHOT=TYPE", help="How a shot begins: 7=cut, 7=dissolve, or with its mixed frames 7=wipe:1180-1204."
        ),
    ] = None,
    detected: Annotated[
        bool, typer.Option("--detected", help="First go back to the shots as they were detected.")
    ] = False,
    list_start: ListStartOption = None,
    grammar: GrammarsOption = None,
    norms: NormsOption = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Correct the shots of a film in an archive; scenes, measurements and search follow, without decoding it again.

    All shot numbers are those of `kuleshov show` before the correction. A later ingest of the film keeps it.
    """
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.pipeline.correct import correct as correct_film
    from kuleshov.shotlists.edits import Edits

    edits = Edits(tuple(merge or ()), tuple(split or ()), tuple(type or ()))
    if shot_list is None and not edits and not detected:
        raise typer.BadParameter("say what to correct: a LIST, --merge, --split, --type or --detected")
    given = given_shots(shot_list, start=list_start)
    with Archive.open(archive, write=True) as store:
        before = store.resolve(film)
        after = correct_film(
            store, before.content_id, given=given, edits=edits, detected=detected, grammar=grammar, norms=norms
        )
    if json:
        render.print_analysis_json(after)
        return
    render.say(
        f"{after.film.title}: {before.shot_count} shots in {before.scene_count} scenes before, "
        f"{len(after.shots)} in {len(after.scenes)} now."
    )
    for note in after.provenance.notes:
        render.say(f"note: {note}")
