"""Cost of ranking in a large archive: CPU milliseconds of ``match_query`` and ``rank_hits``, on made-up columns.

Rows are not read and texts not parsed; ``benchmarks/retrieval_scale.py`` measures whole searches.

    python benchmarks/ranking.py --shots 1000000
"""

from __future__ import annotations

import argparse
import json
import time
from statistics import median
from typing import Any, cast

import numpy as np

from kuleshov.archive import Archive
from kuleshov.archive.catalog.catalog import Stamp
from kuleshov.archive.columns.columns import MEASURE_PATHS, Columns, Part
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.query import Ranking, parse
from kuleshov.query.match_query import match_query
from kuleshov.query.ranking.rank import rank_hits
from kuleshov.query.spec.ranking import BY_SCORE

QUERIES = (
    "dark shots",
    "tense long take",
    "tense, dark, warm shots",
    "very bright, very warm, very saturated shots",
    "dark shots longer than 10 s",
    "shots longer than 10 s",
    "longest dark shots",
)
SHOTS_A_FILM = 600
ROUNDS = 5


class MadeUp:
    """The part of an archive that ranking uses: columns, with values distributed like those of films."""

    def __init__(self, shots: int) -> None:
        rng = np.random.default_rng(0)
        films = max(shots // SHOTS_A_FILM, 1)
        count = films * (shots // films)
        values = np.empty((len(VECTOR_NAMES), count), dtype=np.float32)
        for column in values:
            column[:] = np.tanh(rng.normal(rng.normal(0, 0.5), rng.uniform(0.1, 0.8), count))
        measures = np.broadcast_to(rng.lognormal(1, 1, count), (len(MEASURE_PATHS), count))
        segments = np.stack([np.arange(count), np.arange(count) % (count // films)])
        listed = tuple((f"{number * 2654435761 % 2**32:08x}{'0' * 24}", count // films) for number in range(films))
        self._columns = Columns(Stamp("made up", 0), VECTOR_NAMES, [Part(segments, measures, values, listed)])

    def columns(self, unit: str) -> Columns:
        return self._columns


def milliseconds(archive: Any, text: str, ranking: Ranking) -> float:
    """Return the CPU time of one ranking."""
    query = parse(text)
    started = time.process_time()
    matches = match_query(cast(Archive, archive), query, calibrated=ranking.calibrated)
    rank_hits(matches, k=10, ranking=ranking)
    return 1e3 * (time.process_time() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shots", type=int, default=1_000_000)
    archive = MadeUp(parser.parse_args().shots)
    figures = {}
    for text in QUERIES:
        first = milliseconds(archive, text, Ranking())
        again = median(milliseconds(archive, text, Ranking()) for _ in range(ROUNDS))
        plain = median(milliseconds(archive, text, BY_SCORE) for _ in range(ROUNDS))
        figures[text] = {"first_ms": round(first), "again_ms": round(again, 1), "by_score_alone_ms": round(plain, 1)}
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
