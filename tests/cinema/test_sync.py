"""Subtitles that are late, early or drift are corrected, on synthetic curves and on real speech; others are not
changed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kuleshov.cinema.audio.speech_band import speech_band
from kuleshov.cinema.dialogue.sync import SCALES, find_sync
from kuleshov.cinema.hearing.analyze_audio import analyze_audio
from kuleshov.media.subtitles import SubtitleLine

TEXT = "Twenty letters here, yes."


def dialogue(seconds: float, *, seed: int = 1) -> list[tuple[float, float]]:
    """Times of speech in a film of that length: passages and pauses of many lengths."""
    rng = np.random.default_rng(seed)
    spans, now = [], 3.0
    while now < seconds - 45:
        length = rng.uniform(0.8, 3.0)
        spans.append((now, now + length))
        now += length + rng.choice([rng.uniform(0.2, 1.0), rng.uniform(2.0, 15.0)])
    return spans


def curve(
    spans: list[tuple[float, float]], seconds: float, *, seed: int = 2
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """The curve of a poor detector: 15 % of it wrong, and music taken for speech."""
    rng = np.random.default_rng(seed)
    times = np.arange(0, seconds, 0.1)
    heard = np.zeros(len(times))
    for start, end in spans:
        heard[(times >= start) & (times < end)] = 1
    wrong = rng.random(len(times)) < 0.15
    heard[wrong] = 1 - heard[wrong]
    heard[(times > seconds * 0.6) & (times < seconds * 0.65)] = 1
    return times, heard.astype(np.float32)


def lines(spans: list[tuple[float, float]], *, scale: float = 1.0, shift: float = 0.0) -> list[SubtitleLine]:
    """The subtitles of a film, made for a copy where the true time is ``time * scale + shift``."""
    placed = [((start - shift) / scale, (end + 0.5 - shift) / scale) for start, end in spans]
    return [SubtitleLine(start, end, TEXT) for start, end in placed if start >= 0]


@pytest.mark.parametrize("shift", [-29.0, 0.6, 28.5])
@pytest.mark.parametrize("scale", [Fraction(1), Fraction(25) / Fraction(24000, 1001), Fraction(24000, 1001) / 25])
def test_shift_and_drift_are_found(shift: float, scale: Fraction) -> None:
    spans = dialogue(1500)
    found = find_sync(lines(spans, scale=float(scale), shift=shift), *curve(spans, 1500))
    assert found.applied, found.reason
    assert found.scale == scale
    assert found.shift_seconds == pytest.approx(shift, abs=0.25)
    moved = found.moved(lines(spans, scale=float(scale), shift=shift))
    true = {round(start) for start, _ in spans}
    assert sum(any(abs(round(line.start_seconds) - at) <= 1 for at in true) for line in moved) == len(moved)
    assert f"moved by {found.shift_seconds:+.2f} s" in found.reason


def test_small_drifts_are_told_apart_in_a_long_film() -> None:
    spans = dialogue(6000)
    scale = Fraction(1001, 1000)
    assert scale in SCALES
    found = find_sync(lines(spans, scale=float(scale)), *curve(spans, 6000))
    assert (found.applied, found.scale) == (True, scale)


def test_what_is_in_time_is_left() -> None:
    spans = dialogue(900)
    found = find_sync(lines(spans), *curve(spans, 900))
    assert (found.applied, found.scale) == (False, 1)
    assert "in time with the sound" in found.reason
    assert found.moved(lines(spans)) == tuple(lines(spans))


@pytest.mark.parametrize("seed", range(3))
def test_another_film_s_subtitles_are_left(seed: int) -> None:
    found = find_sync(lines(dialogue(900, seed=seed)), *curve(dialogue(900, seed=seed + 50), 900))
    assert not found.applied, found.reason
    assert "left as they are" in found.reason


def test_too_little_to_go_by_is_left() -> None:
    spans = dialogue(900)
    assert "too few lines" in find_sync(lines(spans[:5]), *curve(spans, 900)).reason
    flat = np.arange(0, 900, 0.1), np.full(9000, 0.5, dtype=np.float32)
    assert "never changes" in find_sync(lines(spans), *flat).reason
    assert not find_sync(lines(spans), np.empty(0), np.empty(0, dtype=np.float32)).applied


def recorded(data: Path, make_sound: Callable[..., Path], path: Path) -> list[tuple[float, float]]:
    """Write a sound track of recorded sentences at known times over soft noise; return when they are spoken."""
    import av

    rng = np.random.default_rng(5)
    sound = rng.normal(0, 0.002, (1, 48_000 * 150)).astype(np.float32)
    spans, now = [], 4.0
    for file in sorted(data.glob("speech/**/*.flac"))[:200:6]:
        with av.open(str(file)) as container:
            resampler = av.AudioResampler(format="fltp", layout="mono", rate=48_000)
            parts = [p.to_ndarray() for f in container.decode(audio=0) for p in resampler.resample(f)]
        voice = np.concatenate(parts, axis=1)
        loud = np.flatnonzero(np.abs(voice[0]) > 0.05 * np.abs(voice).max())
        voice = voice[:, loud[0] : loud[-1]] * (0.3 / np.abs(voice).max())
        length = voice.shape[1] / 48_000
        if now + length > 145:
            break
        sound[:, round(now * 48_000) : round(now * 48_000) + voice.shape[1]] += voice
        spans.append((now, now + length))
        now += length + rng.choice([0.3, 1.0, 3.5, 6.0])
    make_sound(path, sound, rate=48_000)
    return spans


@pytest.mark.parametrize("shift", [-11.0, 5.5])
def test_real_speech_through_its_energy_alone(
    shift: float, data: Path, make_sound: Callable[..., Path], tmp_path: Path
) -> None:
    path = tmp_path / "speech.wav"
    spans = recorded(data, make_sound, path)
    seconds, speech = speech_band(path, stream_index=0, start_seconds=0)
    found = find_sync(lines(spans, shift=shift), seconds, speech)
    assert found.applied, found.reason
    assert found.shift_seconds == pytest.approx(shift, abs=0.3)
    assert not find_sync(lines(spans), seconds, speech).applied


TRAILER = [
    (11.8, 14.8, "What brings you to\nthe land of the gatekeepers?"),
    (18.4, 20.6, "I'm searching for someone."),
    (20.7, 22.3, "Someone very dear? A kindred spirit?"),
    (22.6, 24.0, "A dragon."),
    (37.0, 39.8, "A dangerous quest for a lone hunter."),
    (41.6, 44.3, "I've been alone for\nas long as I can remember."),
]


@pytest.fixture(scope="module")
def trailer(data: Path) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """The network's curve of speech of a trailer with music under its six lines."""
    speech = analyze_audio(data / "video/libopenshot/sintel_trailer-720p.mp4", stream_index=1, start_seconds=0).tracks[
        "speech"
    ]
    return speech.seconds, speech.values


