"""How well scenes are found, on films put together from real clips, beside other ways to find them.

    KULESHOV_TEST_DATA=/path/to/data python benchmarks/quality/scenes.py [--films N] [--json FILE]
    KULESHOV_TEST_DATA=/path/to/data python benchmarks/quality/scenes.py --fit

The films are described in ``scene_films.py``, the scores in ``scene_scoring.py``. The first call scores on films of one
half of the material; ``--fit`` fits the weights on films of the other half, and writes them into the package. The
ablation refits the weights without each sense in turn, on the same films that the packaged ones were fitted to.
Thresholds of the naive ways are chosen on the films for fitting, too. Shots are given, so errors of the shot detector
are not in the figures.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import scene_peers as peers
from scene_films import SceneFilm, make_film
from scene_fit import SENSES, as_toml, fit, without
from scene_material import Half, load_material
from scene_scoring import coverage_overflow, f1, f_co, matched_borders

from kuleshov.cinema.describe import describe_scenes, describe_shots, scene_features
from kuleshov.cinema.scenes import scenes as product
from kuleshov.cinema.scenes.scene_evidence import Evidence, weigh_evidence
from kuleshov.cinema.scenes.scenes import SceneWeights, group_scenes
from kuleshov.cinema.scenes.shot_features import ShotFeatures
from kuleshov.records import SCENE_TYPES, Scene

_FILMS = 8
_FIRST_SEED: dict[Half, int] = {"fit": 0, "score": 100}
_LARGE_SHOTS = 3000


@dataclass(frozen=True)
class Sensed:
    """A film with what the product senses in it."""

    film: SceneFilm
    senses: ShotFeatures
    evidence: Evidence


Finder = Callable[[Sensed], list[int]]


def make_films(data: Path, half: Half, count: int) -> list[Sensed]:
    print(f"films to {half}: material", end="", flush=True)
    material = load_material(data, half)
    films = []
    for seed in range(_FIRST_SEED[half], _FIRST_SEED[half] + count):
        print(f"\r\033[Kfilms to {half}: {len(films) + 1} of {count}", end="", flush=True)
        film = make_film(material, seed)
        senses = scene_features(film.measured, film.shots)
        films.append(Sensed(film, senses, weigh_evidence(senses)))
    shots, scenes = sum(len(each.film.shots) for each in films), sum(len(each.film.starts) for each in films)
    print(f"\r\033[Kfilms to {half}: {count}, {shots} shots in {scenes} scenes")
    return films


def ours(each: Sensed, *, weights: SceneWeights | None = None, lost: Sequence[str] = ()) -> list[int]:
    return [first for first, _ in group_scenes(without(each.evidence, lost), weights=weights)]


def scored(find: Finder, films: Sequence[Sensed]) -> dict[str, float]:
    """F1 of borders, exact and within a shot, and coverage and overflow, means over films."""
    found = [find(each) for each in films]
    exact, near = (
        f1([matched_borders(one, each.film.starts, tolerance=shots) for one, each in zip(found, films, strict=True)])
        for shots in (0, 1)
    )
    both = [
        coverage_overflow(one, each.film.starts, shots=len(each.film.shots))
        for one, each in zip(found, films, strict=True)
    ]
    coverage, overflow = np.mean(both, axis=0).tolist()
    scenes = sum(len(one) for one in found) / sum(len(each.film.starts) for each in films)
    return {
        "f1": exact,
        "f1_within_1": near,
        "coverage": coverage,
        "overflow": overflow,
        "f_co": f_co(coverage, overflow),
        "scenes_found_per_true": scenes,
    }


def typed(films: Sequence[Sensed]) -> dict[str, dict[str, int]]:
    """Of each type: how many scenes are truly of it, were found to be of it, and rightly so.

    A found scene is compared with the true scene that it shares most shots with.
    """
    true: Counter[str] = Counter()
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for each in films:
        film = each.film
        true.update(film.kinds)
        spans = [range(first, end) for first, end in pairwise([*film.starts, len(film.shots)])]
        credited: set[int] = set()
        for scene in describe_scenes(film.measured, film.shots, describe_shots(film.measured, film.shots)):
            if scene.type is None:
                continue
            place = int(np.argmax([_common(scene, span) for span in spans]))
            found[scene.type.name] += 1
            if film.kinds[place] == scene.type.name and place not in credited:
                right[scene.type.name] += 1
                credited.add(place)
    return {name: {"true": true[name], "found": found[name], "right": right[name]} for name in SCENE_TYPES}


def _common(scene: Scene, span: range) -> int:
    return max(0, min(scene.end_shot, span.stop) - max(scene.first_shot, span.start))


def chosen(ways: Sequence[Finder], films: Sequence[Sensed]) -> Finder:
    """The way with the best F1 on the films for fitting."""
    return max(ways, key=lambda way: scored(way, films)["f1"])


def seconds_for(shots: int, films: Sequence[Sensed]) -> float:
    """Wall time from senses to scenes for a film of so many shots: the films' senses, one after the other."""
    rng = np.random.default_rng(0)
    colors = np.concatenate([each.senses.colors for each in films])
    picked = np.arange(shots) % len(colors)
    senses = ShotFeatures(
        times=np.stack([3.0 * np.arange(shots), 3.0 * np.arange(1, shots + 1)], axis=1),
        fades=np.zeros(shots),
        dissolves=np.zeros(shots),
        colors=colors[picked],
        light=np.concatenate([each.senses.light for each in films])[picked],
        talk=[frozenset(f"word{number}" for number in rng.integers(0, 3000, 6)) for _ in range(shots)],
        line_across=np.zeros(shots),
        pause_seconds=np.ones(shots),
    )
    started = perf_counter()
    group_scenes(weigh_evidence(senses))
    return perf_counter() - started


