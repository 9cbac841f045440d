"""Statements as CSV, out and in: for spreadsheets, other annotation programs, and a second archive.

One row a statement. Scores have a column each (empty: not asked for); words are separated by ``;``. What goes out
comes in again as it was: a statement that is there already is left alone. A list from elsewhere needs the columns
``annotator``, ``film``, ``start_seconds``, ``end_seconds``, and scores, words or senses; ``film`` is a title, a content
id, or the beginning of one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kuleshov.annotations.annotation_store import AnnotationStore
from kuleshov.annotations.statement import SCORES, SENSES, Statement, new_id, now
from kuleshov.annotations.vocabulary import Vocabulary
from kuleshov.archive import Archive
from kuleshov.archive.film.entries import check_unit
from kuleshov.errors import AnnotationError, ArchiveError, QueryError

_WHO = ("id", "kind", "at", "annotator", "film", "content_id", "unit", "start_seconds", "end_seconds")
_HOW = ("words", "vocabulary", "note", "kuleshov_version", "pipeline_id", "retracts")
_SAID = tuple(f"said_{score}" for score in SCORES)
COLUMNS = (*_WHO, *SCORES, *SENSES, *_HOW, *_SAID)
_NEEDED = ("annotator", "film", "start_seconds", "end_seconds")


def as_csv(store: AnnotationStore) -> str:
    """Return all statements that were ever made, retractions too."""
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for each in store.everything():
        row: dict[str, Any] = {name: getattr(each, name) for name in (*_WHO, *_HOW) if name not in ("film", "words")}
        row |= {"film": each.title, "words": ";".join(each.words)}
        row |= {sense: ";".join(words) for sense, words in each.senses.items()}
        row |= {f"said_{score}": value for score, value in each.said.items()}
        writer.writerow(row | each.scores)
    return written.getvalue()


@dataclass(frozen=True)
class Imported:
    """What became of the rows of a list."""

    added: int
    present: int


def import_csv(path: Path, archive: Archive, *, vocabulary: Vocabulary, version: str) -> Imported:
    """Add the statements of a list. All rows are read first: a list with a broken row adds nothing.

    ``version`` of Kuleshov is noted for rows that do not bring their own. Raises ``AnnotationError`` naming the row.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows, columns = list(reader), reader.fieldnames or []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AnnotationError(f"{path}: can't be read as CSV: {error}") from error
    if missing := [name for name in _NEEDED if name not in columns]:
        raise AnnotationError(f"{path}: has no column {missing[0]!r} (needed: {', '.join(_NEEDED)})")
    store = AnnotationStore(archive.path)
    known = {each.id for each in store.everything()}
    statements = []
    for number, row in enumerate(rows, 2):
        try:
            statements.append(_statement(row, archive, vocabulary, version))
        except (AnnotationError, ArchiveError, QueryError, ValueError) as error:
            raise AnnotationError(f"{path}: row {number}: {error}") from error
    new = [each for each in statements if each.id not in known]
    store.extend(new)
    return Imported(len(new), len(statements) - len(new))


def _statement(row: Mapping[str, str | None], archive: Archive, vocabulary: Vocabulary, version: str) -> Statement:
    cell = {name: (value or "").strip() for name, value in row.items() if name}
    words, content_id, title = _words(cell, "words"), cell.get("content_id", ""), cell["film"]
    pipeline = cell.get("pipeline_id", "")
    if not content_id:
        film = archive.resolve(title)
        content_id, title, pipeline = film.content_id, film.title, pipeline or film.pipeline_id
    scores = {score: float(cell[score]) for score in SCORES if cell.get(score)}
    ours = bool(cell.get("id"))  # went out from here: its scores were made of its words when they were said
    if words and not ours:
        scores = vocabulary.scores(words) | scores
    senses: dict[str, list[str]] = {sense: _words(cell, sense) for sense in SENSES if cell.get(sense)}
    vocabulary.check_senses({} if ours else senses)
    kind = cell.get("kind") or "label"
    if kind not in ("label", "correction", "retraction"):
        raise AnnotationError(f"unknown kind {kind!r}: label, correction or retraction")
    if kind != "retraction" and not scores and not senses:
        raise AnnotationError("says nothing: no score, word or sense")
    return Statement(
        id=cell.get("id") or new_id(),
        kind=kind,  # type: ignore[arg-type]
        at=cell.get("at") or now(),
        annotator=cell["annotator"],
        content_id=content_id,
        title=title,
        unit=check_unit(cell.get("unit") or "shot"),
        start_seconds=float(cell["start_seconds"]),
        end_seconds=float(cell["end_seconds"]),
        kuleshov_version=cell.get("kuleshov_version") or version,
        pipeline_id=pipeline,
        scores=scores,
        senses=senses,
        words=words,
        vocabulary=cell.get("vocabulary", "") or (vocabulary.id if (words or senses) and not ours else ""),
        note=cell.get("note", ""),
        said={score: float(cell[f"said_{score}"]) for score in SCORES if cell.get(f"said_{score}")},
        retracts=cell.get("retracts") or None,
    )


def _words(cell: Mapping[str, str], name: str) -> list[str]:
    return [word.strip() for word in cell.get(name, "").split(";") if word.strip()]
