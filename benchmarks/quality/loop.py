"""The loop of people, in simulation: does a model learn a taste from 200 labels, and does asking well save labels?

    python benchmarks/quality/loop.py [--seeds N] [--json FILE] [--chart FILE.svg]
    python benchmarks/quality/loop.py --tune
    python benchmarks/quality/loop.py --archive DIR [--seeds N] [--json FILE]

The second call compares weights of the three grounds on worlds of their own (seeds from 100): those of the product were
chosen there; the first reports on worlds that had no part in it (seeds from 200).

Films and people are drawn (``loop_films.py``); everything else is the product's: the regression, the choice of what to
ask, the grammar as prior. For each seed the labelled films and the held-out ones are disjoint. r is against what people
see on held-out films, without their errors, mean of valence, arousal and tension. Ways to choose are compared on the
same films and people, so differences are paired; the errors of the mean are over seeds. A boosted model that explains
nothing (scikit-learn, extra ``text``) learns from the same labels for comparison; with each sense taken from the
held-out films it is seen what a missing sense costs. ``--archive DIR`` puts the same people before the shots of real
films: each film of 15 shots or more is held out in turn, and the others are labelled, 200 shots of them at most.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from loop_films import Films, People, Taste, draw_films, draw_people, draw_taste
from numpy.typing import NDArray
from plots import panels

from kuleshov.annotations.keys import ASKED
from kuleshov.archive import Archive
from kuleshov.emotion.grammar import Grammar, load_grammar
from kuleshov.training.emotion_beyond import Beside, fit_beyond
from kuleshov.training.emotion_fit import Posterior, Said, design, fit
from kuleshov.training.emotion_labels import cue_table, prior_weights, sense_of, senses_of, speaks
from kuleshov.training.emotion_scores import concordance, pearson
from kuleshov.training.emotion_select import WEIGHTS, choose

_FILMS, _SHOTS, _HELD_OUT = 30, 36, 10
_LEAST_SHOTS = 15
_BATCH, _LABELS = 20, 200
_LIKENESS, _STRENGTH, _NOISE, _PEOPLE = 0.4, 1.0, 0.35, 3
WAYS: dict[str, dict[str, float] | None] = {
    "random": None,
    "select": dict(WEIGHTS),
    "select, rich 0": dict(WEIGHTS) | {"rich": 0.0},
    "only uncertain": {"uncertain": 1.0},
    "only diverse": {"diverse": 1.0},
    "only rich": {"rich": 1.0},
}
TUNED: dict[str, dict[str, float] | None] = {
    "random": None,
    "uncertain": {"uncertain": 1.0},
    "diverse": {"diverse": 1.0},
    "diverse, uncertain 0.25": {"diverse": 1.0, "uncertain": 0.25},
    "diverse, uncertain 0.5": {"diverse": 1.0, "uncertain": 0.5},
    "diverse, uncertain 2": {"diverse": 1.0, "uncertain": 2.0},
}
_FIRST_TUNED, _FIRST_REPORTED = 100, 200


class World:
    """Films, people and what they see; the last films are held out."""

    def __init__(self, grammar: Grammar, seed: int) -> None:
        self.seed = seed
        self.films: Films = draw_films(grammar, films=_FILMS, shots=_SHOTS, seed=seed)
        self.cues = np.where(self.films.speaking, self.films.cues, 0.0)
        self.unseen = self.films.films >= _FILMS - _HELD_OUT
        self.pool = np.flatnonzero(~self.unseen)
        tastes: list[Taste] = [
            draw_taste(grammar, score, likeness=_LIKENESS, strength=_STRENGTH, seed=seed) for score in ASKED
        ]
        self.people: list[People] = [draw_people(each, count=_PEOPLE, noise=_NOISE, seed=seed) for each in tastes]
        self.truth = [each.sees(self.films.cues) for each in tastes]
        self.priors = [prior_weights(grammar, score) for score in ASKED]

    def learn(self, rows: NDArray[np.int64], raters: NDArray[np.int64], said: NDArray[np.float64]) -> list[Posterior]:
        """``said`` float64 ``[3, labels]``."""
        return [
            fit(self.cues, self.films.speaking, Said(values, rows, raters), prior)
            for values, prior in zip(said, self.priors, strict=True)
        ]

    def hear(self, rows: NDArray[np.int64], asked: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
        """What the people who are asked say of rows, float64 ``[3, rows]``."""
        return np.stack([each.say(self.films.cues[rows], asked, rng) for each in self.people])

    def figure(self, scores: list[NDArray[np.float64]], measure: Any = pearson) -> float:
        held = self.unseen
        return float(np.mean([measure(said[held], true[held]) for said, true in zip(scores, self.truth, strict=True)]))

    def scores(
        self, posteriors: list[Posterior], speaking: NDArray[np.bool_] | None = None
    ) -> list[NDArray[np.float64]]:
        return [each.scores(self.cues, self.films.speaking if speaking is None else speaking) for each in posteriors]


Labels = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def run(world: World, weights: dict[str, float] | None) -> tuple[list[float], Labels, list[Posterior]]:
    """Return r on held-out films before any label and after every batch, the labels, and the last model."""
    rng = np.random.default_rng([world.seed, 9])
    rows, raters, said = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty((3, 0))
    posteriors = world.learn(rows, raters, said)
    curve = [world.figure(world.scores(posteriors))]
    while len(rows) < _LABELS:
        free = np.setdiff1d(world.pool, rows)
        if weights is None:
            new = rng.choice(free, _BATCH, replace=False)
        else:
            chosen = choose(
                world.cues,
                world.films.speaking,
                posteriors,
                count=_BATCH,
                candidates=free,
                labelled=rows,
                weights=weights,  # type: ignore[arg-type]
            )
            new = np.array([each.row for each in chosen])
        asked = rng.integers(0, _PEOPLE, len(new))
        heard = world.hear(new, asked, rng)
        rows, raters, said = np.append(rows, new), np.append(raters, asked), np.hstack([said, heard])
        posteriors = world.learn(rows, raters, said)
        curve.append(world.figure(world.scores(posteriors)))
    return curve, (rows, raters, said), posteriors


def boosted(world: World, labels: Labels) -> float:
    """r of scikit-learn's gradient boosting on the same labels; NaN where scikit-learn is not installed."""
    try:
        from sklearn.ensemble import HistGradientBoostingRegressor
    except ImportError:
        return float("nan")
    rows, _, said = labels
    scores = [
        HistGradientBoostingRegressor(max_iter=100, learning_rate=0.06, min_samples_leaf=8, random_state=0)
        .fit(world.films.cues[rows], values)
        .predict(world.films.cues)
        for values in said
    ]
    return world.figure(scores)