@pytest.mark.parametrize(
    ("scale", "shift"),
    [
        *((Fraction(1), shift) for shift in (-30.0, -12.0, -3.0, 3.0, 10.0)),
        *((Fraction(25) / Fraction(24000, 1001), shift) for shift in (-30.0, 3.0)),
        *((Fraction(24000, 1001) / 25, shift) for shift in (-30.0, 3.0)),
    ],
)
def test_a_trailers_lines_come_back_to_where_they_are_spoken(
    scale: Fraction, shift: float, trailer: tuple[NDArray[np.float64], NDArray[np.float32]]
) -> None:
    made = [SubtitleLine((a - shift) / float(scale), (b - shift) / float(scale), text) for a, b, text in TRAILER]
    found = find_sync(made, *trailer)
    assert found.applied, found.reason
    for line, (start, _, _) in zip(found.moved(made), TRAILER, strict=True):
        assert line.start_seconds == pytest.approx(start, abs=0.4)


def test_few_lines_of_another_film_are_left(trailer: tuple[NDArray[np.float64], NDArray[np.float32]]) -> None:
    draw = np.random.default_rng(0)
    moved = 0
    for _ in range(60):
        starts = np.sort(draw.uniform(0, 48, 8))
        moved += find_sync([SubtitleLine(at, at + draw.uniform(1, 3), TEXT) for at in starts], *trailer).applied
    assert moved <= 1
