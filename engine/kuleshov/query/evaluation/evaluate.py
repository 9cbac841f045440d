"""How well an archive's answers agree with judgements: each query's figures and their means, and two runs compared.

nDCG at 10 says whether the best come first, precision at 5 how much of the first hits is relevant, recall at 100 how
much is found at all. What nobody judged counts as not relevant; ``unjudged`` is its share of the first ten: where it is
high, the figures mean little.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from kuleshov.archive.store import Archive
from kuleshov.errors import QueryError
from kuleshov.query.evaluation.judgements import Judgement, grades_of
from kuleshov.query.evaluation.retrieval_scores import mean_and_interval, ndcg, precision, recall
from kuleshov.query.language.parser import parse
from kuleshov.query.search_archive import search
from kuleshov.records import Unit

_FIRST, _TOP, _DEPTH = 10, 5, 100
FIGURES = (f"ndcg@{_FIRST}", f"precision@{_TOP}", f"recall@{_DEPTH}", f"unjudged@{_FIRST}")


def evaluate(archive: Archive, judgements: Sequence[Judgement], *, unit: Unit | None = None) -> dict[str, Any]:
    """Return the figures of every judged query, in their order, and the mean of each figure with its 95 % interval.

    ``unit`` overrides what the queries say. Judgements are taken for shots, scenes or films as the query's answer is.
    Raises ``QueryError`` for judgements that mean nothing in the archive, ``ArchiveError``.
    """
    by_query: dict[str, list[Judgement]] = {}
    for one in judgements:
        by_query.setdefault(one.query, []).append(one)
    queries = [_figures(archive, text, own, unit) for text, own in by_query.items()]
    return {"archive": str(archive.path), "queries": queries, "mean": _means(queries)}


def compared(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Return by how much the first of two evaluations of the same queries is better, with its 95 % interval.

    Raises ``QueryError`` where they share no query.
    """
    other = {entry["query"]: entry for entry in theirs["queries"]}
    pairs = [(entry, other[entry["query"]]) for entry in ours["queries"] if entry["query"] in other]
    if not pairs:
        raise QueryError(f"no query in common with {theirs.get('archive', 'the other evaluation')}")
    steps = [
        {"query": mine["query"], **{name: _less(mine[name], its[name]) for name in FIGURES}} for mine, its in pairs
    ]
    return {"archive": theirs.get("archive"), "queries": steps, "mean": _means(steps)}


def _figures(archive: Archive, text: str, judgements: Sequence[Judgement], unit: Unit | None) -> dict[str, Any]:
    query = parse(text, unit=unit)
    answered = "film" if query.of_films else query.unit
    grades = grades_of(archive, judgements, answered)
    hits = [(hit.content_id, hit.index) for hit in search(archive, query, k=_DEPTH).hits]
    gains = [grades.get(hit, 0.0) for hit in hits]
    known = list(grades.values())
    first = hits[:_FIRST]
    values = (
        ndcg(gains, known, k=_FIRST),
        precision(gains, k=_TOP),
        recall(gains, known, k=_DEPTH),
        sum(hit not in grades for hit in first) / len(first) if first else math.nan,
    )
    return {
        "query": text,
        "unit": answered,
        "judged": len(grades),
        "relevant": sum(gain > 0 for gain in known),
        "hits": len(hits),
        "not_understood": list(query.not_understood),
        **dict(zip(FIGURES, values, strict=True)),
    }


def _means(queries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    means = {}
    for name in FIGURES:
        mean, low, high = mean_and_interval([entry[name] for entry in queries])
        means[name] = {"mean": mean, "low": low, "high": high}
    return means


def _less(mine: float | None, its: float | None) -> float:
    """The difference of two figures; one that was read from JSON is ``None`` where it was NaN."""
    return math.nan if mine is None or its is None else mine - its


def evaluation_text(evaluation: Mapping[str, Any]) -> str:
    """Return an evaluation as Markdown, with what it was compared to, if anything."""
    lines = [f"# {len(evaluation['queries'])} judged queries on {evaluation['archive']}", ""]
    lines.append("| query | unit | relevant | hits | nDCG@10 | P@5 | recall@100 | unjudged@10 |")
    lines.append("|---|---|---|---|---|---|---|---|")
    for entry in evaluation["queries"]:
        figures = " | ".join(_number(entry[name]) for name in FIGURES)
        counts = f"{entry['relevant']} of {entry['judged']} | {entry['hits']}"
        lines.append(f"| {entry['query']} | {entry['unit']} | {counts} | {figures} |")
    lines.append(f"| **mean** | | | | {' | '.join(_interval(evaluation['mean'][name]) for name in FIGURES)} |")
    for entry in evaluation["queries"]:
        if entry["not_understood"]:
            lines += ["", f"Not understood in “{entry['query']}”: {', '.join(entry['not_understood'])}."]
    if "against" in evaluation:
        lines += ["", f"## Better than {evaluation['against']['archive']} by", ""]
        lines += ["| query | nDCG@10 | P@5 | recall@100 |", "|---|---|---|---|"]
        for entry in evaluation["against"]["queries"]:
            lines.append(f"| {entry['query']} | {' | '.join(_number(entry[name], '+') for name in FIGURES[:3])} |")
        steps = " | ".join(_interval(evaluation["against"]["mean"][name], "+") for name in FIGURES[:3])
        lines.append(f"| **mean** | {steps} |")
    return "\n".join(lines) + "\n"


def _number(value: float, sign: str = "") -> str:
    return "-" if math.isnan(value) else f"{value:{sign}.2f}"


def _interval(value: Mapping[str, float], sign: str = "") -> str:
    low, high = (_number(value[name], sign) for name in ("low", "high"))
    return f"{_number(value['mean'], sign)} ({low} to {high})"
