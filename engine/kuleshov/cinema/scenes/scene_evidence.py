"""Evidence on scenes, as numbers: of every pair of near shots, and of every cut, feature by feature.

A feature that a film does not have is 0 everywhere, neither for nor against: each distance of two shots comes with a
number that is 1 where the distance is known, and the two are weighted together.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.scenes.shot_features import ShotFeatures
from kuleshov.kernels.color_histogram import BINS

#: Pairs further apart are no evidence; a setup that recurs after so many shots is as often in another scene.
REACH_SHOTS = 24

PAIR_EVIDENCE = (
    *("pair", "picture", "same_setup", "light", "gap"),
    *("sound_known", "sound", "talk_known", "shared_words"),
)
CUT_EVIDENCE = (
    *("cut", "fade", "dissolve", "linked", "sound_step_known", "sound_step"),
    *("talk_known_there", "line_across", "pause"),
)

#: The distance of shots of different scenes in most films: measured on the films that the weights were fitted to.
_USUAL_DISTANCE = 0.75
_USUAL_WORTH = 20  # the number of the film's own pairs that count as much
_SAME_SETUP = 0.5  # share of the film's usual distance below which two shots look like one setup
_LINK_SHOTS, _LINK_SECONDS = 8, 30.0  # how far a link over a cut reaches
_LINK_DECAY = 0.1  # what it loses with each shot between
_GAP_SECONDS, _PAUSE_SECONDS = 30.0, 8.0
_MUCH_IN_COMMON = 8.0  # the rarity of two words that are each said in one of fifty talking shots
_FARTHEST = 3.0  # larger distances count as this


class Evidence(NamedTuple):
    """``pairs`` float64 ``[kinds, shots, reach]``: of shots ``i`` and ``i + 1 + k`` at ``[:, i, k]``, 0 past the end.

    ``cuts`` float64 ``[kinds, shots]``: of the cut that begins each shot. Their kinds are ``PAIR_EVIDENCE`` and
    ``CUT_EVIDENCE``. Pairs are divided by their distance in shots, so that long scenes do not count by their square.
    ``pictures`` float64 ``[shots, reach]``: the picture distance of the same pairs, 1 = as of shots far apart in this
    film.
    """

    pairs: NDArray[np.float64]
    cuts: NDArray[np.float64]
    pictures: NDArray[np.float64]


def weigh_evidence(shots: ShotFeatures) -> Evidence:
    """Return the evidence of a film's shots. Takes ``O(shots * REACH_SHOTS)`` time and memory."""
    count = len(shots)
    reach = min(REACH_SHOTS, max(count - 1, 1))
    lags = np.arange(1, reach + 1)
    partner = np.arange(count)[:, None] + lags
    exists = partner < count
    partner = np.minimum(partner, count - 1)
    picture = _picture_distance(shots, partner)
    light = np.sqrt(np.mean(np.minimum(np.abs(shots.light[:, None] - shots.light[partner]), _FARTHEST) ** 2, axis=2))
    middles = shots.times.mean(axis=1)
    gap = (middles[partner] - middles[:, None]) / _GAP_SECONDS
    sound_known, sound, step_known, step = np.zeros_like(light), np.zeros_like(light), np.zeros(count), np.zeros(count)
    if shots.sound is not None and shots.sound_before is not None and shots.sound_after is not None:
        spread = _sound_spread(shots.sound)
        sound_known, sound = _sound_distances(shots.sound[:, None], shots.sound[partner], spread)
        step_known, step = _sound_distances(shots.sound_before, shots.sound_after, spread)
    talk_known, shared = _shared_words(shots, partner)
    pairs = np.stack(
        [
            np.ones_like(picture),
            np.minimum(picture, _FARTHEST),
            np.maximum(_SAME_SETUP - picture, 0.0) / _SAME_SETUP,
            light,
            # A setup that recurs after a while is still the same place: time counts for shots that look different, and
            # beyond half a minute no more, or long scenes would be divided for being long.
            np.minimum(gap, 1.0) * np.minimum(picture, 1.0),
            sound_known,
            sound,
            talk_known,
            shared,
        ]
    )
    cuts = np.stack(
        [
            np.ones(count),
            shots.fades,
            shots.dissolves,
            _linked(picture, exists & (shots.times[partner, 0] - shots.times[:, None, 1] <= _LINK_SECONDS)),
            step_known,
            step,
            np.full(count, float(shots.talk is not None)),
            shots.line_across if shots.line_across is not None else np.zeros(count),
            np.minimum(shots.pause_seconds / _PAUSE_SECONDS, 1.0)
            if shots.pause_seconds is not None
            else np.zeros(count),
        ]
    )
    return Evidence(pairs * exists / lags, cuts, picture)


