"""All shot detectors of the catalogue, on films whose transitions are known, and on real ones."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from kuleshov.cinema.detectors import (
    DEFAULT_DETECTOR,
    THUMBNAIL,
    FrameEvidence,
    detector_help,
    detector_names,
    open_detectors,
)
from kuleshov.decode.cpu import CpuDecoder
from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.measures import launch
from kuleshov.media.color import ColorSpec
from kuleshov.media.probe import probe

pytestmark = pytest.mark.usefixtures("one_thread")

WIDTH, HEIGHT = 96, 54
BLACK, WHITE = np.array([16.0, 128, 128]), np.array([235.0, 128, 128])
# What a detector must reach on the constructed films with their wipes, flashes, pans and dissolves.
F1_FLOORS = {"cascade": 0.95, "exact": 0.85}
# "off" finds nothing by design.
FINDERS = [name for name in detector_names() if name != "off"]


def shot(seed, count, *, speed=0.4):
    """Y, Cb, Cr float64 ``[count, H, W, 3]``: discs in front of a plain wall, passing by ``speed`` pixels a frame.

    ``speed`` is a number, or one for each frame.
    """
    generator = np.random.default_rng(seed)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    wall = (generator.uniform(60, 190), *generator.uniform(90, 166, 2))
    discs = generator.uniform((0, 0, 4, -110, -40, -40), (WIDTH, HEIGHT, 25, 110, 40, 40), (14, 6))
    frames = np.empty((count, HEIGHT, WIDTH, 3))
    for number, way in enumerate(np.cumsum(np.broadcast_to(speed, count))):
        frames[number] = wall
        for left, top, radius, *color in discs:
            frames[number] += np.multiply.outer((x - left - way) ** 2 + (y - top) ** 2 < radius**2, np.array(color))
    return np.clip(frames, 20, 230)


def mixed(old, new):
    """The frames of a dissolve: evenly spaced mixtures of two passages of the same length."""
    share = (np.arange(len(old)) + 1)[:, None, None, None] / (len(old) + 1)
    return old * (1 - share) + new * share


def plain(color, count):
    return np.broadcast_to(color, (count, HEIGHT, WIDTH, 3))


def film(*parts, times=None):
    """A film in one batch; ``times`` are the seconds of its frames, by default 25 a second."""
    frames = np.rint(np.clip(np.concatenate(parts), 0, 255)).astype(np.uint8)
    count = np.arange(len(frames))
    luma, chroma = np.ascontiguousarray(frames[..., 0]), np.ascontiguousarray(frames[:, ::2, ::2, 1:])
    return FrameBatch(luma, chroma, count / 25 if times is None else times, count, ColorSpec("bt709", "limited"))


@cache
def detectors(name):
    return open_detectors(name)


def detect(name, batches):
    detector, launched = detectors(name).for_film(), None
    for batch in batches:
        launched = launch(batch, previous=launched, thumbnail=THUMBNAIL)
        measures = launched.derive()
        evidence = FrameEvidence(
            luma_mean=measures.stats.luma_mean,
            luma_difference=measures.difference.luma,
            histogram_difference=measures.difference.histogram,
            thumbnails=measures.thumbnails,
        )
        detector.push(batch, evidence)
    return detector.finish()


def cut_up(whole, size):
    return [whole[start : start + size] for start in range(0, len(whole), size)]


def spans(transitions):
    return [(each.type, each.start_frame, each.end_frame) for each in transitions]


@pytest.fixture(scope="module", params=FINDERS)
def answers(request):
    """One detector's name, and its transitions of one film cut into batches of 1, 7 and 64 frames."""
    a, b, c, d = (shot(seed, 40) for seed in range(4))
    whole = film(
        a[:18],  # 0, cut
        b[:16],  # 18
        mixed(b[16:26], c[:10]),  # 34
        c[10:26],  # 44
        mixed(c[26:34], plain(BLACK, 8)),  # 60
        plain(BLACK, 2),  # 68
        mixed(plain(BLACK, 8), d[:8]),  # 70
        d[8:26],  # 78 to 96
    )
    return request.param, {size: detect(request.param, cut_up(whole, size)) for size in (1, 7, 64)}


def test_cuts_are_exact_and_gradual_transitions_where_they_are(answers):
    _, found = answers
    assert [each.type for each in found[64]] == ["cut", "dissolve", "fade_black"]
    assert spans(found[64])[0] == ("cut", 17, 18)
    for transition, (start, end) in zip(found[64][1:], [(33, 44), (59, 78)], strict=True):
        assert transition.start_frame == pytest.approx(start, abs=2)
        assert transition.end_frame == pytest.approx(end, abs=2)


def test_answers_do_not_depend_on_the_batches(answers):
    _, found = answers
    assert found[1] == found[64]
    assert found[7] == found[64]