def line(name: str, score: dict[str, float]) -> str:
    return (
        f"{name:34}  F1 {score['f1']:.3f}  within 1 shot {score['f1_within_1']:.3f}  Fco {score['f_co']:.3f} "
        f"(coverage {score['coverage']:.3f}, overflow {score['overflow']:.3f})  "
        f"{score['scenes_found_per_true']:.2f} scenes per true one"
    )


def by_senses(fitting: Sequence[Sensed], scoring: Sequence[Sensed]) -> dict[str, dict[str, float]]:
    """Scores with weights fitted anew without each sense, and with pictures alone."""
    pairs = [(each.evidence, each.film.starts) for each in fitting]
    lacking = {f"without {sense}": [sense] for sense in SENSES}
    lacking["pictures alone"] = [sense for sense in SENSES if sense != "picture"]
    return {
        name: scored(partial(ours, weights=fit(pairs, lost=lost), lost=lost), scoring) for name, lost in lacking.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, default=_FILMS, help="how many films to make of each half")
    parser.add_argument("--fit", action="store_true", help="fit the weights and write them into the package")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE too")
    arguments = parser.parse_args()
    data = Path(os.environ.get("KULESHOV_TEST_DATA", ""))
    if not (data / "video").is_dir():
        raise SystemExit("KULESHOV_TEST_DATA names no folder with video/: nothing to make films of")
    fitting = make_films(data, "fit", arguments.films)
    if arguments.fit:
        weights = fit([(each.evidence, each.film.starts) for each in fitting])
        shots = sum(len(each.film.shots) for each in fitting)
        source = f"averaged structured perceptron on {len(fitting)} constructed films, {shots} shots"
        Path(product.__file__).with_suffix(".toml").write_text(as_toml(weights, source=source))
        print(line("on the films fitted to", scored(partial(ours, weights=weights), fitting)))
        return
    scoring = make_films(data, "score", arguments.films)
    shots_a_scene = chosen([lambda each, step=step: peers.every(step, each.senses) for step in range(2, 25)], fitting)
    clusters = chosen(
        [lambda each, at=at: peers.color_clusters(at, each.senses) for at in np.arange(0.2, 1.0, 0.05)], fitting
    )
    ways: dict[str, Finder] = {
        "ours": ours,
        "overlapping links (before)": lambda each: peers.linked(each.senses),
        "sequential grouping, H_add": lambda each: peers.sequential_grouping(False, each.senses),
        "sequential grouping, H_nrm": lambda each: peers.sequential_grouping(True, each.senses),
        "colour clusters": clusters,
        "every n shots": shots_a_scene,
    }
    figures: dict[str, Any] = {name: scored(find, scoring) for name, find in ways.items()}
    figures["ours on films without sound and words"] = scored(partial(ours, lost=["sound", "words"]), scoring)
    figures |= by_senses(fitting, scoring)
    for name, score in figures.items():
        print(line(name, score))
    figures["types"] = typed(scoring)
    for name, counts in figures["types"].items():
        print(f"{name:34}  {counts['true']} true, {counts['found']} named so, {counts['right']} of them rightly")
    figures["seconds_for_3000_shots"] = seconds_for(_LARGE_SHOTS, scoring)
    print(f"{_LARGE_SHOTS} shots take {figures['seconds_for_3000_shots']:.2f} s from senses to scenes")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
