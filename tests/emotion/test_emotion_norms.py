"""Norms of an archive: films count equally, decades are separate, and scores use them only on request."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from kuleshov.emotion.cues import cue_numbers, cue_table
from kuleshov.emotion.grammar import SCORES
from kuleshov.emotion.model import describe_emotion
from kuleshov.emotion.norm_comparison import NormComparison
from kuleshov.emotion.norms import FilmNumbers, Norms, make_norms

FACTOR = 1.4826


@pytest.fixture
def numbers(shot, scene, grammar):
    """``numbers(year, cuts)``: a film of a shot for each number of cuts per minute, one second each; a scene of all."""

    def film(year: int | None, cuts, **changes) -> FilmNumbers:
        shots = [shot(seconds=1.0, cuts_per_minute=float(each), **changes) for each in cuts]
        whole = [scene(shots)]
        return FilmNumbers(
            year,
            {
                "shot": np.array([cue_numbers(one, grammar=grammar) for one in shots]),
                "scene": np.array([cue_numbers(one, grammar=grammar) for one in whole]),
            },
            {"shot": np.ones(len(shots)), "scene": np.array([float(len(shots))])},
        )

    return film


@pytest.fixture
def norms_of(grammar):
    def make(films, least_films: int = 3) -> Norms:
        return make_norms(films, grammar=grammar, least_films=least_films, made_at="2026", version="0.1.0")

    return make


def of(norms: Norms, name: str, cue: str = "cut_rate", unit: str = "shot"):
    (group,) = [group for group in norms.groups if group.name == name]
    return group.norms[unit].get(cue)


def test_median_and_spread_are_those_of_the_numbers(numbers, norms_of) -> None:
    norm = of(norms_of([numbers(None, [8]), numbers(None, [10]), numbers(None, [20])]), "archive")
    assert norm.median == pytest.approx(10)
    # On a log scale: distances from 10 are log(1.25), 0, log(2); their median log(1.25), as a factor 1.25 ** 1.4826.
    assert norm.spread == pytest.approx(1.25**FACTOR, rel=1e-6)
    assert (norm.films, norm.segments) == (3, 3)


def test_a_film_of_many_shots_does_not_drown_the_short_ones(numbers, norms_of) -> None:
    long = numbers(None, np.full(3000, 60.0))
    short = [numbers(None, [6 + 0.1 * number]) for number in range(10)]
    norm = of(norms_of([long, *short]), "archive")
    assert norm.median == pytest.approx(6.5)  # the sixth of eleven films
    assert (norm.films, norm.segments) == (11, 3010)


def test_a_long_film_told_by_quantiles_is_told_right(numbers, norms_of) -> None:
    rng = np.random.default_rng(5)
    drawn = np.exp(rng.normal(math.log(12), 0.5, 2000))
    norm = of(norms_of([numbers(None, drawn)], least_films=1), "archive")
    assert norm.median == pytest.approx(np.median(drawn), rel=0.02)
    deviations = np.abs(np.log(drawn) - np.median(np.log(drawn)))
    assert math.log(norm.spread) == pytest.approx(FACTOR * np.median(deviations), rel=0.04)


def test_decades_have_norms_of_their_own_from_enough_films_on(numbers, norms_of) -> None:
    forties = [numbers(1940 + number, [8 + number]) for number in range(3)]
    nineties = [numbers(1990 + number, [30 + number]) for number in range(3)]
    few = [numbers(1971, [15]), numbers(1979, [16]), numbers(None, [1])]
    norms = norms_of([*forties, *nineties, *few])
    assert [(group.name, group.films) for group in norms.groups] == [("archive", 9), ("1940s", 3), ("1990s", 3)]
    assert of(norms, "1940s").median == pytest.approx(9)
    assert of(norms, "1990s").median == pytest.approx(31)
    assert [group.name for group in norms.of_year(1949)] == ["1940s", "archive"]
    assert [group.name for group in norms.of_year(1950)] == ["archive"]
    assert [group.name for group in norms.of_year(1975)] == ["archive"]  # two films are too few
    assert [group.name for group in norms.of_year(None)] == ["archive"]
    assert norms_of([*forties, *few], least_films=7).groups == []


def test_what_few_films_measure_or_none_varies_has_no_norm(numbers, norms_of) -> None:
    films = [numbers(None, [8]), numbers(None, [10]), numbers(None, [20], silent_film=True)]
    norms = norms_of(films)
    assert of(norms, "archive", "loudness") is None  # two films of three
    assert of(norms, "archive", "brightness") is None  # the same in all of them
    assert of(norms, "archive", "cut_to_silence") is None  # it happens nowhere
    assert of(norms, "archive") is not None


def test_the_same_films_give_the_same_norms(numbers, norms_of) -> None:
    films = [numbers(1940, [8]), numbers(1941, [10]), numbers(1942, [20])]
    again = replace(norms_of(films), made_at="later", kuleshov_version="0.2")
    assert norms_of(films).id == again.id
    assert norms_of([*films, numbers(1943, [21])]).id != again.id


@pytest.fixture
def fast_archive(numbers, norms_of) -> Norms:
    """Usual: 40 cuts a minute, in the 1940s 8; two films of each below and above by a factor of 2."""
    modern = [numbers(2001, [40 * factor]) for factor in (0.5, 0.5, 1, 1, 1, 2, 2)]
    forties = [numbers(1944, [8 * factor]) for factor in (0.5, 1, 2)]
    return norms_of([*modern, *forties])


def test_a_film_is_compared_with_its_decade_else_with_the_archive(shot, grammar, fast_archive) -> None:
    here = [shot(cuts_per_minute=16.0)]
    column = grammar.cue_names.index("cut_rate")
    for year, name in ((1944, "1940s"), (2001, "2000s"), (1975, "archive"), (None, "archive")):
        table = cue_table(here, grammar=grammar, scales=fast_archive.scales_for(grammar, year))
        norm = of(fast_archive, name)
        z = math.log(16 / norm.median) / math.log(norm.spread)
        assert table.references[column] == name
        assert table.z[name][0, column] == pytest.approx(z, abs=1e-9)
        assert table.values[0, column] == pytest.approx(math.tanh(z / 2), abs=1e-9)
        assert table.z["reference"][0, column] == pytest.approx(math.log(16 / 17) / math.log(2))
        assert table.references[grammar.cue_names.index("brightness")] == "reference"  # no norm of it
    forties = cue_table(here, grammar=grammar, scales=fast_archive.scales_for(grammar, 1944))
    assert forties.z["1940s"][0, column] > 0 > forties.z["archive"][0, column]


def test_in_an_archive_that_hardly_varies_noise_is_not_blown_up(shot, numbers, norms_of, grammar) -> None:
    norms = norms_of([numbers(None, [17 * (1 + 1e-4 * number)]) for number in range(5)])
    table = cue_table([shot(cuts_per_minute=17.1)], grammar=grammar, scales=norms.scales_for(grammar, None))
    assert abs(table.values[0, grammar.cue_names.index("cut_rate")]) < 0.02


def test_the_same_shot_in_two_archives_differs_and_says_why(shot, numbers, norms_of, grammar) -> None:
    fast = norms_of([numbers(2001, [each]) for each in (50, 60, 80)])
    slow = norms_of([numbers(1944, [each]) for each in (3, 4, 5)])
    here = shot(cuts_per_minute=17.0)
    told = {}
    for name, norms, year in (("fast", fast, None), ("slow", slow, 1944)):
        (emotion,) = describe_emotion([here], grammar=grammar, scales=norms.scales_for(grammar, year))
        told[name] = next(reason for reason in emotion.reasons if reason.cue == "cut_rate"), emotion
    assert told["fast"][0].text == "few cuts for this archive (17/min)"
    assert told["slow"][0].text == "many cuts for the 1940s (17/min)"
    assert told["fast"][1].arousal < 0 < told["slow"][1].arousal
    assert set(told["slow"][0].z) == {"reference", "archive", "1940s"}
    for _, emotion in told.values():
        for score in SCORES:
            value = emotion.moods[score] if score in emotion.moods else getattr(emotion, score)
            parts = [reason.contributions.get(score, 0.0) for reason in emotion.reasons]
            assert math.fsum(parts) == pytest.approx(value, abs=1e-12)


def test_the_film_still_counts_beside_the_norms(shot, grammar, fast_archive) -> None:
    slow_film = [shot(cuts_per_minute=3.0 + 0.1 * number) for number in range(12)]
    here = shot(cuts_per_minute=12.0)
    scales = fast_archive.scales_for(grammar, 2001)
    emotion = describe_emotion([*slow_film, here], grammar=grammar, scales=scales)[-1]
    (reason,) = [reason for reason in emotion.reasons if reason.cue == "cut_rate"]
    assert reason.text == "many cuts for this film (12/min)"
    assert reason.z["film"] > 2
    assert reason.z["2000s"] < -0.5


def test_without_norms_nothing_changes_and_both_scales_are_told(shot, grammar) -> None:
    film = [shot(luma_mean=0.2 + 0.02 * number) for number in range(10)]
    for emotion in describe_emotion(film, grammar=grammar):
        (reason,) = [reason for reason in emotion.reasons if reason.cue == "brightness"]
        assert set(reason.z) == {"reference", "film"}
    (alone,) = describe_emotion(film[:1], grammar=grammar)
    assert all(set(reason.z) == {"reference"} for reason in alone.reasons)
    (reason,) = [reason for reason in alone.reasons if reason.cue == "brightness"]
    assert reason.z["reference"] == pytest.approx(-0.12 / 0.14, abs=1e-3)


def test_a_described_shot_is_told_beside_the_norms_and_its_scores_stay(shot, grammar, fast_archive) -> None:
    here = shot(cuts_per_minute=16.0)
    (emotion,) = describe_emotion([here], grammar=grammar)
    told = NormComparison(fast_archive, 1944).emotion(replace(here, emotion=emotion))
    before, after = ({reason.cue: reason for reason in each.reasons} for each in (emotion, told))
    assert replace(told, reasons=emotion.reasons) == emotion
    assert before["cut_rate"].text == "cut rate as usual (16/min)"
    assert after["cut_rate"].text == "cut rate as usual (16/min, many cuts for the 1940s, few cuts for this archive)"
    assert set(after["cut_rate"].z) == {"reference", "1940s", "archive"}
    assert after["cut_rate"].contributions == before["cut_rate"].contributions
    assert after["brightness"] == before["brightness"]  # no norm of it
    fast = shot(cuts_per_minute=160.0)
    (emotion_of_fast,) = describe_emotion([fast], grammar=grammar)
    reasons = NormComparison(fast_archive, 2001).emotion(replace(fast, emotion=emotion_of_fast)).reasons
    assert next(one.text for one in reasons if one.cue == "cut_rate") == (
        "many cuts (160/min, also for the 2000s and this archive)"
    )
    assert NormComparison(fast_archive, None).of_measure(here, "pace.cuts_per_minute") == "few cuts for this archive"
    assert NormComparison(fast_archive, None).of_measure(here, "angle.pitch_degrees") == ""
    # The text of the description stays; another number under the same name gets no text.
    (judged,) = describe_emotion([here], grammar=grammar, scales=fast_archive.scales_for(grammar, 1944))
    assert NormComparison(fast_archive, 1944).emotion(replace(here, emotion=judged)) == judged
    other = replace(here, emotion=emotion, pace=replace(here.pace, cuts_per_minute=90.0))
    assert NormComparison(fast_archive, 1944).emotion(other) == emotion


def test_a_grammar_that_reads_another_number_does_not_take_the_norm(grammar, fast_archive) -> None:
    def reading(**changes):
        cues = [
            replace(cue, reading=replace(cue.reading, **changes)) if cue.name == "cut_rate" else cue
            for cue in grammar.cues
        ]
        scales = fast_archive.scales_for(replace(grammar, cues=tuple(cues)), None)
        return "cut_rate" in scales.groups[0].norms["shot"]

    assert reading()
    assert reading(label="other words")
    assert not reading(floor=2.0)
    assert not reading(path="pace.average_shot_length_seconds")
