"""``kuleshov evaluate retrieval``: an archive's answers against a user's own judgements."""

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
            metavar="FILE", help="CSV or TSV: query, film, grade, and time, start and end, or index (with unit)."
        ),
    ],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    unit: UnitOption = None,
    against: Annotated[
        Path | None,
        typer.Option(metavar="DIR|FILE.json", help="Compare with another archive, or with what --json printed before."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Judge an archive's answers by your own judgements: nDCG@10, P@5 and recall of each query; prints Markdown.

    What was not judged counts as not relevant; a column tells how much of the first ten that is.
    """
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.query.evaluation.evaluate import compared, evaluate, evaluation_text
    from kuleshov.query.evaluation.judgements import read_judgements

    judged = read_judgements(judgements)
    with Archive.open(archive) as store:
        found = evaluate(store, judged, unit=unit)
    if against is not None:
        found["against"] = compared(found, _other(against, judged, unit))
    if json:
        render.print_json(found)
    else:
        render.say(evaluation_text(found))


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
        found = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise QueryError(f"{place}: can't be read as JSON: {error}") from error
    queries = found.get("queries") if isinstance(found, dict) else None
    needed = {"query", *FIGURES}
    if not isinstance(queries, list) or not all(isinstance(one, dict) and needed <= set(one) for one in queries):
        raise QueryError(f"{place}: is not what `kuleshov evaluate retrieval --json` prints")
    return {**found, "archive": f"{found.get('archive')} ({place.name})"}
