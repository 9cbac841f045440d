"""The glossary explains every unit, score, group of measures and name of a class that appears in results."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from kuleshov.cinema.attributes.measures import UNITS
from kuleshov.emotion.grammar import load_grammar
from kuleshov.records import DIMENSIONS, MOODS, arc, people, picture, segments, sound, words

GLOSSARY = (Path(__file__).resolve().parents[1] / "docs/glossary.md").read_text(encoding="utf-8")
ROWS = [line.split("|")[1:3] for line in GLOSSARY.splitlines() if line.startswith("| ")]
NAMES = {
    "units": {unit for unit in UNITS.values() if unit},
    "groups of measures": {path.partition(".")[0] for path in UNITS},
    "dimensions": set(DIMENSIONS),
    "moods": set(MOODS),
    "shapes": set(get_args(arc.ShapeName)),
    "shot scales": set(get_args(people.ShotScale)),
    "groupings": set(get_args(people.Grouping)),
    "keys": set(get_args(picture.Key)),
    "dyes": set(get_args(picture.Dye)),
    "movements": set(get_args(picture.MovementName)),
    "transitions": set(get_args(segments.TransitionType)),
    "content types": set(get_args(segments.ContentType)),
    "scene types": set(get_args(segments.SceneTypeName)),
    "sound events": set(get_args(sound.SoundEventType)),
    "kinds of lines": set(get_args(words.LineKind)),
}


@pytest.mark.parametrize("kind", NAMES)
def test_every_name_is_explained(kind):
    assert NAMES[kind]
    for name in NAMES[kind]:
        named = re.compile(rf"(?<![\w/]){re.escape(name)}(?![\w/])")
        assert any(named.search(f"{word}|{meaning}") for word, meaning in ROWS), f"{name} is not in docs/glossary.md"


@pytest.mark.parametrize("unit", sorted(NAMES["units"]))
def test_a_unit_has_a_row(unit):
    assert any(f"`{unit}`" in word and len(meaning.split()) >= 3 for word, meaning in ROWS), unit


def test_every_term_is_explained_once():
    words = [word.strip() for word, _ in ROWS if word.strip() not in ("word", "unit", "---")]
    assert len(words) == len(set(words))


def test_what_the_glossary_says_of_strong_moods_is_the_grammar():
    strong = load_grammar().strong
    assert (strong.threshold, strong.agreeing_cues) == (0.25, 3)
