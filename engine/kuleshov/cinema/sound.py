"""How a film sounds: ``listen`` measures a whole sound track once, ``describe_sound`` tells it of a shot or scene.

Tracks that ``listen`` makes; a value stands at the middle of its window:

- ``loudness_momentary``, LUFS every 100 ms over 400 ms, and ``loudness_short_term``, over 3 s (``cinema.loudness``)
- ``level``, dBFS every 50 ms, and ``silence``, 1 where it is silent (``cinema.silence``)
- ``cut_to_silence``: one value per event, how many dB the sound drops there

Where the file holds no sound (before the track begins, in a gap of its timestamps, after it ends) nothing is measured
and the tracks have no values: a damaged stretch must not read as silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.loudness import (
    MOMENTARY_SECONDS,
    SHORT_TERM_SECONDS,
    STEP_SECONDS,
    LoudnessMeter,
    gated_loudness,
)
from kuleshov.cinema.silence import WINDOW_SECONDS, LevelMeter, find_cuts_to_silence, silent_windows
from kuleshov.cinema.tracks import Track, Tracks
from kuleshov.media.audio import GAP_SECONDS, SAMPLE_RATE, AudioBlock, AudioReader
from kuleshov.records import Sound, SoundEvent

#: A shorter stretch has no trend of its own: its slope is that of so much sound around its middle.
SLOPE_SECONDS = 2.0
#: The slope is the median over pairs of points; more points than this change nothing but the time it takes.
_SLOPE_POINTS = 120


@dataclass(frozen=True)
class SoundMeasurements:
    """What was heard on one sound track. ``tracks`` is empty where nothing could be decoded."""

    tracks: Tracks
    integrated_lufs: float | None  # of the whole film; None where all of it is below the gate
    damaged_packets: int
    notes: tuple[str, ...]  # for the film's provenance

    def add_to(self, tracks: Tracks) -> None:
        """Add the sound tracks to the film's others."""
        for track in self.tracks.values():
            tracks.add(track.name, unit=track.unit, seconds=track.seconds, values=track.values)


def listen(path: Path, *, stream_index: int, start_seconds: Fraction | float) -> SoundMeasurements:
    """Measure one sound track of a film from end to end, streamed; ``start_seconds`` is the container's start time.

    Damaged sound is no error (see ``AudioReader``). Where timestamps step back, sound that comes a second time for
    the same moment is left out. Raises ``MediaError`` if the file can't be opened or has no such sound track.
    """
    reader = AudioReader(path, stream_index=stream_index, start_seconds=start_seconds)
    stretches: list[_Stretch] = []
    repeated_samples = 0
    for block in reader:
        ahead_seconds = block.start_seconds - stretches[-1].end_seconds if stretches else np.inf
        if ahead_seconds > GAP_SECONDS:
            if stretches:
                stretches[-1].loudness.close()
            stretches.append(_Stretch(block))
        repeated = round(-ahead_seconds * SAMPLE_RATE) if ahead_seconds < -GAP_SECONDS else 0
        repeated_samples += min(repeated, block.samples.shape[1])
        if (fresh := block.samples[:, repeated:]).size:
            stretches[-1].push(fresh)
    tracks = _tracks(stretches)
    notes = list(reader.notes)
    if repeated_samples:
        notes.append(
            f"sound track {stream_index}: {repeated_samples / SAMPLE_RATE:.1f} s that step back in time left out"
        )
    if not tracks:
        notes.append(f"sound track {stream_index}: no sound could be decoded")
    return SoundMeasurements(
        tracks=tracks,
        integrated_lufs=gated_loudness(tracks["loudness_momentary"].values) if tracks else None,
        damaged_packets=reader.damaged_packets,
        notes=tuple(notes),
    )


