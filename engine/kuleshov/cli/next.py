"""``kuleshov next``: what a film is likely to read as next."""

from __future__ import annotations

from typing import Annotated

import typer

from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, JsonOption
from kuleshov.cli.why import place_of


def next_state(
    place: Annotated[str, typer.Argument(metavar="FILM@TIME", help='A title or id and a time: "Sintel@0:41".')],
    character: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The feeling of this character's next line, as the subtitles name them."),
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Tell what the next moment is likely to read as, from how the archive's other films go on."""
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.query.assembled.forecast import forecast, speaker_forecast

    name, seconds = place_of(place)
    with Archive.open(archive) as store:
        film = store.resolve(name)
        if character is None:
            found = forecast(store, film, seconds)
        else:
            found = speaker_forecast(store, film, seconds, speaker=character)
    if json:
        render.print_json(found.to_json())
        return
    render.say(f"after {', '.join(found.history) or 'the beginning'}:")
    for state, chance in found.probabilities.items():
        mark = "  (comes next)" if state == found.actual else ""
        render.say(f"  {state:<12} {chance:5.0%}  usually {found.usual[state]:.0%}{mark}")
    losses = ""
    if found.loss is not None and found.usual_loss is not None:
        losses = f"; log-loss on this film {found.loss:.2f}, by the plain shares {found.usual_loss:.2f}"
    render.say(f"learned from {found.steps} steps of other films{losses}")
