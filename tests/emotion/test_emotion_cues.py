"""Cues: how unusual a number is, compared with its film and with the reference."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuleshov.emotion.cues import cues
from kuleshov.emotion.grammar import Grammar, load_grammar


def column(segments, name: str, grammar: Grammar) -> np.ndarray:
    return cues(segments, grammar=grammar)[:, grammar.cue_names.index(name)]


def test_a_usual_segment_has_cues_near_zero(shot, grammar) -> None:
    table = cues([shot()], grammar=grammar)
    assert table.shape == (1, len(grammar.cues))
    assert table.dtype == np.float64
    assert np.abs(table).max() < 0.11  # silence and cut to silence are a little below their norm


def test_one_reference_spread_is_tanh_of_a_half(shot, grammar) -> None:
    assert column([shot(luma_mean=0.46)], "brightness", grammar)[0] == pytest.approx(math.tanh(0.5))
    assert column([shot(luma_mean=0.04)], "brightness", grammar)[0] == pytest.approx(-math.tanh(1.0))


def test_on_a_log_scale_the_spread_is_a_factor(shot, grammar) -> None:
    assert column([shot(motion_mean=0.15)], "motion", grammar)[0] == pytest.approx(math.tanh(0.5))
    assert column([shot(motion_mean=0.05 / 9)], "motion", grammar)[0] == pytest.approx(-math.tanh(1.0))


def test_film_and_reference_are_averaged(shot, grammar) -> None:
    # Nine shots of equal length: median 0.60, absolute deviations 0.04, 0.03 .. 0 .. 0.04, so MAD 0.02.
    lumas = [0.56 + 0.01 * step for step in range(9)]
    values = column([shot(luma_mean=luma) for luma in lumas], "brightness", grammar)
    spread = 1.4826 * 0.02
    film_weight = min(1, spread / (0.25 * 0.14))
    film_z = (lumas - np.float64(0.60)) / max(spread, 0.25 * 0.14)
    expected = ((np.array(lumas) - 0.32) / 0.14 + film_weight * film_z) / (1 + film_weight)
    np.testing.assert_allclose(values, np.tanh(expected / 2), atol=1e-9)


def test_few_segments_are_measured_by_the_reference_alone(shot, grammar) -> None:
    lumas = [0.5, 0.6, 0.7, 0.5, 0.6, 0.7, 0.6]
    values = column([shot(luma_mean=luma) for luma in lumas], "brightness", grammar)
    np.testing.assert_allclose(values, np.tanh((np.array(lumas) - 0.32) / 0.14 / 2))


def test_a_constant_film_is_measured_by_the_reference_alone(shot, grammar) -> None:
    alone = column([shot(luma_mean=0.1)], "brightness", grammar)[0]
    np.testing.assert_allclose(column([shot(luma_mean=0.1)] * 12, "brightness", grammar), alone)


def test_noise_in_a_uniform_film_stays_noise(shot, grammar) -> None:
    shots = [shot(luma_mean=0.32 + 1e-4 * (number % 3)) for number in range(30)]
    assert np.abs(column(shots, "brightness", grammar)).max() < 0.01


def test_the_same_shot_reads_brighter_in_a_dark_film(shot, grammar) -> None:
    dark = [shot(luma_mean=0.05 + 0.01 * number) for number in range(10)]
    bright = [shot(luma_mean=0.60 + 0.01 * number) for number in range(10)]
    usual = shot(luma_mean=0.32)
    in_dark = column([*dark, usual], "brightness", grammar)[-1]
    in_bright = column([*bright, usual], "brightness", grammar)[-1]
    assert in_dark > 0.5
    assert in_bright < -0.5


def test_film_norms_count_seconds_and_shot_lengths_count_shots(shot, grammar) -> None:
    # Ten short bright shots and three long dark ones: by time the film is dark, by shots its shots are short.
    short = [shot(seconds=1 + 0.01 * number, luma_mean=0.6 + 0.01 * number) for number in range(10)]
    long = [shot(seconds=100 + number, luma_mean=0.1 + 0.01 * number) for number in range(3)]
    brightness = column(short + long, "brightness", grammar)
    reference_only = column([long[1]], "brightness", grammar)[0]
    assert brightness[11] > reference_only  # the middle long shot is the film's median: usual for the film
    durations = column(short + long, "shot_duration", grammar)
    assert durations[11] == pytest.approx(math.tanh(3), abs=0.02)  # far above what is usual in this film


def test_missing_senses_are_nan_and_only_they(shot, grammar) -> None:
    table = cues([shot(silent_film=True, subtitles=False)], grammar=grammar)[0]
    missing = {name for name, value in zip(grammar.cue_names, table, strict=True) if math.isnan(value)}
    tones = {"music_mode", "music_tempo", "dissonance", "drone"}
    voices = {"scream", "shout", "whisper", "speech_share", "speech_rate"}
    words = {"words_valence", "words_arousal", "words_dominance", "hostility", "threats"}
    assert missing == {"loudness", "swell", "silence", "cut_to_silence", "burst"} | tones | voices | words


def test_sound_below_the_gate_is_quiet_and_no_film_without_sound(shot, grammar) -> None:
    assert column([shot(loudness_lufs=None)], "loudness", grammar)[0] < -0.95


def test_nothing_said_is_no_slow_speech(shot, grammar) -> None:
    mute = shot(words=0, lines=0, words_per_second=0.0, speech_share=0.0)
    assert math.isnan(column([mute], "speech_rate", grammar)[0])
    assert column([mute], "speech_share", grammar)[0] < -0.4


def test_no_trend_is_read_from_a_flash(shot, grammar) -> None:
    flash = shot(seconds=0.5, luma_slope=2.0, loudness_slope=30.0)
    assert math.isnan(column([flash], "brightening", grammar)[0])
    assert math.isnan(column([flash], "swell", grammar)[0])


def test_a_scene_is_measured_by_the_mean_of_its_shots(shot, scene, grammar) -> None:
    shots = [shot(seconds=2.5, start_seconds=2.5 * number) for number in range(8)]
    whole = scene(shots)  # 20 s long, of shots of 2.5 s
    assert column([whole], "shot_duration", grammar)[0] == pytest.approx(0)


def test_no_segments_give_an_empty_table(grammar) -> None:
    assert cues([], grammar=grammar).shape == (0, len(grammar.cues))


number = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(number, number, st.floats(0, 1e4), number), min_size=1, max_size=12))
def test_cues_stay_inside_their_range_whatever_is_measured(shot, rows) -> None:
    segments = [
        shot(luma_mean=luma, loudness_lufs=loudness, seconds=seconds, shake=shake)
        for luma, loudness, seconds, shake in rows
    ]
    table = cues(segments, grammar=load_grammar())
    assert np.all(np.isnan(table) | (np.abs(table) < 1))
    lumas = np.array([row[0] for row in rows])
    assert np.array_equal(np.isnan(table[:, load_grammar().cue_names.index("brightness")]), np.isnan(lumas))
