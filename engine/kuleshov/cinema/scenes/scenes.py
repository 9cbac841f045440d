"""Scenes: consecutive shots grouped by what they share, as the best division of the whole film.

What two near shots have in common (picture, light, sound, words, time) and how they are joined (fades, links over the
cut, lines that continue) is weighted and summed (``scene_evidence``); the division with the largest sum is found
exactly (``grouping``), and with it the number of scenes. The weights are in ``scenes.toml``; they were fitted to films
made of real clips, whose scenes are known (``benchmarks/quality/fit_scenes.py``).

Limits: scenes in one place that only the story separates become one; shots that share nothing, as in a montage without
sound, become several scenes; two places that alternate are one scene.
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
    """What a unit of each kind of evidence adds inside a scene (``pairs``) or where one begins (``cuts``).

    float64 ``[len(PAIR_EVIDENCE)]`` and ``[len(CUT_EVIDENCE)]``.
    """

    pairs: NDArray[np.float64]
    cuts: NDArray[np.float64]


def group_scenes(evidence: Evidence, *, weights: SceneWeights | None = None) -> list[tuple[int, int]]:
    """Return the scenes of a film as ``(first_shot, end_shot)``, end exclusive; together they hold every shot once.

    ``weights``: ``None`` means the packaged ones. Time grows with the number of shots.
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
