"""``kuleshov next``: what probably comes next."""

from __future__ import annotations

from typing import Annotated

import typer

from kuleshov.cli.moment import parse_moment
from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, JsonOption, MomentArgument


def next_state(
    moment: MomentArgument,
    character: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Instead the feeling of this character's next line; the name as in the subtitles."
        ),
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Predict what the next moment reads as (serene, threatening, ...), from how the archive's other films continue."""
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.query.assembled.forecast import forecast, speaker_forecast

    name, seconds = parse_moment(moment)
    with Archive.open(archive) as store:
        film = store.resolve(name)
        if character is None:
            expected = forecast(store, film, seconds)
        else:
            expected = speaker_forecast(store, film, seconds, speaker=character)
    if json:
        render.print_json(expected.to_json())
        return
    render.say(f"after {', '.join(expected.history) or 'the beginning'}:")
    for state, chance in expected.probabilities.items():
        mark = "  (this comes next)" if state == expected.actual else ""
        render.say(f"  {state:<12} {chance:5.0%}  usually {expected.usual[state]:.0%}{mark}")
    losses = ""
    if expected.loss is not None and expected.usual_loss is not None:
        losses = f"; log-loss on this film {expected.loss:.2f}, by overall frequency {expected.usual_loss:.2f}"
    render.say(f"learned from {expected.steps} steps of other films{losses}")
