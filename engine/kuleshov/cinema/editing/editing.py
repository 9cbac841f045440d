"""Patterns of shot lengths, of a film or a scene: averages, fitted lognormal, rhythm, intensification."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist, fmean, median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.editing.pace import Times
from kuleshov.records import Editing

#: A film with fewer shots has no distribution of shot lengths.
ENOUGH_SHOTS = 20
#: In any film, a shorter shot is no long take (modern 95th percentile 9.64 s, MovieBench).
LONG_TAKE_SECONDS = 10.0
#: The fewest shots for a slope of the spectrum: its standard error is about 0.3 then (measured on white noise).
LEAST_RHYTHM_SHOTS = 64
_LEAST_INTENSIFYING_SHOTS = 4
_P95 = 1.645  # standard deviations of a normal distribution


class Lognormal(NamedTuple):
    """The lognormal distribution of shot lengths: mean and standard deviation of ln(seconds), and how well it fits.

    ``fit`` is Shapiro and Francia's W' of the logarithms: the squared correlation of the sorted lengths with the normal
    distribution's quantiles, 1 = exactly lognormal; 0.98 and more is usual for films.
    """

    mean: float
    deviation: float
    fit: float

    @property
    def long_seconds(self) -> float:
        """The 95th percentile, from which a shot is long here (Salt: shot lengths are lognormal)."""
        return math.exp(self.mean + _P95 * self.deviation)


def lognormal(lengths_seconds: Sequence[float]) -> Lognormal | None:
    """Return the lognormal of shot lengths; ``None`` for fewer than ``ENOUGH_SHOTS``."""
    lengths = [length for length in lengths_seconds if length > 0]
    if len(lengths) < ENOUGH_SHOTS:
        return None
    logs = np.sort(np.log(lengths))
    normal, count = NormalDist(), len(logs)
    quantiles = [normal.inv_cdf((rank - 0.375) / (count + 0.25)) for rank in range(1, count + 1)]
    spread = float(logs.std())
    fit = float(np.corrcoef(logs, quantiles)[0, 1]) ** 2 if spread > 1e-9 else 0.0
    return Lognormal(float(logs.mean()), spread, fit)


def long_shot_seconds(shots: Times) -> float | None:
    """Return the length from which a shot is long for this film; ``None`` if the film has too few shots."""
    distribution = lognormal([end - start for start, end in shots])
    return distribution.long_seconds if distribution else None


def describe_editing(shots: Times, *, long_seconds: float | None, sizes: Sequence[float] | None = None) -> Editing:
    """Return the editing of consecutive shots: their starts and ends in seconds, at least one.

    ``long_seconds``: the film's ``long_shot_seconds``. ``sizes``: the size of the main subject in each shot (for
    example a face's height), if known.
    """
    lengths = [end - start for start, end in shots]
    distribution = lognormal(lengths)
    long = max(LONG_TAKE_SECONDS, long_seconds or 0.0)
    return Editing(
        shots=len(lengths),
        average_shot_length_seconds=fmean(lengths),
        median_shot_length_seconds=median(lengths),
        shortest_shot_seconds=min(lengths),
        longest_shot_seconds=max(lengths),
        cuts_per_minute=60 * (len(lengths) - 1) / (shots[-1][1] - shots[0][0]),
        long_takes=sum(length >= long for length in lengths),
        log_mean=distribution.mean if distribution else None,
        log_deviation=distribution.deviation if distribution else None,
        lognormal_fit=distribution.fit if distribution else None,
        long_shot_seconds=distribution.long_seconds if distribution else None,
        rhythm_slope=rhythm_slope(lengths),
        intensification=intensification(lengths, sizes=sizes),
    )


def rhythm_slope(lengths_seconds: Sequence[float]) -> float | None:
    """Return ``a`` of the power spectrum ``1 / f^a`` of the logarithms of shot lengths; ``None`` below 64 shots.

    0: each length is independent of the ones before (white noise); 1: long and short shots come in waves of all sizes
    (pink noise), which Cutting, DeLong and Nothelfer (Psychological Science 21(3), 2010) find films approach over the
    decades. The least-squares line through the periodogram's octaves, in logarithms, each octave weighted by its number
    of frequencies. ``None`` also for equal lengths, which have no spectrum.
    """
    lengths = [length for length in lengths_seconds if length > 0]
    if len(lengths) < LEAST_RHYTHM_SHOTS:
        return None
    logs = np.log(lengths)
    power = np.abs(np.fft.rfft(logs - logs.mean()))[1:] ** 2
    if not power.max() > 1e-9 * len(logs):
        return None
    octaves = np.log2(np.arange(1, len(power) + 1)).astype(int)
    frequencies = np.array(
        [np.log(np.flatnonzero(octaves == octave) + 1.0).mean() for octave in range(octaves[-1] + 1)]
    )
    levels = np.array([np.log(power[octaves == octave].mean()) for octave in range(octaves[-1] + 1)])
    weights = np.bincount(octaves).astype(np.float64)
    return -_slope(frequencies, levels, weights)[0]


def intensification(lengths_seconds: Sequence[float], *, sizes: Sequence[float] | None = None) -> float | None:
    """Return how much the shots tighten from first to last: -1 loosening .. 1 tightening; ``None`` below four shots.

    ``tanh(r * change)``: ``change`` in octaves along the least-squares line through the logarithms of the lengths (1:
    they halve), and ``r`` the correlation. With ``sizes``, the mean of this and the same for their growth. A design
    value after the pattern of closer and shorter shots towards a scene's climax.
    """
    count = len(lengths_seconds)
    if sizes is not None and len(sizes) != count:
        raise ValueError(f"{len(sizes)} sizes for {count} shots")
    if count < _LEAST_INTENSIFYING_SHOTS or min(lengths_seconds) <= 0:
        return None
    tightenings = [-_trend(np.log2(lengths_seconds))]
    if sizes is not None:
        tightenings.append(_trend(np.log2(np.maximum(sizes, 1e-3))))
    return math.tanh(fmean(tightenings))


def _trend(values: NDArray[np.float64]) -> float:
    """The change from first to last along the straight line through values, times the line's correlation."""
    slope, correlation = _slope(np.arange(len(values), dtype=np.float64), values, np.ones(len(values)))
    return slope * (len(values) - 1) * abs(correlation)


def _slope(x: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, float]:
    """Slope of the weighted least-squares line, and the correlation; 0 if ``y`` does not vary."""
    x, y = x - np.average(x, weights=weights), y - np.average(y, weights=weights)
    across, both, along = (float(weights @ product) for product in (x * x, x * y, y * y))
    return both / across, both / math.sqrt(across * along) if along > 1e-12 else 0.0
