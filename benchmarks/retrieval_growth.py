"""How the time of a search grows with the number of scenes, up to ten million.

Columns are synthetic and mapped from files like those of a real archive; all rows are the same record, so reading them
costs nothing here (in an archive about 1 ms a hit, for any size). Random values have fewer ties and are more evenly
distributed than those of films. CPU time of one thread.

    OMP_NUM_THREADS=1 python benchmarks/retrieval_growth.py --json figures.json
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from made_archive import SCENES, made_scene
from numpy.typing import ArrayLike
from retrieval_queries import queries
from retrieval_scale import memory, summed_up, timed

from kuleshov.archive.catalog.catalog import Stamp
from kuleshov.archive.columns.columns import MEASURE_PATHS, Columns, Part
from kuleshov.archive.film.entries import FilmEntry, SegmentRow
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.query import parse, search

_EVERY = 5  # every fifth query is run


class MadeColumns:
    """The part of an archive that a search uses, over synthetic columns; only those that queries name are filled."""

    path = Path("made")
    vector_names = VECTOR_NAMES

    def __init__(self, folder: Path, scenes: int, *, names: set[str], paths: set[str]) -> None:
        rng = np.random.default_rng(1)
        values = np.memmap(folder / "values", np.float32, "w+", shape=(len(VECTOR_NAMES), scenes))
        measures = np.memmap(folder / "measures", np.float64, "w+", shape=(len(MEASURE_PATHS), scenes))
        for name in sorted(names):
            column = np.clip(rng.standard_normal(scenes, dtype=np.float32) * 0.5, -1, 1)
            column[rng.random(scenes, dtype=np.float32) < 0.15] = np.nan
            values[VECTOR_NAMES.index(name)] = column
        for path in sorted(paths):
            measures[MEASURE_PATHS.index(path)] = rng.lognormal(3.5, 0.8, scenes)
        count = -(-scenes // SCENES)
        self._films = [
            FilmEntry(
                f"{number:032x}", f"Film {number}", "", 6000.0, 1, 0, SCENES, "made", "", year=1920 + number % 100
            )
            for number in range(count)
        ]
        segments = np.stack([np.arange(scenes), np.arange(scenes) % SCENES])
        films = tuple((film.content_id, min(SCENES, scenes - SCENES * n)) for n, film in enumerate(self._films))
        part = Part(segments, measures.view(np.ndarray), values.view(np.ndarray), films)
        self._columns = Columns(Stamp("made", 1), VECTOR_NAMES, [part])
        self._scene = made_scene(rng)

    def films(self) -> list[FilmEntry]:
        return self._films

    def count(self, unit: Unit) -> int:
        return len(self.columns(unit))

    def columns(self, unit: Unit) -> Columns:
        assert unit == "scene"
        return self._columns

    def segments(self, unit: Unit, ids: ArrayLike) -> list[SegmentRow]:
        wanted = np.asarray(ids, dtype=np.int64)
        vectors = self._columns.vectors(self._columns.at(wanted))
        return [
            SegmentRow(id, self._films[id // SCENES], unit, self._scene, vector)
            for id, vector in zip(wanted.tolist(), vectors, strict=True)
        ]


def grown(scenes: int) -> dict[str, Any]:
    """Run some queries of every kind except comparisons on this many scenes; return the time of the second run."""
    texts = [text for kind, some in queries().items() if kind != "like a scene" for text in some[::_EVERY]]
    asked = [parse(text, unit="scene") for text in texts]
    names = {term.name for query in asked for term in query.terms}
    names |= {query.sort.key for query in asked if query.sort is not None and not query.sort.by_measure}
    paths = {one.measure for query in asked for one in query.conditions}
    paths |= {query.sort.key for query in asked if query.sort is not None and query.sort.by_measure}
    with tempfile.TemporaryDirectory() as folder:
        archive: Any = MadeColumns(Path(folder), scenes, names=names, paths=paths)
        first = [timed(lambda text=text: search(archive, text))[1] for text in texts]
        second = [timed(lambda text=text: search(archive, text))[1] for text in texts]
        return {"scenes": scenes, "first": summed_up(first), "second": summed_up(second), "memory_mb": memory()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000, 10_000_000])
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    arguments = parser.parse_args()
    runs = []
    for scenes in arguments.scenes:
        runs.append(grown(scenes))
        print(json.dumps(runs[-1]), flush=True)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}"
    if arguments.json:
        arguments.json.write_text(json.dumps({"machine": machine, "runs": runs}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
