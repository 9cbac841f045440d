"""Duration of a search in an archive of a million scenes: p50 and p95 by kind of query; memory, disk, recall.

Queries are text and go through ``query.search`` on an ``Archive``: parsed, searched, answered with reasons. The archive
is made by ``made_archive``, which documents what in it is real. Queries with a vector use ``Archive.nearest_in`` within
the candidates of a text, with a synthetic vector of 512 numbers. Wall time is that of a machine that does other work as
well; CPU time is that of all threads.

    python benchmarks/retrieval_scale.py make /tmp/archive --scenes 1000000
    python benchmarks/retrieval_scale.py run /tmp/archive --json figures.json
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from made_archive import CENTRES, DIMENSIONS, SPREAD, centres, made_film, make_archive
from numpy.typing import NDArray
from retrieval_queries import BESIDE_A_VECTOR, queries

from kuleshov.archive import Archive
from kuleshov.archive.columns.columns import MEASURE_PATHS
from kuleshov.archive.film.folder import read_vectors
from kuleshov.archive.film.segment_tables import read_measures
from kuleshov.query import Query, SearchResult, parse, search
from kuleshov.query.spec.ranking import BY_SCORE

K = 10
_EVERY = 9  # the answer of every ninth query is compared with the exact one
_AS_GOOD = 1e-6  # vectors are float32
_COMPARE = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
KULESHOV = Path(sys.executable).with_name("kuleshov")


def timed(call: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """Return the result of a call, and its wall and CPU milliseconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = call()
    return result, {"wall_ms": 1e3 * (time.perf_counter() - wall), "cpu_ms": 1e3 * (time.process_time() - cpu)}


def summed_up(rows: list[dict[str, float]]) -> dict[str, Any]:
    """Return p50 and p95 of wall and CPU milliseconds."""
    figures: dict[str, Any] = {"queries": len(rows)}
    for clock in ("wall_ms", "cpu_ms"):
        for rank in (50, 95):
            figures[f"{clock}_p{rank}"] = round(float(np.percentile([row[clock] for row in rows], rank)), 1)
    return figures


class Exact:
    """The truth, computed another way: measures and vectors from every film's own files, float64."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._names = list(archive.vector_names)
        films = archive.films()
        folders = [archive.path / "films" / film.folder_name for film in films]
        counts = [film.scene_count for film in films]
        self._vectors = np.concatenate(
            [
                read_vectors(folder, "scene", self._names, count=count)
                for folder, count in zip(folders, counts, strict=True)
            ]
        )
        self._measures = np.concatenate([read_measures(folder, "scene") for folder in folders])
        self._films = np.repeat([film.content_id for film in films], counts)
        self._places = np.concatenate([np.arange(count) for count in counts])
        assert archive.count("scene") == len(self._vectors)

    def recall(self, query: Query, result: SearchResult) -> float:
        """Return the share of the first ``K`` that a result has; hits as good as the last of them count."""
        right = np.ones(len(self._vectors), dtype=bool)
        for limit in query.conditions:
            right &= _COMPARE[limit.op](self._measure(limit.measure), limit.value)
        if query.filters:
            right &= np.isin(self._films, films_of(self._archive, query))
        keys = np.zeros(len(self._vectors))
        for term in query.terms:
            wanted = term.sign * self._vectors[:, self._names.index(term.name)].astype(np.float64)
            if not term.hint:
                right &= wanted >= term.minimum if term.inclusive else wanted > term.minimum
            keys += term.weight * np.nan_to_num(wanted)
        if query.sort is not None or not query.terms:
            key, falling = self._order(query)
            right &= ~np.isnan(key)
            keys = key if falling else -key
        count = min(K, int(right.sum()))
        if not count:
            return float(not result.hits)
        last = np.partition(keys[right], -count)[-count]
        good = right & (keys >= last - _AS_GOOD)
        true = set(zip(self._films[good].tolist(), self._places[good].tolist(), strict=True))
        return sum((hit.content_id, hit.index) in true for hit in result.hits) / count

    def _order(self, query: Query) -> tuple[NDArray[np.float64], bool]:
        if query.sort is None:
            path, falling = query.conditions[0].measure, query.conditions[0].op in (">", ">=")
        elif query.sort.by_measure:
            path, falling = query.sort.key, query.sort.descending
        else:
            return self._vectors[:, self._names.index(query.sort.key)].astype(np.float64), query.sort.descending
        return self._measure(path), falling

    def _measure(self, path: str) -> NDArray[np.float64]:
        return self._measures[:, MEASURE_PATHS.index(path)]


def by_text(archive: Archive) -> dict[str, list[dict[str, float]]]:
    """Run every query once; return their times, by kind."""
    return {
        kind: [timed(lambda text=text: search(archive, text, k=K))[1] for text in texts]
        for kind, texts in queries().items()
    }


def recalls(archive: Archive) -> dict[str, float]:
    """Compare some answers of each kind with exact ones, except comparisons, which are not sums of terms."""
    exact = Exact(archive)
    found = {}
    for kind, texts in queries().items():
        answers = [search(archive, text, k=K, ranking=BY_SCORE) for text in texts[::_EVERY]]
        known = [exact.recall(one.query, one) for one in answers if not one.query.likes]
        if known:
            found[kind] = round(float(np.mean(known)), 4)
    return found


def films_of(archive: Archive, query: Query) -> list[str]:
    """Return the content ids of the films that pass a query's filters."""
    return [film.content_id for film in archive.films() if all(one.accepts(film) for one in query.filters)]


