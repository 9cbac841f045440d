"""``kuleshov evaluate retrieval``: search results compared with a user's own judgements."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, JsonOption, UnitOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuleshov.cinema.attributes.measures import Unit
    from kuleshov.query.evaluation.judgements import Judgement


def evaluate_retrieval(
    judgements: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Judgements as CSV or TSV with columns query, film, grade, and time, or start and end, or index and "
            "unit.",
        ),
    ],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    unit: UnitOption = None,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR|FILE.json", help="Compare with another archive, or with an earlier result of --json."
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Measure how well a search finds what you judged relevant: nDCG@10, P@5 and recall by query, as Markdown.

    Hits without a judgement count as not relevant; a column shows how many of the first ten they are.
    """
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.query.evaluation.evaluate import compared, evaluate, evaluation_text
    from kuleshov.query.evaluation.judgements import read_judgements

    judged = read_judgements(judgements)
    with Archive.open(archive) as store:
        figures = evaluate(store, judged, unit=unit)
    if against is not None:
        figures["against"] = compared(figures, _other(against, judged, unit))
    if json:
        render.print_json(figures)
    else:
        render.say(evaluation_text(figures))


def _other(place: Path, judged: Sequence[Judgement], unit: Unit | None) -> dict[str, Any]:
    """Return the evaluation that a file holds, or that of another archive. Raises ``KuleshovError``."""
    import json

    from kuleshov.archive import Archive
    from kuleshov.errors import QueryError
    from kuleshov.query.evaluation.evaluate import FIGURES, evaluate

    if not place.is_file():
        with Archive.open(place) as store:
            return evaluate(store, judged, unit=unit)
    try:
        stored = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise QueryError(f"{place}: can't be read as JSON: {error}") from error
    queries = stored.get("queries") if isinstance(stored, dict) else None
    needed = {"query", *FIGURES}
    if not isinstance(queries, list) or not all(isinstance(query, dict) and needed <= set(query) for query in queries):
        raise QueryError(f"{place}: is not a result of `kuleshov evaluate retrieval --json`")
    return {**stored, "archive": f"{stored.get('archive')} ({place.name})"}
