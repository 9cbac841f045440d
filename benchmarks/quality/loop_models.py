"""What kind of model learns most from labels: the grammar, its weights, or also pairs of cues and vectors?

    python benchmarks/quality/loop_models.py [--seeds N] [--json FILE] [--chart FILE.svg]

Three kinds of people, before films drawn as in ``loop.py``. The model was settled on worlds of seeds 200 to 203; those
reported (from 300) had no part in it:

- *sum*: those of ``loop.py``: weights of their own and two weak interactions
- *together*: as much again (in variance) lies in four pairs of cues that speak only together: by their product, where
  both are high, or where one turns the other round; the model knows products alone
- *content*: as much again lies in six things that no cue measures and a space of 64 numbers holds, with noise

Compared are r on films unseen, mean of valence, arousal and tension, paired over seeds; errors are of the mean
difference. Gradient boosting on cues and vectors (scikit-learn) and networks by sense and by pair of senses, added up
(torch; neural additive models), learn from the same labels. Then senses are taken from the films unseen.
"""

from __future__ import annotations

import argparse
import json
from itertools import combinations
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from loop import WAYS, Labels, World, run
from numpy.typing import NDArray
from plots import panels

from kuleshov.annotations.keys import ASKED
from kuleshov.emotion.grammar import Grammar, load_grammar
from kuleshov.training.emotion_beyond import Addition, Beside, fit_beyond
from kuleshov.training.emotion_fit import Posterior, Said
from kuleshov.training.emotion_labels import sense_of, senses_of

KINDS = ("sum", "together", "content")
COUNTS = (50, 100, 200, 400, 600)
_AT = 200
_NOISE, _ZEROS = 0.35, 0.15
_PAIRS, _CONTENTS, _DIMENSIONS, _VECTOR_NOISE = 4, 6, 64, 2.0
_FIRST = 300
_NETWORKS = 3  # worlds: they are slow