def left_by(archive: Archive, query: Query) -> NDArray[np.int64]:
    """Return the ids of the scenes that fulfil a query's limits, qualities and filters, from the columns."""
    columns, ids = archive.columns("scene"), [np.empty(0, dtype=np.int64)]
    within = columns.within(films_of(archive, query))
    for block in columns.blocks():
        right = block.present & within[block.rows]
        for one in query.conditions:
            right &= _COMPARE[one.op](block.measure(one.measure), one.value)
        for term in query.terms:
            wanted = term.sign * block.value(term.name)
            right &= wanted >= term.minimum if term.inclusive else wanted > term.minimum
        ids.append(block.ids[right])
    return np.concatenate(ids)


def beside_vectors(archive: Archive, rng: np.random.Generator) -> list[dict[str, float]]:
    """Find the nearest to a vector among the candidates of texts."""
    rows = []
    middles = centres()
    for text in BESIDE_A_VECTOR * 3:
        vector = middles[rng.integers(CENTRES)] + SPREAD * rng.standard_normal(DIMENSIONS)
        vector /= np.linalg.norm(vector)

        def ask(text: str = text, vector: NDArray[np.float64] = vector) -> list[tuple[int, float]]:
            allowed = None
            if text:
                query = parse(text, unit="scene")
                allowed = left_by(archive, query)
            found = archive.nearest_in("visual", "scene", vector, k=K, allowed=allowed)
            archive.segments("scene", [segment for segment, _ in found])
            return found

        rows.append(timed(ask)[1])
    return rows


def cold(folder: Path, text: str) -> dict[str, float]:
    """Search with the command after dropping its files from the system's cache; return its seconds."""
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)
    figures = {}
    for name in ("first", "second"):
        before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([KULESHOV, "search", text, "--archive", folder], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        figures[f"{name}_wall_s"] = round(time.perf_counter() - wall, 2)
        figures[f"{name}_cpu_s"] = round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2)
    return figures


