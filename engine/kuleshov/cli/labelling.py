"""``kuleshov select``, ``annotate``, ``feedback``: what to ask people, asking them, and their word against ours."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, GrammarOption, JsonOption

if TYPE_CHECKING:
    from kuleshov.annotations.vocabulary import Vocabulary
    from kuleshov.training.emotion_queue import Pick

UnitChoice = Annotated[Literal["shot", "scene"], typer.Option(help="Shots or scenes.")]
FilmOption = Annotated[str | None, typer.Option(metavar="FILM", help="Only of this film.")]
WhoOption = Annotated[str, typer.Option("--as", metavar="NAME", help="Who speaks (default: your login).")]
VocabularyOption = Annotated[
    Literal["film", "psychology"], typer.Option(help="Whose words: those of film people, or of psychologists.")
]
VocabularyFileOption = Annotated[Path | None, typer.Option(metavar="FILE", help="A vocabulary of your own (TOML).")]
RichOption = Annotated[
    float, typer.Option(min=0, help="How much strong feeling counts beside what teaches most (1 = as much).")
]


def select(
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    count: Annotated[int, typer.Option("-k", "--count", min=1, help="How many.")] = 10,
    unit: UnitChoice = "shot",
    film: FilmOption = None,
    who: Annotated[
        str,
        typer.Option("--as", metavar="NAME", help="Leave out what this person labelled (default: what anybody did)."),
    ] = "",
    rich: RichOption = 0.25,
    grammar: GrammarOption = None,
    json: JsonOption = False,
) -> None:
    """Name the shots or scenes that are worth a person's time first, and why: those that teach a model most."""
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.training.emotion_queue import picks
    from kuleshov.training.emotion_select import WEIGHTS

    with Archive.open(archive) as store:
        found = picks(
            store,
            count=count,
            unit=unit,
            film=film,
            annotator=who or None,
            grammar=grammar,
            weights=dict(WEIGHTS) | {"rich": rich},
        )
    if json:
        render.print_json({"archive": str(archive), "picks": [_pick_json(each) for each in found]})
        return
    for number, each in enumerate(found, 1):
        render.say(f"{number}. {_where(each)}  {each.why}")


def _pick_json(pick: Pick) -> dict[str, Any]:
    return {
        "content_id": pick.film.film.content_id,
        "film": pick.film.film.title,
        "unit": pick.unit,
        "index": pick.segment.index,
        "in_seconds": pick.segment.start_seconds,
        "out_seconds": pick.segment.end_seconds,
        "why": pick.why,
        "grounds": dict(pick.grounds),
    }


def _where(pick: Pick) -> str:
    from kuleshov.export.clock import clock

    begin, end = clock(pick.segment.start_seconds), clock(pick.segment.end_seconds)
    return f"{pick.film.film.title}  {begin} - {end}  ({pick.unit} {pick.segment.index})"


def annotate(
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    who: WhoOption = "",
    count: Annotated[int | None, typer.Option("-k", "--count", min=1, help="Stop after so many.")] = None,
    unit: UnitChoice = "shot",
    film: FilmOption = None,
    stills: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write a still of each there, to look at beside.")
    ] = None,
    vocabulary: VocabularyOption = "film",
    vocabulary_file: VocabularyFileOption = None,
    rich: RichOption = 0.25,
    grammar: GrammarOption = None,
    json: JsonOption = False,
) -> None:
    """Label shots or scenes by keys, the most worthwhile first; begin again at any time, nothing is asked twice.

    Keys: valence, arousal, tension 1 to 9 (5 is the middle) or - for none; then moods a to l on and off, or - for no
    word on moods; Enter is done. w WORDS takes words up to the end of the line, light:low-key those of a sense. s
    skips, u undoes (also what was stored last), q ends. Keys may come from a pipe: a line each, as 284fk.
    What Kuleshov reads there is not shown, so that it sways nobody.
    """
    from kuleshov.annotations.vocabulary import load_vocabulary
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.cli.sitting import Sitting
    from kuleshov.training.emotion_select import WEIGHTS

    words = load_vocabulary(vocabulary, path=vocabulary_file)
    with Archive.open(archive) as store:
        sitting = Sitting(
            store,
            annotator=who or getpass.getuser(),
            unit=unit,
            film=film,
            vocabulary=words,
            stills=stills,
            grammar=grammar,
            weights=dict(WEIGHTS) | {"rich": rich},
            quiet=json,
        )
        labelled = sitting.run(count)
    if json:
        render.print_json({"archive": str(archive), "annotator": sitting.annotator, "labelled": labelled})
    else:
        render.say(f"\n{labelled} labelled by {sitting.annotator}.")


