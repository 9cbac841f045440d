"""Sentences: what a segment reads as, for and against, never that somebody feels."""

from __future__ import annotations

import math
import re

import pytest

from kuleshov.emotion.model import describe_emotion
from kuleshov.emotion.sentence import sentence, sides

DARK = {"luma_mean": 0.05, "key_value": 0.005, "saturation": 0.0, "warmth": -0.1, "silence_share": 0.9, "zoom": 0.1}


def test_a_dark_silent_approach_reads_as_tense(shot, grammar) -> None:
    (emotion,) = describe_emotion([shot(seconds=30, **DARK)], grammar=grammar)
    said = sentence(emotion)
    assert said.startswith("Reads as ")
    assert "tense (tension +" in said
    assert "likely evokes fear" in said
    assert "silence (0.9); dark picture (0.05)" in said
    assert re.search(r"confidence \d\.\d\d", said)


def test_no_sentence_says_that_anybody_feels(shot, grammar) -> None:
    shots = [shot(), shot(**DARK), shot(luma_mean=0.9, motion_mean=1.0)]
    for emotion in describe_emotion(shots, grammar=grammar):
        assert not re.search(r"\b(feel|feels|felt|feeling)\b", sentence(emotion))


def test_a_usual_shot_hints_at_nothing_strong(shot, grammar) -> None:
    (emotion,) = describe_emotion([shot()], grammar=grammar)
    assert "likely evokes" not in sentence(emotion)


def test_nothing_measured_is_said_to_be_so(shot, grammar) -> None:
    (emotion,) = describe_emotion([shot()], grammar=grammar)
    object.__setattr__(emotion, "confidence", 0.0)
    assert sentence(emotion) == "Nothing was measured that it could be read from."


def test_sides_are_the_largest_for_and_against(shot, grammar) -> None:
    (emotion,) = describe_emotion([shot(seconds=30, **DARK, shake=0.0001)], grammar=grammar)
    reasons_for, reasons_against = sides(emotion, "tension")
    parts = [reason.contributions.get("tension", 0.0) for reason in emotion.reasons]
    assert [reason.contributions["tension"] for reason in reasons_for] == sorted(parts, reverse=True)[:3]
    assert reasons_against[0].contributions["tension"] == min(parts)


def test_the_same_shot_in_two_films_differs_and_says_why(shot, grammar) -> None:
    usual = shot(luma_mean=0.32, subtitles=False)
    dark = [shot(luma_mean=0.05 + 0.01 * number, subtitles=False) for number in range(10)]
    bright = [shot(luma_mean=0.60 + 0.01 * number, subtitles=False) for number in range(10)]
    in_dark = describe_emotion([*dark, usual], grammar=grammar)[-1]
    in_bright = describe_emotion([*bright, usual], grammar=grammar)[-1]
    alone = describe_emotion([usual], grammar=grammar)[0]
    assert in_dark.valence > alone.valence > in_bright.valence
    texts = [next(r.text for r in one.reasons if r.cue == "brightness") for one in (in_dark, in_bright, alone)]
    assert texts[0] == "bright picture for this film (0.32)"
    assert texts[1] == "dark picture for this film (0.32)"
    assert texts[2] == "brightness as usual (0.32)"


@pytest.mark.parametrize("mood", ["suspense", "sadness", "excitement"])
def test_three_agreeing_cues_beat_each_alone(shot, grammar, mood) -> None:
    cues = {
        "suspense": ({"key_value": 0.004}, {"zoom": 0.1}, {"silence_share": 0.9}),
        "sadness": ({"motion_mean": 0.004}, {"saturation": 0.0}, {"warmth": -0.1}),
        "excitement": ({"motion_mean": 0.6}, {"loudness_lufs": -10.0}, {"cuts_per_minute": 60.0}),
    }[mood]
    together = {name: value for cue in cues for name, value in cue.items()}
    all_three, *alone = describe_emotion_of(shot, grammar, [together, *cues])
    assert all(all_three.moods[mood] > one.moods[mood] for one in alone)
    assert all(mood not in one.strong for one in alone)
    assert math.isclose(
        all_three.moods[mood], math.fsum(reason.contributions.get(mood, 0.0) for reason in all_three.reasons)
    )


def describe_emotion_of(shot, grammar, changes):
    return [describe_emotion([shot(**change)], grammar=grammar)[0] for change in changes]


def test_dark_and_saturated_pictures_let_feel_in_control(shot, grammar) -> None:
    dark, bright = (
        describe_emotion([shot(luma_mean=luma, saturation=color, subtitles=False)], grammar=grammar)[0]
        for luma, color in ((0.1, 0.25), (0.6, 0.02))
    )
    assert dark.dominance > 0.3
    assert bright.dominance < -0.3
    parts = [reason.contributions.get("dominance", 0.0) for reason in dark.reasons]
    assert math.fsum(parts) == dark.dominance
