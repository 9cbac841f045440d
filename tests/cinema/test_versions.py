"""Copies of a film made of real shots, with known cuts and grades."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from kuleshov.cinema.fingerprint.fingerprints import Version
from kuleshov.cinema.fingerprint.versions import compare
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.job.settings import Settings
from kuleshov.pipeline.stages.segments import segment_film
from kuleshov.records import Transition

RATE = 24
LENGTHS = (30, 44, 26, 50, 36, 28, 40, 32, 48, 34, 38, 30)  # frames of the film's twelve shots


@pytest.fixture(scope="module")
def shots(data):
    """Fourteen passages of an edited music video, each inside one shot: uint8 ``[frames, 90, 160, 3]``."""
    import av

    with av.open(str(data / "video/transnetv2/test.mp4")) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        frames = []
        for frame in container.decode(stream):
            frames.append(frame.to_ndarray(format="rgb24"))
            if len(frames) == 2000:
                break
    film = np.stack(frames)
    small = film[:, ::6, ::8].astype(np.int16)
    jumps = np.abs(np.diff(small, axis=0)).mean(axis=(1, 2, 3))
    borders = [0, *(np.flatnonzero(jumps > 25) + 1), len(film)]
    found = []
    for start, end in pairwise(borders):
        wanted = (*LENGTHS, 40, 40)[len(found)]
        if end - start >= wanted + 4 and small[start + 2 : end].std() > 40:  # none that is nearly black
            found.append(film[start + 2 : start + 2 + wanted])
            if len(found) == len(LENGTHS) + 2:
                return found
    raise AssertionError(f"only {len(found)} shots are long enough")


@pytest.fixture(scope="module")
def copy(shots, make_film, tmp_path_factory):
    """``copy(pieces, grade, rate)``: a copy of (shot, first frame, end frame) pieces, measured."""
    folder = tmp_path_factory.mktemp("copies")
    pipeline = Pipeline(Settings(shots="cascade", device="cpu"))

    def made(pieces, *, change=lambda picture: picture, rate=RATE):
        pictures = [change(picture) for shot, first, end in pieces for picture in shots[shot][first:end]]
        path = make_film(folder / f"copy {len(list(folder.iterdir()))}.mp4", pictures, rate=rate)
        measured = pipeline.describe(path).measured
        borders = np.cumsum([0, *(end - first for _, first, end in pieces)])
        cuts = [Transition("cut", int(frame) - 1, int(frame), 1.0) for frame in borders[1:-1]]
        return Version.of(measured, segment_film(measured, cuts).shots)

    return made


def whole(*numbers):
    return [(number, 0, LENGTHS[number] if number < len(LENGTHS) else 40) for number in numbers]


@pytest.fixture(scope="module")
def film(copy):
    return copy(whole(*range(12)))


def kinds(result):
    """What happened to each shot, by number in the first copy; added ones by number in the second."""
    changed = {fate.first.first_shot: fate.kinds for fate in result.fates if fate.first and fate.kinds != ("same",)}
    added = [fate.second.first_shot for fate in result.fates if fate.first is None]
    return changed, added


def regraded(picture):
    """Scaled to another size, warmer and of more contrast, between black bars."""
    grown = picture.repeat(2, axis=0).repeat(2, axis=1)
    graded = 255 * (grown / 255) ** 0.8 * np.array([1.0, 0.9, 0.75])
    return np.pad(graded.astype(np.uint8), ((30, 30), (0, 0), (0, 0)))


def test_a_film_is_the_same_as_itself(film):
    result = compare(film, film)
    assert kinds(result) == ({}, [])
    assert result.similarity == pytest.approx(1.0)
    assert result.speed == 1.0


@pytest.fixture(scope="module")
def pieces():
    """1 is gone; 3 lost 16 frames at its head, 5 lost 12 at its tail; 7 comes after 9; 10 is replaced; one is added."""
    return [
        *whole(0, 2),
        (3, 16, 50),
        *whole(4),
        (5, 0, 16),
        *whole(6, 8, 9, 7, 12, 11, 13),
    ]


EXPECTED = (
    {1: ("missing",), 3: ("shortened",), 5: ("shortened",), 7: ("moved",), 10: ("replaced",)},
    [11],
)


@pytest.mark.parametrize("change", [None, regraded], ids=["same grade", "regraded"])
def test_every_change_is_told_and_nothing_else(film, copy, pieces, change):
    result = compare(film, copy(pieces, **({"change": change} if change else {})))
    assert kinds(result) == EXPECTED
    fates = {fate.first.first_shot: fate for fate in result.fates if fate.first}
    assert fates[3].head_seconds == pytest.approx(-16 / RATE, abs=0.01)
    assert fates[3].tail_seconds == 0
    assert fates[5].tail_seconds == pytest.approx(-12 / RATE, abs=0.01)
    assert fates[7].second.start_seconds == pytest.approx(sum(end - at for _, at, end in pieces[:8]) / RATE, abs=0.05)
    assert fates[10].second.first_shot == 9
    assert min(fate.similarity for fate in result.fates if "same" in fate.kinds) > 0.9
    assert result.counts == {"same": 7, "missing": 1, "shortened": 2, "moved": 1, "replaced": 1, "added": 1}


def test_the_other_way_round_what_was_cut_is_more(film, copy, pieces):
    changed, added = kinds(compare(copy(pieces), film))
    lengthened = {shot for shot, kind in changed.items() if kind == ("lengthened",)}
    assert lengthened == {2, 4}
    assert [shot for shot, kind in changed.items() if kind == ("moved",)] in ([8], [6, 7])
    assert added == [1]


def test_a_copy_that_runs_faster(film, copy, pieces):
    result = compare(film, copy(pieces, rate=25))
    assert result.speed == pytest.approx(24 / 25)
    assert kinds(result) == EXPECTED
    fates = {fate.first.first_shot: fate for fate in result.fates if fate.first}
    assert fates[3].head_seconds == pytest.approx(-16 / RATE, abs=0.02)


def test_mirrored_shots_are_found_when_asked_for(film, copy):
    flipped = copy(whole(*range(4)), change=lambda picture: picture[:, ::-1])
    assert "same" not in compare(film, flipped).counts
    found = compare(film, flipped, mirrored=True)
    assert [fate.first.first_shot for fate in found.fates if "mirrored" in fate.kinds] == [0, 1, 2, 3]


def test_a_trailer_against_its_film(film, copy):
    trailer = copy([(8, 5, 35), (2, 0, 26), (13, 0, 40), (4, 10, 30), (10, 0, 38)])
    result = compare(trailer, film, excerpt=True)
    places = [(fate.second.first_shot if fate.second else None) for fate in result.fates]
    assert places == [8, 2, None, 4, 10]
    assert not any("added" in fate.kinds for fate in result.fates)


def test_a_cut_that_one_copy_was_not_divided_at_is_no_change(film):
    """The detector missed the cut between shots 3 and 4 in one of the copies, and moved another by three frames."""
    (start, border), (_, end) = film.shots[3:5]
    shots = (*film.shots[:3], (start, end), *film.shots[5:])
    moved = shots[6][0] + 3 / RATE
    shots = (*shots[:5], (shots[5][0], moved), (moved, shots[6][1]), *shots[7:])
    assert border
    other = Version(film.thumbnails, film.thumbnail_seconds, shots)
    for result in (compare(film, other), compare(other, film)):
        assert kinds(result) == ({}, [])
        assert result.similarity > 0.99
