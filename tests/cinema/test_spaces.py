"""Spaces without networks: vectors of a synthetic film, compared with those of its copies and of other films."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.people.sightings import Sighting, collect_sightings
from kuleshov.cinema.spaces.blocks import Block, BlockSpace, on_half_circle, side_by_side
from kuleshov.cinema.spaces.ends import HEAD, TAIL, ends_of, speed_ratio
from kuleshov.cinema.spaces.look import LOOK, look_vectors, mirrored_layout
from kuleshov.cinema.spaces.sound import SOUND, sound_vectors
from kuleshov.cinema.spaces.words import dialogue_vectors
from kuleshov.cinema.span import Span
from kuleshov.cinema.thumbnails.color_histograms import HistogramSeries
from kuleshov.cinema.tracks import Tracks
from kuleshov.kernels.color_histogram import BINS, bin_centres
from kuleshov.media.color import ColorSpec
from kuleshov.query.by_example.match_cuts import evidence
from kuleshov.records import Line

CODING = ColorSpec("bt709", "limited", "sdr")
FRAMES = 16  # a shot, at 8 a second
Y, X = np.mgrid[0:9, 0:16]


def measured(*shots, grade=lambda luma: luma, noise=0.0, faces=()):
    """A film of shots ``(luma [9, 16], (cb, cr), pan)``; its measurements are made as the frame loop makes them."""
    rng = np.random.default_rng(1)
    count = FRAMES * len(shots)
    pictures = np.empty((count, 3, 9, 16), dtype=np.uint8)
    pans = np.repeat([pan for _, _, pan in shots], FRAMES)
    centres = bin_centres().astype(np.int16)
    histograms = np.zeros((count, BINS), dtype=np.int32)
    for number in range(count):
        luma, chroma, _ = shots[number // FRAMES]
        pictures[number, 0] = np.clip(grade(luma) + rng.normal(0, noise, luma.shape), 16, 235)
        pictures[number, 1], pictures[number, 2] = chroma
        if number % FRAMES == 0:
            pixels = pictures[number].reshape(3, -1).T.astype(np.int16)
            nearest = np.abs(pixels[:, None] - centres[None]).sum(axis=2).argmin(axis=1)
            histogram = 10 * np.bincount(nearest, minlength=BINS)
        histograms[number] = histogram
    seconds = np.arange(count) / 8
    series = HistogramSeries()
    series.push(np.arange(count), seconds, histograms)
    tracks = Tracks()
    luma = (pictures[:, 0].reshape(count, -1) - 16.0) / 219
    values = {
        "luma_mean": luma.mean(axis=1),
        "contrast": luma.std(axis=1),
        "luma_p05": np.percentile(luma, 5, axis=1),
        "luma_p95": np.percentile(luma, 95, axis=1),
        "saturation": np.full(count, 0.1),
        "dark_share": (luma < 0.18).mean(axis=1),
        "warmth": np.full(count, -0.4),
        "flow_mean": np.abs(pans) + 0.01,
        "object_motion": np.zeros(count),
        "pan": pans,
        "tilt": np.zeros(count),
        "zoom": np.zeros(count),
    }
    for name, track in values.items():
        tracks.add(name, unit="", seconds=seconds, values=track)
    if faces:
        collect_sightings(faces).add_to(tracks)
    return FilmMeasurements(seconds, count / 8, tracks, series, pictures, (), CODING, None)


def spans(count):
    return [[Span(FRAMES * number, FRAMES * (number + 1))] for number in range(count)]


def texture(seed):
    return np.random.default_rng(seed).integers(40, 200, (9, 16)).astype(float)


SHOTS = [
    (texture(1), (128, 128), 0.0),
    (texture(2), (90, 170), 0.0),
    (texture(3), (170, 110), 0.4),
    (texture(4), (128, 128), -0.4),
]


def test_a_copy_of_another_grade_is_nearest_to_its_own_shots():
    film, copy = measured(*SHOTS), measured(*SHOTS, grade=lambda luma: 30 + 0.8 * luma, noise=3.0)
    one, other = look_vectors(film, spans(4)), look_vectors(copy, spans(4))
    assert one.shape == (4, LOOK.dimensions)
    assert np.linalg.norm(one, axis=1) == pytest.approx(1, abs=1e-5)
    likeness = other @ one.T
    assert likeness.argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert likeness.diagonal().min() > 0.9
    assert (look_vectors(film, spans(4)) == one).all()


def test_a_likeness_is_the_sum_of_its_blocks_and_a_still_has_no_movement():
    film = measured(*SHOTS)
    vectors = look_vectors(film, [*spans(4), [Span(FRAMES, FRAMES + 1)]])
    places = LOOK.slices()
    whole = float(vectors[0] @ vectors[1])
    assert sum(float(vectors[0, place] @ vectors[1, place]) for place in places.values()) == pytest.approx(
        whole, abs=1e-6
    )
    assert not vectors[4, places["movement"]].any()
    assert float(vectors[4] @ vectors[1]) > 0.85  # all but the movement is that of its shot
    assert np.isnan(LOOK.cosines(vectors[4:], vectors[:4])["movement"]).all()


def test_only_what_differs_is_told_apart():
    same, moves, colored = look_vectors(
        measured(SHOTS[0], (SHOTS[0][0], (128, 128), 0.4), (SHOTS[0][0], (90, 170), 0.0)), spans(3)
    )
    cosines = {name: values[0] for name, values in LOOK.cosines(same[None], np.stack([moves, colored])).items()}
    assert cosines["layout"] == pytest.approx([1, 1], abs=1e-3)
    assert cosines["movement"][0] < 0.7
    assert cosines["movement"][1] > 0.999
    assert cosines["color"][1] < 0.5
    assert cosines["color"][0] > 0.999


def test_mirrored_layouts_are_those_of_mirrored_pictures():
    place = LOOK.slices()["layout"]
    vectors = look_vectors(measured(SHOTS[0], (SHOTS[0][0][:, ::-1], (128, 128), 0.0)), spans(2))
    assert mirrored_layout(vectors[:1, place]) == pytest.approx(vectors[1:, place], abs=1e-4)


def test_blocks_say_what_is_missing():
    space = BlockSpace("made", "made-1", (Block("a", 2, 0.5), Block("b", 2, 0.5)))
    rows = space.assembled({"a": np.array([[1.0, 0], [1, 0], [np.nan, 0]]), "b": np.array([[0, 1.0], [0, 0], [0, 0]])})
    assert rows[0] == pytest.approx([0.5**0.5, 0, 0, 0.5**0.5])
    assert rows[1] == pytest.approx([1, 0, 0, 0])
    assert np.isnan(rows[2]).all()
    with pytest.raises(ValueError, match="block b is"):
        space.assembled({"a": np.ones((1, 2)), "b": np.ones((1, 3))})
    ends = on_half_circle([0, 5, 10, 20], 0, 10)
    assert ends @ ends[0] == pytest.approx([1, 0, -1, -1])
    missing = side_by_side(on_half_circle([np.nan, np.nan], 0, 1), on_half_circle([0.5, np.nan], 0, 1))
    assert missing[0] == pytest.approx([0, 0, 0, 1])
    assert np.isnan(missing[1]).all()


def sounds(level, brightness, *, speech=0.0, music=0.0, tempo=np.nan, seconds=10.0):
    tracks = Tracks()
    steps = {"level": 0.05, "silence": 0.05, "loudness_momentary": 0.1, "tempo": 1.0, "beat": 1.0}
    values = {
        "level": level,
        "silence": 0.0,
        "loudness_momentary": level,
        "brightness": brightness,
        "flatness": 0.1,
        "low_share": 0.2,
        "drone": 0.0,
        "percussive_share": 0.3,
        "roughness": 0.1,
        "onset_rate": 2.0,
        "speech": speech,
        "music": music,
        "effects": max(0.0, 1 - speech - music),
        "tempo": tempo,
        "beat": 0.5,
        "mode": 0.5,
    }
    for name, value in values.items():
        times = np.arange(0, seconds, steps.get(name, 0.2))
        tracks.add(name, unit="", seconds=times, values=np.full(len(times), value))
    return sound_vectors(tracks, [(0.0, seconds)])[0]


def test_sounds_are_alike_that_sound_alike():
    song, twice = (sounds(-20, 1500, music=1.0, tempo=tempo) for tempo in (90, 180))
    louder = sounds(-12, 1500, music=1.0, tempo=90)
    talk = sounds(-20, 1500, speech=1.0)
    hiss = sounds(-20, 6000)
    assert len(song) == SOUND.dimensions
    assert song @ twice == pytest.approx(1, abs=1e-5)  # twice the tempo is the same
    assert song @ louder > 0.95 > song @ talk
    assert song @ louder > song @ hiss
    assert np.isnan(sound_vectors(Tracks(), [(0.0, 1.0)])).all()


def test_dialogue_is_the_mean_of_the_lines_that_are_on():
    lines = [
        Line(0, 0.0, 2.0, "speech", "one", None, None),
        Line(1, 2.0, 4.0, "sound", "[noise]", None, None),
        Line(2, 3.0, 6.0, "speech", "two", None, None),
    ]
    vectors = np.eye(3, dtype=np.float32)
    rows = dialogue_vectors(lines, vectors, [(0.0, 2.0), (1.0, 5.0), (2.0, 3.0)])
    assert rows[0] == pytest.approx([1, 0, 0])
    assert rows[1] == pytest.approx(np.array([1, 0, 2]) / 5**0.5)
    assert np.isnan(rows[2]).all()


def test_the_end_of_a_pan_goes_on_in_another_and_not_in_its_reverse():
    ends = ends_of(measured(*SHOTS, (texture(5), (128, 128), 0.35)), [span for (span,) in spans(5)])
    assert ends.heads.shape == (5, HEAD.dimensions)
    cosines = TAIL.cosines(ends.tails, ends.heads)
    assert cosines["direction"][2, 4] == pytest.approx(1)
    assert cosines["direction"][2, 3] == pytest.approx(-1)
    assert speed_ratio(cosines["speed"])[2, 4] == pytest.approx(0.35 / 0.4, abs=0.01)
    assert np.isnan(cosines["direction"][0, 1])  # neither moves
    assert cosines["light"].diagonal() == pytest.approx(1, abs=1e-5)
    assert np.isnan(cosines["face"]).all()  # faces were not looked for


def test_a_face_that_stays_where_it_was_is_carried_over_the_cut():
    def face(x, y, height):
        return Sighting(x, y, height * 0.8, height, 0.9, *[float("nan")] * 4, (float("nan"),) * 7)

    large, small = face(0.3, 0.4, 0.4), face(0.8, 0.5, 0.1)
    faces = [(0.0, []), (1.9, [small, large]), (2.1, [face(0.31, 0.41, 0.38)]), (4.0, [face(0.7, 0.4, 0.4)])]
    ends = ends_of(measured(*SHOTS[:3], faces=faces), [span for (span,) in spans(3)])
    found = evidence(TAIL.cosines(ends.tails, ends.heads))["face"]
    assert found[0, 1] == pytest.approx(1, abs=0.01)  # the large one counts
    assert found[0, 2] < 0.1
    assert not found[2].any()  # nobody at its end
