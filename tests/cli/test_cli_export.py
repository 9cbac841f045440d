"""``kuleshov export``: from the archive, from a file, from a search."""

from __future__ import annotations

import json

import numpy as np
import pytest

from .command import kuleshov


@pytest.fixture(scope="module")
def desk(tmp_path_factory, make_film):
    """A folder with ``film.mp4`` (four shots) and an archive that holds it."""
    folder = tmp_path_factory.mktemp("desk")
    rng = np.random.default_rng(4)
    places = rng.integers(0, 255, (4, 6, 8, 3)).repeat(8, axis=1).repeat(8, axis=2).astype(np.uint8)
    make_film(folder / "film.mp4", [places[number // 15] for number in range(60)])
    done = kuleshov("ingest", "film.mp4", "--shots", "cascade", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_a_film_of_the_archive_by_title_and_by_file(desk):
    done = kuleshov("export", "film", "-o", "a.edl", "--start", "01:00:00:00", cwd=desk)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Wrote 4 shots to a.edl (edl).\n"
    again = kuleshov("export", "film.mp4", "-o", "b.edl", "--start", "01:00:00:00", cwd=desk)
    assert again.returncode == 0, again.stderr
    assert (desk / "a.edl").read_bytes() == (desk / "b.edl").read_bytes()
    assert "01:00:00:15 01:00:01:05" in (desk / "a.edl").read_text()


def test_a_file_without_an_archive(desk):
    words = ("film.mp4", "-o", "c.csv", "--archive", "nowhere", "--shots", "cascade", "--json")
    done = kuleshov("export", *words, cwd=desk)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"file": "c.csv", "format": "csv", "unit": "shot", "items": 4, "notes": []}
    assert not (desk / "nowhere").exists()


def test_what_a_search_finds(desk):
    words = ("--query", "shots longer than 0.2 s", "-k", "2", "--handles", "3", "-o", "hits.otio")
    done = kuleshov("export", *words, cwd=desk)
    assert done.returncode == 0, done.stderr
    assert "Wrote 2 shots" in done.stdout
    done = kuleshov("export", "film", *words[:-1], "hits.json", cwd=desk)
    assert done.returncode == 0, done.stderr
    assert [item["score"] is not None for item in json.loads((desk / "hits.json").read_text())["items"]] == [True] * 2


def test_refusals_are_one_line(desk):
    (desk / "there.csv").write_text("mine")
    for words, status, says in (
        (("film", "-o", "there.csv"), 1, "exists already (--force replaces it)"),
        (("film", "-o", "x.mov"), 1, "use one of csv, edl"),
        (("nosuch", "-o", "x.csv"), 1, "no film has the title"),
        (("film",), 2, "-o FILE"),
        (("-o", "x.csv"), 2, "--query"),
        (("film", "-o", "x.edl", "--drop-frame"), 1, "drop-frame timecode is for 29.97"),
        (("--query", "shots longer than 2 hours", "-o", "x.csv"), 1, "nothing to write"),
    ):
        done = kuleshov("export", *words, cwd=desk)
        assert done.returncode == status, words
        assert says in done.stderr, words
    assert (desk / "there.csv").read_text() == "mine"
    assert not (desk / "x.csv").exists()


@pytest.mark.parametrize("start", ["24:00:00:00", "25:10:00:00", "1:2:3", "00:60:00:00", "soon"])
def test_a_start_that_is_no_timecode_is_refused_before_anything_is_read(desk, start):
    done = kuleshov("export", "film.mp4", "-o", "late.edl", "--start", start, cwd=desk)
    assert done.returncode == 2
    assert "--start" in done.stderr
    assert not (desk / "late.edl").exists()
