"""``kuleshov similar``, ``matches`` and ``repeats``: shots like an example, match cuts, and repeated shots."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kuleshov.cli.moment import parse_moment
from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, DeviceOption, ForceOption, JsonOption, UnitChoice
from kuleshov.errors import QueryError

if TYPE_CHECKING:
    from kuleshov.archive import Archive, FilmEntry
    from kuleshov.cinema.attributes.measures import Unit
    from kuleshov.query.by_example.match_cuts import CutSide, MatchCut
    from kuleshov.query.by_example.repetitions import RepeatedShot, Repetitions
    from kuleshov.records import Example

FilmsOption = Annotated[
    list[str] | None, typer.Option("--films", metavar="FILM", help="Only in this film; may be given several times.")
]


def similar(
    example: Annotated[
        str,
        typer.Argument(
            metavar="EXAMPLE",
            help="The example: FILM@TIME in the archive, or a file with a clip (also CLIP@TIME), a picture or a sound.",
        ),
    ],
    by: Annotated[
        str | None,
        typer.Option(
            metavar="SENSES",
            help="What to compare, with weights if you like: sight,sound or sight=2,feeling=1. Senses: sight, sound, "
            "words, feeling; or a vector space (look, visual). Default: all senses.",
        ),
    ] = None,
    but: Annotated[
        str, typer.Option(metavar="WORDS", help='How the hits shall differ: "calmer", "without music".')
    ] = "",
    frame: Annotated[
        bool, typer.Option("--frame", help="Use the frame at that time as the example, not its shot.")
    ] = False,
    unit: UnitChoice = "shot",
    k: Annotated[int, typer.Option("-k", min=1, help="How many hits.")] = 10,
    films: FilmsOption = None,
    other_films: Annotated[
        bool, typer.Option("--other-films", help="Leave out the film that the example is from.")
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
        answer = find(
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
        about = {"example": answer.example, "weights": dict(answer.weights), "notes": list(answer.notes)}
        render.print_json({**about, **answer.result.to_json()})
        return
    for note in answer.notes:
        render.say(f"note: {note}")
    render.say("by " + ", ".join(f"{space} {weight:.2f}" for space, weight in answer.weights.items()))
    render.search_result(answer.result, explain=explain)


def matches(
    place: Annotated[
        str | None, typer.Argument(metavar="FILM[@TIME]", help="The shot to cut from, or a whole film.")
    ] = None,
    between: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="FILM FILM", help="Find cuts between two films, in either direction."),
    ] = None,
    into: Annotated[
        bool, typer.Option("--into", help="Find shots that could be cut before this one, instead of after it.")
    ] = False,
    same_film: Annotated[bool, typer.Option("--same-film", help="Also find pairs of shots of the same film.")] = False,
    k: Annotated[int, typer.Option("-k", min=1, help="How many matches.")] = 10,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Also write the matches as a file: .edl, .otio, .csv, .json, .vtt, .parquet.",
        ),
    ] = None,
    handles: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="How much of both shots to write to the file.")
    ] = 2.0,
    force: ForceOption = False,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Find match cuts between films: ends and beginnings of shots that cut together well, with edit points."""
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.export.match_cuts import matches_listing
    from kuleshov.export.write import format_of, refuse_existing, write_listing

    if (place is None) == (between is None):
        raise typer.BadParameter("give a film or a moment of one, or two films: --between FILM FILM")
    chosen = None if output is None else format_of(output, None)
    if output is not None:
        refuse_existing(output, force=force)
    with Archive.open(archive) as store:
        pairs = _matches(store, place, between, into=into, same_film=same_film, k=k)
        if output is not None and chosen is not None:
            write_listing(matches_listing(store, pairs, seconds=handles), output, format=chosen, force=force)
    if json:
        render.print_json({"matches": [match.to_json() for match in pairs]})
        return
    for number, match in enumerate(pairs, start=1):
        render.say(f"{number}. {_side(match.out, 'out')}  ->  {_side(match.into, 'in')}  score {match.score:.3f}")
        for reason in match.reasons:
            render.say(f"     {reason.contribution:+.3f}  {reason.text}")
    if not pairs:
        render.say("Nothing found: no two shots match.")
    elif output is not None:
        render.say(f"Wrote {2 * len(pairs)} shots to {output} ({chosen}).")


