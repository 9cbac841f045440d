"""Every mood can win: one plausible segment for each, as film people would shoot it."""

from __future__ import annotations

import pytest

from kuleshov.emotion.model import describe_emotion
from kuleshov.records import MOODS

PLAUSIBLE = {
    "suspense": {
        **{"seconds": 30.0, "cuts_per_minute": 6.0, "zoom": 0.06, "key_value": 0.01, "luma_mean": 0.15, "shake": 0.005},
        **{"silence_share": 0.6, "loudness_slope": 2.0, "motion_mean": 0.03, "drop_db": 18.0},
    },
    "chaos": {
        **{"seconds": 0.7, "cuts_per_minute": 60.0, "motion_mean": 0.5, "shake": 0.03, "loudness_lufs": -12.0},
        **{"silence_share": 0.0},
    },
    "excitement": {
        **{"seconds": 1.6, "cuts_per_minute": 45.0, "motion_mean": 0.4, "shake": 0.004, "luma_mean": 0.5},
        **{"saturation": 0.25, "loudness_lufs": -12.0, "silence_share": 0.0},
    },
    "joy": {
        **{"cuts_per_minute": 22.0, "motion_mean": 0.08, "shake": 0.001, "key_value": 0.15, "luma_mean": 0.6},
        **{"warmth": -0.125, "saturation": 0.25, "loudness_lufs": -20.0, "silence_share": 0.0},
    },
    "tenderness": {
        **{"seconds": 5.0, "cuts_per_minute": 10.0, "motion_mean": 0.02, "shake": 0.0004, "zoom": 0.03},
        **{"key_value": 0.12, "warmth": 0.075, "loudness_lufs": -33.0},
    },
    "sadness": {
        **{"seconds": 12.0, "cuts_per_minute": 4.0, "motion_mean": 0.01, "shake": 0.001, "luma_mean": 0.22},
        **{"key_value": 0.04, "warmth": -0.925, "saturation": 0.03, "loudness_lufs": -30.0, "silence_share": 0.1},
        **{"words_per_second": 1.2, "speech_share": 0.6},
    },
    "anger": {
        **{"seconds": 1.5, "cuts_per_minute": 28.0, "motion_mean": 0.1, "shake": 0.008, "key_value": 0.02, "red": 0.5},
        **{"saturation": 0.2, "loudness_lufs": -10.0, "silence_share": 0.0},
    },
    "fear": {
        **{"seconds": 2.0, "shake": 0.012, "zoom": 0.03, "key_value": 0.005, "luma_mean": 0.06, "warmth": -0.725},
        **{"saturation": 0.04, "silence_share": 0.7, "cuts_per_minute": 20.0},
    },
    "awe": {
        **{"seconds": 14.0, "cuts_per_minute": 8.0, "motion_mean": 0.03, "shake": 0.0003, "key_value": 0.13},
        **{"luma_mean": 0.6, "saturation": 0.25, "loudness_slope": 4.0, "speech_share": 0.0},
    },
    "calm": {
        **{"seconds": 15.0, "cuts_per_minute": 4.0, "motion_mean": 0.008, "shake": 0.0003, "luma_mean": 0.5},
        **{"saturation": 0.07, "loudness_lufs": -42.0, "silence_share": 0.2, "speech_share": 0.0},
    },
    "loneliness": {
        **{"seconds": 6.0, "cuts_per_minute": 4.0, "motion_mean": 0.008, "zoom": -0.06, "luma_mean": 0.15},
        **{"key_value": 0.02, "warmth": -0.975, "saturation": 0.02, "loudness_lufs": -38.0, "silence_share": 0.9},
        **{"speech_share": 0.0},
    },
    "romance": {
        **{"seconds": 5.0, "cuts_per_minute": 10.0, "motion_mean": 0.02, "shake": 0.001, "zoom": 0.04},
        **{"contrast_range": 0.25, "key_value": 0.03, "warmth": 0.075, "loudness_lufs": -33.0},
    },
}


@pytest.mark.parametrize("mood", MOODS)
def test_every_mood_can_win_strongly(shot, grammar, mood) -> None:
    (emotion,) = describe_emotion([shot(**PLAUSIBLE[mood])], grammar=grammar)
    assert max(emotion.moods, key=emotion.moods.__getitem__) == mood
    assert mood in emotion.strong