def one_film_more(folder: Path, number: int) -> dict[str, dict[str, float]]:
    """Add a film beside an open reader; return what adding, the reader's next queries and the refreshing took."""
    texts = ("tense dark scenes", "sad scenes longer than 20 s")
    figures = {}
    with Archive.open(folder) as reader, made_film(folder.with_name(f"{folder.name}-more"), number) as add:
        search(reader, texts[0])
        with Archive.open(folder, write=True) as writer:
            figures["add"] = timed(lambda: add(writer))[1]
            figures["the reader's first query"] = timed(lambda: search(reader, texts[0]))[1]
            figures["the reader's second query"] = timed(lambda: search(reader, texts[1]))[1]
            figures["columns on disk"] = timed(lambda: [writer.columns(unit) for unit in ("shot", "scene")])[1]
            figures["indexes on disk"] = timed(writer.refresh)[1]
    return {name: {clock: round(value, 1) for clock, value in taken.items()} for name, taken in figures.items()}


def memory() -> dict[str, float]:
    """Return this process's memory in MB: all of it, and the part that is not a mapped file."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return {name: round(int(status[name].split()[0]) / 1024) for name in ("VmHWM", "VmRSS", "RssAnon", "RssFile")}


def disk(folder: Path) -> dict[str, float]:
    """Return the sizes of an archive's parts in GB."""
    parts = {"films": folder / "films", "catalogue": folder / "catalog.sqlite"}
    parts |= {f"index/{path.name}": path for path in sorted((folder / "index").iterdir())}
    return {name: round(_bytes(path) / 1e9, 3) for name, path in parts.items()}


def _bytes(path: Path) -> int:
    return (
        path.stat().st_size
        if path.is_file()
        else sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
    )


def measured(folder: Path) -> Iterator[tuple[str, Any]]:
    """Measure everything in one archive, figure by figure; it ends with one film more."""
    yield "load_average", os.getloadavg()[0]
    yield "disk_gb", disk(folder)
    yield "command", cold(folder, "tense dark scenes")
    with Archive.open(folder) as archive:
        columns, opened = timed(lambda: archive.columns("scene"))
        yield "scenes", len(columns)
        yield "films", len(archive.films())
        yield "opening_columns", opened
        yield "memory_after_open_mb", memory()
        yield "first_round", summed_up([row for rows in by_text(archive).values() for row in rows])
        yield "memory_after_text_mb", memory()
        kinds = by_text(archive)
        yield "all", summed_up([row for rows in kinds.values() for row in rows])
        yield "kinds", {kind: summed_up(rows) for kind, rows in kinds.items()}
        yield "beside_a_vector", summed_up(beside_vectors(archive, np.random.default_rng(2)))
        yield "memory_after_vectors_mb", memory()
        yield "recall_at_10", recalls(archive)
        yield "dialogue_first", timed(lambda: search(archive, 'scenes where he says "goodbye"'))[1]
        texts = [f'scenes where he says "{words}"' for words in ("never", "train leaves", "love", "at night")]
        yield "dialogue", summed_up([timed(lambda text=text: search(archive, text))[1] for text in texts])
        films = len(archive.films())
    yield "one_film_more", one_film_more(folder, films)
    yield "load_average_after", os.getloadavg()[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("make", "run"))
    parser.add_argument("archive", type=Path)
    parser.add_argument("--scenes", type=int, default=10_000)
    parser.add_argument("--json", type=Path, help="add the figures to this file")
    arguments = parser.parse_args()
    if arguments.action == "make":
        _, taken = timed(lambda: make_archive(arguments.archive, scenes=arguments.scenes))
        with Archive.open(arguments.archive, write=True) as archive:
            _, refreshed = timed(archive.refresh)
        figures = {"make": taken, "refresh": refreshed}
        print(json.dumps(figures))
    else:
        figures = {}
        for name, figure in measured(arguments.archive):
            figures[name] = figure
            print(json.dumps({name: figure}), flush=True)
    if arguments.json:
        machine = f"{platform.machine()}, {os.cpu_count()} cores"
        before = json.loads(arguments.json.read_text(encoding="utf-8")) if arguments.json.exists() else {"runs": []}
        content = {"machine": machine, "runs": [*before["runs"], figures]}
        arguments.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
