"""``kuleshov select``, ``annotate`` and ``feedback``: choose what people label, label it, and correct scores."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from kuleshov.cli.moment import parse_moment
from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, GrammarOption, JsonOption, MomentArgument, UnitChoice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuleshov.annotations.vocabulary import Vocabulary
    from kuleshov.archive import Archive
    from kuleshov.records import Analysis, Segment, Unit
    from kuleshov.training.emotion_queue import Pick

FilmOption = Annotated[str | None, typer.Option(metavar="FILM", help="Only in this film.")]
WhoOption = Annotated[str, typer.Option("--as", metavar="NAME", help="Your name (default: your login).")]
VocabularyOption = Annotated[
    Literal["film", "psychology"],
    typer.Option(help="Which words may be used: those of film people or of psychologists."),
]
VocabularyFileOption = Annotated[Path | None, typer.Option(metavar="FILE", help="A vocabulary of your own (TOML).")]
RichOption = Annotated[
    float,
    typer.Option(
        min=0,
        help="How much strong feeling counts in the choice, relative to what teaches the model most (1: as much).",
    ),
]


def select(
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    count: Annotated[int, typer.Option("-k", "--count", min=1, help="How many shots or scenes.")] = 10,
    unit: UnitChoice = "shot",
    film: FilmOption = None,
    who: Annotated[
        str,
        typer.Option(
            "--as", metavar="NAME", help="Leave out what this person has labelled (default: what anyone has)."
        ),
    ] = "",
    rich: RichOption = 0.25,
    grammar: GrammarOption = None,
    json: JsonOption = False,
) -> None:
    """List the shots or scenes that people should label first, because they teach a model most, and why."""
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.training.emotion_queue import picks
    from kuleshov.training.emotion_select import WEIGHTS

    with Archive.open(archive) as store:
        chosen = picks(
            store,
            count=count,
            unit=unit,
            film=film,
            annotator=who or None,
            grammar=grammar,
            weights=dict(WEIGHTS) | {"rich": rich},
        )
    if json:
        render.print_json({"archive": str(archive), "picks": [_pick_json(pick) for pick in chosen]})
        return
    for number, pick in enumerate(chosen, 1):
        render.say(f"{number}. {_where(pick)}  {pick.why}")


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
    count: Annotated[int | None, typer.Option("-k", "--count", min=1, help="Stop after this many.")] = None,
    unit: UnitChoice = "shot",
    film: FilmOption = None,
    stills: Annotated[Path | None, typer.Option(metavar="DIR", help="Write a still of each to this folder.")] = None,
    vocabulary: VocabularyOption = "film",
    vocabulary_file: VocabularyFileOption = None,
    rich: RichOption = 0.25,
    grammar: GrammarOption = None,
    json: JsonOption = False,
) -> None:
    """Label shots or scenes with single keys, the most useful ones first. Stop at any time: nothing is asked twice.

    Keys: valence, arousal and tension, each 1 to 9 (5 is the middle) or - for none; then moods a to l on and off, or -
    for no answer on moods; Enter ends the shot. w WORDS adds words up to the end of the line, light:low-key a word on
    one sense. s skips, u undoes (also the last answer stored), q quits. Keys may also come from a pipe, one line for
    each shot, such as 284fk. Kuleshov's own scores are not shown, so that they influence nobody.
    """
    from kuleshov.annotations.vocabulary import load_vocabulary
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.cli.labelling_session import LabellingSession
    from kuleshov.training.emotion_select import WEIGHTS

    words = load_vocabulary(vocabulary, path=vocabulary_file)
    with Archive.open(archive) as store:
        session = LabellingSession(
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
        labelled = session.run(count)
    if json:
        render.print_json({"archive": str(archive), "annotator": session.annotator, "labelled": labelled})
    else:
        render.say(f"\n{labelled} labelled by {session.annotator}.")


def feedback(
    moment: MomentArgument,
    score: Annotated[
        list[str] | None,
        typer.Option(
            "--score",
            metavar="NAME=VALUE",
            help="A score as you see it: valence=-0.6 (from -1 to 1; moods from 0 to 1).",
        ),
    ] = None,
    mood: Annotated[list[str] | None, typer.Option(metavar="MOOD", help="A mood that the moment has.")] = None,
    no: Annotated[
        list[str] | None, typer.Option("--not", metavar="MOOD", help="A mood that the moment does not have.")
    ] = None,
    words: Annotated[
        str,
        typer.Option(
            metavar="WORDS",
            help="Words of the vocabulary, and words on face, light, sound or camera: 'bleak light:night'.",
        ),
    ] = "",
    note: Annotated[str, typer.Option(help="Your reason, in your own words.")] = "",
    unit: UnitChoice = "shot",
    who: WhoOption = "",
    vocabulary: VocabularyOption = "film",
    vocabulary_file: VocabularyFileOption = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Correct the scores of a moment in a film; the next `kuleshov train emotion` learns from it."""
    from dataclasses import asdict

    from kuleshov.annotations.annotation_store import AnnotationStore
    from kuleshov.annotations.keys import Answer
    from kuleshov.annotations.vocabulary import load_vocabulary
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.cli.labelling_session import statement
    from kuleshov.training.emotion_report import score_of

    known = load_vocabulary(vocabulary, path=vocabulary_file)
    answer = Answer()
    answer.add_words(words, known)
    scores = _feedback_scores(known, score or [], mood or [], no or [], answer.words)
    if not (scores or answer.senses):
        raise typer.BadParameter("give your answer: --score, --mood, --not or --words")
    with Archive.open(archive) as store:
        analysis, index = _segment_at(store, moment, unit)
        segment = (analysis.shots if unit == "shot" else analysis.scenes)[index]
        correction = statement(
            analysis,
            segment,
            unit=unit,
            kind="correction",
            annotator=who or getpass.getuser(),
            scores=scores,
            senses=answer.senses,
            words=answer.words,
            vocabulary=known.id if words else "",
            note=note,
            said={} if segment.emotion is None else {name: score_of(segment.emotion, name) for name in scores},
        )
        AnnotationStore(store.path).append(correction)
    if json:
        render.print_json(asdict(correction))
        return
    render.say(f"Stored for {correction.title}, {unit} {index}, {correction.start_seconds:.1f} s:")
    for name, value in correction.scores.items():
        before = correction.said.get(name)
        render.say(f"  {name} {value:+.2f}" + ("" if before is None else f" (Kuleshov: {before:+.2f})"))
    for sense, own in correction.senses.items():
        render.say(f"  {sense}: {', '.join(own)}")