def feedback(
    place: Annotated[str, typer.Argument(metavar="FILM@TIME", help="A film and a time in it: film@1:02:03.5.")],
    score: Annotated[
        list[str] | None, typer.Option("--score", metavar="NAME=VALUE", help="valence=-0.6; -1..1, moods 0..1.")
    ] = None,
    mood: Annotated[list[str] | None, typer.Option(metavar="MOOD", help="A mood that it has.")] = None,
    no: Annotated[list[str] | None, typer.Option("--not", metavar="MOOD", help="A mood that it has not.")] = None,
    words: Annotated[
        str,
        typer.Option(
            metavar="WORDS", help="Words of the vocabulary, and of face, light, sound, camera: 'bleak light:night'."
        ),
    ] = "",
    note: Annotated[str, typer.Option(help="Why, in your words.")] = "",
    unit: UnitChoice = "shot",
    who: WhoOption = "",
    vocabulary: VocabularyOption = "film",
    vocabulary_file: VocabularyFileOption = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Say what a place in a film reads as, against what Kuleshov reads; the next `kuleshov train emotion` learns it."""
    from dataclasses import asdict

    from kuleshov.annotations.keys import Answer
    from kuleshov.annotations.store import AnnotationStore
    from kuleshov.annotations.vocabulary import load_vocabulary
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.cli.sitting import statement
    from kuleshov.training.emotion_report import score_of

    known = load_vocabulary(vocabulary, path=vocabulary_file)
    answer = Answer()
    answer.add_words(words, known)
    said = _feedback_scores(known, score or [], mood or [], no or [], answer.words)
    if not (said or answer.senses):
        raise typer.BadParameter("say what it reads as: --score, --mood, --not or --words")
    with Archive.open(archive) as store:
        analysis, index = _at(store, place, unit)
        segment = (analysis.shots if unit == "shot" else analysis.scenes)[index]
        correction = statement(
            analysis,
            segment,
            unit=unit,
            kind="correction",
            annotator=who or getpass.getuser(),
            scores=said,
            senses=answer.senses,
            words=answer.words,
            vocabulary=known.id if words else "",
            note=note,
            said={} if segment.emotion is None else {name: score_of(segment.emotion, name) for name in said},
        )
        AnnotationStore(store.path).append(correction)
    if json:
        render.print_json(asdict(correction))
        return
    render.say(f"Stored for {correction.title}, {unit} {index}, {correction.start_seconds:.1f} s:")
    for name, value in correction.scores.items():
        before = correction.said.get(name)
        render.say(f"  {name} {value:+.2f}" + ("" if before is None else f" (read as {before:+.2f})"))
    for sense, own in correction.senses.items():
        render.say(f"  {sense}: {', '.join(own)}")


def _feedback_scores(
    vocabulary: Vocabulary, numbers: list[str], moods: list[str], none: list[str], words: list[str]
) -> dict[str, float]:
    from kuleshov.annotations.statement import check_scores
    from kuleshov.errors import AnnotationError

    said = vocabulary.scores(words) | dict.fromkeys(moods, 1.0) | dict.fromkeys(none, 0.0)
    for each in numbers:
        name, _, value = each.partition("=")
        try:
            said[name] = float(value)
        except ValueError:
            raise AnnotationError(f"--score {each}: must be NAME=NUMBER, as valence=-0.6") from None
    check_scores(said)
    return said


def _at(store: Any, place: str, unit: Any) -> tuple[Any, int]:
    """Return the film and the index of the segment that ``FILM@TIME`` means."""
    from kuleshov.errors import AnnotationError

    title, _, time = place.rpartition("@")
    try:
        seconds = 0.0
        for part in time.split(":"):
            seconds = seconds * 60 + float(part)
    except ValueError:
        title = ""
    if not title:
        raise AnnotationError(f"{place}: must be a film and a time, as film@1:02:03.5 or film@75.2")
    film = store.analysis(store.resolve(title).content_id)
    segments = film.shots if unit == "shot" else film.scenes
    for segment in segments:
        if segment.start_seconds <= seconds < segment.end_seconds:
            return film, segment.index
    raise AnnotationError(
        f"{film.film.title}: has no {unit} at {seconds:g} s; it ends at {film.film.duration_seconds:g} s"
    )
