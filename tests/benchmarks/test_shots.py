"""The shot benchmark: peers say where the cuts of a made film are, and its tables say what was found of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks/quality"))

import peers
import shots
from scoring import Event
from strip import strip


@pytest.fixture(scope="module")
def folder(make_film, tmp_path_factory):
    """One film with cuts at frames 30 and 60, and its truth."""
    rng = np.random.default_rng(0)
    scenes = [rng.integers(0, 256, (96, 128, 3)).astype(np.uint8) // (k + 1) for k in range(3)]
    folder = tmp_path_factory.mktemp("films")
    make_film(folder / "00.mp4", [scenes[k // 30] for k in range(90)])
    truth = [{"start_frame": cut - 1, "end_frame": cut, "type": "cut"} for cut in (30, 60)]
    for kind, content in (("truth", truth), ("distractors", []), ("meta", {"look": "plain"})):
        (folder / f"00.{kind}.json").write_text(json.dumps(content))
    return folder


@pytest.mark.parametrize("name", ["content", "adaptive", "histogram"])
def test_a_peer_names_the_last_frame_of_the_old_shot_and_the_first_of_the_new(name, folder):
    found, seconds = peers.scenedetect_finder(name)(folder / "00.mp4")
    assert found == [Event(29, 30), Event(59, 60)]
    assert seconds > 0


def test_extents_are_where_the_second_head_goes_on(monkeypatch):
    single, every = np.zeros((2, 100), np.float32)
    single[20] = every[20] = 0.9  # a cut between 20 and 21
    single[50], every[44:57] = 0.8, 0.5  # a dissolve, mixed from 44 to 56
    every[80:84] = 0.5  # nothing that the first head believes
    package = peers.TransNetPackage()
    monkeypatch.setattr(package, "_run", lambda film: (single, every, 1.0))
    assert package.extents(Path("any.mp4")) == ([Event(20, 21), Event(43, 57)], 1.0)


def test_the_table_tells_what_was_found(folder):
    (film,) = shots.constructed_films(folder)
    results = {"all": shots.Result(), "half": shots.Result()}
    results["all"].add(film, [Event(29, 30, "cut"), Event(59, 60, "cut")], 1.0)
    results["half"].add(film, [Event(29, 30, "cut"), Event(70, 71, "cut")], 1.0)
    assert shots.as_json(results["half"])["f1"] == 0.5
    lines = shots.as_markdown(results).splitlines()
    assert lines[2].startswith("| all | 1.000 | 1.000 | 1.000 | 2/2 |")
    assert lines[3].startswith("| half | 0.500 | 0.500 | 0.500 | 1/2 |")
    assert "- half: plain 1" in lines


def test_a_strip_shows_the_frames_around_the_spot(folder):
    sheet = np.array(strip(folder / "00.mp4", 30, reach=2))
    assert sheet.shape == (120, 1600, 3)
    levels = [sheet[20:100, k * 160 + 40 : k * 160 + 120].mean() for k in range(6)]
    assert min(levels[:2]) > 1.5 * max(levels[2:5])  # frames 28 and 29; 30, 31 and 32
    assert levels[5] == 0
