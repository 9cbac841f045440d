"""Where a film probably has speech, by the energy of its sound between 300 and 3,400 Hz, without any network.

Choose it only without a network for voice activity: music and noise raise it as speech does. It serves to align
subtitles with the sound, where hours of lines average such mistakes out.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.media.audio import SAMPLE_RATE, AudioReader

STEP_SECONDS = 0.05
_BAND_HZ = (300.0, 3400.0)  # of the telephone, ITU-T G.712
_FLOOR_DB = -80.0
_QUIET, _SPEECH = 30, 95  # percentiles of a film's levels that count as 0 and 1


def speech_band(
    path: Path, *, stream_index: int, start_seconds: Fraction | float
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Return times float64 ``[N]`` in the film, and how similar the sound is to speech there, float32 ``[N]``, 0..1.

    ``start_seconds`` is the container's start time. Raises ``MediaError`` if the file has no such sound track.
    """
    from scipy.signal import butter, sosfilt

    band = butter(2, _BAND_HZ, btype="bandpass", fs=SAMPLE_RATE, output="sos")
    state = np.zeros((len(band), 2))
    window = round(STEP_SECONDS * SAMPLE_RATE)
    times: list[NDArray[np.float64]] = []
    levels: list[NDArray[np.float64]] = []
    for block in AudioReader(path, stream_index=stream_index, start_seconds=start_seconds):
        filtered, state = sosfilt(band, block.samples.mean(axis=0, dtype=np.float64), zi=state)
        whole = len(filtered) // window
        power = np.square(filtered[: whole * window]).reshape(whole, window).mean(axis=1)
        levels.append(10.0 * np.log10(np.maximum(power, 10.0 ** (_FLOOR_DB / 10.0))))
        times.append((block.start_seconds + (np.arange(whole) + 0.5) * STEP_SECONDS).astype(np.float64))
    if not levels:
        return np.empty(0), np.empty(0, dtype=np.float32)
    level = np.concatenate(levels)
    quiet, speech = np.percentile(level, (_QUIET, _SPEECH))
    return np.concatenate(times), np.clip((level - quiet) / max(speech - quiet, 1.0), 0.0, 1.0).astype(np.float32)