def on_real_films(archive: Path, seeds: int) -> dict[str, Any]:
    """Return r of the grammar, of learned weights, and with pairs of cues, on each held-out film of an archive.

    Mean over seeds and scores.
    """
    grammar = load_grammar()
    with Archive.open(archive) as store:
        films = {entry.content_id: store.analysis(entry.content_id) for entry in store.films()}
    table = cue_table(films, "shot", grammar)
    numbers, counts = np.unique(table.films, return_counts=True)
    titles = [films[each].film.title for each in sorted(films)]
    beside = Beside.of(table.cues, table.speaking, [sense_of(cue) for cue in grammar.cues], {})
    found = {}
    for held in numbers[counts >= _LEAST_SHOTS]:
        unseen = table.films == held
        pairs = []
        for seed in range(seeds):
            rng = np.random.default_rng([seed, 9])
            rows = rng.permutation(np.flatnonzero(~unseen))[:_LABELS]
            raters = rng.integers(0, _PEOPLE, len(rows))
            for score in ASKED:
                taste = draw_taste(grammar, score, likeness=_LIKENESS, strength=_STRENGTH, seed=seed)
                people = draw_people(taste, count=_PEOPLE, noise=_NOISE, seed=seed)
                prior, true = prior_weights(grammar, score), taste.sees(table.cues)[unseen]
                said = Said(people.say(table.cues[rows], raters, rng), rows, raters)
                before = design(table.cues, table.speaking, prior) @ prior
                learned = fit(table.cues, table.speaking, said, prior).scores(table.cues, table.speaking)
                posterior, addition = fit_beyond(table.cues, table.speaking, beside, said, prior)
                richer = posterior.scores(table.cues, table.speaking)
                richer += addition.scores(table.cues, table.speaking, beside)
                pairs.append([pearson(each[unseen], true) for each in (before, learned, richer)])
        before, after, richer = np.array(pairs).T
        found[titles[held]] = {
            "shots": int(unseen.sum()),
            "labels": len(rows),
            "grammar_r": float(before.mean()),
            "learned_r": float(after.mean()),
            "with_pairs_r": float(richer.mean()),
            "better": int((after > before).sum()),
            "of": len(after),
        }
    return found


def labels_to_reach(curve: list[float], aim: float) -> float:
    """How many labels a curve needs to reach ``aim``, straight lines between batches; NaN where it never does."""
    for number in range(1, len(curve)):
        if curve[number] >= aim:
            before, after = curve[number - 1], curve[number]
            share = 1.0 if after == before or before >= aim else (aim - before) / (after - before)
            return _BATCH * (number - 1 + share)
    return float("nan")


