"""The commands. Each imports what it needs when it runs, so that ``--help`` answers at once."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from kuleshov.cli.arc import arc
from kuleshov.cli.compare import compare
from kuleshov.cli.correct import correct
from kuleshov.cli.evaluate_retrieval import evaluate_retrieval
from kuleshov.cli.export import export
from kuleshov.cli.grammars import grammars
from kuleshov.cli.labelling import annotate, feedback, select
from kuleshov.cli.labels import agreement, labels, reread
from kuleshov.cli.models import models
from kuleshov.cli.next import next_state
from kuleshov.cli.norms import norms
from kuleshov.cli.options import (
    DEFAULT_ARCHIVE,
    AnalysisOptions,
    ArchiveOption,
    JsonOption,
    takes_analysis_options,
)
from kuleshov.cli.plot import plot
from kuleshov.cli.reel import path, reel
from kuleshov.cli.reindex import reindex
from kuleshov.cli.remove import compact, remove
from kuleshov.cli.search import search
from kuleshov.cli.show import show
from kuleshov.cli.similar import matches, repeats, similar
from kuleshov.cli.training import evaluate, train
from kuleshov.cli.watch import watch
from kuleshov.cli.why import why
from kuleshov.errors import KuleshovError

EXIT_CODES = (
    "Exit codes: 0 everything was done; 1 something could not be done (a film can't be read, an archive is missing): "
    "each problem is one line on standard error, and everything else was done; 2 the command line is wrong."
)

app = typer.Typer(
    name="kuleshov",
    help="Measures film technique in whole films and makes it searchable.",
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
    renew: Annotated[
        bool,
        typer.Option(
            "--renew",
            help="Describe films anew even where the archive's description holds more (faces, a transcript) than this "
            "run will make.",
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Analyse films and store the results in an archive.

    Films that are stored already are skipped; one that was described with more than this run would make keeps its
    description, unless --renew is given. A film whose file was moved is linked to its new path. A film that can't be
    read is reported, and the others are still analysed. Folders are searched for films by their endings, links are
    followed; a line says what was left out (hidden files, other endings, links that lead nowhere).
    """
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.pipeline.ingest import ingest as ingest_films

    settings, user_shots = options.settings(), options.user_shots()
    with Archive.open(archive, create=True) as store, render.progress(quiet=json) as watch:
        outcomes = []
        for outcome in ingest_films(paths, store, settings=settings, user_shots=user_shots, renew=renew, watch=watch):
            outcomes.append(outcome)
            if not json:
                render.ingested(outcome)
    if json:
        films = [render.ingested_json(outcome) for outcome in outcomes if outcome.outcome != "searched"]
        left_out = {str(outcome.path): outcome.reason for outcome in outcomes if outcome.outcome == "searched"}
        render.print_json({"archive": str(archive), "films": films, "left_out": left_out})
    failed = [outcome for outcome in outcomes if outcome.outcome == "failed"]
    for outcome in failed:
        render.complain(outcome.reason)
    if failed:
        raise typer.Exit(1)


app.command()(search)


@app.command()
@takes_analysis_options
def analyze(
    file: Annotated[Path, typer.Argument(help="A film.")],
    *,
    options: AnalysisOptions,
    json: JsonOption = False,
) -> None:
    """Analyse one film without storing the result."""
    from kuleshov.cli import render
    from kuleshov.pipeline.analyze import analyze as analyze_film

    settings, user_shots = options.settings(), options.user_shots()
    with render.progress(quiet=json) as watch:
        analysis = analyze_film(file, settings=settings, user_shots=user_shots, watch=watch)
    if json:
        render.print_analysis_json(analysis)
    else:
        render.film(analysis)


@app.command()
def films(
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    missing: Annotated[
        bool, typer.Option("--missing", help="Only films whose file is gone, or was replaced by another.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """List the films of an archive."""
    from dataclasses import asdict

    from kuleshov.archive import Archive
    from kuleshov.cli import render

    with Archive.open(archive) as store:
        entries = store.films()
        problems = store.file_problems() if missing else {}
    if missing:
        entries = [entry for entry in entries if entry.content_id in problems]
    if json:
        listed = [asdict(entry) | ({"problem": problems[entry.content_id]} if missing else {}) for entry in entries]
        render.print_json({"archive": str(archive), "films": listed})
    elif missing:
        for entry in entries:
            render.say(f"{entry.content_id[:8]}  {entry.title}: {problems[entry.content_id]} ({entry.source})")
        if entries:
            render.say("Ingest the films where they are now: they are recognised by their content.")
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
app.command()(remove)
app.command()(compact)
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


def _join_help_lines(group: typer.Typer) -> None:
    """Make each paragraph of help one line, because typer would break lines where the docstring does."""
    for command in group.registered_commands:
        paragraphs = inspect.cleandoc(command.callback.__doc__ or "").split("\n\n") if command.callback else []
        command.help = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    for member in group.registered_groups:
        if member.typer_instance is not None:
            _join_help_lines(member.typer_instance)


_join_help_lines(app)


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn Kuleshov's errors into one line on standard error and exit code 1."""
    try:
        yield
    except (KuleshovError, OSError) as error:
        sys.stderr.write(f"kuleshov: {error}\n")
        raise SystemExit(1) from None


def main() -> None:
    """Run the command line."""
    with one_line_errors():
        app()
