"""The same footage regraded and cut faster: measures, attributes, cues and scores move the right way, step by step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kuleshov.cinema.attributes.attributes import attributes
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.job.settings import Settings
from kuleshov.records import Analysis

STEPS = (-1.0, -0.5, 0.0, 0.5, 1.0)


def footage(path: Path, *, start_seconds: float, count: int, width: int = 192, height: int = 108) -> np.ndarray:
    """Pictures of a real clip, float32 R'G'B' ``[count, height, width, 3]``, 0..1."""
    import av

    frames = []
    with av.open(str(path), metadata_errors="ignore") as container:
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= start_seconds:
                frames.append(frame.to_ndarray(format="rgb24", width=width, height=height))
            if len(frames) == count:
                break
    assert len(frames) == count
    return np.stack(frames).astype(np.float32) / 255


def warmer(rgb: np.ndarray, step: float) -> np.ndarray:
    return rgb * np.array([1 + 0.25 * step, 1, 1 - 0.25 * step], dtype=np.float32)


def brighter(rgb: np.ndarray, step: float) -> np.ndarray:
    return rgb ** np.float32(1.8**-step)


def more_saturated(rgb: np.ndarray, step: float) -> np.ndarray:
    grey = rgb @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
    return grey[..., None] + (rgb - grey[..., None]) * np.float32(1 + 0.8 * step)


def warmer_and_more_saturated(rgb: np.ndarray, step: float) -> np.ndarray:
    return more_saturated(warmer(rgb, step), step)


