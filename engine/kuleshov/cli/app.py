"""The commands and their options. Each imports what it runs when it runs, so that ``--help`` answers at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kuleshov.cli.arc import arc
from kuleshov.cli.compare import compare
from kuleshov.cli.corrections import correct
from kuleshov.cli.export import export
from kuleshov.cli.grammars import grammars
from kuleshov.cli.labelling import annotate, feedback, select
from kuleshov.cli.models import models
from kuleshov.cli.next import next_state
from kuleshov.cli.norms import norms
from kuleshov.cli.options import (
    DEFAULT_ARCHIVE,
    AnalysisOptions,
    ArchiveOption,
    JsonOption,
    UnitOption,
    takes_analysis_options,
)
from kuleshov.cli.people import agreement, labels, reread
from kuleshov.cli.plot import plot
from kuleshov.cli.reel import path, reel
from kuleshov.cli.reindex import reindex
from kuleshov.cli.retrieval import evaluate_retrieval
from kuleshov.cli.show import show
from kuleshov.cli.similar import matches, repeats, similar
from kuleshov.cli.training import evaluate, train
from kuleshov.cli.watch import watch
from kuleshov.cli.why import why
from kuleshov.errors import KuleshovError

if TYPE_CHECKING:
    from kuleshov.query import Query

EXIT_CODES = (
    "Exit codes: 0 done; 1 something could not be done (a film that can't be read, a missing archive): each is told in "
    "one line on standard error, and all else was done; 2 the command line is wrong."
)

app = typer.Typer(
    name="kuleshov",
    help="Reads film technique from whole films and makes it searchable.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
@takes_analysis_options
def ingest(
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Films, or folders of films.")],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    *,
    options: AnalysisOptions,
    json: JsonOption = False,
) -> None:
    """Describe films and store them in an archive.

    A film that is there already is left alone; one that can't be read is told, and the others go on.
    """
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.pipeline.ingest import ingest as ingest_films

    settings, given = options.settings(), options.user_shots()
    with Archive.open(archive, create=True) as store, render.progress(quiet=json) as watch:
        outcomes = []
        for outcome in ingest_films(paths, store, settings=settings, given=given, watch=watch):
            outcomes.append(outcome)
            if not json:
                render.ingested(outcome)
    if json:
        render.print_json({"archive": str(archive), "films": [render.ingested_json(outcome) for outcome in outcomes]})
    failed = [outcome for outcome in outcomes if outcome.outcome == "failed"]
    for outcome in failed:
        render.complain(outcome.reason)
    if failed:
        raise typer.Exit(1)


def _query_of(file: str, *, text: str) -> Query:
    """Return the query that a file or standard input ("-") says. Raises ``QueryError``."""
    import json

    from kuleshov.errors import QueryError
    from kuleshov.query import Query

    if text:
        raise QueryError("give either words or --query-json")
    try:
        content = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        return Query.from_json(json.loads(content))
    except (OSError, ValueError) as error:
        if isinstance(error, QueryError):
            raise
        raise QueryError(f"{file}: can't be read as JSON: {error}") from error


@app.command()
def search(
    query: Annotated[
        str, typer.Argument(help='What to look for: "tense long take", "dark scenes longer than 20 s".')
    ] = "",
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    k: Annotated[
        int | None, typer.Option("-k", min=1, help="How many hits (default 10, or as the query says).")
    ] = None,
    unit: UnitOption = None,
    arc: Annotated[
        str | None,
        typer.Option(metavar="NUMBERS", help='An arc drawn as numbers: "0,0.2,-0.5,0.8"; films, or scenes: --unit.'),
    ] = None,
    of: Annotated[str, typer.Option(help="What --arc is drawn of: valence, arousal, tension, bright, ...")] = "valence",
    explain: Annotated[
        bool, typer.Option("--explain", "--explain-query", help="Show how the query is read, and every reason.")
    ] = False,
    query_json: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Ask what a file says (- = standard input): a reading of --json, corrected."),
    ] = None,
    language: Annotated[str, typer.Option(help="Language of the query: a vocabulary that there is (en, de).")] = "en",
    weight: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FACTOR", help="Let a part of the query weigh so many times as much: tense=2."),
    ] = None,
    diverse: Annotated[
        bool,
        typer.Option("--diverse/--no-diverse", help="At most three of ten hits from one film, if others have any."),
    ] = True,
    collapse: Annotated[
        bool, typer.Option("--collapse/--no-collapse", help="Copies of a shot, and shots of one set-up, as one hit.")
    ] = True,
    calibrated: Annotated[
        bool, typer.Option("--calibrated/--raw", help="Count also how a value stands in this archive, or values alone.")
    ] = True,
    sheet: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Draw the hits: a still and the reasons of each.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the picture if it is there already.")] = False,
    json: JsonOption = False,
) -> None:
    """Find shots, scenes or films, with reasons that add up to the score."""
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.query import Ranking, parse, with_arc
    from kuleshov.query import search as find
    from kuleshov.query.spec.weights import read_factors, reweighted

    asked = parse(query, unit=unit, language=language) if query_json is None else _query_of(query_json, text=query)
    if arc is not None:
        asked = with_arc(asked, arc, of=of)
    asked = reweighted(asked, read_factors(weight or ()))
    ranking = Ranking(calibrated=calibrated, diverse=diverse, collapse=collapse)
    with Archive.open(archive) as store:
        result = find(store, asked, k=k, unit=unit if query_json is not None else None, ranking=ranking)
        if sheet is not None:
            from kuleshov.export.answer_sheet import write_hits

            write_hits(store, result, sheet, force=force)
    if json:
        render.print_json(result.to_json())
    else:
        render.search_result(result, explain=explain)


@app.command()
@takes_analysis_options
def analyze(
    file: Annotated[Path, typer.Argument(help="A film.")],
    *,
    options: AnalysisOptions,
    json: JsonOption = False,
) -> None:
    """Describe one film without an archive."""
    from kuleshov.cli import render
    from kuleshov.pipeline.analyze import analyze as analyze_film

    settings, given = options.settings(), options.user_shots()
    with render.progress(quiet=json) as watch:
        analysis = analyze_film(file, settings=settings, given=given, watch=watch)
    if json:
        render.print_analysis_json(analysis)
    else:
        render.film(analysis)


@app.command()
def films(archive: ArchiveOption = DEFAULT_ARCHIVE, json: JsonOption = False) -> None:
    """List the films of an archive."""
    from dataclasses import asdict

    from kuleshov.archive import Archive
    from kuleshov.cli import render

    with Archive.open(archive) as store:
        entries = store.films()
    if json:
        render.print_json({"archive": str(archive), "films": [asdict(entry) for entry in entries]})
    else:
        render.films(entries)


app.command()(show)
app.command()(watch)
app.command()(why)
app.command("next")(next_state)
app.command()(arc)
app.add_typer(plot, name="plot")
app.command()(reel)
app.command()(path)
app.command()(export)
app.command()(correct)
app.command()(compare)
app.command()(similar)
app.command()(matches)
app.command()(repeats)
app.add_typer(train, name="train")
app.add_typer(evaluate, name="evaluate")
evaluate.command("retrieval")(evaluate_retrieval)
app.add_typer(models, name="models")
app.command()(select)
app.command()(annotate)
app.command()(feedback)
app.command()(agreement)
app.add_typer(labels, name="labels")
app.command()(reread)
app.command()(norms)
app.command()(grammars)
app.command()(reindex)


@app.command()
def doctor(archive: ArchiveOption = DEFAULT_ARCHIVE, json: JsonOption = False) -> None:
    """Show what works on this machine, what does not and why; check the archive if there is one."""
    from kuleshov.cli import render
    from kuleshov.pipeline.doctor import examine

    report = examine(archive)
    if json:
        render.print_json(report.to_json())
    else:
        render.doctor(report)
    if report.problems:
        raise typer.Exit(1)


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn what Kuleshov refuses into one line on standard error and exit code 1."""
    try:
        yield
    except (KuleshovError, OSError) as error:
        sys.stderr.write(f"kuleshov: {error}\n")
        raise SystemExit(1) from None


def main() -> None:
    """Run the command line."""
    with one_line_errors():
        app()
