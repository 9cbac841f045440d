"""Scene types: named where the editing shows them, and only there."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.cinema.scenes.scene_types import scene_type
from kuleshov.cinema.scenes.shot_features import ShotFeatures


def type_of(kinds, *, speech_share=None, silence_share=None, seconds=3.0, dissolves=()):
    """The type of a scene of shots that look alike where their letters are the same; two shots of others follow."""
    letters = np.array(list(kinds + "yz"))
    count = len(letters)
    starts = seconds * np.arange(count)
    partner = np.minimum(np.arange(count)[:, None] + np.arange(1, 25), count - 1)
    features = ShotFeatures(
        times=np.stack([starts, starts + seconds], axis=1),
        fades=np.zeros(count),
        dissolves=np.isin(np.arange(count), dissolves).astype(float),
        colors=np.ones((count, 1)),
        light=np.zeros((count, 4)),
    )
    return scene_type(
        features,
        0,
        len(kinds),
        pictures=np.where(letters[:, None] == letters[partner], 0.1, 1.0),
        speech_share=speech_share,
        silence_share=silence_share,
    )


def name_of(kinds, **known):
    found = type_of(kinds, **known)
    return found and found.name


@pytest.mark.parametrize("kinds", ["abab", "abababab", "cabababab", "ababababc", "abababa"])
def test_two_setups_cut_to_and_fro(kinds):
    assert name_of(kinds) == "shot_reverse_shot"
    assert name_of(kinds, speech_share=0.6) == "shot_reverse_shot"


@pytest.mark.parametrize("kinds", ["aba", "aaaa", "abcabc", "abcd", "aabb", "abba", "ababcdefgh"])
def test_other_orders_of_setups_have_no_name(kinds):
    assert type_of(kinds, speech_share=0.6) is None


def test_speech_makes_it_surer_and_its_absence_undoes_it():
    unknown, talking = type_of("abababab"), type_of("abababab", speech_share=0.6)
    assert unknown.confidence < talking.confidence <= 1
    assert talking.reason == "two setups alternate in 8 of 8 shots, speech 60% of the time"
    assert type_of("abababab", speech_share=0.02) is None


def test_short_unlike_shots_under_music_or_dissolved_are_a_montage():
    music = {"speech_share": 0.0, "silence_share": 0.1}
    assert name_of("abcdefgh", seconds=1.5, **music) == "montage"
    assert name_of("abcdefgh", seconds=1.5, dissolves=(1, 3, 5)) == "montage"
    found = type_of("abcdefgh", seconds=1.5, dissolves=(1, 3, 5), **music)
    assert found.reason == (
        "8 shots of 1.5 s (median), hardly two alike, 43% of them begin with a dissolve, sound without speech"
    )
    assert 0.5 <= found.confidence <= 1


def test_what_lacks_something_of_a_montage_is_none():
    assert type_of("abcdefgh", seconds=1.5) is None  # nothing joins the shots
    assert type_of("abcdefgh", seconds=1.5, speech_share=0.0, silence_share=0.9) is None  # silence joins nothing
    assert type_of("abcdefgh", seconds=1.5, dissolves=(1, 3, 5), speech_share=0.7) is None  # people talk
    assert type_of("abcdefgh", seconds=6.0, dissolves=(1, 3, 5)) is None  # long shots
    assert type_of("abcde", seconds=1.5, dissolves=(1, 3)) is None  # too few
    assert name_of("aabbaabb", seconds=1.5, dissolves=(1, 3, 5)) is None  # the same setups again


def test_one_take():
    assert type_of("a", seconds=75.0).name == "one_take"
    assert type_of("a", seconds=75.0).reason == "one shot of 75 s"
    assert type_of("a", seconds=59.0) is None
    assert name_of("ab", seconds=75.0) is None
