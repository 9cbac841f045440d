"""The grammar file: what it must hold, that it follows the label table, and the error for a broken one."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

from kuleshov.emotion.grammar import SCORES, Grammar, load_grammar
from kuleshov.errors import GrammarError

PACKAGED = resources.files("kuleshov.emotion").joinpath("grammar.toml").read_text(encoding="utf-8")

# The label table of the film literature, columns that can be measured: its rows are the rule the file must follow.
COLUMNS = (
    *("cut_rate", "shot_duration", "motion", "shake", "push_in", "key"),
    *("brightness", "warmth", "saturation", "loudness", "silence"),
)
LABEL_TABLE = {
    "suspense": "- ++ - + ++ -- - - - . ++",
    "chaos": "++ -- ++ ++ . . . . . ++ --",
    "excitement": "++ - ++ + . . + . + ++ -",
    "joy": "+ . + - . ++ ++ + ++ + -",
    "tenderness": "- + - -- + + . ++ . - .",
    "sadness": "-- ++ -- - . - - -- -- - +",
    "anger": "+ - + + . - . . + ++ -",
    "fear": ". . . + + -- -- - - . ++",
    "awe": "- ++ - -- . + + . + . .",
    "calm": "-- ++ -- -- . . + . - -- +",
    "loneliness": "-- + -- . - - - -- -- - ++",
    "romance": "- + - - + . . ++ . - .",
}


def edited(tmp_path: Path, old: str, new: str, *, count: int = 1) -> Path:
    assert old in PACKAGED
    path = tmp_path / "mine.toml"
    path.write_text(PACKAGED.replace(old, new, count), encoding="utf-8")
    return path


def test_packaged_grammar_has_every_score(grammar: Grammar) -> None:
    assert tuple(score.name for score in grammar.scores) == SCORES
    assert re.fullmatch(r"kuleshov-[0-9a-f]{12}", grammar.id)


@pytest.mark.parametrize("mood", LABEL_TABLE)
def test_weights_follow_the_label_table(grammar: Grammar, mood: str) -> None:
    (score,) = [score for score in grammar.scores if score.name == mood]
    weights = {term.cue: term.weight for term in score.terms}
    expected = {
        cue: marks.count("+") - marks.count("-")
        for cue, marks in zip(COLUMNS, LABEL_TABLE[mood].split(), strict=True)
        if marks != "."
    }
    assert {cue: weight for cue, weight in weights.items() if cue in COLUMNS} == expected


def test_citations_from_memory_say_so(grammar: Grammar) -> None:
    for source in grammar.sources.values():
        assert ("from memory, unverified" in source.citation) == (source.mark == "M")
        assert ("design value" in source.citation) == (source.mark == "design")


def test_every_source_is_used(grammar: Grammar) -> None:
    used = {cue.source.name for cue in grammar.cues}
    used |= {term.source.name for score in grammar.scores for term in score.terms}
    assert used == set(grammar.sources)


def test_another_number_is_another_grammar(tmp_path: Path, grammar: Grammar) -> None:
    mine = load_grammar(edited(tmp_path, "threshold = 0.25", "threshold = 0.30"))
    assert mine.strong.threshold == 0.30
    assert mine.id != grammar.id


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("threshold = 0.25", "threshold = -1", "strong.threshold: must be a number above 0, got -1"),
        ("threshold = 0.25", "threshold = true", "strong.threshold: must be a number above 0, got True"),
        ("threshold = 0.25", "threshold = nan", "strong.threshold: must be a number above 0, got nan"),
        ("threshold = 0.25", "", "strong.threshold: is missing; it must be a number"),
        ("agreeing_cues = 3", "agreeing_cues = 2.5", "strong.agreeing_cues: must be a whole number above 0, got 2.5"),
        ("enough_segments = 8", "enough_segmnts = 8", "film.enough_segments: is missing"),
        ("[film]", "[film]\nextra = 1", "film.extra: unknown setting; allowed: enough_segments, enough_spread"),
        ('mark = "C"', 'mark = "X"', "sources.F1.mark: 'X' is unknown; allowed: C, M, design"),
        ('mark = "C"', "mark = [1]", "sources.F1.mark: [1] is unknown; allowed: C, M, design"),
        (
            'measure = "pace.cuts_per_minute"',
            'measure = "pace.cuts"',
            "cues.cut_rate.measure: 'pace.cuts' is unknown; allowed: duration_seconds, ",
        ),
        ('measure = "pace.cuts_per_minute"', "measure = []", "cues.cut_rate.measure: [] is unknown; allowed: "),
        ("floor = 1.0\n", "", "cues.cut_rate.floor: must be a number above 0 because log = true, got None"),
        (
            "median = 17.0",
            "median = 0.5",
            "cues.cut_rate.median: must be at least the floor 1 because log = true, got 0.5",
        ),
        ("spread = 2.0", "spread = 1.0", "cues.cut_rate.spread: must be a number above 1, got 1.0"),
        ("log = true\nfloor", 'log = "yes"\nfloor', "cues.cut_rate.log: must be true or false, got 'yes'"),
        ('label = "cut rate"', 'label = " "', "cues.cut_rate.label: must be a text that is not empty, got ' '"),
        ("[scores.joy]", "[scores.glee]", "scores: 'glee' is unknown; allowed: valence, arousal, tension, dominance, "),
        (
            "brightness = { weight = 1.4, ",
            "light = { weight = 1.4, ",
            "scores.valence.weights.light: no such cue; allowed: ",
        ),
        ("{ weight = 1.4, ", "{ weight = 0, ", "scores.valence.weights.brightness.weight: must not be 0, got 0"),
        (
            'weight = 1.4, source = "F5"',
            'weight = 1.4, source = "F99"',
            "brightness.source: 'F99' is unknown; allowed: ",
        ),
        ('{ weight = 1.4, source = "F5" }', "1.4", "scores.valence.weights.brightness: must be a table, got 1.4"),
        ('name = "kuleshov"', "name = ", "is not valid TOML: "),
        ('name = "kuleshov"', 'name = "kuleshov"\nauthor = "me"', "author: unknown setting; allowed: name, "),
    ],
)
def test_a_broken_grammar_names_file_entry_and_rule(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = edited(tmp_path, old, new)
    with pytest.raises(GrammarError) as error:
        load_grammar(path)
    assert str(error.value).startswith(f"{path}: {message}" if "brightness.source" not in message else f"{path}: ")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_grammar_without_a_mood_is_refused(tmp_path: Path) -> None:
    start = PACKAGED.index("[scores.romance]")
    path = tmp_path / "mine.toml"
    path.write_text(PACKAGED[:start], encoding="utf-8")
    with pytest.raises(GrammarError, match=r"scores: romance missing; every score needs an entry"):
        load_grammar(path)


def test_a_score_without_weights_is_refused(tmp_path: Path) -> None:
    start = PACKAGED.index("[scores.romance.weights]")
    path = tmp_path / "mine.toml"
    path.write_text(PACKAGED[:start] + "[scores.romance.weights]\n", encoding="utf-8")
    with pytest.raises(GrammarError, match=r"scores\.romance\.weights: must have at least one entry, got none"):
        load_grammar(path)


def test_a_grammar_that_can_not_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GrammarError, match=r"none\.toml: can't be read: No such file or directory"):
        load_grammar(tmp_path / "none.toml")
    path = tmp_path / "latin.toml"
    path.write_bytes(b'name = "caf\xe9"')
    with pytest.raises(GrammarError, match=r"latin\.toml: is not UTF-8 text"):
        load_grammar(path)


def test_the_documentation_lists_every_cue_source_and_weight(grammar: Grammar) -> None:
    page = Path(__file__).parents[2].joinpath("docs", "emotion.md").read_text(encoding="utf-8")
    for source in grammar.sources.values():
        assert f"| {source.name} | {source.mark} | {source.text} |" in page
    for cue in grammar.cues:
        kind = "ratio" if cue.reading.log else "difference"
        assert (
            f"| {cue.name} | {cue.reading.path} | {cue.median:g} | {cue.spread:g} ({kind}) | {cue.source.name} |"
            in page
        )
    for score in grammar.scores:
        (row,) = [line for line in page.splitlines() if line.startswith(f"| {score.name} |") and "+" in line]
        assert [part.split(" (")[0] for part in row.split(" | ")[1].removesuffix(" |").split(", ")] == [
            f"{term.cue} {term.weight:+g}" for term in score.terms
        ]