@pytest.fixture(scope="module")
def regraded(data: Path, make_film: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """``regraded(grade)``: a real clip in five steps of a grade, described."""
    folder = tmp_path_factory.mktemp("grades")
    shot = footage(data / "video/moviepy/big_buck_bunny_0_30.webm", start_seconds=13.0, count=26)
    pipeline = Pipeline(Settings(device="cpu", shots="off"))

    def describe(grade: Callable[[np.ndarray, float], np.ndarray]) -> list[Analysis]:
        films = []
        for step in STEPS:
            pictures = np.rint(255 * grade(shot, step).clip(0, 1)).astype(np.uint8)
            path = make_film(folder / f"{grade.__name__} {step}.mkv", list(pictures), options={"crf": "12"})
            films.append(pipeline.describe(path).analysis)
        return films

    return describe


def rising(values: list[float]) -> bool:
    return bool((np.diff(values) > 0).all())


def cue(analysis: Analysis, name: str) -> float:
    emotion = analysis.scenes[0].emotion
    assert emotion is not None
    return next(reason.value for reason in emotion.reasons if reason.cue == name)


def scores(films: list[Analysis], name: str) -> list[float]:
    emotions = [film.scenes[0].emotion for film in films]
    return [getattr(each, name) if hasattr(each, name) else each.moods[name] for each in emotions if each is not None]


def qualities(films: list[Analysis], name: str) -> list[float]:
    return [attributes(film.scenes[0], shots=film.shots)[name] for film in films]


def test_warmer_and_colder(regraded):
    films = regraded(warmer)
    assert rising([film.scenes[0].color.warmth for film in films])
    assert rising(qualities(films, "warm"))
    assert rising([cue(film, "warmth") for film in films])
    assert rising([-(film.scenes[0].color.temperature_kelvin or 0) for film in films])
    for name in ("valence", "tenderness", "romance"):
        assert rising(scores(films, name)), name
    for name in ("sadness", "loneliness"):
        assert rising(scores(films, name)[::-1]), name


def test_brighter_and_darker(regraded):
    films = regraded(brighter)
    lighting = [film.scenes[0].lighting for film in films]
    assert rising([light.luma_mean for light in lighting])
    assert rising([light.dark_share for light in lighting[::-1]])
    assert rising(qualities(films, "bright"))
    assert rising(qualities(films, "chiaroscuro")[::-1])
    assert rising([cue(film, "brightness") for film in films])
    assert (np.diff([light.day for light in lighting]) >= 0).all()
    for name in ("valence", "joy"):
        assert rising(scores(films, name)), name
    for name in ("fear", "suspense", "tension"):
        assert rising(scores(films, name)[::-1]), name


def test_more_and_less_saturated(regraded):
    films = regraded(more_saturated)
    assert rising([film.scenes[0].color.saturation for film in films])
    assert rising([film.scenes[0].color.colorfulness for film in films])
    for name in ("saturated", "colorful"):
        assert rising(qualities(films, name)), name
    assert rising([cue(film, "saturation") for film in films])
    for name in ("arousal", "joy", "excitement"):
        assert rising(scores(films, name)), name
    assert rising(scores(films, "sadness")[::-1])


def test_the_same_footage_cold_and_muted_reads_sadder_and_says_why(regraded):
    films = regraded(warmer_and_more_saturated)
    for name in ("sadness", "loneliness"):
        assert rising(scores(films, name)[::-1]), name
    assert rising(scores(films, "valence"))
    # The reasons carry it: what each cue adds, from the warmest to the coldest, makes up the whole, and colour is most.
    coldest, warmest = ({r.cue: r.contributions for r in films[at].scenes[0].emotion.reasons} for at in (0, -1))
    steps = {cue: coldest[cue]["sadness"] - warmest[cue]["sadness"] for cue in coldest if "sadness" in coldest[cue]}
    sadder = scores(films, "sadness")[0] - scores(films, "sadness")[-1]
    assert sum(steps.values()) == pytest.approx(sadder, abs=1e-12)
    assert min(steps["warmth"], steps["saturation"]) > 0
    assert steps["warmth"] + steps["saturation"] > 0.8 * sadder


def test_the_same_footage_cut_faster(data, make_film, tmp_path):
    """Four setups in turn for 24 seconds, ever shorter: the detector finds the cuts, and arousal rises."""
    clips = [("mdn/rabbit320.webm", 0.5), ("moviepy/big_buck_bunny_0_30.webm", 13.0), ("imageio/cockatoo.mp4", 1.0)]
    clips.append(("decord/flipping_a_pancake.mkv", 2.0))
    shown = [footage(data / "video" / name, start_seconds=at, count=48, width=160, height=90) for name, at in clips]
    setups = [np.rint(255 * pictures).astype(np.uint8) for pictures in shown]
    films, pipeline = [], Pipeline(Settings(device="cpu"))
    for length in (48, 24, 16, 12):  # frames: 2 s down to half of one
        shots = 576 // length
        pictures: list[np.ndarray] = []
        for shot in range(shots):
            start = shot // len(setups) * length % 48
            pictures += list(setups[shot % len(setups)][start : start + length])
        path = make_film(tmp_path / f"{length}.mp4", pictures, rate=24)
        films.append(pipeline.describe(path).analysis)
        assert len(films[-1].shots) == pytest.approx(shots, abs=max(1, 0.1 * shots))
    editing = [film.editing for film in films]
    assert rising([each.cuts_per_minute for each in editing])
    assert rising([-each.average_shot_length_seconds for each in editing])

    def over_the_film(pick: Callable[[Any], float]) -> list[float]:
        """The mean over a film's scenes, by their length."""
        return [
            float(np.average([pick(s) for s in film.scenes], weights=[s.duration_seconds for s in film.scenes]))
            for film in films
        ]

    def said(cue_name: str, score: str) -> list[float]:
        """What a cue contributes to a score."""
        return over_the_film(
            lambda scene: next(r.contributions[score] for r in scene.emotion.reasons if r.cue == cue_name)
        )

    assert rising(over_the_film(lambda scene: scene.pace.cuts_per_minute))
    assert rising(over_the_film(lambda scene: attributes(scene, shots=[])["fast_cutting"]))
    assert rising(over_the_film(lambda scene: -attributes(scene, shots=[])["long_take"]))
    for score in ("arousal", "chaos", "excitement"):
        assert rising(said("cut_rate", score)), score
        assert rising(said("shot_duration", score)), score
    for score in ("sadness", "calm"):
        assert rising([-each for each in said("cut_rate", score)]), score
    assert rising(over_the_film(lambda scene: scene.emotion.arousal))
    assert rising(over_the_film(lambda scene: scene.emotion.moods["excitement"]))
    assert rising(over_the_film(lambda scene: -scene.emotion.moods["sadness"]))