def repeats(
    film: Annotated[str | None, typer.Argument(help="A film: its title or id. Default: all films.")] = None,
    across: Annotated[
        bool,
        typer.Option("--across/--within", help="Compare all films with one another, or each film only with itself."),
    ] = True,
    mirrored: Annotated[
        bool, typer.Option("--mirrored", help="Also find shots that were mirrored left to right.")
    ] = False,
    kind: Annotated[
        Literal["footage", "picture", "setup"] | None, typer.Option(help="Show only groups of this kind.")
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Find repeated shots: the same footage, the same still picture, or the same camera set-up at another time."""
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.query.by_example.repetitions import repetitions

    with Archive.open(archive) as store:
        films = store.films() if film is None else [store.resolve(film)]
        if across:
            groups = repetitions(store, films, mirrored=mirrored)
        else:
            groups = [
                group for entry in films for group in repetitions(store, [entry], across=False, mirrored=mirrored)
            ]
    groups = [group for group in groups if kind in (None, group.kind)]
    if json:
        render.print_json({"groups": [group.to_json() for group in groups]})
        return
    for group in groups:
        _print(group)
    if not groups:
        render.say("No shot is repeated.")


def _weights(text: str) -> dict[str, float]:
    """Read "sight=2,sound" as weights. Raises ``QueryError``."""
    weights = {}
    for part in text.split(","):
        name, _, number = part.strip().partition("=")
        try:
            weights[name.strip()] = float(number) if number else 1.0
        except ValueError:
            raise QueryError(f"--by {part.strip()!r}: {number!r} is not a number (write sight=2,sound=1)") from None
    return weights


def _example(store: Archive, text: str, *, frame: bool, unit: Unit, device: str, quiet: bool) -> Example:
    """Return the example that a user names: a file, or a moment of a film."""
    from kuleshov.cli import render
    from kuleshov.pipeline.examples import example_of_file
    from kuleshov.pipeline.job.settings import Settings
    from kuleshov.query.by_example.examples import example_at, example_of_frame

    settings = Settings(device=device)
    if Path(text).is_file():
        with render.progress(quiet=quiet) as watch:
            return example_of_file(text, settings=settings, watch=watch)
    name, seconds = parse_moment(text)
    if Path(name).is_file():
        with render.progress(quiet=quiet) as watch:
            return example_of_file(name, at_seconds=seconds, unit=unit, settings=settings, watch=watch)
    film = store.resolve(name)
    return example_of_frame(store, film, seconds) if frame else example_at(store, film, seconds, unit=unit)


def _matches(
    store: Archive, place: str | None, between: tuple[str, str] | None, *, into: bool, same_film: bool, k: int
) -> list[MatchCut]:
    from kuleshov.query.by_example.match_cuts import matches as find

    def shots_of(film: FilmEntry) -> list[int]:
        return [id for id, _, _ in store.spans("shot", film.content_id)]

    if between is not None:
        one, other = (shots_of(store.resolve(name)) for name in between)
        both = find(store, one, other, k=k) + find(store, other, one, k=k)
        return sorted(both, key=lambda match: -match.score)[:k]
    name, at, _ = (place or "").rpartition("@")
    if at:
        name, seconds = parse_moment(place or "")
        film = store.resolve(name)
        shot = store.at("shot", film.content_id, seconds)
        if shot is None:
            raise QueryError(f"{film.title} has no shot at {seconds:g} s (it lasts {film.duration_seconds:g} s)")
        ours = [shot]
    else:
        ours = shots_of(store.resolve(place or ""))
    everything = store.ids("shot")
    sides = (everything, ours) if into else (ours, everything)
    return find(store, *sides, k=k, within_films=same_film)


def _side(side: CutSide, word: str) -> str:
    from kuleshov.export.clock import clock

    return f"{side.film.title}, shot {side.shot.index}: {word} at frame {side.frame} ({clock(side.seconds)})"


def _print(group: Repetitions) -> None:
    from kuleshov.cli import render

    titles = {shot.film.title for shot in group.shots}
    render.say(f"{group.kind}: {len(group.shots)} shots" + (f" in {len(titles)} films" if len(titles) > 1 else ""))
    for shot in group.shots:
        render.say(f"  {_repeated(shot)}")


def _repeated(shot: RepeatedShot) -> str:
    from kuleshov.export.clock import clock

    repeat = shot.repeat
    where = f"{shot.film.title}, shot {shot.index} ({clock(shot.start_seconds)} - {clock(shot.end_seconds)})"
    if repeat is None:
        return where
    moves = "" if repeat.movement is None else f", movement {repeat.movement:.2f}"
    return f"{where}  likeness {repeat.likeness:.2f}{moves}{', mirrored' if repeat.mirrored else ''}"
