"""``kuleshov similar``, ``matches`` and ``repeats``: by example, what would cut together, what comes again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, DeviceOption, JsonOption
from kuleshov.cli.why import place_of
from kuleshov.errors import QueryError

if TYPE_CHECKING:
    from kuleshov.archive import Archive, FilmEntry
    from kuleshov.cinema.attributes.measures import Unit
    from kuleshov.query.by_example.match_cuts import Match, Side
    from kuleshov.query.by_example.repetitions import Again, Repetitions
    from kuleshov.records import Example

FilmsOption = Annotated[
    list[str] | None, typer.Option("--films", metavar="FILM", help="Only in this film; may be given several times.")
]


def similar(
    example: Annotated[
        str,
        typer.Argument(
            metavar="EXAMPLE", help='"FILM@TIME" in the archive, or a file: a clip (or CLIP@TIME), a picture, a sound.'
        ),
    ],
    by: Annotated[
        str | None,
        typer.Option(
            metavar="SENSES",
            help="What to compare and what it counts: sight,sound or sight=2,feeling=1. Senses: sight, sound, words, "
            "feeling; or a space (look, visual). Default: all.",
        ),
    ] = None,
    but: Annotated[str, typer.Option(metavar="WORDS", help='Otherwise than there: "calmer", "without music".')] = "",
    frame: Annotated[
        bool, typer.Option("--frame", help="The example is the frame at that time, not its shot.")
    ] = False,
    unit: Annotated[Literal["shot", "scene"], typer.Option(help="Find shots or scenes.")] = "shot",
    k: Annotated[int, typer.Option("-k", min=1, help="How many hits.")] = 10,
    films: FilmsOption = None,
    other_films: Annotated[
        bool, typer.Option("--other-films", help="Not in the film that the example is from.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show every reason.")] = False,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    device: DeviceOption = "auto",
    json: JsonOption = False,
) -> None:
    """Find shots or scenes like an example, with reasons that add up to the score."""
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.query.by_example.similarity import similar as find

    weights = None if by is None else _weights(by)
    with Archive.open(archive) as store:
        found = find(
            store,
            _example(store, example, frame=frame, unit=unit, device=device, quiet=json),
            by=weights,
            but=but,
            unit=unit,
            k=k,
            films=None if films is None else [store.resolve(film).content_id for film in films],
            own_film=not other_films,
        )
    if json:
        about = {"example": found.example, "weights": dict(found.weights), "notes": list(found.notes)}
        render.print_json({**about, **found.result.to_json()})
        return
    for note in found.notes:
        render.say(f"note: {note}")
    render.say("by " + ", ".join(f"{space} {weight:.2f}" for space, weight in found.weights.items()))
    render.search_result(found.result, explain=explain)


def matches(
    place: Annotated[
        str | None, typer.Argument(metavar="FILM[@TIME]", help="A shot whose end is to be cut from, or a whole film.")
    ] = None,
    between: Annotated[
        tuple[str, str] | None, typer.Option(metavar="FILM FILM", help="Cuts between two films, either way.")
    ] = None,
    into: Annotated[bool, typer.Option("--into", help="What would cut into the shot's beginning instead.")] = False,
    same_film: Annotated[bool, typer.Option("--same-film", help="Also pairs of shots of one film.")] = False,
    k: Annotated[int, typer.Option("-k", min=1, help="How many matches.")] = 10,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write them as an EDL, OTIO, CSV, ...")
    ] = None,
    handles: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="How much of both shots goes into the file.")
    ] = 2.0,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there already.")] = False,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Find match cuts across films: ends and beginnings of shots that would cut together, with edit points."""
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.export.match_cuts import matches_listing
    from kuleshov.export.write import format_of, refuse_existing, write_listing

    if (place is None) == (between is None):
        raise typer.BadParameter("name a film or a place in one, or two films: --between FILM FILM")
    chosen = None if output is None else format_of(output, None)
    if output is not None:
        refuse_existing(output, force=force)
    with Archive.open(archive) as store:
        found = _matches(store, place, between, into=into, same_film=same_film, k=k)
        if output is not None and chosen is not None:
            write_listing(matches_listing(store, found, seconds=handles), output, format=chosen, force=force)
    if json:
        render.print_json({"matches": [match.to_json() for match in found]})
        return
    for number, match in enumerate(found, start=1):
        render.say(f"{number}. {_side(match.out, 'out')}  ->  {_side(match.into, 'in')}  score {match.score:.3f}")
        for reason in match.reasons:
            render.say(f"     {reason.contribution:+.3f}  {reason.text}")
    if not found:
        render.say("Nothing found: no two shots would match.")
    elif output is not None:
        render.say(f"Wrote {2 * len(found)} shots to {output} ({chosen}).")


