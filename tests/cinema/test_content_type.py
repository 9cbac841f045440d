"""Blank frames, cards and bars are recognised, and their light and length count for nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from kuleshov.cinema.attributes.attributes import attributes
from kuleshov.cinema.shots.content_type import scene_content_type
from kuleshov.pipeline.analyze import analyze

WIDTH, HEIGHT = 320, 180
TEXT = "MEANWHILE, AT THE STATION,\nnobody had expected\nthe eight o'clock train."


def letters(text=TEXT, *, ground=(0, 0, 0), ink=(235, 235, 235), size=18, height=HEIGHT):
    picture = Image.new("RGB", (WIDTH, height), ground)
    draw = ImageDraw.Draw(picture)
    draw.multiline_text((WIDTH // 2, height // 2), text, fill=ink, font=ImageFont.load_default(size), anchor="mm")
    return np.asarray(picture)


def printed(picture, rng, *, frames=25):
    """Frames of a worn print: grain, flicker, and half a pixel of weave."""
    for _ in range(frames):
        weave = np.roll(picture, int(rng.integers(0, 2)), axis=0)
        grainy = weave * rng.uniform(0.95, 1.0) + rng.normal(0, 4, (HEIGHT, WIDTH, 1))
        yield np.clip(grainy, 0, 255).astype(np.uint8)


def rolling():
    roll = letters(
        "\n".join(f"Person {number}     {'abcdefghij'[number % 10] * 9}" for number in range(40)), size=12, height=900
    )
    return [roll[2 * step : 2 * step + HEIGHT] for step in range(40)]


def scenery(rng, *, level=90, noise=45):
    picture = rng.normal(level, noise, (HEIGHT // 6, WIDTH // 4, 3)).repeat(6, axis=0).repeat(8, axis=1)
    return np.clip(picture, 0, 255).astype(np.uint8)


def panned(picture):
    return [picture[:, 3 * step :][:, :WIDTH] for step in range(25)]


def night(rng):
    """A dark street: mostly black, with a lamp and a walking figure."""
    street = np.full((HEIGHT, WIDTH, 3), 6, dtype=np.uint8)
    street[20:50, 40:60] = (250, 240, 200)
    frames = []
    for step in range(25):
        frame = np.clip(street + rng.normal(0, 3, street.shape), 0, 255).astype(np.uint8)
        frame[80:160, 40 + 8 * step : 80 + 8 * step] = rng.normal(60, 12, (80, 40, 3)).clip(0, 255).astype(np.uint8)
        frames.append(frame)
    return frames


def bars():
    colors = [(191, 191, 191), (191, 191, 0), (0, 191, 191), (0, 191, 0), (191, 0, 191), (191, 0, 0), (0, 0, 191)]
    picture = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
    for number, color in enumerate(colors):
        picture[:, number * WIDTH // 7 : (number + 1) * WIDTH // 7] = color
    return [picture] * 25


def films(rng):
    return {
        "black leader": ("blank", [np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)] * 25),
        "grainy leader": ("blank", list(printed(np.full((HEIGHT, WIDTH, 3), 14, dtype=np.uint8), rng))),
        "blue screen": ("blank", [np.full((HEIGHT, WIDTH, 3), (20, 30, 160), dtype=np.uint8)] * 25),
        "title": ("card", [letters()] * 25),
        "intertitle of a worn print": ("card", list(printed(letters(), rng))),
        "dark letters on light": ("card", [letters(ground=(225, 220, 200), ink=(20, 20, 20))] * 25),
        "rolling credits": ("card", rolling()),
        "bars": ("bars", bars()),
        "scenery": ("picture", panned(scenery(rng))),
        "still scenery": ("picture", [scenery(rng)[:, :WIDTH]] * 25),
        "fog": ("picture", panned(scenery(rng, level=150, noise=12))),
        "night": ("picture", night(rng)),
    }


@pytest.fixture(scope="module")
def described(tmp_path_factory, make_film):
    folder = tmp_path_factory.mktemp("matter")
    return {
        name: (matter, analyze(make_film(folder / f"{name}.mp4", frames)))
        for name, (matter, frames) in films(np.random.default_rng(5)).items()
    }


@pytest.mark.parametrize("name", films(np.random.default_rng(5)))
def test_matter(described, name):
    matter, analysis = described[name]
    assert [shot.matter for shot in analysis.shots] == [matter]
    assert [scene.matter for scene in analysis.scenes] == [matter]


def test_the_light_of_a_leader_is_no_quality_and_no_feeling(described):
    _, analysis = described["black leader"]
    (shot,) = analysis.shots
    values = attributes(shot, shots=analysis.shots)
    assert values["blank"] > 0.9
    assert all(math.isnan(values[name]) for name in ("bright", "high_key", "saturated", "moving", "long_take", "blue"))
    assert shot.emotion.confidence == 0, "neither sound nor words: nothing is left to read"
    assert shot.emotion.reasons == []
    _, night_film = described["night"]
    assert attributes(night_film.shots[0], shots=night_film.shots)["bright"] < -0.5


def test_a_scene_is_measured_on_its_pictures(tmp_path, make_film):
    """A card of two seconds before a bright picture of one does not make the scene dark."""
    rng = np.random.default_rng(6)
    frames = [letters()] * 50 + panned(scenery(rng, level=190))
    analysis = analyze(make_film(tmp_path / "opening.mp4", frames))
    assert [shot.matter for shot in analysis.shots] == ["card", "picture"]
    for scene in analysis.scenes:
        if scene.matter == "picture":
            assert scene.lighting.luma_mean > 0.6


@pytest.mark.parametrize(
    ("matters", "seconds", "expected"),
    [
        (["card", "picture", "card"], [9, 1, 9], "picture"),
        (["card", "blank"], [1, 2], "blank"),
        (["card", "blank", "card"], [1, 1.5, 1], "card"),
    ],
)
def test_a_scene_holds_what_its_shots_hold(matters, seconds, expected):
    assert scene_content_type(matters, seconds) == expected


def test_real_films(data):
    """The trailer's leaders, titles and credits, and none of its pictures."""
    analysis = analyze(data / "video/libopenshot/sintel_trailer-720p.mp4")
    assert [(shot.index, shot.matter) for shot in analysis.shots if shot.matter != "picture"] == [
        *((0, "blank"), (3, "card"), (14, "card"), (15, "card"), (16, "card"), (17, "blank"))
    ]