class RicherWorld(World):
    """Films with vectors, and people of one of the ``KINDS``."""

    def __init__(self, grammar: Grammar, seed: int, kind: str) -> None:
        super().__init__(grammar, seed)
        self.kind = kind
        rng = np.random.default_rng([seed, 5])
        films, count = self.films.films, len(self.cues)
        scenes = np.arange(count) // 6
        content = (
            rng.normal(0, 0.6, (films.max() + 1, _CONTENTS))[films]
            + rng.normal(0, 0.5, (scenes.max() + 1, _CONTENTS))[scenes]
            + rng.normal(0, 0.6, (count, _CONTENTS))
        )
        vectors = content @ rng.normal(size=(_CONTENTS, _DIMENSIONS))
        vectors += rng.normal(0, _VECTOR_NOISE, vectors.shape)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        middle = vectors[self.pool].mean(axis=0)
        _, _, directions = np.linalg.svd(vectors[self.pool] - middle, full_matrices=False)
        senses = [sense_of(cue) for cue in grammar.cues]
        self.beside = Beside.of(self.cues, self.films.speaking, senses, {"visual": (vectors - middle) @ directions.T})
        self.zeros = rng.normal(0, _ZEROS, 3)
        if kind != "sum":
            events = np.array([cue.only_above_usual for cue in grammar.cues])
            for number, people in enumerate(self.people):
                own = np.random.default_rng([seed, 6, number])
                felt = self.cues @ people.tastes[0].weights
                if kind == "content":
                    more = content @ own.normal(size=_CONTENTS)
                else:
                    more = np.sum([_together(self.cues, events, own, form) for form in range(_PAIRS)], axis=0)
                self.truth[number] = np.tanh(felt + more * felt.std() / more.std())

    def hear(self, rows: NDArray[np.int64], asked: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
        if self.kind == "sum":
            return super().hear(rows, asked, rng)
        seen = np.stack(self.truth)[:, rows] + self.zeros[asked] + rng.normal(0, _NOISE, (len(self.truth), len(rows)))
        return np.asarray(np.clip(np.round(seen * 4) / 4, -1, 1))

    def richer(self, labels: Labels) -> list[tuple[Posterior, Addition]]:
        rows, raters, said = labels
        return [
            fit_beyond(self.cues, self.films.speaking, self.beside, Said(values, rows, raters), prior)
            for values, prior in zip(said, self.priors, strict=True)
        ]

    def told(
        self,
        models: list[tuple[Posterior, Addition]],
        *,
        deaf: NDArray[np.bool_] | None = None,
        without: tuple[str, ...] = (),
    ) -> list[NDArray[np.float64]]:
        speaking = self.films.speaking if deaf is None else self.films.speaking & ~deaf
        return [
            np.clip(
                posterior.scores(self.cues, speaking)
                + addition.scores(self.cues, speaking, self.beside, without=without),
                -1,
                1,
            )
            for posterior, addition in models
        ]


def _together(
    cues: NDArray[np.float64], events: NDArray[np.bool_], rng: np.random.Generator, form: int
) -> NDArray[np.float64]:
    one, other = cues[:, rng.choice(np.flatnonzero(~events), 2, replace=False)].T
    said = (one * other, np.maximum(one, 0) * np.maximum(other, 0), np.sign(one) * other)[form % 3]
    return np.asarray(rng.choice([-1, 1]) * (said - said.mean()) / said.std())


def boosted(world: RicherWorld, labels: Labels) -> float:
    from sklearn.ensemble import HistGradientBoostingRegressor

    rows, _, said = labels
    table = np.hstack([world.films.cues, world.beside.vectors["visual"]])
    scores = [
        HistGradientBoostingRegressor(max_iter=100, learning_rate=0.06, min_samples_leaf=8, random_state=0)
        .fit(table[rows], values)
        .predict(table)
        for values in said
    ]
    return world.figure(scores)


def networks(world: RicherWorld, labels: Labels, senses: dict[str, NDArray[np.bool_]]) -> float:
    """r of a network for each sense, each pair of senses and the vectors, added to what the weights alone say."""
    import torch

    rows, raters, said = labels
    base = [each.scores(world.cues, world.films.speaking) for each in world.learn(rows, raters, said)]
    parts = [np.flatnonzero(own) for own in senses.values()]
    inputs = [world.cues[:, own] for own in [*parts, *(np.union1d(*pair) for pair in combinations(parts, 2))]]
    inputs.append(4 * world.beside.vectors["visual"])
    tables = [torch.tensor(table, dtype=torch.float32) for table in inputs]
    scores = []
    for number, values in enumerate(said):
        torch.manual_seed(number)
        left = torch.tensor(values - base[number][rows], dtype=torch.float32)
        left -= left.mean()
        nets = torch.nn.ModuleList(
            torch.nn.Sequential(torch.nn.Linear(table.shape[1], 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
            for table in tables
        )
        optimizer = torch.optim.AdamW(nets.parameters(), lr=5e-3, weight_decay=1.0)
        for _ in range(100):
            said_by = torch.cat([net(table[rows]) for net, table in zip(nets, tables, strict=True)], dim=1)
            there = (torch.rand_like(said_by) > 0.2).float()  # modality dropout
            loss = ((said_by * there).sum(dim=1) - left).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            total = torch.cat([net(table) for net, table in zip(nets, tables, strict=True)], dim=1).sum(dim=1)
        scores.append(base[number] + total.numpy())
    return world.figure(scores)


def measure(kind: str, seeds: range, grammar: Grammar) -> dict[str, Any]:
    senses = senses_of(grammar)
    curves: dict[str, list[list[float]]] = {"weights alone": [], "with pairs and vectors": []}
    rivals: dict[str, list[float]] = {"boosted": [], "networks": [], "select": [], "random": []}
    missing: dict[str, list[list[float]]] = {}
    grammars, seconds, found = [], [], []
    for seed in seeds:
        world = RicherWorld(grammar, seed, kind)
        rng = np.random.default_rng([seed, 9])
        rows = rng.permutation(world.pool)[: COUNTS[-1]]
        asked = rng.integers(0, 3, len(rows))
        everything: Labels = (rows, asked, world.hear(rows, asked, rng))
        nothing: Labels = tuple(each[..., :0] for each in everything)  # type: ignore[assignment]
        grammars.append(world.figure(world.scores(world.learn(*nothing))))
        alone, richer = [], []
        for count in COUNTS:
            labels: Labels = tuple(each[..., :count] for each in everything)  # type: ignore[assignment]
            alone.append(world.figure(world.scores(world.learn(*labels))))
            began = process_time()
            models = world.richer(labels)
            if count == _AT:
                seconds.append((process_time() - began) / len(ASKED))
                found.append([len(addition.pairs) for _, addition in models])
                told = world.told(models)
                for name, gone in _gone(senses).items():
                    bare = world.told(models, **gone)
                    moved = [
                        abs(float((one - other)[world.unseen].mean())) for one, other in zip(bare, told, strict=True)
                    ]
                    missing.setdefault(name, []).append([world.figure(bare), float(np.mean(moved))])
                rivals["boosted"].append(boosted(world, labels))
                if seed < seeds.start + _NETWORKS:
                    rivals["networks"].append(networks(world, labels, senses))
            richer.append(world.figure(world.told(models)))
        curves["weights alone"].append(alone)
        curves["with pairs and vectors"].append(richer)
        for way in ("select", "random"):
            _, labels, _ = run(world, WAYS[way])
            rivals[way].append(world.figure(world.told(world.richer(tuple(each[..., :100] for each in labels)))))  # type: ignore[arg-type]
        print(f"{kind} {seed}: weights {np.round(alone, 3)}, with all {np.round(richer, 3)}", flush=True)
    tables = {name: np.array(each) for name, each in curves.items()}
    difference = tables["with pairs and vectors"] - tables["weights alone"]
    chosen = np.array(rivals["select"]) - np.array(rivals["random"])
    return {
        "grammar_r": float(np.mean(grammars)),
        "r": {name: table.mean(axis=0).tolist() for name, table in tables.items()},
        "won": difference.mean(axis=0).tolist(),
        "error": (difference.std(axis=0, ddof=1) / np.sqrt(len(difference))).tolist(),
        "worlds_better": (difference > 0).sum(axis=0).tolist(),
        "worlds_worse": (difference < 0).sum(axis=0).tolist(),
        "pairs_found_at_200": float(np.mean(found)),
        "seconds_a_score_at_200": float(np.mean(seconds)),
        "boosted_r_at_200": float(np.mean(rivals["boosted"])),
        "networks_r_at_200": float(np.mean(rivals["networks"])),
        "weights_r_at_200_where_networks": float(tables["weights alone"][:_NETWORKS, COUNTS.index(_AT)].mean()),
        "asked_at_100": {
            **{way: float(np.mean(rivals[way])) for way in ("random", "select")},
            "won": float(chosen.mean()),
            "error": float(chosen.std(ddof=1) / np.sqrt(len(chosen))),
        },
        "without": {
            name: {"r": each[0], "mean_moved": each[1]}
            for name, each in ((name, np.mean(each, axis=0).tolist()) for name, each in missing.items())
        },
    }


def _gone(senses: dict[str, NDArray[np.bool_]]) -> dict[str, dict[str, Any]]:
    return {sense: {"deaf": own} for sense, own in senses.items()} | {"vectors": {"without": ("visual",)}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--chart", type=Path)
    arguments = parser.parse_args()
    grammar, began = load_grammar(), process_time()
    found = {kind: measure(kind, range(_FIRST, _FIRST + arguments.seeds), grammar) for kind in KINDS}
    everything = {"seeds": arguments.seeds, "labels": list(COUNTS), "kinds": found}
    print(json.dumps(everything, indent=1))
    print(f"{process_time() - began:.0f} s of CPU")
    if arguments.json:
        arguments.json.write_text(json.dumps(everything, indent=1) + "\n")
    if arguments.chart:
        charts = [
            (kind, {name: [each["grammar_r"], *each["r"][name]] for name in reversed(each["r"])})
            for kind, each in found.items()
        ]
        under = "labels; r on films unseen, simulated; 0 labels: the grammar as shipped"
        arguments.chart.write_text(panels([0, *COUNTS], charts, under=under, width=250, names=160))


if __name__ == "__main__":
    main()
