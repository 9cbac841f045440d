"""How well queries in people's own words find what they ask for: nDCG@10 by class, beside peers in the same run.

    python benchmarks/quality/retrieval [--split dev|heldout|both] [--json FILE] [--misses] [--no-peers]
    python benchmarks/quality/retrieval --real ARCHIVE [--json FILE]

The queries (``queries/*.txt``) were written before the parser's vocabulary was looked into. By ``dev`` it may be
mended; ``heldout`` is only reported. The films are made (``made.py``), so what is relevant is known exactly
(``truth.py``); every query of the lists has something relevant among them. The peers rank captions of the same
measurements (``captions.py``). ``implied.txt`` and ``beyond.txt`` judge the reading alone: the names that must be in
it, the words that it must report.
``--real`` judges an archive of real clips by what was seen in stills of every shot (``real.csv``).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from captions import ByMeaning, ByWords, caption
from made import FILMS, KeptArchive, MadeFilm, make_films, store
from readings import judge_beyond, judge_implied
from truth import Pool, Want, read_wants

from kuleshov.archive import Archive
from kuleshov.query import parse, search
from kuleshov.query.evaluation.retrieval_scores import mean_and_interval, ndcg

_LISTS = Path(__file__).with_name("queries")
#: The first from 1 on with which every query has something relevant.
_SEED = 3
_K = 10


def main() -> None:
    options = _options()
    if options.real is not None:
        from real import judge_real

        report = {"real": {name: _by_class({"looked at": values}) for name, values in judge_real(options.real).items()}}
    else:
        splits = ("dev", "heldout") if options.split == "both" else (options.split,)
        report = judge_made(splits, misses=options.misses, peers=options.peers)
    print(_table(report))
    if options.json is not None:
        known = json.loads(options.json.read_text()) if options.json.exists() else {}
        options.json.write_text(json.dumps(known | report, indent=1) + "\n")


def judge_made(splits: Sequence[str], *, misses: bool, peers: bool) -> dict[str, Any]:
    """Return figures by list and class. ``misses``: also print what was found badly and how it was read."""
    films = make_films(_SEED)
    pools = {unit: Pool(films, unit) for unit in ("shot", "scene", "film")}
    report: dict[str, Any] = {"seed": _SEED, "films": FILMS, "stretches": {u: len(p.places) for u, p in pools.items()}}
    with TemporaryDirectory() as folder, KeptArchive.open(f"{folder}/archive", create=True) as archive:
        store(archive, films)
        rankers = _rankers(archive, films, pools) if peers else {}
        for split in splits:
            wants = read_wants((_LISTS / f"{split}.txt").read_text(encoding="utf-8"))
            found: dict[str, dict[str, list[float]]] = {}
            began = process_time()
            for want in wants:
                for name, value in _judged(archive, want, pools, rankers, misses=misses).items():
                    found.setdefault(name, {}).setdefault(want.kind, []).append(value)
            report[split] = {name: _by_class(classes) for name, classes in found.items()}
            report[split]["queries"] = len(wants)
            report[split]["cpu_seconds"] = round(process_time() - began, 1)
    for name, judge in (("implied", judge_implied), ("beyond", judge_beyond)):
        text = (_LISTS / f"{name}.txt").read_text(encoding="utf-8")
        report[name] = {split: judge(read_wants(text), split, say=misses) for split in splits}
    return report


def _judged(
    archive: Archive, want: Want, pools: dict[str, Pool], rankers: dict[str, dict[str, Any]], *, misses: bool
) -> dict[str, float]:
    """Return nDCG@10 of Kuleshov and of every peer.

    What is asked of shots or scenes by name is judged on them; else on what Kuleshov chose to answer with, and if
    nothing there is relevant, while something elsewhere is, it has chosen wrongly: 0.
    """
    query = parse(want.text)
    result = search(archive, query, k=_K)
    answered = "film" if query.of_films else query.unit
    pool = pools[answered]
    grades = pool.grades(want)
    wrong = want.unit not in (None, answered) or not grades.any()
    known = dict(zip(pool.places, grades.tolist(), strict=True))
    ours = 0.0 if wrong else ndcg([known[hit.content_id, hit.index] for hit in result.hits], known.values(), k=_K)
    if misses and ours < 0.9:
        print(f"{ours:.2f} {want.kind}: {want.text!r} wants {' & '.join(want.parts)}; unread {query.not_understood}")
    values = {"Kuleshov": ours}
    unit = next(u for u in (want.unit, answered, "scene", "shot", "film") if u and pools[u].grades(want).any())
    grades = pools[unit].grades(want)
    for name, ranker in rankers.get(unit, {}).items():
        values[name] = ndcg(grades[ranker.ranked(want.text)[:_K]].tolist(), grades.tolist(), k=_K)
    return values


def _rankers(archive: Archive, films: list[MadeFilm], pools: dict[str, Pool]) -> dict[str, dict[str, Any]]:
    import numpy as np

    entries = {entry.content_id: entry for entry in archive.films()}
    captions: dict[str, list[str]] = {"film": []}
    for unit in ("shot", "scene"):
        captions[unit] = []
        rows = archive.segments(unit, [span[0] for film in films for span in archive.spans(unit, film.content_id)])
        for row, one in zip(rows, pools[unit].stretches, strict=True):
            seconds = row.segment.duration_seconds
            captions[unit].append(
                caption(row.vector, seconds=seconds, segment=row.segment, film=row.film, lines=one.lines)
            )
        if unit == "shot":
            for film in films:
                mean = np.mean(
                    [np.nan_to_num(row.vector) for row in rows if row.film.content_id == film.content_id], axis=0
                )
                entry = entries[film.content_id]
                captions["film"].append(
                    caption(mean, seconds=entry.duration_seconds, segment=None, film=entry, lines=())
                )
    return {unit: {kind.name: kind(texts) for kind in (ByMeaning, ByWords)} for unit, texts in captions.items()}


def _by_class(classes: dict[str, list[float]]) -> dict[str, Any]:
    everything = [value for values in classes.values() for value in values]
    return {kind: _figures(values) for kind, values in (*classes.items(), ("all", everything))}


def _figures(values: Sequence[float]) -> dict[str, Any]:
    mean, low, high = (round(value, 4) for value in mean_and_interval(values))
    return {"queries": len(values), "ndcg@10": mean, "low": low, "high": high}


def _table(report: dict[str, Any]) -> str:
    lines = []
    for split in [one for one in ("dev", "heldout", "real") if one in report]:
        systems = [name for name, value in report[split].items() if isinstance(value, dict)]
        lines += [f"| {split} | queries | {' | '.join(systems)} |", "|---|---|" + "---|" * len(systems)]
        for kind in report[split][systems[0]]:
            cells = [report[split][system][kind] for system in systems]
            figures = " | ".join(f"{one['ndcg@10']:.2f} ({one['low']:.2f} to {one['high']:.2f})" for one in cells)
            lines.append(f"| {kind} | {cells[0]['queries']} | {figures} |")
        lines.append("")
    for name in [one for one in ("implied", "beyond") if one in report]:
        for split, value in report[name].items():
            lines.append(f"{name}, {split}: " + ", ".join(f"{key} {number:.3g}" for key, number in value.items()))
    return "\n".join(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=("dev", "heldout", "both"), default="both")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, beside what stands there")
    parser.add_argument("--misses", action="store_true", help="print queries below 0.9")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="leave the peers out")
    parser.add_argument("--real", type=Path, metavar="ARCHIVE", help="judge an archive of the real clips")
    return parser.parse_args()


if __name__ == "__main__":
    main()