def _picture_distance(shots: ShotFeatures, partner: NDArray[np.int64]) -> NDArray[np.float64]:
    """The distance of each shot's picture to its ``partner`` shots ``[shots, P]``: 1 = as of shots far apart in the
    film.

    Colours, and embeddings if there are any, count equally, each relative to what is usual in the film: in black and
    white all shots share their colours, and a small distance means much.
    """
    distances = [_relative(_blurred(shots.colors), partner, usual=_USUAL_DISTANCE)]
    if shots.embeddings is not None:
        distances.append(_relative(shots.embeddings, partner, usual=None))
    return np.asarray(np.mean(distances, axis=0))


def _blurred(histograms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Square roots of histograms whose colours count for their neighbours too, as rows of length 1.

    Their product is the Bhattacharyya coefficient. Without the blur a slightly darker picture falls into other bins.
    """
    if histograms.shape[1] == BINS:
        cube = histograms.reshape(-1, 8, 16, 16)
        for axis in (1, 2, 3):
            padded = np.concatenate([cube.take([0], axis), cube, cube.take([-1], axis)], axis)
            size = cube.shape[axis]
            parts = [padded.take(range(start, start + size), axis) for start in range(3)]
            cube = 0.25 * parts[0] + 0.5 * parts[1] + 0.25 * parts[2]
        histograms = cube.reshape(len(histograms), -1)
    return np.asarray(np.sqrt(histograms / np.maximum(histograms.sum(axis=1, keepdims=True), 1e-12)))


def _relative(rows: NDArray[np.float64], partner: NDArray[np.int64], *, usual: float | None) -> NDArray[np.float64]:
    """One minus the inner products of rows of length 1, over the median of those half the film apart."""
    count = len(rows)
    distances = np.stack(
        [1 - np.einsum("ij,ij->i", rows, rows[partner[:, lag]]) for lag in range(partner.shape[1])], axis=1
    )
    half = count // 2
    lags = [half + step for step in range(0, max(count - half, 1), max(count // 16, 1)) if 0 < half + step < count]
    far = [1 - np.einsum("ij,ij->i", rows[: count - lag], rows[lag:]) for lag in lags]
    known = np.concatenate(far) if far else np.zeros(0)
    middle = float(np.median(known)) if len(known) else 0.0
    worth = 0 if usual is None else _USUAL_WORTH
    scale = (len(known) * middle + worth * (usual or 0.0)) / max(len(known) + worth, 1)
    return np.asarray(np.maximum(distances, 0.0) / max(scale, 0.05))


def _linked(picture: NDArray[np.float64], near: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The similarity of the most similar shots on both sides of each cut, 0 at the film's start (Hanjalic et al.
    1999)."""
    count, reach = picture.shape
    best = np.zeros(count)
    for lag in range(1, min(reach, _LINK_SHOTS) + 1):
        link = np.where(near[:, lag - 1], 1 - picture[:, lag - 1] - _LINK_DECAY * (lag - 1), 0.0)
        for over in range(1, lag + 1):  # it reaches over the cuts that begin the next shots, up to its other end
            best[over:] = np.maximum(best[over:], link[: count - over])
    return best


def _sound_distances(
    one: NDArray[np.float64], other: NDArray[np.float64], spread: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where two sounds ``[..., tracks]`` are both known (1 or 0), and their distance there, in spreads."""
    distance = np.minimum(np.abs(one - other) / spread, _FARTHEST)
    known = np.isfinite(distance)
    share = known.sum(axis=-1)
    squares = np.where(known, distance, 0.0) ** 2
    return (share > 0).astype(np.float64), np.sqrt(squares.sum(axis=-1) / np.maximum(share, 1))


def _sound_spread(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much each track varies from shot to shot of the film: the unit of its differences."""
    known = np.isfinite(sound)
    counts = np.maximum(known.sum(axis=0), 1)
    means = np.where(known, sound, 0.0).sum(axis=0) / counts
    squares = np.where(known, sound - means, 0.0) ** 2
    return np.asarray(np.maximum(np.sqrt(squares.sum(axis=0) / counts), 1e-3))


def _shared_words(shots: ShotFeatures, partner: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where two shots both have words (1 or 0), and the rarity of the words they share: 0 none, 1 much in common.

    A word's rarity is its inverse document frequency, with talking shots as documents.
    """
    known, shared = np.zeros(partner.shape), np.zeros(partner.shape)
    if shots.talk is None:
        return known, shared
    talking = sum(bool(words) for words in shots.talk)
    counts = Counter(word for words in shots.talk for word in words)
    rarity = {word: math.log(talking / times) for word, times in counts.items()}
    for shot, words in enumerate(shots.talk):
        for lag, other in enumerate(partner[shot].tolist() if words else ()):
            if shots.talk[other]:
                known[shot, lag] = 1.0
                common = sum(rarity[word] for word in words & shots.talk[other])
                shared[shot, lag] = min(common / _MUCH_IN_COMMON, 1.0)
    return known, shared
