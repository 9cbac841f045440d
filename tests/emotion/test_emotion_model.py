"""The additive model: exact sums, the right direction, agreement, and what is missing does not count."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuleshov.emotion.grammar import SCORES, load_grammar
from kuleshov.emotion.model import describe_emotion
from kuleshov.records import MOODS, Emotion


def score(emotion: Emotion, name: str) -> float:
    return emotion.moods[name] if name in MOODS else getattr(emotion, name)


@pytest.fixture
def feel(shot, grammar):
    def one(**changes) -> Emotion:
        (emotion,) = describe_emotion([shot(**changes)], grammar=grammar)
        return emotion

    return one


def random_shots(shot, *, count: int, seed: int):
    rng = np.random.default_rng(seed)
    return [
        shot(
            seconds=float(rng.lognormal(1, 1)),
            luma_mean=float(rng.uniform(0, 1)),
            key_value=float(rng.uniform(0, 0.2)),
            warmth=float(rng.normal(-0.5, 0.5)),
            motion_mean=float(rng.lognormal(-3, 1)),
            cuts_per_minute=float(rng.uniform(0, 60)),
            zoom=float(rng.normal(0, 0.05)),
            silent_film=bool(rng.random() < 0.2),
            subtitles=bool(rng.random() < 0.5),
        )
        for _ in range(count)
    ]


def test_contributions_add_up_to_every_score(shot, grammar) -> None:
    for emotion in describe_emotion(random_shots(shot, count=60, seed=1), grammar=grammar):
        for entry in grammar.scores:
            weights = {term.cue: term.weight for term in entry.terms}
            terms = [reason for reason in emotion.reasons if entry.name in reason.contributions]
            assert terms
            added = math.fsum(reason.contributions[entry.name] for reason in terms)
            assert added == pytest.approx(score(emotion, entry.name), abs=1e-12)
            total = math.fsum(abs(weights[reason.cue]) for reason in terms)
            for reason in terms:
                expected = weights[reason.cue] * reason.value / total
                assert reason.contributions[entry.name] == pytest.approx(expected, abs=1e-15)


def test_reasons_hold_every_cue_that_speaks_largest_first(feel, grammar) -> None:
    emotion = feel(seconds=30.0, luma_mean=0.05)
    speaking = {cue.name for cue in grammar.cues if not cue.only_above_usual}
    assert sorted(reason.cue for reason in emotion.reasons) == sorted(speaking)
    assert sum(len(reason.contributions) for reason in emotion.reasons) == sum(
        term.cue in speaking for entry in grammar.scores for term in entry.terms
    )
    sizes = [max(map(abs, reason.contributions.values())) for reason in emotion.reasons]
    assert sizes == sorted(sizes, reverse=True)


def test_reasons_speak_plainly_and_never_say_that_a_film_feels(shot, grammar) -> None:
    (emotion,) = describe_emotion([shot(seconds=23.4, luma_mean=0.6, zoom=0.001)], grammar=grammar)
    texts = {reason.cue: reason.text for reason in emotion.reasons}
    assert texts["shot_duration"] == "long shot duration (23.4 s)"
    assert texts["brightness"] == "bright picture (0.6)"
    assert texts["push_in"] == "growth of the picture as usual (0.001/s)"
    assert texts["cut_rate"] == "cut rate as usual (17/min)"
    assert not any("feel" in text for text in texts.values())


@pytest.mark.parametrize(
    ("change", "less", "more"),
    [
        ({"luma_mean": 0.05, "key_value": 0.01}, ["valence", "joy"], ["tension", "fear", "suspense", "sadness"]),
        ({"luma_mean": 0.8, "key_value": 0.18}, ["tension", "fear", "sadness"], ["valence", "joy", "calm"]),
        ({"warmth": 0.225}, ["sadness", "loneliness"], ["valence", "tenderness", "romance"]),
        ({"silence_share": 0.9}, ["arousal", "chaos"], ["tension", "suspense", "loneliness"]),
        ({"loudness_lufs": -8.0}, ["calm", "tenderness"], ["arousal", "anger", "excitement"]),
        ({"motion_mean": 0.5}, ["calm", "sadness"], ["arousal", "chaos", "excitement"]),
        ({"shake": 0.05}, ["tenderness", "calm"], ["tension", "chaos"]),
        ({"zoom": 0.1}, [], ["tension", "suspense"]),
        ({"seconds": 40.0, "cuts_per_minute": 1.5}, ["chaos", "arousal"], ["suspense", "calm", "sadness"]),
        ({"seconds": 0.6, "cuts_per_minute": 90.0}, ["calm", "awe"], ["chaos", "arousal"]),
        ({"smile": 0.9}, [], ["valence", "joy", "tenderness", "romance"]),
        ({"sad": 0.9}, ["valence"], ["sadness", "loneliness"]),
        ({"angry": 0.9}, ["valence"], ["anger"]),
        ({"fearful": 0.9}, ["valence"], ["fear", "tension", "suspense"]),
        ({"gaze_down_share": 0.9}, [], ["sadness"]),
        ({"close_share": 1.0}, ["awe", "calm", "loneliness"], ["tenderness", "romance", "anger"]),
        ({"grouping": "two_shot"}, [], ["romance"]),
        ({"roll_degrees": -20.0}, [], ["tension"]),
    ],
)
def test_technique_moves_the_right_scores(feel, change, less, more) -> None:
    before, after = feel(), feel(**change)
    for name in less:
        assert score(after, name) < score(before, name) - 0.01, name
    for name in more:
        assert score(after, name) > score(before, name) + 0.01, name


def test_faster_moving_louder_reads_as_arousal_and_chaos_and_not_as_calm(feel) -> None:
    # Without a dialogue model: usual words would take their share of the weight and draw arousal towards 0.
    steps = [
        feel(
            seconds=4 / step,
            cuts_per_minute=12.0 * step,
            motion_mean=0.04 * step,
            loudness_lufs=-28 + 3.0 * step,
            arousal=None,
        )
        for step in (1, 2, 3, 4)
    ]
    assert sorted(steps, key=lambda emotion: emotion.arousal) == steps
    assert sorted(steps, key=lambda emotion: emotion.moods["chaos"]) == steps
    assert sorted(steps, key=lambda emotion: -emotion.moods["calm"]) == steps
    assert steps[-1].arousal > 0.3


def test_the_tense_long_take_is_tense(feel) -> None:
    take = {"seconds": 40.0, "cuts_per_minute": 2.0, "luma_mean": 0.1, "key_value": 0.01, "zoom": 0.05}
    emotion = feel(**take, silence_share=0.6, warmth=-0.775)
    assert emotion.tension > 0.4
    assert "suspense" in emotion.strong


def test_one_cue_alone_never_makes_a_strong_mood(feel) -> None:
    extremes = {
        **{"seconds": 3600.0, "luma_mean": 1.0, "key_value": 0.5, "warmth": 4.475, "saturation": 1.0, "zoom": 1.0},
        **{"motion_mean": 5.0, "shake": 1.0, "cuts_per_minute": 300.0, "loudness_lufs": 0.0, "silence_share": 1.0},
    }
    for name, value in extremes.items():
        assert feel(**{name: value}).strong == [], name


def test_a_high_score_of_two_cues_is_not_strong_and_a_third_makes_it_so(shot, tmp_path: Path, grammar) -> None:
    fear = replace(
        next(entry for entry in grammar.scores if entry.name == "fear"),
        terms=tuple(
            term
            for term in next(entry for entry in grammar.scores if entry.name == "fear").terms
            if term.cue in ("brightness", "silence", "shake")
        ),
    )
    mine = replace(grammar, scores=tuple(fear if entry.name == "fear" else entry for entry in grammar.scores))
    two = {"luma_mean": 0.02, "silence_share": 1.0}
    (emotion,) = describe_emotion([shot(**two)], grammar=mine)
    assert emotion.moods["fear"] > mine.strong.threshold
    assert "fear" not in emotion.strong
    (emotion,) = describe_emotion([shot(**two, shake=0.01)], grammar=mine)
    assert "fear" in emotion.strong


def test_missing_sound_takes_no_side(shot, grammar) -> None:
    usual, mute = describe_emotion([shot(), shot(silent_film=True, subtitles=False)], grammar=grammar)
    for name in SCORES:
        assert score(mute, name) == pytest.approx(score(usual, name), abs=0.05)
    assert usual.confidence == pytest.approx(1.0)
    assert 0.6 < mute.confidence < 0.9
    assert not any(reason.cue == "loudness" for reason in mute.reasons)
    # The rest counts in full: the same scores for the picture, not weakened by the missing sound.
    (dark,) = describe_emotion([shot(luma_mean=0.05, key_value=0.005, silent_film=True)], grammar=grammar)
    (with_sound,) = describe_emotion([shot(luma_mean=0.05, key_value=0.005)], grammar=grammar)
    assert dark.moods["fear"] > with_sound.moods["fear"]


def test_an_event_that_does_not_happen_takes_no_share_of_the_weight(shot, grammar) -> None:
    events = {cue.name for cue in grammar.cues if cue.only_above_usual}
    heard = {"cut_to_silence", "burst", "scream", "shout", "whisper"}
    seen = {"smile", "sad_face", "angry_face", "fear_face", "eyes_down", "two_shot", "dutch"}
    assert events == heard | seen | {"dolly_in", "dolly_zoom", "whip_pan"}
    without = replace(
        grammar,
        scores=tuple(
            replace(entry, terms=tuple(term for term in entry.terms if term.cue not in events))
            for entry in grammar.scores
        ),
    )
    segments = random_shots(shot, count=20, seed=2)
    for told, wanted in zip(
        describe_emotion(segments, grammar=grammar), describe_emotion(segments, grammar=without), strict=True
    ):
        assert [score(told, name) for name in SCORES] == [score(wanted, name) for name in SCORES]
        assert not events & {reason.cue for reason in told.reasons}
    # It was measured, so it is known; where it happens it counts, and only in one direction.
    (quiet,) = describe_emotion([shot()], grammar=grammar)
    (cut,) = describe_emotion([shot(drop_db=30.0)], grammar=grammar)
    assert quiet.confidence == cut.confidence == pytest.approx(1.0)
    assert cut.tension > quiet.tension + 0.05
    assert cut.arousal == quiet.arousal


def test_events_of_a_film_full_of_them_never_count_against_them(shot, grammar) -> None:
    for emotion in describe_emotion([shot(drop_db=15.0 + number) for number in range(20)], grammar=grammar):
        assert all(reason.contributions["tension"] > 0 for reason in emotion.reasons if reason.cue == "cut_to_silence")


def test_nothing_measured_says_nothing(shot, grammar) -> None:
    segment = shot(silent_film=True, subtitles=False)
    cues_of_sound = tuple(cue for cue in grammar.cues if cue.reading.path.startswith("sound."))
    names = {cue.name for cue in cues_of_sound} - {"music_mode", "dissonance"}  # all cues of sound that valence has
    scores = tuple(
        replace(entry, terms=tuple(term for term in entry.terms if term.cue in names)) for entry in grammar.scores
    )
    assert any(not entry.terms for entry in scores)  # no cue of valence at all
    scores = tuple(entry if entry.terms else replace(entry, terms=scores[1].terms) for entry in scores)
    (emotion,) = describe_emotion([segment], grammar=replace(grammar, cues=cues_of_sound, scores=scores))
    assert emotion == Emotion(0.0, 0.0, 0.0, dict.fromkeys(MOODS, 0.0), [], 0.0, [], 0.0, dict.fromkeys(SCORES, 0.0))


def test_the_same_shot_in_another_film_reads_differently_and_says_why(shot, grammar) -> None:
    fast = [shot(seconds=0.8 + 0.02 * number, cuts_per_minute=60.0 + number) for number in range(12)]
    slow = [shot(seconds=20.0 + number, cuts_per_minute=3.0 + 0.1 * number) for number in range(12)]
    usual = shot(seconds=4.0)
    in_fast = describe_emotion([*fast, usual], grammar=grammar)[-1]
    in_slow = describe_emotion([*slow, usual], grammar=grammar)[-1]
    assert in_fast.tension > in_slow.tension + 0.1
    (reason,) = [entry for entry in in_slow.reasons if entry.cue == "shot_duration"]
    assert reason.text == "short shot duration for this film (4 s)"
    assert reason.contributions["tension"] < 0


def test_a_users_own_grammar_changes_the_answer(shot, tmp_path: Path, grammar) -> None:
    from importlib import resources

    text = resources.files("kuleshov.emotion").joinpath("grammar.toml").read_text(encoding="utf-8")
    start = text.index("[scores.joy]")
    end = text.index("[scores.tenderness]")
    mine = tmp_path / "noir.toml"
    own = '[scores.joy.weights]\nkey = { weight = -1, source = "design" }\n\n'
    mine.write_text(text[:start] + own + text[end:], encoding="utf-8")
    dark = shot(key_value=0.005)
    (before,) = describe_emotion([dark], grammar=grammar)
    (after,) = describe_emotion([dark], grammar=load_grammar(mine))
    assert before.moods["joy"] < 0 < after.moods["joy"]


def test_no_segments_give_no_emotions(grammar) -> None:
    assert describe_emotion([], grammar=grammar) == []


number = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[number] * 6), min_size=1, max_size=10))
def test_scores_stay_inside_their_range_whatever_is_measured(shot, grammar, rows) -> None:
    segments = [
        shot(luma_mean=a, warmth=b, motion_mean=c, zoom=d, loudness_slope=e, silence_share=f)
        for a, b, c, d, e, f in rows
    ]
    for emotion in describe_emotion(segments, grammar=grammar):
        for name in SCORES:
            assert -1 <= score(emotion, name) <= 1
        assert 0 <= emotion.confidence <= 1 + 1e-12
