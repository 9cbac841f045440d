"""Moods need redundant cues: no cue alone, nor any two, make a strong one; three that agree beat each alone."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from kuleshov.emotion.cues import CueTable
from kuleshov.emotion.grammar import SCORES
from kuleshov.emotion.model import describe_emotion, emotion_of_cues
from kuleshov.records import MOODS, Emotion, Movement, Music, SoundEvent, Timbre, Voice

#: Segments as extreme as possible in the measure of one cue, in both directions where there are two, else usual.
EXTREMES = {
    "cut_rate": [{"cuts_per_minute": 0.0}, {"cuts_per_minute": 300.0}],
    "shot_duration": [{"seconds": 0.04}, {"seconds": 3600.0}],
    "motion": [{"motion_mean": 0.0}, {"motion_mean": 5.0}],
    "shake": [{"shake": 0.0}, {"shake": 1.0}],
    "push_in": [{"zoom": -1.0}, {"zoom": 1.0}],
    "dolly_in": [{"movements": [Movement("dolly_in", 0.0, 2.5, 1.0, 1.0)]}],
    "dolly_zoom": [{"movements": [Movement("dolly_zoom", 0.0, 2.5, 1.0, 1.0)]}],
    "whip_pan": [{"movements": [Movement("whip_pan", 0.0, 2.5, 9.0, 1.0)]}],
    "key": [{"key_value": 0.0}, {"key_value": 0.5}],
    "brightness": [{"luma_mean": 0.0}, {"luma_mean": 1.0}],
    "contrast": [{"contrast_range": 0.0}, {"contrast_range": 1.0}],
    "warmth": [{"warmth": -5.0}, {"warmth": 5.0}],
    "saturation": [{"saturation": 0.0}, {"saturation": 1.0}],
    "redness": [{"red": 1.0}],
    "brightening": [{"luma_slope": -1.0}, {"luma_slope": 1.0}],
    "loudness": [{"loudness_lufs": None}, {"loudness_lufs": 0.0}],
    "swell": [{"loudness_slope": -30.0}, {"loudness_slope": 30.0}],
    "silence": [{"silence_share": 1.0}],
    "cut_to_silence": [{"event": "cut_to_silence"}],
    "burst": [{"event": "burst"}],
    "music_mode": [{"music": Music(-1.0, 110.0, 0.5)}, {"music": Music(1.0, 110.0, 0.5)}],
    "music_tempo": [{"music": Music(0.0, 40.0, 0.5)}, {"music": Music(0.0, 240.0, 0.5)}],
    "dissonance": [{"timbre": Timbre(1500.0, 0.05, each, 0.08, 0.4, 2.0)} for each in (0.0, 1.0)],
    "drone": [{"timbre": Timbre(1500.0, 0.05, 0.12, each, 0.4, 2.0)} for each in (0.0, 1.0)],
    "scream": [{"event": "scream"}],
    "shout": [{"voice": Voice(4.0, 0.0, 150.0, 6.0, -30.0, 0.12, 1.0)}],
    "whisper": [{"voice": Voice(4.0, 0.0, 150.0, 6.0, -30.0, 1.0, 0.05)}],
    "speech_share": [{"speech_share": 0.0}, {"speech_share": 1.0}],
    "speech_rate": [{"words_per_second": 0.1}, {"words_per_second": 8.0}],
    "words_valence": [{"valence": -1.0}, {"valence": 1.0}],
    "words_arousal": [{"arousal": -1.0}, {"arousal": 1.0}],
    "words_dominance": [{"dominance": -1.0}, {"dominance": 1.0}],
    "hostility": [{"hostility": 0.0}, {"hostility": 1.0}],
    "threats": [{"threats": 9}],
    "closeness": [{"close_share": 0.0}, {"close_share": 1.0}],
    "smile": [{"smile": 1.0}],
    "sad_face": [{"sad": 1.0}],
    "angry_face": [{"angry": 1.0}],
    "fear_face": [{"fearful": 1.0}],
    "eyes_down": [{"gaze_down_share": 1.0}],
    "two_shot": [{"grouping": "two_shot"}],
    "dutch": [{"roll_degrees": 45.0}],
}


@pytest.fixture
def read(shot, grammar):
    """``read(key=-1.0, shake=1.0)``: the scores of cues with these values; all others are usual, or not measured."""

    def emotion(*, others: float = 0.0, **values: float) -> Emotion:
        row = np.array([[values.get(name, others) for name in grammar.cue_names]])
        table = CueTable(row, {"reference": np.zeros_like(row)}, ("reference",) * row.shape[1])
        return emotion_of_cues(shot(), table, 0, grammar)

    return emotion


def terms_of(grammar, mood: str):
    return next(score for score in grammar.scores if score.name == mood).terms


def agreeing(grammar, mood: str, count: int):
    """All combinations of so many cues of a mood, each as strong for it as the model allows."""
    events = {cue.name for cue in grammar.cues if cue.only_above_usual}
    pulling = {
        term.cue: math.copysign(1.0, term.weight)
        for term in terms_of(grammar, mood)
        if not (term.cue in events and term.weight < 0)
    }
    return (dict(chosen) for chosen in itertools.combinations(pulling.items(), count))


def test_every_cue_is_tried(grammar) -> None:
    assert set(EXTREMES) == set(grammar.cue_names)


@pytest.mark.parametrize("cue", EXTREMES)
def test_a_segment_extreme_in_one_thing_has_no_strong_mood(shot, grammar, cue: str) -> None:
    for change in EXTREMES[cue]:
        segment = shot(**{key: value for key, value in change.items() if key != "event"})
        if "event" in change:
            event = SoundEvent(change["event"], 0.0, 60.0, duration_seconds=2.0)
            segment = replace(segment, sound=replace(segment.sound, events=[event]))
        (emotion,) = describe_emotion([segment], grammar=grammar)
        (reason,) = [reason for reason in emotion.reasons if reason.cue == cue]
        assert abs(reason.value) >= 0.2, change
        assert emotion.strong == [], change


@pytest.mark.parametrize("mood", MOODS)
def test_no_cue_and_no_two_cues_alone_make_a_strong_mood(read, grammar, mood: str) -> None:
    """Neither where all else is usual, nor where nothing else was measured and the score is 1."""
    for values in itertools.chain(agreeing(grammar, mood, 1), agreeing(grammar, mood, 2)):
        assert mood not in read(**values).strong, values
        alone = read(others=math.nan, **values)
        assert alone.moods[mood] == pytest.approx(1.0)
        assert alone.strong == [], values


@pytest.mark.parametrize("mood", MOODS)
def test_three_agreeing_cues_beat_each_alone_and_only_they_are_strong(read, grammar, mood: str) -> None:
    events = {cue.name for cue in grammar.cues if cue.only_above_usual}
    heaviest = sorted(terms_of(grammar, mood), key=lambda term: -abs(term.weight))
    three = {term.cue: math.copysign(0.9, term.weight) for term in heaviest if term.cue not in events}
    three = dict(list(three.items())[:3])
    together = read(**three)
    singles = [read(**{name: value}).moods[mood] for name, value in three.items()]
    assert all(single > 0.02 for single in singles)
    assert together.moods[mood] > max(singles) + 0.02
    assert together.moods[mood] == pytest.approx(math.fsum(singles), abs=1e-12)  # what each adds, exactly
    # Where nothing else is measured the three are enough; two of them are not, nor are two with a third against them.
    assert mood in read(others=math.nan, **three).strong
    for name in three:
        two = {cue: value for cue, value in three.items() if cue != name}
        assert mood not in read(others=math.nan, **two).strong
        assert mood not in read(others=math.nan, **two, **{name: -three[name]}).strong


def test_missing_senses_take_no_side(shot, grammar) -> None:
    """Whichever sense is missing, the rest counts exactly as if the grammar did not have that sense."""
    whole = shot(luma_mean=0.1, key_value=0.02, zoom=0.05, loudness_lufs=-35.0, smile=0.7, roll_degrees=20.0)
    for sense, prefixes in {
        "sound": ("sound.",),
        "dialogue": ("dialogue.",),
        "people": ("people.",),
        "angle": ("angle.",),
        "camera": ("camera.",),
    }.items():
        gone = {cue.name for cue in grammar.cues if cue.reading.path.startswith(prefixes)}
        assert gone
        without = replace(
            grammar,
            scores=tuple(
                replace(score, terms=tuple(term for term in score.terms if term.cue not in gone) or score.terms)
                for score in grammar.scores
            ),
        )
        (told,) = describe_emotion([replace(whole, **{sense: None})], grammar=grammar)
        (wanted,) = describe_emotion([whole], grammar=without)
        for name in SCORES:
            one, other = (emotion.moods.get(name, getattr(emotion, name, None)) for emotion in (told, wanted))
            assert one == other, (sense, name)
        assert not gone & {reason.cue for reason in told.reasons}
        assert told.confidence < 1
        # Each score has the share of it that was measured: all of it where the sense has no part in it.
        for score in grammar.scores:
            size = math.fsum(abs(term.weight) for term in score.terms)
            left = math.fsum(abs(term.weight) for term in score.terms if term.cue not in gone)
            assert told.confidences[score.name] == pytest.approx(left / size)