def _feedback_scores(
    vocabulary: Vocabulary, numbers: list[str], moods: list[str], none: list[str], words: list[str]
) -> dict[str, float]:
    from kuleshov.annotations.statement import check_scores
    from kuleshov.errors import AnnotationError

    scores = vocabulary.scores(words) | dict.fromkeys(moods, 1.0) | dict.fromkeys(none, 0.0)
    for number in numbers:
        name, _, value = number.partition("=")
        try:
            scores[name] = float(value)
        except ValueError:
            raise AnnotationError(f"--score {number}: must be NAME=NUMBER, such as valence=-0.6") from None
    check_scores(scores)
    return scores


def _segment_at(store: Archive, moment: str, unit: Unit) -> tuple[Analysis, int]:
    """Return the film and the index of the segment at ``FILM@TIME``."""
    from kuleshov.errors import AnnotationError

    title, seconds = parse_moment(moment)
    film = store.analysis(store.resolve(title).content_id)
    segments: Sequence[Segment] = film.shots if unit == "shot" else film.scenes
    for segment in segments:
        if segment.start_seconds <= seconds < segment.end_seconds:
            return film, segment.index
    raise AnnotationError(
        f"{film.film.title}: has no {unit} at {seconds:g} s (it is {film.film.duration_seconds:g} s long)"
    )
