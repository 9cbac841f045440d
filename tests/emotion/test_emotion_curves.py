"""Curves over time: the same grammar as segments, exact sums, pulses that decay, mood and burst apart."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from kuleshov.cinema.tracks import Tracks
from kuleshov.emotion.curves import CURVE_TRACKS, Curves, feeling_curves, moods
from kuleshov.emotion.grammar import CurveRule, Grammar, load_grammar
from kuleshov.emotion.model import describe_emotion
from kuleshov.errors import GrammarError
from kuleshov.records import DIMENSIONS, SoundEvent


def film(make, count: int = 30, *, seconds: float = 2.5, change=None, **changes) -> list:
    """Shots one after another; ``change`` gives those of a number more changes."""
    return [
        make(
            index=number,
            seconds=seconds,
            start_seconds=number * seconds,
            **(changes | (change(number) if change else {})),
        )
        for number in range(count)
    ]


def curves_of(shots, grammar: Grammar) -> Curves:
    return feeling_curves(shots, shots=shots, grammar=grammar)


def with_events(shots: list, kind: str, *times: float, change_db: float = 30.0) -> list:
    """The same shots with events of a kind at these times."""
    found = []
    for shot in shots:
        here = [SoundEvent(kind, at, change_db) for at in times if shot.start_seconds <= at < shot.end_seconds]
        found.append(replace(shot, sound=replace(shot.sound, events=here)))
    return found


def test_a_film_that_never_changes_reads_as_each_of_its_shots(shot, grammar) -> None:
    shots = film(shot, luma_mean=0.1, warmth=-0.1, motion_mean=0.3)
    curves = curves_of(shots, grammar)
    emotion = describe_emotion(shots, grammar=grammar)[0]
    assert curves.seconds.tolist() == list(range(76))
    for name in DIMENSIONS:
        np.testing.assert_allclose(curves.values(name), getattr(emotion, name), atol=1e-12)
        np.testing.assert_allclose(curves.mood[name], getattr(emotion, name), atol=1e-12)


def test_a_curve_is_the_sum_of_its_cues_each_second(shot, grammar) -> None:
    rng = np.random.default_rng(0)
    shots = film(shot, change=lambda _: {"luma_mean": rng.uniform(0, 1), "motion_mean": rng.uniform(0.01, 1)})
    curves = curves_of(with_events(shots, "cut_to_silence", 31.0), grammar)
    for name in DIMENSIONS:
        sums = [math.fsum(row) for row in curves.contributions[name].tolist()]
        np.testing.assert_allclose(curves.values(name), sums, atol=1e-14)
        assert np.all(np.abs(curves.values(name)) <= 1)


def test_a_step_is_crossed_within_the_window(shot, grammar) -> None:
    shots = film(shot, change=lambda number: {"luma_mean": 0.05 if number >= 15 else 0.6}, subtitles=False)
    valence = curves_of(shots, grammar).values("valence")
    assert np.ptp(valence[:34]) < 1e-9  # the step is at 37.5 s, the window 6 s wide
    assert np.ptp(valence[41:]) < 1e-9
    assert np.all(np.diff(valence[34:42]) < 0)


def test_sudden_silence_raises_tension_from_its_moment_on_and_decays(shot, grammar) -> None:
    quiet, sudden = film(shot), with_events(film(shot), "cut_to_silence", 30.0)
    rise = curves_of(sudden, grammar).values("tension") - curves_of(quiet, grammar).values("tension")
    assert np.all(rise[:30] == 0)
    assert rise[30] > 0.02
    assert np.all(np.diff(rise[30:50]) < 0)
    assert rise[36] / rise[30] == pytest.approx(math.exp(-1), rel=0.1)  # 6 s, near enough for a weighted mean
    assert np.all(rise[65:] == 0)


def test_a_pulse_never_lowers_what_it_speaks_for(shot, grammar) -> None:
    tense = film(shot, luma_mean=0.02, key_value=0.002, silence_share=1.0, zoom=0.2, motion_mean=0.003, saturation=0.0)
    before = curves_of(tense, grammar).values("tension")
    for change in (16.0, 40.0):  # a weak and a strong drop
        after = curves_of(with_events(tense, "cut_to_silence", 30.0, change_db=change), grammar).values("tension")
        assert np.all(after >= before - 1e-12)
        assert after[30] > before[30]


def test_a_burst_startles_for_a_shorter_time_than_silence_lasts(shot, grammar) -> None:
    base = curves_of(film(shot), grammar).values("tension")
    burst = curves_of(with_events(film(shot), "burst", 30.0, change_db=-30.0), grammar).values("tension") - base
    silence = curves_of(with_events(film(shot), "cut_to_silence", 30.0), grammar).values("tension") - base
    assert burst[30] > 0
    assert burst[36] / burst[30] < silence[36] / silence[30] / 2


def test_a_film_without_sound_has_curves_without_pulses(shot, grammar) -> None:
    curves = curves_of(film(shot, silent_film=True, subtitles=False), grammar)
    assert np.all(np.isfinite(curves.values("tension")))
    assert not curves.contributions["tension"][:, grammar.cue_names.index("cut_to_silence")].any()


def test_a_mood_forgets_to_a_third_in_its_time() -> None:
    rule = CurveRule(mood_seconds=60.0, burst=9.0)
    values = np.concatenate([np.full(600, 0.4), np.full(600, -0.4)])
    mood = moods(values, rule=rule)
    assert mood[599] == pytest.approx(0.4)
    assert (mood[600 + 59] + 0.4) / 0.8 == pytest.approx(math.exp(-1), abs=0.01)


def test_a_burst_renews_the_mood() -> None:
    values = np.zeros(300)
    values[150:160] = 0.5
    plain, renewed = (moods(values, rule=CurveRule(renewal=factor)) for factor in (1.0, 2.0))
    assert np.all(plain[:150] == 0)
    assert renewed[160] > 1.7 * plain[160] > 0
    assert abs(renewed[160]) < 0.3  # it is still a mood, not the burst itself


def test_the_beginning_of_a_mood_is_not_drawn_to_nothing() -> None:
    np.testing.assert_allclose(moods(np.full(5, 0.3), rule=CurveRule()), 0.3)


def test_a_mood_stays_where_nothing_is_measured() -> None:
    mood = moods(np.array([np.nan, 0.2, np.nan, np.nan]), rule=CurveRule())
    assert math.isnan(mood[0])
    np.testing.assert_allclose(mood[1:], 0.2)


def test_curves_replace_former_ones_in_the_tracks(shot, grammar) -> None:
    tracks = Tracks()
    tracks.add("luma_mean", unit="0..1", seconds=[0.0], values=[0.5])
    once = curves_of(film(shot), grammar).add_to(tracks)
    twice = curves_of(film(shot, count=4), grammar).add_to(once)
    assert set(twice) == {"luma_mean", *CURVE_TRACKS}
    assert len(twice["tension"].values) == 11


def test_a_decay_is_for_events_only(tmp_path) -> None:
    from importlib import resources

    text = resources.files("kuleshov.emotion").joinpath("grammar.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace('measure = "camera.motion_mean"', 'measure = "camera.motion_mean"\ndecay_seconds = 2'))
    with pytest.raises(GrammarError, match=r"cues\.motion\.decay_seconds: is for events"):
        load_grammar(path)
    path.write_text(text.replace("mood_seconds = 90.0", "mood_seconds = 0"))
    with pytest.raises(GrammarError, match=r"curve\.mood_seconds: must be a number above 0, got 0"):
        load_grammar(path)
    start, end = text.index("[curve]"), text.index("# ---- Sources")
    path.write_text(text[:start] + text[end:])
    assert load_grammar(path).curve == CurveRule()