def test_answers_are_what_the_protocol_promises(answers):
    _, found = answers
    assert all(0 <= each.start_frame < each.end_frame < 96 for each in found[64])
    assert all(before.end_frame <= after.start_frame for before, after in pairwise(found[64]))
    assert all(0.5 <= each.confidence <= 1 for each in found[64])


@pytest.mark.parametrize("name", detector_names())
@pytest.mark.parametrize("frames", [0, 1, 40])
def test_a_film_without_transitions_has_none(name, frames):
    assert detect(name, [film(shot(0, 40, speed=0))[:frames]]) == []


@pytest.mark.parametrize("name", detector_names())
def test_a_detector_names_the_networks_that_it_runs(name):
    models = detectors(name).models
    assert all(isinstance(key, str) and value for key, value in models.items())
    assert bool(models) == (name != "off")


def test_the_catalogue_tells_names_and_help_without_importing_a_detector():
    assert DEFAULT_DETECTOR in detector_names()
    assert {"cascade", "exact", "off"} <= set(detector_names())
    program = (
        "import sys\nfrom kuleshov.cinema.detectors import detector_help, detector_names\n"
        "assert all(len(detector_help(name)) > 20 for name in detector_names())\n"
        "print([name for name in sys.modules if name in ('numpy', 'torch') or name.endswith(detector_names())])"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
    assert detector_help("exact").startswith("The learned model")


def test_an_unknown_detector_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match=r"'magic' is unknown; use one of cascade, exact, off"):
        open_detectors("magic")


def test_evidence_of_another_shape_is_refused():
    flat, thumbnails = np.zeros(2, np.float32), np.zeros((2, 3, 18, 32), np.uint8)
    with pytest.raises(ValueError, match=r"thumbnails is uint8 \(2, 3, 9, 16\); it must be uint8 \(2, 3, 18, 32\)"):
        FrameEvidence(flat, flat, flat, np.zeros((2, 3, 9, 16), np.uint8))
    with pytest.raises(ValueError, match="luma_mean is float64"):
        FrameEvidence(flat.astype(float), flat, flat, thumbnails)


def interrupted(frames, first, count, color):
    frames = frames.copy()
    frames[first : first + count] = color
    return frames


def brightened(frames, gain):
    """Luma times ``gain``, a number or one for each frame."""
    frames = frames.copy()
    frames[..., 0] = 16 + (frames[..., 0] - 16) * np.reshape(gain, (-1, 1, 1))
    return frames


def swung(seed, count, speed):
    """A shot whose camera pans by ``speed`` pixels a frame, one for each frame; with motion blur."""
    way = np.cumsum(speed)
    exposures = [shot(seed, count, speed=np.diff(way - part * speed, prepend=0)) for part in np.linspace(0, 0.5, 5)]
    return np.mean(exposures, axis=0)


FLICKER = 1 + 0.12 * np.sin(np.arange(80) * 2.1)
NO_TRANSITION = {
    "flash": interrupted(shot(5, 80), 40, 2, WHITE),
    "black frame": interrupted(shot(5, 80), 40, 1, BLACK),
    "light switched on": np.concatenate((brightened(shot(5, 80)[:40], 0.6), shot(5, 80)[40:])),
    "flicker": brightened(shot(5, 80), FLICKER),
    "whip pan": swung(5, 80, speed=np.where((np.arange(80) >= 40) & (np.arange(80) < 48), 9, 0.4)),
}


SWING = pytest.mark.xfail(
    strict=True, reason="a swing of the camera to where all is new looks like a push (docs/caveats.md)"
)


@pytest.mark.parametrize(
    "event", [pytest.param(event, marks=SWING if event == "whip pan" else ()) for event in NO_TRANSITION]
)
def test_cascade_is_not_fooled_by(event):
    assert detect("cascade", [film(NO_TRANSITION[event])]) == []


def test_cascade_finds_a_cut_under_flicker_and_a_short_insert():
    frames = np.concatenate((shot(5, 40), shot(6, 9), shot(5, 80)[49:]))
    assert spans(detect("cascade", [film(brightened(frames, FLICKER))])) == [("cut", 39, 40), ("cut", 48, 49)]


@pytest.mark.xfail(strict=True, reason="pictures without any contrast have no layout to compare (docs/caveats.md)")
def test_cascade_tells_plain_colors_apart():
    red, green = plain((81.0, 90, 240), 20), plain((145.0, 54, 34), 20)
    assert spans(detect("cascade", [film(red, green, red)])) == [("cut", 19, 20), ("cut", 39, 40)]


RATES = {
    "5": 5,
    "12": 12,
    "23.976": 24000 / 1001,
    "24": 24,
    "29.97": 30000 / 1001,
    "50": 50,
    "59.94": 60000 / 1001,
    "120": 120,
}