def repeats(
    film: Annotated[str | None, typer.Argument(help="A film: its title or id; without one all films.")] = None,
    across: Annotated[
        bool, typer.Option("--across/--within", help="Also between films (default), or only within each.")
    ] = True,
    mirrored: Annotated[bool, typer.Option("--mirrored", help="Also shots that were flipped left to right.")] = False,
    kind: Annotated[
        Literal["footage", "picture", "setup"] | None, typer.Option(help="Only groups of this kind.")
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Find shots that come again: the same footage, the same still picture, or the same setup at another time."""
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.query.by_example.repetitions import repetitions

    with Archive.open(archive) as store:
        films = store.films() if film is None else [store.resolve(film)]
        if across:
            groups = repetitions(store, films, mirrored=mirrored)
        else:
            groups = [group for each in films for group in repetitions(store, [each], across=False, mirrored=mirrored)]
    groups = [group for group in groups if kind in (None, group.kind)]
    if json:
        render.print_json({"groups": [group.to_json() for group in groups]})
        return
    for group in groups:
        _tell(group)
    if not groups:
        render.say("No shot comes again.")


def _weights(text: str) -> dict[str, float]:
    """Read "sight=2,sound": what counts, and how much. Raises ``QueryError``."""
    weights = {}
    for part in text.split(","):
        name, _, number = part.strip().partition("=")
        try:
            weights[name.strip()] = float(number) if number else 1.0
        except ValueError:
            raise QueryError(f"--by {part.strip()!r}: {number!r} is no number (as in sight=2,sound=1)") from None
    return weights


def _example(store: Archive, text: str, *, frame: bool, unit: Unit, device: str, quiet: bool) -> Example:
    """Return the example that a user names: a file, or a place of a film."""
    from kuleshov.cli import render
    from kuleshov.pipeline.examples import example_of_file
    from kuleshov.pipeline.settings import Settings
    from kuleshov.query.by_example.examples import example_at, example_of_frame

    settings = Settings(device=device)
    if Path(text).is_file():
        with render.progress(quiet=quiet) as watch:
            return example_of_file(text, settings=settings, watch=watch)
    name, seconds = place_of(text)
    if Path(name).is_file():
        with render.progress(quiet=quiet) as watch:
            return example_of_file(name, at_seconds=seconds, unit=unit, settings=settings, watch=watch)
    film = store.resolve(name)
    return example_of_frame(store, film, seconds) if frame else example_at(store, film, seconds, unit=unit)


def _matches(
    store: Archive, place: str | None, between: tuple[str, str] | None, *, into: bool, same_film: bool, k: int
) -> list[Match]:
    from kuleshov.query.by_example.match_cuts import matches as find

    def shots_of(film: FilmEntry) -> list[int]:
        return [id for id, _, _ in store.spans("shot", film.content_id)]

    if between is not None:
        one, other = (shots_of(store.resolve(name)) for name in between)
        both = find(store, one, other, k=k) + find(store, other, one, k=k)
        return sorted(both, key=lambda match: -match.score)[:k]
    name, at, _ = (place or "").rpartition("@")
    if at:
        name, seconds = place_of(place or "")
        film = store.resolve(name)
        shot = store.at("shot", film.content_id, seconds)
        if shot is None:
            raise QueryError(f"{film.title} has no shot at {seconds:g} s (it lasts {film.duration_seconds:g} s)")
        ours = [shot]
    else:
        ours = shots_of(store.resolve(place or ""))
    everything = store.select("shot", [])
    sides = (everything, ours) if into else (ours, everything)
    return find(store, *sides, k=k, within_films=same_film)


def _side(side: Side, word: str) -> str:
    from kuleshov.export.clock import clock

    return f"{side.film.title}, shot {side.shot.index}: {word} at frame {side.frame} ({clock(side.seconds)})"


def _tell(group: Repetitions) -> None:
    from kuleshov.cli import render

    titles = {again.place.film.title for again in group.shots}
    render.say(f"{group.kind}: {len(group.shots)} shots" + (f" in {len(titles)} films" if len(titles) > 1 else ""))
    for again in group.shots:
        render.say(f"  {_again(again)}")


def _again(again: Again) -> str:
    from kuleshov.export.clock import clock

    place, repeat = again.place, again.repeat
    where = f"{place.film.title}, shot {place.index} ({clock(place.start_seconds)} - {clock(place.end_seconds)})"
    if repeat is None:
        return where
    moves = "" if repeat.movement is None else f", movement {repeat.movement:.2f}"
    return f"{where}  likeness {repeat.likeness:.2f}{moves}{', mirrored' if repeat.mirrored else ''}"
