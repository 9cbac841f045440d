"""Scenes: shots that belong together stay together, whichever features the film has."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kuleshov.cinema.scenes.scene_evidence import CUT_EVIDENCE, PAIR_EVIDENCE, weigh_evidence
from kuleshov.cinema.scenes.scenes import group_scenes, load_weights
from kuleshov.cinema.scenes.shot_features import ShotFeatures, shot_features
from kuleshov.cinema.shots.shots import shots_from_transitions
from kuleshov.cinema.tracks import Tracks
from kuleshov.errors import GrammarError
from kuleshov.media.subtitles import SubtitleLine
from kuleshov.records import Transition


def film_of(kinds, *, seconds=4.0, **features):
    """The features of shots that look alike where their letters are the same; ``-`` looks like nothing else.

    ``seconds``: the length of every shot.
    """
    rng = np.random.default_rng(0)
    looks = {letter: rng.dirichlet(np.full(40, 0.1)) for letter in sorted(set(kinds) - {"-"})}
    colors = np.stack([looks.get(kind, rng.dirichlet(np.full(40, 0.1))) for kind in kinds])
    colors = 0.95 * colors + 0.05 * rng.dirichlet(np.ones(40), size=len(kinds))
    lights = {letter: rng.normal(0, 1, 4) for letter in sorted(set(kinds) - {"-"})}
    light = np.stack([lights.get(kind, rng.normal(0, 1, 4)) for kind in kinds])
    starts = seconds * np.arange(len(kinds))
    return ShotFeatures(
        times=np.stack([starts, starts + seconds], axis=1),
        fades=np.zeros(len(kinds)),
        dissolves=np.zeros(len(kinds)),
        colors=colors,
        light=light,
        **features,
    )


def with_loudness(levels):
    """Sound features of shots that have a loudness each, LUFS (NaN = not measured)."""
    levels = np.asarray(levels, dtype=float)[:, None]
    return {"sound": levels, "sound_before": np.concatenate([levels[:1], levels[:-1]]), "sound_after": levels}


def with_words(words, *, across=()):
    """Word features of shots in each of which some words are said; ``across``: shots into which a line runs on."""
    talking = [bool(each) for each in words]
    return {
        "talk": [frozenset(each.split()) for each in words],
        "line_across": np.isin(np.arange(len(words)), list(across)).astype(float),
        "pause_seconds": np.where(np.array(talking) & np.array([False, *talking[:-1]]), 0.5, 8.0),
    }


def scenes(features):
    return group_scenes(weigh_evidence(features))


def test_a_dialogue_cut_to_and_fro_is_one_scene():
    assert scenes(film_of("abababab" + "cdcdcdcd")) == [(0, 8), (8, 16)]


def test_a_cutaway_stays_inside_its_scene():
    assert scenes(film_of("aaaabaaaa" + "cccccc")) == [(0, 9), (9, 15)]


def test_a_place_that_comes_back_after_another_scene_is_another_scene():
    assert scenes(film_of("abbaab" + "cdcddccdcd" + "abaabb", seconds=6.0)) == [(0, 6), (6, 16), (16, 22)]


def test_a_fade_begins_a_scene_where_the_pictures_leave_it_open():
    def begun(shot, **changes):
        return shot in [first for first, _ in scenes(replace(film_of("aaaaaa" + "abbbbb"), **changes))]

    evidence = weigh_evidence(film_of("aaaa"))
    fade, cut = (load_weights().cuts[CUT_EVIDENCE.index(kind)] for kind in ("fade", "cut"))
    assert fade >= -cut > 0  # it makes up for the border
    assert begun(7)
    assert begun(7, fades=np.eye(12)[7])
    assert evidence.cuts[CUT_EVIDENCE.index("fade")].sum() == 0


def test_sound_that_plays_on_holds_together_what_pictures_do_not():
    kinds = "aabaab" + "------" + "cdcdcd"
    assert (6, 12) not in scenes(film_of(kinds, seconds=2.0))
    loud = with_loudness([-30] * 6 + [-12] * 6 + [-40] * 6)
    assert (6, 12) in scenes(film_of(kinds, seconds=2.0, **loud))


def test_lines_that_run_over_cuts_hold_a_scene_together():
    def among(**features):
        """How many borders there are inside the unlike shots."""
        return sum(
            6 < first < 10 for first, _ in scenes(film_of("aabaab" + "-c-c" + "dedede", seconds=2.0, **features))
        )

    words = ["harbour lighthouse"] * 6 + ["letter signature"] * 4 + ["weather umbrella"] * 6
    assert among(**with_words(words, across=(7, 8, 9))) <= among()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_shortest_films(count):
    groups = scenes(film_of("a" * count))
    assert groups == [(0, count)]


def test_a_long_film_holds_every_shot_once():
    rng = np.random.default_rng(1)
    kinds = "".join(letter * 12 for letter in rng.choice(list("abcdefgh"), 250))
    groups = scenes(film_of(kinds, seconds=3.0))
    assert [shot for first, end in groups for shot in range(first, end)] == list(range(3000))
    assert 150 < len(groups) < 300


def test_neither_the_hour_nor_the_level_of_the_whole_film_matters():
    features = film_of("abab" + "ccdc" + "efef", **with_loudness([-30, -31] * 2 + [-20] * 4 + [-40, -41] * 2))
    later = replace(features, times=features.times + 1000.0)
    brighter = replace(features, light=features.light + 1.0)
    louder = replace(
        features, **{name: getattr(features, name) + 6.0 for name in ("sound", "sound_before", "sound_after")}
    )
    permuted = replace(features, colors=features.colors[:, ::-1])
    assert scenes(features) == scenes(later) == scenes(brighter) == scenes(louder) == scenes(permuted)


def test_in_a_film_whose_shots_are_all_alike_less_unlikeness_says_as_much():
    features = film_of("aabaab" * 2 + "cdcdcd" * 2)
    grey = replace(features, colors=0.5 * features.colors + 0.5 * features.colors.mean(axis=0))
    assert scenes(features) == [(0, 12), (12, 24)]
    assert scenes(grey) == scenes(features)


def test_embeddings_tell_apart_what_colours_do_not():
    features = film_of("aaaaaa" + "aaaaaa")
    places = np.repeat(np.eye(8)[[0, 1]], 6, axis=0)
    assert scenes(features) == [(0, 12)]
    assert scenes(replace(features, embeddings=places, light=features.light + 2 * places[:, :4])) == [(0, 6), (6, 12)]


def test_a_missing_sense_is_no_evidence():
    full = film_of("abab", **with_loudness([-20, -21, -30, -31]), **with_words(["one word", "two words", "", "letter"]))
    without = weigh_evidence(replace(full, sound=None, sound_before=None, sound_after=None, talk=None))
    for kinds, table in ((PAIR_EVIDENCE, without.pairs), (CUT_EVIDENCE, without.cuts)):
        for kind, numbers in zip(kinds, table, strict=True):
            if "sound" in kind or "talk" in kind or "words" in kind:
                assert not numbers.any(), kind
    without_sound = weigh_evidence(replace(full, **with_loudness([np.nan] * 4)))
    np.testing.assert_array_equal(without_sound.pairs[:7], without.pairs[:7])
    assert np.isfinite(without_sound.cuts).all()


def test_pairs_past_the_end_are_nothing():
    evidence = weigh_evidence(film_of("abcabc"))
    for shot in range(6):
        assert not evidence.pairs[:, shot, 5 - shot :].any()


def features_of(lines=None, *, embeddings=None, loudness=None):
    """Senses of two shots of 2 s at 10 frames a second."""
    tracks = Tracks()
    for name in ("luma_mean", "contrast", "saturation", "red_blue"):
        tracks.add(name, unit="", seconds=np.arange(40) / 10, values=np.repeat([0.2, 0.6], 20))
    if loudness is not None:
        tracks.add("loudness_momentary", unit="LUFS", seconds=np.arange(40) / 10, values=loudness)
    shots = shots_from_transitions([Transition("fade_black", 18, 22, 0.8)], frame_count=40)
    return shot_features(
        tracks, shots, times=[(0, 2), (2, 4)], histograms=np.eye(2), lines=lines, embeddings=embeddings
    )


def test_what_shots_are_sensed_as():
    loudness = np.concatenate([np.full(20, -20.0), np.full(10, np.nan), np.full(10, -np.inf)])
    features = features_of(
        [SubtitleLine(1.0, 2.5, "A letter! (sighs)"), SubtitleLine(3.5, 3.9, "From home.")], loudness=loudness
    )
    assert features.fades.tolist() == [0.0, 0.8]
    assert features.talk == [{"letter"}, {"letter", "from", "home"}]
    assert features.line_across.tolist() == [0.0, 1.0]
    assert features.pause_seconds[1] == pytest.approx(1.0)
    assert features.sound[:, 0].tolist() == [-20.0, -70.0]
    assert features.light[1, 0] - features.light[0, 0] == pytest.approx(0.4 / 0.13, rel=1e-5)


def test_senses_that_the_film_has_not():
    features = features_of()
    assert features.sound is features.talk is features.embeddings is None
    assert features_of([SubtitleLine(0.0, 1.0, "[door slams]")]).talk is None
    assert np.linalg.norm(features_of(embeddings=np.full((2, 3), 5, np.float32)).embeddings, axis=1) == pytest.approx(1)


def test_embeddings_of_other_shots_are_refused():
    with pytest.raises(ValueError, match="embeddings has 3 rows for 2 shots"):
        features_of(embeddings=np.ones((3, 4), np.float32))


def test_weights_of_ones_own_are_checked(tmp_path):
    from importlib import resources

    text = resources.files("kuleshov.cinema.scenes").joinpath("scenes.toml").read_text(encoding="utf-8")
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    assert load_weights(file).pairs.tolist() == load_weights().pairs.tolist()
    file.write_text(text.replace("light =", "lite ="), encoding="utf-8")
    with pytest.raises(GrammarError, match=r"mine\.toml: pairs\.light: is missing"):
        load_weights(file)