def describe_sound(tracks: Tracks, *, start_seconds: float, end_seconds: float) -> Sound | None:
    """Describe the sound between two times from the tracks of ``listen``; None where none was measured.

    - ``loudness_lufs``: BS.1770-4 gated loudness over the 400 ms blocks that lie wholly inside; a stretch too short
      for one takes the block around its middle. ``loudness_max_lufs``: the loudest of them, -70 being the floor.
    - ``loudness_slope``: Theil-Sen slope (median over pairs) of momentary loudness, of at least ``SLOPE_SECONDS``
      around the middle. One bang doesn't move it; a swell that fills less than half of the stretch doesn't either.
    - ``silence_share``: share of the stretch that is silent; ``events``: cuts to silence that fall into it.
    """
    if "loudness_momentary" not in tracks:
        return None
    momentary = _inside(tracks["loudness_momentary"], start_seconds, end_seconds, window_seconds=MOMENTARY_SECONDS)
    silence = _inside(tracks["silence"], start_seconds, end_seconds, window_seconds=WINDOW_SECONDS)
    if not len(momentary) or not len(silence):
        return None
    return Sound(
        loudness_lufs=gated_loudness(momentary),
        loudness_max_lufs=float(momentary.max()),
        loudness_slope=_slope(tracks["loudness_momentary"], start_seconds, end_seconds),
        silence_share=float(silence.mean()),
        events=[event for event in cut_to_silence(tracks) if start_seconds <= event.seconds < end_seconds],
    )


def cut_to_silence(tracks: Tracks) -> list[SoundEvent]:
    """Return where the film's sound breaks off into silence, in time order; empty for a film without sound."""
    if "cut_to_silence" not in tracks:
        return []
    track = tracks["cut_to_silence"]
    return [
        SoundEvent("cut_to_silence", float(seconds), float(drop_db))
        for seconds, drop_db in zip(track.seconds, track.values, strict=True)
    ]


class _Stretch:
    """Sound without a gap, and what its meters say."""

    def __init__(self, first: AudioBlock) -> None:
        self.start_seconds = first.start_seconds
        self.loudness = LoudnessMeter(first.layout)
        self.level = LevelMeter()
        self._samples = 0

    @property
    def end_seconds(self) -> float:
        return self.start_seconds + self._samples / SAMPLE_RATE

    def push(self, samples: NDArray[np.float32]) -> None:
        self._samples += samples.shape[1]
        self.loudness.push(samples)
        self.level.push(samples)


def _tracks(stretches: list[_Stretch]) -> Tracks:
    tracks = Tracks()
    for name, unit, step_seconds, window_seconds, measured in (
        ("loudness_momentary", "LUFS", STEP_SECONDS, MOMENTARY_SECONDS, [s.loudness.momentary for s in stretches]),
        ("loudness_short_term", "LUFS", STEP_SECONDS, SHORT_TERM_SECONDS, [s.loudness.short_term for s in stretches]),
        ("level", "dBFS", WINDOW_SECONDS, WINDOW_SECONDS, [s.level.levels for s in stretches]),
    ):
        seconds = [
            stretch.start_seconds + window_seconds / 2 + step_seconds * index
            for stretch, values in zip(stretches, measured, strict=True)
            for index in range(len(values))
        ]
        tracks.add(name, unit=unit, seconds=seconds, values=[value for values in measured for value in values])
    level = tracks["level"]
    if not len(level.values):
        return Tracks()
    tracks.add("silence", unit="", seconds=level.seconds, values=silent_windows(level.seconds, level.values))
    cuts = find_cuts_to_silence(level.seconds, level.values)
    tracks.add("cut_to_silence", unit="dB", seconds=[at for at, _ in cuts], values=[drop for _, drop in cuts])
    return tracks


def _inside(track: Track, start_seconds: float, end_seconds: float, *, window_seconds: float) -> NDArray[np.float32]:
    """Values whose whole window lies inside; of a stretch too short for any, the one window around its middle."""
    half = window_seconds / 2
    rounding = 1e-6
    values = track.between(start_seconds + half - rounding, end_seconds - half + rounding)
    if len(values):
        return values
    middle = (start_seconds + end_seconds) / 2
    near = track.between(middle - half, middle + half)
    return near[len(near) // 2 :][:1]


def _slope(track: Track, start_seconds: float, end_seconds: float) -> float:
    """LU per second; 0 where there are not two values to compare."""
    middle, half = (start_seconds + end_seconds) / 2, max(end_seconds - start_seconds, SLOPE_SECONDS) / 2
    first, end = np.searchsorted(track.seconds, (middle - half, middle + half))
    count = int(end - first)
    if count < 2:
        return 0.0
    groups = np.linspace(first, end, min(count, _SLOPE_POINTS) + 1).astype(np.int64)
    sizes = np.diff(groups)
    times, values = (np.add.reduceat(array[:end], groups[:-1]) / sizes for array in (track.seconds, track.values))
    early, late = np.triu_indices(len(sizes), 1)
    return float(np.median((values[late] - values[early]) / (times[late] - times[early])))
