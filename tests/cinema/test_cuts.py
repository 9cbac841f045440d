"""Jump cuts and match cuts between pictures made for the purpose."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.cinema.editing.tempo import TEMPO_TRACK, with_tempo
from kuleshov.cinema.shots.cuts import Cuts
from kuleshov.cinema.shots.shots import ShotFrames
from kuleshov.cinema.span import Span
from kuleshov.cinema.thumbnails.color_histograms import HistogramSeries
from kuleshov.cinema.tracks import Tracks
from kuleshov.kernels.color_histogram import BINS
from kuleshov.records import Transition

FRAMES = 24  # a shot, at 8 a second
Y, X = np.mgrid[0:9, 0:16]


def room(seed=0):
    """The background of a place: cells of its own."""
    return np.random.default_rng(seed).integers(60, 190, (9, 16)).astype(float)


def person(background, *, x, y=4.5, level=230.0, width=2.0):
    """A bright figure at a place in the picture."""
    return np.where(np.hypot((X - x) / width, (Y - y) / 3.0) < 1, level, background)


def moving(background, start, end, **how):
    return [person(background, x=x, **how) for x in np.linspace(start, end, FRAMES)]


class Film:
    """Shots of luma pictures ``[FRAMES, 9, 16]`` each, with one neutral colour unless given, and their pans."""

    def __init__(self, *shots, colors=None, pans=None, types=None):
        luma = np.concatenate([np.stack(shot) for shot in shots])
        noise = np.random.default_rng(7).normal(0, 1, luma.shape)
        pictures = np.full((len(luma), 3, 9, 16), 128, dtype=np.uint8)
        pictures[:, 0] = np.clip(luma + noise, 16, 235)
        count = len(luma)
        self.seconds = np.arange(count) / 8
        series, histograms = HistogramSeries(), np.zeros((count, BINS), dtype=np.int32)
        for index in range(len(shots)):
            histograms[index * FRAMES : (index + 1) * FRAMES, (colors or [0] * len(shots))[index]] = 100
        series.push(np.arange(count), self.seconds, histograms)
        tracks = Tracks()
        pan = np.repeat(pans or [0.0] * len(shots), FRAMES)
        for name, values in (("pan", pan), ("tilt", np.zeros(count))):
            tracks.add(name, unit="widths/s", seconds=self.seconds, values=values)
        self.cuts = Cuts(tracks, series, pictures)
        self.shots = []
        for index in range(len(shots)):
            first, end = index * FRAMES, (index + 1) * FRAMES
            kind = (types or ["cut"] * len(shots))[index]
            self.shots.append(ShotFrames(first, end, Transition(kind, max(first - 1, 0), first, 1.0), Span(first, end)))

    @property
    def jump(self):
        return self.cuts.jump_cut(*self.shots)

    @property
    def match(self):
        return self.cuts.match_cut(*self.shots)


def test_the_same_framing_a_little_later_is_a_jump_cut():
    place = room()
    assert Film(moving(place, 4, 5), moving(place, 9, 10)).jump > 0.9
    assert Film(moving(place, 4, 5), moving(place, 9, 10)).match is None


def test_what_goes_on_as_before_is_no_jump_cut():
    place = room()
    assert Film(moving(place, 4, 8), moving(place, 8, 12)).jump < 0.1  # an invisible cut
    assert Film(moving(place, 4, 12), moving(place, 4.5, 12), types=["start", "dissolve"]).jump == 0


def test_another_place_is_no_jump_cut():
    assert Film(moving(room(0), 4, 5), moving(room(1), 9, 10)).jump < 0.1
    assert Film(moving(room(), 4, 5), moving(np.roll(room(), 5, axis=1), 9, 10)).jump < 0.1  # reframed


def test_titles_on_black_are_no_jump_cut():
    black = np.full((9, 16), 16.0)
    assert Film(moving(black, 5, 5), moving(black, 9, 9)).jump == 0


def disc(inside, outside, *, seed):
    """A round object in the middle, with its own texture."""
    texture = np.random.default_rng(seed).normal(0, 12, (9, 16))
    return np.where(np.hypot((X - 7.5) / 4.5, (Y - 4) / 3.5) < 1, inside, outside) + texture


def test_a_shape_that_stays_is_a_match_cut():
    """A round window becomes a round moon."""
    found = Film([disc(200, 70, seed=1)] * FRAMES, [disc(190, 50, seed=2)] * FRAMES, colors=[3, 900]).match
    assert found is not None
    assert found.shape > 0.8
    assert found.color == 0
    assert found.movement is None
    same_colors = Film([disc(200, 70, seed=1)] * FRAMES, [disc(190, 50, seed=2)] * FRAMES).match
    assert same_colors is not None
    assert same_colors.color == 1
    assert same_colors.confidence > found.confidence


def test_shapes_that_differ_and_the_same_picture_are_no_match():
    left = np.where(X < 8, 200.0, 60.0) + np.random.default_rng(1).normal(0, 12, (9, 16))
    assert Film([left] * FRAMES, [left[:, ::-1]] * FRAMES).match is None
    assert Film([disc(200, 70, seed=1)] * FRAMES, [disc(200, 70, seed=1)] * FRAMES).match is None
    assert Film([np.full((9, 16), 90.0)] * FRAMES, [np.full((9, 16), 95.0)] * FRAMES).match is None


@pytest.mark.parametrize(("pans", "matches"), [((0.4, 0.38), True), ((0.4, -0.4), False), ((0.4, 0.1), False)])
def test_a_movement_that_goes_on_is_a_match_cut(pans, matches):
    found = Film([room(3)] * FRAMES, [room(4)] * FRAMES, pans=list(pans)).match
    assert (found is not None) == matches
    if found is not None:
        assert found.movement is not None
        assert found.movement > 0.9


def test_color_alone_is_no_match():
    assert Film([room(3)] * FRAMES, [room(4)] * FRAMES, colors=[5, 5]).match is None


def test_tempo_rises_where_shots_are_short_and_much_moves(make_shots):
    shots = make_shots([8.0] * 5 + [1.0] * 40 + [8.0] * 5)
    tempo = with_tempo(Tracks(), shots, end_seconds=120.0)[TEMPO_TRACK]
    assert tempo.seconds[1] == 0.5
    assert tempo.between(50, 70).min() > tempo.between(5, 30).max()
    moving = make_shots([4.0] * 30, motion=[0.05] * 15 + [0.5] * 15)
    curve = with_tempo(Tracks(), moving, end_seconds=120.0)[TEMPO_TRACK]
    assert curve.between(80, 110).min() > curve.between(10, 40).max()
    assert (np.diff(curve.values) > -1e-4).all()


def test_tempo_is_made_anew_when_a_film_is_divided_anew(make_shots):
    once = with_tempo(Tracks(), make_shots([5.0, 1.0, 1.0, 3.0]), end_seconds=10.0)
    again = with_tempo(once, make_shots([5.0, 5.0]), end_seconds=10.0)
    assert list(again) == [TEMPO_TRACK]
    assert not again[TEMPO_TRACK].values.any()
    assert once[TEMPO_TRACK].values.any()


@pytest.fixture
def make_shots():
    from kuleshov.records import Camera, Color, Lighting, Pace, Shot

    def made(lengths, motion=None):
        ends = np.cumsum(lengths)
        return [
            Shot(
                index=index,
                start_frame=round(24 * (end - length)),
                end_frame=round(24 * end),
                start_seconds=end - length,
                end_seconds=end,
                lighting=Lighting("normal", 0.07, 0.32, 0.2, 0.62, 0.3, 0.05, 0.0),
                color=Color(0.1, -0.5, False, []),
                camera=Camera("slow", motion[index] if motion else 0.05, 0.05, 0.1, 0.0, 0.0, 0.0, 0.002),
                pace=Pace(length, length, length, length, 10.0, 60.0),
                sound=None,
                dialogue=None,
                emotion=None,
                transition_in=Transition("cut", 0, 1, 1.0),
            )
            for index, (length, end) in enumerate(zip(lengths, ends.tolist(), strict=True))
        ]

    return made
