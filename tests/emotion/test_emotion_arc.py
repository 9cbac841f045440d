"""Arcs: turning points, marked changes that add up, their causes, bursts and climax."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from kuleshov.emotion.arc import changed_at, climax_seconds, film_arc, turning_points
from kuleshov.emotion.causes import Causes, sense_of
from kuleshov.emotion.cues import cues
from kuleshov.records import DIMENSIONS, Line

from .test_emotion_curves import curves_of, film, with_events


def arc_of(shots, grammar, lines=()):
    return film_arc(curves_of(shots, grammar), moments=shots, lines=lines, grammar=grammar)


def graded(number: int) -> dict:
    """Bright, saturated and warm for the first half, dark and grey after."""
    late = number >= 12
    return {
        "luma_mean": 0.05 if late else 0.6,
        "key_value": 0.005 if late else 0.13,
        "saturation": 0.0 if late else 0.2,
    }


def test_turning_points_alternate_and_are_worth_their_way() -> None:
    values = np.array([0, 0.3, 0.1, 0.15, 0.1, 0.6, 0.0, 0.05, 0.4])
    assert turning_points(values, least=0.15) == [(1, "peak"), (2, "valley"), (5, "peak"), (6, "valley")]
    assert turning_points(values, least=0.5) == [(5, "peak")]
    assert turning_points(-values, least=0.5) == [(5, "valley")]
    assert turning_points(np.linspace(0, 1, 20), least=0.1) == []
    assert turning_points(np.zeros(5), least=0.1) == []


def test_a_step_is_marked_where_it_is() -> None:
    values = np.zeros(60)
    values[30:] = 0.4
    assert changed_at(values).tolist() == [30]
    assert changed_at(np.zeros(60)).tolist() == []
    assert changed_at(np.zeros(4)).tolist() == []


def test_changes_near_each_other_are_one() -> None:
    values = np.zeros(60)
    values[30:34] = 0.2
    values[34:] = 0.5
    assert len(changed_at(values)) == 1


def test_the_climax_is_where_arousal_is_highest() -> None:
    assert climax_seconds(np.exp(-(((np.arange(200) - 150) / 20.0) ** 2))) == pytest.approx(150, abs=2)
    assert climax_seconds(np.zeros(100)) is None
    assert climax_seconds(np.full(100, np.nan)) is None


def test_a_change_adds_up_from_its_cues_exactly(shot, grammar) -> None:
    arc = arc_of(film(shot, count=24, change=graded), grammar)
    assert arc.changes
    for change in arc.changes:
        assert change.before + math.fsum(change.contributions.values()) == pytest.approx(change.after, abs=1e-12)
        assert set(change.contributions) <= set(grammar.cue_names)


def test_light_that_goes_down_is_the_cause_of_a_fall(shot, grammar) -> None:
    arc = arc_of(film(shot, count=24, change=graded), grammar)
    (fall,) = [change for change in arc.changes if change.dimension == "valence"]
    assert fall.seconds == pytest.approx(30.0, abs=1.0)
    assert fall.after < fall.before
    first = fall.causes[0]
    assert (first.kind, first.seconds) == ("light", 30.0)
    assert first.text.startswith("brightness 0.6 → 0.05 at a cut")
    assert 0.5 < first.share <= 1.01


def test_a_cut_to_silence_is_the_cause_of_rising_tension(shot, grammar) -> None:
    def quiet(number: int) -> dict:
        return {"silence_share": 1.0, "loudness_lufs": None} if number >= 12 else {"silence_share": 0.0}

    arc = arc_of(with_events(film(shot, count=24, change=quiet), "cut_to_silence", 30.2, change_db=40.0), grammar)
    rise = next(change for change in arc.changes if change.dimension == "tension")
    assert rise.after > rise.before
    (cause,) = [cause for cause in rise.causes if cause.kind == "cut to silence"]
    assert (cause.seconds, cause.text) == (30.2, "40 dB down")


def test_a_line_of_dialogue_is_quoted(shot, grammar) -> None:
    def said(number: int) -> dict:
        return {"valence": -0.4} if number >= 12 else {"valence": 0.3}

    line = Line(0, 29.8, 31.0, "speech", "I never loved you.", "ANNA", None)
    arc = arc_of(film(shot, count=24, change=said), grammar, [line])
    fall = next(change for change in arc.changes if change.dimension == "valence")
    assert fall.causes[0].kind == "line of dialogue"
    assert fall.causes[0].text == "“I never loved you.”"


def test_what_lies_long_before_is_no_cause(shot, grammar) -> None:
    shots = film(shot, count=24, change=graded)
    causes = Causes(shots, cues(shots, grammar=grammar), (), grammar)
    steps = {"brightness": -0.3, "key": -0.1}
    assert causes.of(steps, 31.0, dimension="valence")
    assert causes.of(steps, 45.0, dimension="valence") == []
    assert causes.of({}, 31.0, dimension="valence") == []


def test_a_film_that_never_changes_has_no_changes(shot, grammar) -> None:
    arc = arc_of(film(shot), grammar)
    assert (arc.changes, arc.turns, arc.bursts, arc.climax_seconds) == ([], [], [], None)
    assert {curve.shape.name for curve in arc.curves.values()} == {None}


def test_a_burst_stands_off_the_mood(shot, grammar) -> None:
    def loud(number: int) -> dict:
        return {"motion_mean": 0.9, "loudness_lufs": -8.0, "shake": 0.02} if 20 <= number < 23 else {}

    arc = arc_of(film(shot, count=40, change=loud), grammar)
    (burst,) = [burst for burst in arc.bursts if burst.dimension == "arousal"]
    assert 48 <= burst.start_seconds <= burst.peak_seconds <= burst.end_seconds <= 60
    assert burst.value > 0.15
    assert burst.causes


def test_an_arc_that_rises_and_falls_is_one(shot, grammar) -> None:
    def swelling(number: int) -> dict:
        height = math.sin(math.pi * number / 39)
        return {
            "motion_mean": 0.02 + 0.6 * height,
            "cuts_per_minute": 5 + 50 * height,
            "loudness_lufs": -40 + 25 * height,
        }

    arc = arc_of(film(shot, count=40, change=swelling), grammar)
    assert arc.curves["arousal"].shape.name == "rise-fall"
    assert arc.curves["arousal"].shape.confidence > 0.4
    assert arc.climax_seconds == pytest.approx(50, abs=8)
    (turn,) = [turn for turn in arc.turns if turn.dimension == "arousal"]
    assert turn.kind == "peak"


def test_a_film_of_nothing_measured_has_no_curves(shot, grammar) -> None:
    bare = replace(grammar, cues=tuple(cue for cue in grammar.cues if cue.name == "music_tempo"))
    arc = arc_of(film(shot, silent_film=True, subtitles=False), bare)
    assert arc.curves == {}
    assert arc.climax_seconds is None


def test_every_cue_of_a_dimension_belongs_to_a_sense(grammar) -> None:
    senses = {cue.name: sense_of(cue) for cue in grammar.cues}
    assert senses["brightness"] == "light"
    assert senses["music_mode"] == "music"
    assert senses["silence"] == "sound"
    assert senses["words_valence"] == "words"
    assert senses["shot_duration"] == senses["cut_rate"] == "cutting"
    used = {term.cue for score in grammar.scores if score.name in DIMENSIONS for term in score.terms}
    assert all(senses[name] for name in used)
