"""Scenes: shots grouped in time order by what they share, the best division of the whole film at once.

What two near shots have in common (picture, light, sound, words, time) and how they join (fades, links over the cut,
lines that run on) is weighed and added up (``scene_evidence``); the division with the largest sum is found exactly
(``grouping``). How many scenes there are follows from the sums. The weights are in ``scenes.toml``; they were fitted to
films put together from real clips, whose scenes are known (``benchmarks/quality/fit_scenes.py``).

Limits: scenes in one place that nothing but the story tells apart run together; shots that share nothing, in a montage
without sound, fall apart; two places cut to and fro are one scene.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.scenes.grouping import best_grouping
from kuleshov.cinema.scenes.scene_evidence import CUT_EVIDENCE, PAIR_EVIDENCE, Evidence
from kuleshov.definitions import Entry, read_text


@dataclass(frozen=True)
class SceneWeights:
    """What a unit of each kind of evidence adds where it lies inside one scene (``pairs``) or begins one (``cuts``).

    float64 ``[len(PAIR_EVIDENCE)]`` and ``[len(CUT_EVIDENCE)]``.
    """

    pairs: NDArray[np.float64]
    cuts: NDArray[np.float64]


def group_scenes(evidence: Evidence, *, weights: SceneWeights | None = None) -> list[tuple[int, int]]:
    """Return the scenes of a film as ``(first_shot, end_shot)``, end exclusive; together they hold every shot once.

    ``weights``: ``None`` takes the packaged ones. Time grows with the number of shots.
    """
    weights = weights or packaged_weights()
    return best_grouping(np.tensordot(weights.pairs, evidence.pairs, axes=1), weights.cuts @ evidence.cuts)


def load_weights(path: Path | None = None) -> SceneWeights:
    """Return the weights of a definition file, ``None`` = the packaged one. Raises ``GrammarError``."""
    file, text = read_text(path, package="kuleshov.cinema.scenes", packaged="scenes.toml")
    root = Entry.parse(text, file=file)
    root.text("source")
    tables = {}
    for name, kinds in (("pairs", PAIR_EVIDENCE), ("cuts", CUT_EVIDENCE)):
        entry = root.entry(name)
        tables[name] = np.array([entry.number(kind) for kind in kinds])
        entry.close()
    root.close()
    return SceneWeights(**tables)


@cache
def packaged_weights() -> SceneWeights:
    """Return the weights that Kuleshov ships, read once."""
    return load_weights()


def scene_weights_id() -> str:
    """Return 12 hex digits that change with the packaged weights, for provenance."""
    _, text = read_text(None, package="kuleshov.cinema.scenes", packaged="scenes.toml")
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
