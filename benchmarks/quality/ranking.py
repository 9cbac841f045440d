"""Does calibration put the right hits first? nDCG@10 on archives known by construction, and who decides on real ones.

Every shot of a made-up archive has true amounts of some qualities, as a viewer would grade them. What is measured of
them is the amount times the quality's gain, and noise. The gains are those of real footage, where a strong tension
measures 0.3 and a strong long take 0.9 (``GAINS``: the 95th percentile among 200 shots of nine clips). A hit of a query
of several qualities is as relevant as its mean amount, and not at all where it lacks one. So the truth knows nothing of
percentiles, and a rule that ignores the gains, or trusts noise, loses.

    python benchmarks/quality/ranking.py                     # the made-up archives
    python benchmarks/quality/ranking.py --archive DIR       # beside it: which part decides, in an archive of yours
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive import Archive
from kuleshov.query.matching.calibration import MOST_BLEND, Calibration, blend_of
from kuleshov.query.matching.column_table import table_of

#: What a strong amount of a quality measures (``gains`` of ``who_decides``).
GAINS = {
    "long_take": 1.0,
    "bright": 0.98,
    "warm": 0.95,
    "loud": 0.98,
    "moving": 0.95,
    "tension": 0.25,
    "arousal": 0.38,
    "mood_sadness": 0.36,
    "mood_calm": 0.38,
    "mood_awe": 0.34,
}
NOISE = 0.25  # of the gain (a guess)
QUERIES = 60  # an archive, half of two qualities and half of three
HITS = 10
ARCHIVES = 20

Rule = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def with_blend(blend: float) -> Rule:
    """Return the rule that counts values with a fixed share of the percentile."""
    return lambda values: replace(Calibration.of(values), blend=blend).calibrated(values)


RULES: dict[str, Rule] = {
    "as measured": with_blend(0.0),
    "percentiles alone": with_blend(1.0),
    "a quarter of the archive": with_blend(0.25),
    "three quarters of the archive": with_blend(0.75),
    "what is used": lambda values: with_blend(blend_of(len(values)))(values),
}


def amounts(rng: np.random.Generator, shots: int, *, lacking: int) -> NDArray[np.float64]:
    """Return true amounts -1..1, float64 ``[qualities, shots]``: some are common, some are rare, some hardly exist."""
    found = np.empty((len(GAINS), shots))
    for row, number in zip(found, rng.permutation(len(GAINS)), strict=True):
        centre = -0.3 if number < lacking else rng.uniform(-0.3, 0.4)
        spread = 0.1 if number < lacking else rng.uniform(0.25, 0.5)
        row[:] = np.clip(rng.normal(centre, spread, shots), -1, 1)
    return found


def ndcg(relevance: NDArray[np.float64], order: NDArray[np.int64]) -> float:
    """Return nDCG@10 of an order, with gains 2^grade - 1 of grades 0..3 (Järvelin & Kekäläinen 2002)."""
    grades = np.ceil(3 * relevance.clip(0, 1))
    discounts = 1 / np.log2(np.arange(2, HITS + 2))
    best = np.sort(grades)[::-1][:HITS]
    ideal = ((2**best - 1) * discounts[: len(best)]).sum()
    shown = order[:HITS]
    return float(((2 ** grades[shown] - 1) * discounts[: len(shown)]).sum() / ideal) if ideal else float("nan")


def compare(shots: int, *, lacking: int, seed: int) -> dict[str, float]:
    """Return the mean nDCG@10 of every rule over archives of a size in which some qualities hardly exist."""
    found: dict[str, list[float]] = {name: [] for name in RULES}
    for number in range(ARCHIVES):
        rng = np.random.default_rng([seed, number])
        truth = amounts(rng, shots, lacking=lacking)
        gains = np.array(list(GAINS.values()))[:, None]
        measured = np.clip(gains * (truth + NOISE * rng.standard_normal(truth.shape)), -1, 1)
        for asked in range(QUERIES):
            terms = rng.choice(len(GAINS), 2 + asked % 2, replace=False)
            fulfils = (measured[terms] > 0).all(axis=0)
            if fulfils.sum() <= HITS:
                continue
            relevance = np.where((truth[terms] > 0).all(axis=0), truth[terms].mean(axis=0), 0.0)
            for name, rule in RULES.items():
                score = np.mean([rule(measured[term]) for term in terms], axis=0)
                score[~fulfils] = -np.inf
                found[name].append(ndcg(relevance, np.argsort(-score, kind="stable")))
    return {name: round(float(np.nanmean(values)), 4) for name, values in found.items()}


def overstated(seed: int = 3) -> dict[str, float]:
    """Return what the first hit of "tense" counts where no shot of 1,000 has a true amount above 0.05."""
    rng = np.random.default_rng(seed)
    truth = np.clip(rng.normal(-0.3, 0.15, 1000), -1, 0.05)
    measured = GAINS["tension"] * truth
    return {name: round(float(rule(measured).max()), 3) for name, rule in RULES.items()}


def who_decides(folder: Path) -> dict[str, object]:
    """Return how a real archive's pairs of qualities share in the order of their hits: Spearman's r with the lesser."""
    with Archive.open(folder) as archive:
        table = table_of(archive, "shot")
        columns = {name: table.column(name).astype(np.float64) for name in GAINS}
    found: dict[str, list[float]] = {name: [] for name in RULES}
    for pair in combinations(columns, 2):
        values = np.stack([columns[name] for name in pair])
        both = (values > 0).all(axis=0)
        if both.sum() < 2 * HITS:
            continue
        for name, rule in RULES.items():
            counted = np.stack([_of_measured(rule, one)[both] for one in values])
            ranks = [one.argsort().argsort() for one in (*values[:, both], counted.sum(axis=0))]
            found[name].append(min(float(np.corrcoef(rank, ranks[2])[0, 1]) for rank in ranks[:2]))
    return {
        "shots": int(table.counted.sum()),
        "pairs": len(found["as measured"]),
        "gains": {name: round(float(np.nanpercentile(np.abs(one), 95)), 2) for name, one in columns.items()},
        "lesser_r": {name: round(float(np.mean(values)), 3) for name, values in found.items()},
        "pairs_that_one_decides": {name: sum(value < 0.2 for value in values) for name, values in found.items()},
    }


def _of_measured(rule: Rule, values: NDArray[np.float64]) -> NDArray[np.float64]:
    counted = np.full(len(values), np.nan)
    known = ~np.isnan(values)
    counted[known] = rule(values[known])
    return counted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    arguments = parser.parse_args()
    figures: dict[str, object] = {
        "most_blend": MOST_BLEND,
        "ndcg_at_10": {
            f"{shots} shots, {lacking} of {len(GAINS)} qualities hardly there": compare(shots, lacking=lacking, seed=1)
            for shots in (40, 200, 1000)
            for lacking in (0, 3)
        },
        "first_hit_of_tense_in_calm_films": overstated(),
    }
    if arguments.archive is not None:
        figures["who_decides"] = who_decides(arguments.archive)
    print(json.dumps(figures, indent=1))
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
