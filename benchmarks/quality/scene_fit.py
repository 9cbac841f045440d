"""Fits the weights of scene evidence to films whose scenes are known.

An averaged structured perceptron (Collins, EMNLP 2002) whose search is the product's own and exact, with a margin: the
wrong division must be worse by one for every border that is wrong. Films lose their sound or their words now and then,
so that every sense must do without the others. No weight may take the wrong sign: what looks more alike never speaks
for two scenes, however the films may have fallen out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.scenes.grouping import best_grouping
from kuleshov.cinema.scenes.scene_evidence import CUT_EVIDENCE, PAIR_EVIDENCE, Evidence
from kuleshov.cinema.scenes.scenes import SceneWeights

#: The kinds of evidence that a sense gives.
SENSES = {
    "picture": ("picture", "same_setup", "linked"),
    "light": ("light",),
    "time": ("gap",),
    "sound": ("sound_known", "sound", "sound_step_known", "sound_step"),
    "words": ("talk_known", "shared_words", "talk_known_there", "line_across", "pause"),
    "fades": ("fade", "dissolve"),
}
_OPTIONAL = ("sound", "words")
_DROPPED = 0.25  # how often a film loses one of them
_EPOCHS, _WARM_UP = 60, 20
_RATE = 0.03
_KINDS = (*PAIR_EVIDENCE, *CUT_EVIDENCE)
#: What may only speak for one scene (+1) or against it (-1): inside one, or where one begins. The rest are levels.
_SIGNS = {
    **{"picture": -1, "same_setup": 1, "light": -1, "gap": -1, "sound": -1, "shared_words": 1},
    **{"fade": 1, "dissolve": 1, "linked": -1, "sound_step": 1, "line_across": -1, "pause": 1},
}


def without(evidence: Evidence, senses: Sequence[str]) -> Evidence:
    """Return the evidence of a film that lacks some senses."""
    lost = {kind for sense in senses for kind in SENSES[sense]}
    return evidence._replace(
        pairs=evidence.pairs * np.array([kind not in lost for kind in PAIR_EVIDENCE])[:, None, None],
        cuts=evidence.cuts * np.array([kind not in lost for kind in CUT_EVIDENCE])[:, None],
    )


def fit(films: Sequence[tuple[Evidence, list[int]]], *, lost: Sequence[str] = (), seed: int = 0) -> SceneWeights:
    """Return weights fitted to films and the first shots of their true scenes; ``lost`` senses weigh nothing.

    A sure fade is worth at least what a border costs, by design: a film has too few fades to fit that.
    """
    rng = np.random.default_rng(seed)
    signs = np.array([_SIGNS.get(kind, 0) for kind in _KINDS])
    weights, total = np.zeros(len(_KINDS)), np.zeros(len(_KINDS))
    for epoch in range(_EPOCHS):
        for film in rng.permutation(len(films)):
            evidence, true = films[film]
            evidence = without(evidence, [*lost, *(sense for sense in _OPTIONAL if rng.random() < _DROPPED)])
            margin = np.ones(evidence.cuts.shape[1])
            margin[true] = -1.0
            found = search(evidence, as_weights(weights), margin=margin)
            if found != true:
                step = _RATE / np.sqrt(1 + epoch)
                weights = weights + step * (_sums(evidence, true) - _sums(evidence, found))
                weights = np.where(weights * signs < 0, 0.0, weights)
            if epoch >= _WARM_UP:
                total += weights
    weights = total / ((_EPOCHS - _WARM_UP) * len(films))
    if "fades" not in lost:
        fade, cut = _KINDS.index("fade"), _KINDS.index("cut")
        weights[fade] = max(weights[fade], -weights[cut])
    return as_weights(weights)


def search(evidence: Evidence, weights: SceneWeights, *, margin: NDArray[np.float64]) -> list[int]:
    """The first shots of the best scenes where every cut is worth ``margin`` more to begin one with."""
    pairs = np.tensordot(weights.pairs, evidence.pairs, axes=1)
    return [first for first, _ in best_grouping(pairs, weights.cuts @ evidence.cuts + margin)]


def as_weights(numbers: NDArray[np.float64]) -> SceneWeights:
    return SceneWeights(numbers[: len(PAIR_EVIDENCE)], numbers[len(PAIR_EVIDENCE) :])


def as_toml(weights: SceneWeights, *, source: str) -> str:
    """Return the text of ``cinema/scenes/scenes.toml``."""
    lines = [
        "# How much each kind of evidence weighs where shots become scenes: what a unit of it adds to the sum",
        "# of a division, inside a scene ([pairs]) or where one begins ([cuts]). See cinema/scenes/scene_evidence.py.",
        "# Written by benchmarks/quality/scenes.py --fit; not by hand.",
        "",
        f'source = "{source}"',
    ]
    for name, kinds, numbers in (
        ("pairs", PAIR_EVIDENCE, weights.pairs),
        ("cuts", CUT_EVIDENCE, weights.cuts),
    ):
        lines += ["", f"[{name}]", *(f"{kind} = {number:.4f}" for kind, number in zip(kinds, numbers, strict=True))]
    return "\n".join(lines) + "\n"


def _sums(evidence: Evidence, starts: Sequence[int]) -> NDArray[np.float64]:
    """The evidence that a division adds up, by kind."""
    count, reach = evidence.pairs.shape[1:]
    scene = np.zeros(count, dtype=np.int64)
    scene[list(starts)] = 1
    scene = np.cumsum(scene)
    partner = np.minimum(np.arange(count)[:, None] + np.arange(1, reach + 1), count - 1)
    inside = scene[:, None] == scene[partner]
    begun = [start for start in starts if start]
    return np.concatenate([(evidence.pairs * inside).sum(axis=(1, 2)), evidence.cuts[:, begun].sum(axis=1)])