def measure(seeds: range, ways: dict[str, dict[str, float] | None]) -> dict[str, Any]:
    grammar = load_grammar()
    curves: dict[str, list[list[float]]] = {way: [] for way in ways}
    upper, agreement, silent = [], [], []
    senses = senses_of(grammar)
    for seed in seeds:
        world = World(grammar, seed)
        for way, weights in ways.items():
            curve, labels, posteriors = run(world, weights)
            curves[way].append(curve)
            if way == "random":
                upper.append(boosted(world, labels))
                before = world.scores(world.learn(*(each[..., :0] for each in labels)))
                agreement.append(
                    [world.figure(before, concordance), world.figure(world.scores(posteriors), concordance)]
                )
                deaf = [speaks(np.where(own, np.nan, world.films.cues), grammar) for own in senses.values()]
                silent.append([world.figure(world.scores(posteriors, each)) for each in deaf])
        print(f"seed {seed}: " + ", ".join(f"{way} {each[-1][-1]:.3f}" for way, each in curves.items()), flush=True)
    return _summary(
        curves, upper, np.array(agreement), dict(zip(senses, np.mean(silent, axis=0).tolist(), strict=True))
    )


def _summary(
    curves: dict[str, list[list[float]]], upper: list[float], agreement: NDArray[np.float64], silent: dict[str, float]
) -> dict[str, Any]:
    tables = {way: np.array(each) for way, each in curves.items()}
    random = tables["random"]
    aim = random[:, -1].mean()
    seeds = len(random)
    ways = {}
    for way, table in tables.items():
        difference = table - random
        ways[way] = {
            "r": table.mean(axis=0).tolist(),
            "r_over_random": difference.mean(axis=0).tolist(),
            "error": (difference.std(axis=0, ddof=1) / np.sqrt(seeds)).tolist(),
            "seeds_better_than_random_at_100": int((difference[:, 100 // _BATCH] > 0).sum()),
            "labels_to_randoms_last_r": labels_to_reach(table.mean(axis=0).tolist(), float(aim)),
        }
    return {
        "seeds": seeds,
        "setting": {
            "films": _FILMS,
            "held_out": _HELD_OUT,
            "shots_a_film": _SHOTS,
            "likeness": _LIKENESS,
            "noise": _NOISE,
            "people": _PEOPLE,
        },
        "labels": list(range(0, _LABELS + 1, _BATCH)),
        "grammar_r": float(random[:, 0].mean()),
        "learned_r": float(aim),
        "seeds_better_than_grammar": int((random[:, -1] > random[:, 0]).sum()),
        "grammar_ccc": float(agreement[:, 0].mean()),
        "learned_ccc": float(agreement[:, 1].mean()),
        "boosted_r": float(np.mean(upper)),
        "learned_r_without": silent,
        "ways": ways,
    }


def chart(found: dict[str, Any], ways: tuple[str, ...] = ("select", "random", "only rich")) -> str:
    """The curves as SVG."""
    curves = {way: found["ways"][way]["r"] for way in ways}
    return panels(found["labels"], [("", curves)], under="labels; r on held-out films, simulated", width=430, names=100)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--chart", type=Path)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--archive", type=Path)
    arguments = parser.parse_args()
    if arguments.archive:
        real = on_real_films(arguments.archive, arguments.seeds)
        print(json.dumps(real, indent=1))
        if arguments.json:
            arguments.json.write_text(json.dumps(real, indent=1) + "\n")
        return
    began = process_time()
    if arguments.tune:
        found = measure(range(_FIRST_TUNED, _FIRST_TUNED + arguments.seeds), TUNED)
    else:
        found = measure(range(_FIRST_REPORTED, _FIRST_REPORTED + arguments.seeds), WAYS)
    print(f"grammar r {found['grammar_r']:.3f}, learned {found['learned_r']:.3f}, boosted {found['boosted_r']:.3f}")
    for way, each in found["ways"].items():
        line = ", ".join(f"{labels}: {r:.3f}" for labels, r in zip(found["labels"], each["r"], strict=True))
        print(f"{way:24} {line}; random's last r at {each['labels_to_randoms_last_r']:.0f} labels")
    print(f"without a sense: {found['learned_r_without']}")
    print(f"{process_time() - began:.0f} s of CPU")
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1) + "\n")
    if arguments.chart:
        arguments.chart.write_text(chart(found))


if __name__ == "__main__":
    main()
