"""Views: the same scores under the names of others, with null where there is no basis."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from kuleshov.cinema.attributes.attributes import attributes
from kuleshov.emotion.model import describe_emotion
from kuleshov.emotion.views import load_views, views_json, views_of, views_text
from kuleshov.query import parse
from kuleshov.records import DIMENSIONS

EEV = (
    *("amusement", "anger", "awe", "concentration", "confusion", "contempt", "contentment", "disappointment"),
    *("doubt", "elation", "interest", "pain", "sadness", "surprise", "triumph"),
)
EKMAN = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")


@pytest.fixture
def felt(shot, grammar):
    def one(*, people: bool = True, **changes):
        segment = shot(**changes) if people else replace(shot(**changes), people=None)
        (emotion,) = describe_emotion([segment], grammar=grammar)
        return replace(segment, emotion=emotion)

    return one


def test_the_views_have_the_labels_of_their_makers() -> None:
    assert {name: tuple(view.labels) for name, view in load_views().items()} == {"eev": EEV, "ekman": EKMAN}


def test_a_label_is_the_weighted_mean_of_its_parts(felt) -> None:
    here = felt(luma_mean=0.05, key_value=0.005, fearful=0.8, disgusted=0.6, zoom=0.05)
    known = attributes(here, shots=[]) | here.emotion.moods
    known |= {name: getattr(here.emotion, name) for name in DIMENSIONS}
    for name, scores in views_of(here).items():
        for label, one in scores.items():
            parts = load_views()[name].labels[label].parts
            if parts:
                size = sum(abs(weight) for weight in parts.values())
                value = sum(weight * known[part] for part, weight in parts.items()) / size
                assert one.value == pytest.approx(value, abs=1e-12), label
                assert one.confidence == pytest.approx(load_views()[name].labels[label].trust), label
    assert views_of(here)["ekman"]["fear"].value == here.emotion.moods["fear"]


def test_disgust_is_not_told_without_faces(felt) -> None:
    assert views_of(felt(disgusted=0.9))["ekman"]["disgust"].value > 0.5
    unseen = views_of(felt(people=False))["ekman"]["disgust"]
    assert math.isnan(unseen.value)
    assert unseen.confidence == 0


def test_what_no_cue_tells_is_never_told(felt) -> None:
    no_basis = {label for label, entry in load_views()["eev"].labels.items() if entry.no_basis}
    assert no_basis == {"concentration", "contempt", "doubt", "interest"}
    for here in (felt(), felt(seconds=60.0, angry=1.0, silence_share=1.0)):
        for label in no_basis:
            one = views_of(here)["eev"][label]
            assert math.isnan(one.value)
            assert one.confidence == 0


def test_a_missing_sense_lowers_confidence_and_takes_no_side(felt) -> None:
    whole, mute = (views_of(felt(silent_film=silent, subtitles=not silent)) for silent in (False, True))
    for view in ("eev", "ekman"):
        for label in ("anger", "sadness"):
            assert 0 < mute[view][label].confidence < whole[view][label].confidence
            assert mute[view][label].value == pytest.approx(whole[view][label].value, abs=0.05)
    # Surprise is heard or seen: one of the two is enough, with less confidence; without both it has no value.
    assert mute["ekman"]["surprise"].confidence == pytest.approx(whole["ekman"]["surprise"].confidence / 2)
    neither = views_of(felt(silent_film=True, people=False))
    assert math.isnan(neither["ekman"]["surprise"].value)
    assert math.isnan(neither["eev"]["pain"].value)


def test_neutral_is_where_no_other_label_is_high(felt) -> None:
    def neutral(**changes) -> float:
        return views_of(felt(**changes))["ekman"]["neutral"].value

    here = felt(fearful=0.4, luma_mean=0.2)
    highest = max(one.value for label, one in views_of(here)["ekman"].items() if label != "neutral")
    assert 0 < highest < 0.25
    assert views_of(here)["ekman"]["neutral"].value == pytest.approx(1 - highest / 0.25)
    assert neutral(luma_mean=0.02, key_value=0.001, silence_share=1.0, fearful=1.0) < 0


def test_a_title_card_and_a_segment_unread_have_no_feeling(felt) -> None:
    for here in (replace(felt(), matter="card"), replace(felt(), emotion=None)):
        for scores in views_of(here).values():
            assert all(math.isnan(one.value) and one.confidence == 0 for one in scores.values())
        assert views_text(here) == ""
        assert views_json(here)["ekman"]["fear"] == {"value": None, "confidence": 0.0}


def test_the_highest_labels_in_words(felt) -> None:
    fear = felt(luma_mean=0.02, key_value=0.001, silence_share=1.0, fearful=1.0, zoom=0.1)
    told = f"Ekman: fear {fear.emotion.moods['fear']:+.2f} (confidence 0.50)"
    assert told in views_text(fear, most=1).split("; ")
    assert "), sadness " in views_text(fear)
    assert views_text(fear, least=0.99) == ""


def test_a_segment_of_an_older_archive_has_views_too(felt) -> None:
    """From before each score had a confidence, and before dominance."""
    here = felt()
    old = replace(here, emotion=replace(here.emotion, confidences={}, dominance=None))
    assert views_of(old)["ekman"]["fear"].confidence == pytest.approx(0.5 * here.emotion.confidence)
    assert views_of(old)["eev"]["triumph"].confidence == pytest.approx(0.2 * 2 / 3 * here.emotion.confidence)


@pytest.mark.parametrize("label", [label for label in dict.fromkeys((*EEV, *EKMAN)) if label != "neutral"])
def test_a_word_for_a_label_asks_for_its_parts(label: str) -> None:
    entry = next(view.labels[label] for view in load_views().values() if label in view.labels)
    query = parse(f"{label} scenes")
    asked = {term.name.removeprefix("mood_"): term.sign for term in query.terms}
    if entry.no_basis:
        assert not asked
        assert query.not_understood == (label,)
    else:
        parts = {name: math.copysign(1, weight) for name, weight in entry.parts.items()}
        assert asked.items() <= parts.items()
        heaviest = max(entry.parts.values(), key=abs)
        assert any(abs(entry.parts[name]) == abs(heaviest) for name in asked)


def test_the_documentation_lists_every_label_and_source() -> None:
    page = Path(__file__).parents[2].joinpath("docs", "emotion.md").read_text(encoding="utf-8")
    for view in load_views().values():
        for name, label in view.labels.items():
            (row,) = [line for line in page.splitlines() if line.startswith(f"| {view.title} | {name} |")]
            assert all(f"{part} {weight:+g}" in row for part, weight in label.parts.items())
            assert label.no_basis in row
            source = label.source
            assert f"| {source.name} | {source.mark} | {source.text} |" in page
        assert f"| {view.source.name} | {view.source.mark} | {view.source.text} |" in page
