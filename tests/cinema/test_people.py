"""People: faces followed within a shot, scale by the largest of them, expressions over time, from synthetic
sightings."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.cinema.people.describe import describe_people
from kuleshov.cinema.people.expressions import bursts, valence_and_arousal
from kuleshov.cinema.people.framing import grouping_of, scale_of
from kuleshov.cinema.people.sightings import Sighting, Sightings, collect_sightings, sightings_of
from kuleshov.cinema.people.tracking import follow
from kuleshov.cinema.tracks import Tracks
from kuleshov.records import EXPRESSIONS, People

RATE = 4.0
UNREAD = (float("nan"),) * len(EXPRESSIONS)


def shown(name: str, likelihood: float = 0.9) -> tuple[float, ...]:
    """Likelihoods with the rest neutral."""
    rest = {"neutral": 1 - likelihood} if name != "neutral" else {"happy": 1 - likelihood}
    return tuple({name: likelihood, **rest}.get(each, 0.0) for each in EXPRESSIONS)


def face(x: float = 0.5, *, height: float = 0.3, score: float = 0.9, y: float = 0.4, **closer) -> Sighting:
    told = {"yaw": 0.0, "pitch": 0.0, "roll": 0.0, "eye_opening": 0.3, "expressions": shown("neutral"), **closer}
    return Sighting(x=x, y=y, width=height / 2, height=height, score=score, **told)


def sightings_at(*looks: list[Sighting], rate: float = RATE, start: float = 0.0) -> Sightings:
    return collect_sightings([(start + number / rate, faces) for number, faces in enumerate(looks)])


def people(sightings: Sightings, *shots: tuple[float, float]) -> People:
    described = describe_people(sightings, shots=shots or [(0.0, 1e9)], whole_tracks=True)
    assert described is not None
    return described


def test_two_faces_keep_their_tracks_whatever_order_they_are_found_in():
    left = [face(0.2 + 0.01 * number) for number in range(6)]
    right = [face(0.7 - 0.01 * number) for number in range(6)]
    looks = [[a, b] if number % 2 else [b, a] for number, (a, b) in enumerate(zip(left, right, strict=True))]
    sightings = sightings_at(*looks)
    tracks = follow(sightings)
    assert len(tracks) == 2
    for track in tracks:
        assert len(track) == 6
        assert np.ptp(sightings.column("x")[track]) < 0.06


def test_a_face_that_is_gone_for_a_second_is_followed_no_more():
    assert len(follow(sightings_at([face()], [face()], [], [], [face()]))) == 1  # gone for three quarters of a second
    assert len(follow(sightings_at([face()], [face()], *[[]] * 5, [face()], [face()]))) == 2


def test_another_place_or_another_size_is_another_face():
    assert len(follow(sightings_at([face(0.2)], [face(0.2)], [face(0.8)], [face(0.8)]))) == 2
    assert len(follow(sightings_at([face(height=0.1)] * 2, [face(height=0.3)] * 2))) == 4
    assert (
        len(follow(sightings_at([face(height=0.1)], [face(height=0.1)], [face(height=0.3)], [face(height=0.3)]))) == 2
    )


def test_an_unsure_face_seen_once_is_chance():
    assert follow(sightings_at([face(score=0.65)], [])) == []
    assert follow(sightings_at([face(score=0.8)], [])) == [[0]]
    described = people(sightings_at([face(score=0.65)], [], [], []))
    assert (described.face_share, described.count, described.grouping, described.framing) == (0.0, 0, "nobody", None)


def test_no_face_is_followed_across_a_cut():
    described = people(sightings_at(*[[face()]] * 8), (0.0, 1.0), (1.0, 2.0))
    assert [len(track.seconds) for track in described.faces] == [4, 4]
    assert described.looks == 8


def test_a_shot_between_two_looks_is_unknown_and_one_without_faces_is_not():
    sightings = sightings_at([face()], [face()])
    assert describe_people(sightings, shots=[(0.05, 0.2)], whole_tracks=True) is None
    assert people(sightings_at([], [])).grouping == "nobody"
    assert people(sightings_at([], [])).smile is None


@pytest.mark.parametrize(
    ("height", "scale"),
    [(0.95, "ECU"), (0.5, "CU"), (0.3, "MCU"), (0.2, "MS"), (0.12, "MLS"), (0.08, "LS"), (0.04, "ELS")],
)
def test_scale_follows_from_the_largest_face(height, scale):
    framing = people(sightings_at(*[[face(0.2, height=0.03), face(0.7, height=height)]] * 4)).framing
    assert framing is not None
    assert framing.scale == scale
    assert framing.face_height == pytest.approx(height, rel=1e-5)
    assert framing.face_x == pytest.approx(0.7, rel=1e-5)


def test_the_scale_is_that_of_most_of_the_time():
    assert scale_of(np.array([0.5, 0.5, 0.2, 0.2, 0.2])) == "MS"
    described = people(sightings_at(*[[face(height=0.5)]] * 3, *[[]] * 3))
    assert described.close_share == 0.5
    assert described.face_share == 0.5


def test_a_face_that_comes_nearer():
    framing = people(sightings_at(*[[face(height=0.2 + 0.05 * number)] for number in range(5)])).framing
    assert framing is not None
    assert framing.face_height_slope == pytest.approx(0.2, rel=1e-5)


@pytest.mark.parametrize(
    ("count", "name"),
    [(0, "nobody"), (1, "single"), (2, "two_shot"), (3, "three_shot"), (4, "group"), (9, "group"), (10, "crowd")],
)
def test_groups(count, name):
    assert grouping_of(count) == name
    looks = [[face((number + 0.5) / 12, height=0.1) for number in range(count)]] * 3
    assert people(sightings_at(*looks)).count == count


def test_large_faces_weigh_more():
    looks = [[face(0.2, height=0.6, expressions=shown("sad")), face(0.8, height=0.1, expressions=shown("happy"))]] * 3
    described = people(sightings_at(*looks))
    assert described.sad is not None
    assert described.smile is not None
    assert described.sad > 4 * described.smile
    assert described.valence_derived is not None
    assert described.valence_derived < -0.3


def test_what_was_not_read_is_unknown():
    unread = {"yaw": float("nan"), "pitch": float("nan"), "roll": float("nan"), "eye_opening": float("nan")}
    described = people(sightings_at(*[[face(expressions=UNREAD, **unread)]] * 3))
    assert described.smile is None
    assert described.turned_away_share is None
    assert described.faces[0].expressions is None
    assert described.faces[0].yaw_degrees is None


def test_profile_and_gaze():
    described = people(sightings_at([face(yaw=70.0)], [face(yaw=-70.0)], [face()], [face()]))
    assert described.turned_away_share == 0.5
    bowed = people(sightings_at([face(pitch=-25.0)], [face(eye_opening=0.1)], [face()], [face(pitch=20.0)]))
    assert bowed.gaze_down_share == 0.5


def curve(values: list[float], *, rate: float) -> tuple[np.ndarray, np.ndarray]:
    return np.arange(len(values)) / rate, np.array([shown("happy", value) for value in values])


def test_onset_apex_and_offset_of_a_burst():
    # Half of the peak 0.8 is crossed midway between 0.2 and 0.6, going up and going down.
    (burst,) = bursts(*curve([0.2, 0.2, 0.6, 0.8, 0.6, 0.2, 0.2], rate=10.0))
    assert burst.expression == "happy"
    assert burst.onset_seconds == pytest.approx(0.15)
    assert burst.apex_seconds == pytest.approx(0.3)
    assert burst.offset_seconds == pytest.approx(0.45)
    assert burst.peak == pytest.approx(0.8)
    assert burst.micro is True


def test_a_burst_is_micro_below_half_a_second_and_only_where_looks_are_dense():
    long = [0.0, 0.0, *[0.9] * 8, 0.0, 0.0]
    assert [burst.micro for burst in bursts(*curve(long, rate=10.0))] == [False]
    assert [burst.micro for burst in bursts(*curve([0.0, 0.0, 0.9, 0.0, 0.0], rate=4.0))] == [None]
    assert [burst.micro for burst in bursts(*curve([0.0, 0.0, 0.9, 0.0, 0.0], rate=8.0))] == [True]


def test_what_was_there_all_along_is_no_burst():
    assert bursts(*curve([0.9] * 10, rate=10.0)) == []
    assert bursts(*curve([0.9, 0.9, 0.9, 0.0, 0.0], rate=10.0)) == []
    assert bursts(*curve([0.0, 0.0, 0.9, 0.9], rate=10.0)) == []


@pytest.mark.parametrize(
    ("name", "valence", "arousal"),
    [("happy", 1, 1), ("sad", -1, -1), ("angry", -1, 1), ("fearful", -1, 1), ("neutral", 0, 0)],
)
def test_derived_valence_and_arousal_have_the_signs_of_the_circumplex(name, valence, arousal):
    both = valence_and_arousal(np.array(shown(name, 1.0)))
    assert tuple(np.sign(both)) == (valence, arousal)


def test_sightings_survive_as_tracks():
    before = sightings_at([face(0.2), face(0.8, expressions=UNREAD)], [], [face(0.3)])
    tracks = Tracks()
    assert sightings_of(tracks) is None
    before.add_to(tracks)
    after = sightings_of(tracks)
    assert after is not None
    for name in ("searched", "counts", "seconds", "numbers", "expressions"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))
    assert tracks["face_count"].values.tolist() == [2, 0, 1]


def test_a_film_without_any_face_keeps_that_it_was_looked_at():
    tracks = Tracks()
    sightings_at([], []).add_to(tracks)
    after = sightings_of(tracks)
    assert after is not None
    assert people(after).looks == 2