@pytest.mark.parametrize("rate", RATES)
def test_cascade_cuts_on_the_frame_at_any_rate(rate):
    per_second = RATES[rate]
    lengths = [round(seconds * per_second) for seconds in (1.9, 2.3, 1.4, 2.0)]
    shots = [shot(seed, length, speed=10 / per_second) for seed, length in enumerate(lengths)]
    borders = np.cumsum(lengths)[:-1].tolist()
    whole = film(*shots, times=np.arange(sum(lengths)) / per_second)
    assert spans(detect("cascade", cut_up(whole, 64))) == [("cut", border - 1, border) for border in borders]


@pytest.mark.parametrize("seed", range(4))
def test_cascade_cuts_on_the_frame_of_a_film_whose_rate_varies(seed):
    random = np.random.default_rng(seed)
    steps = random.choice([1 / 120, 1 / 60, 1 / 30, 1 / 24, 1 / 15], size=360, p=[0.2, 0.2, 0.2, 0.2, 0.2])
    times = np.concatenate(([0], np.cumsum(steps)[:-1]))
    borders = [int(np.searchsorted(times, second)) for second in (2.1, 4.3, 6.2)]
    lengths = np.diff([0, *borders, len(times)])
    parts = np.split(steps, borders)
    shots = [shot(10 + n, length, speed=10 * step) for n, (length, step) in enumerate(zip(lengths, parts, strict=True))]
    found = detect("cascade", cut_up(film(*shots, times=times), 50))
    assert spans(found) == [("cut", border - 1, border) for border in borders]


@pytest.mark.parametrize("frames", [8, 24, 60])
@pytest.mark.parametrize("per_second", [25, 50])
def test_cascade_finds_dissolves_of_any_length(frames, per_second):
    slow = 10 / per_second
    a, b = shot(21, 60 + frames, speed=slow), shot(22, 60 + frames, speed=slow)
    whole = film(a[:60], mixed(a[60:], b[:frames]), b[frames:], times=np.arange(120 + frames) / per_second)
    (found,) = detect("cascade", [whole])
    assert found.type == "dissolve"
    assert (found.start_frame, found.end_frame) == (
        pytest.approx(59, abs=max(2, 0.15 * frames)),
        pytest.approx(60 + frames, abs=max(2, 0.15 * frames)),
    )


def wiped(old, new):
    """The frames of a wipe from left to right."""
    edge = (np.arange(len(old)) + 1)[:, None, None, None] / (len(old) + 1) * WIDTH
    return np.where(np.arange(WIDTH)[:, None] < edge, new, old)


@pytest.mark.parametrize("frames", [10, 24, 40])
def test_cascade_finds_wipes(frames):
    a, b = shot(31, 60 + frames), shot(32, 60 + frames)
    (found,) = detect("cascade", [film(a[:60], wiped(a[60:], b[:frames]), b[frames:])])
    assert found.type == "wipe"
    assert (found.start_frame, found.end_frame) == (
        pytest.approx(59, abs=max(2, 0.15 * frames)),
        pytest.approx(60 + frames, abs=max(2, 0.15 * frames)),
    )


@pytest.fixture(scope="module")
def scoring():
    """The scoring rule of the quality benchmark."""
    path = Path(__file__).parents[2] / "benchmarks/quality/scoring.py"
    spec = importlib.util.spec_from_file_location("quality_scoring", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


def real_score(scoring, folder, name, detector, *, frames):
    """Score of a detector on the first ``frames`` of a constructed film."""

    def events(kind):
        return [
            scoring.Event(each["start_frame"], each["end_frame"], each["type"])
            for each in json.loads((folder / f"{name}.{kind}.json").read_text())
            if each["end_frame"] < frames - 10
        ]

    batches = []
    for batch in CpuDecoder(probe(folder / f"{name}.mp4"), batch_frames=50):
        if batch.index[0] >= frames:
            break
        batches.append(batch.clone())
    found = [scoring.Event(*span[1:], span[0]) for span in spans(detect(detector, batches))]
    return scoring.score(
        [each for each in found if each.end < frames - 10], events("truth"), distractors=events("distractors")
    )


# The network is slow: it gets the beginning of one film; the quality benchmark runs the others.
@pytest.mark.parametrize(("name", "films", "frames"), [("cascade", ["01", "03"], 1400), ("exact", ["01"], 400)])
def test_real_pictures_reach_the_floor(data, scoring, name, films, frames):
    total = scoring.Score()
    for number in films:
        total += real_score(scoring, data / "transitions", number, name, frames=frames)
    assert total.true.total() >= 6
    assert total.f1() >= F1_FLOORS[name], total
    assert total.f1(["cut"]) >= 0.95, total
    assert total.overlap >= 0.7, total
    assert set(total.cut_offsets) == {0}, total
