"""``kuleshov search``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, ForceOption, JsonOption, UnitOption

if TYPE_CHECKING:
    from kuleshov.query import Query


def search(
    query: Annotated[
        str, typer.Argument(help='What to look for, in words: "tense long take", "dark scenes longer than 20 s".')
    ] = "",
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    k: Annotated[
        int | None, typer.Option("-k", min=1, help="How many hits. Default: 10, or the number in the query.")
    ] = None,
    unit: UnitOption = None,
    arc: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBERS",
            help='Find films whose curve has this shape, in numbers from -1 to 1: "0,0.2,-0.5,0.8". Or scenes: --unit.',
        ),
    ] = None,
    of: Annotated[
        str, typer.Option(help="What the --arc is a curve of: valence, arousal, tension, bright, ...")
    ] = "valence",
    explain: Annotated[
        bool, typer.Option("--explain", "--explain-query", help="Show how the query was understood, and every reason.")
    ] = False,
    query_json: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Read the query from a JSON file (-: standard input) instead of words: query.parsed of --json.",
        ),
    ] = None,
    language: Annotated[str, typer.Option(help="Language of the query: en or de.")] = "en",
    weight: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FACTOR",
            help="Multiply the weight of a part of the query: tense=2. May be given several times.",
        ),
    ] = None,
    diverse: Annotated[
        bool,
        typer.Option(
            "--diverse/--no-diverse",
            help="Show at most three of ten hits from the same film, if other films have hits.",
        ),
    ] = True,
    collapse: Annotated[
        bool,
        typer.Option(
            "--collapse/--no-collapse", help="Show copies of a shot, and shots from one camera set-up, as one hit."
        ),
    ] = True,
    calibrated: Annotated[
        bool,
        typer.Option("--calibrated/--raw", help="Score by values and their rank in this archive, or by values alone."),
    ] = True,
    sheet: Annotated[
        Path | None,
        typer.Option(metavar="FILE.png", help="Also draw the hits as a picture: a still and the reasons of each."),
    ] = None,
    force: ForceOption = False,
    json: JsonOption = False,
) -> None:
    """Find shots, scenes or films, with reasons that add up to the score."""
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.query import Ranking, parse, with_arc
    from kuleshov.query import search as find
    from kuleshov.query.spec.weights import read_factors, reweighted

    wanted = (
        parse(query, unit=unit, language=language) if query_json is None else _query_from_json(query_json, text=query)
    )
    if arc is not None:
        wanted = with_arc(wanted, arc, of=of)
    wanted = reweighted(wanted, read_factors(weight or ()))
    ranking = Ranking(calibrated=calibrated, diverse=diverse, collapse=collapse)
    with Archive.open(archive) as store:
        result = find(store, wanted, k=k, unit=unit if query_json is not None else None, ranking=ranking)
        if sheet is not None:
            from kuleshov.export.answer_sheet import write_hits

            write_hits(store, result, sheet, force=force)
    if json:
        render.print_json(result.to_json())
    else:
        render.search_result(result, explain=explain)


def _query_from_json(file: str, *, text: str) -> Query:
    """Return the query that a JSON file or standard input ("-") holds. Raises ``QueryError``."""
    import json

    from kuleshov.errors import QueryError
    from kuleshov.query import Query

    if text:
        raise QueryError("give either words or --query-json, not both")
    try:
        content = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        return Query.from_json(json.loads(content))
    except (OSError, ValueError) as error:
        if isinstance(error, QueryError):
            raise
        raise QueryError(f"{file}: can't be read as JSON: {error}") from error
