"""Grammars that state only differences, and folders of grammars: what is inherited and refused, which film gets
which."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kuleshov.emotion.flatten_grammar import flattened_text
from kuleshov.emotion.grammar import load_grammar
from kuleshov.emotion.grammar_diff import grammar_diff
from kuleshov.emotion.grammars import load_grammars
from kuleshov.emotion.inherit import read_definition
from kuleshov.errors import GrammarError
from kuleshov.media.about import About

EXAMPLES = Path(__file__).parents[2] / "examples/grammars"
HEAD = 'name = "mine"\nextends = "kuleshov"\ndescription = "mine"\n'
SOURCE = '[sources.me]\nmark = "design"\ntext = "a choice of mine"\n'


@pytest.fixture
def written(tmp_path: Path):
    def write(text: str, name: str = "mine.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def weights(grammar, score: str) -> dict[str, float]:
    (found,) = [entry for entry in grammar.scores if entry.name == score]
    return {term.cue: term.weight for term in found.terms}


def test_what_a_grammar_does_not_say_is_inherited(written, grammar) -> None:
    mine = load_grammar(written(HEAD))
    assert mine.id != grammar.id
    assert replace(mine, id="", name="", description="") == replace(grammar, id="", name="", description="")


def test_only_what_differs_is_another(written, grammar) -> None:
    path = written(
        HEAD
        + SOURCE
        + '[strong]\nthreshold = 0.3\n[cues.key]\nmedian = 0.04\nsource = "me"\n[cues.two_shot]\nhigh = "two faces"\n'
        + '[scores.joy]\ngain = 1.5\n[scores.joy.weights]\nkey = false\ncut_rate = { weight = 2, source = "me" }\n'
    )
    mine = load_grammar(path)
    assert (mine.strong.threshold, mine.strong.agreeing_cues) == (0.3, grammar.strong.agreeing_cues)
    cues, before = ({cue.name: cue for cue in each.cues} for each in (mine, grammar))
    assert (cues["key"].median, cues["key"].spread, cues["key"].source.name) == (0.04, before["key"].spread, "me")
    assert cues["two_shot"] == replace(before["two_shot"], high="two faces")
    assert {name: cue for name, cue in cues.items() if name not in ("key", "two_shot")} == {
        name: cue for name, cue in before.items() if name not in ("key", "two_shot")
    }
    expected = {**weights(grammar, "joy"), "cut_rate": 2.0}
    del expected["key"]
    assert weights(mine, "joy") == expected
    assert {score.name: score.gain for score in mine.scores} == {
        score.name: 1.5 if score.name == "joy" else 1.0 for score in grammar.scores
    }
    assert grammar_diff(read_definition(path).table, read_definition(None).table) == [
        "strong.threshold: 0.3, was 0.25",
        "sources.me: new: a choice of mine",
        "cues.key.median: 0.04, was 0.07",
        "cues.key.source: me, was clips",
        "cues.two_shot.high: two faces, was two-shot",
        "scores.joy.weights.cut_rate: +2 (me), was +1 (label-table)",
        "scores.joy.weights.key: taken away, was +2 (label-table)",
        "scores.joy.gain: 1.5, new",
    ]


def test_a_cue_that_is_taken_away_goes_from_every_score(written, grammar, tmp_path: Path) -> None:
    mine = load_grammar(written(HEAD + "[cues]\nsaturation = false\n"))
    assert set(mine.cue_names) == set(grammar.cue_names) - {"saturation"}
    for score in grammar.scores:
        own = weights(grammar, score.name)
        own.pop("saturation", None)
        assert weights(mine, score.name) == own
    told = grammar_diff(read_definition(tmp_path / "mine.toml").table, read_definition(None).table)
    assert told == ["cues.saturation: taken away"]


def test_grammars_extend_one_another_in_turn(written) -> None:
    written(HEAD + SOURCE + '[cues.key]\nmedian = 0.05\nsource = "me"\n', "base.toml")
    path = written('name = "third"\nextends = "base.toml"\ndescription = "third"\n[strong]\nagreeing_cues = 4\n')
    third = load_grammar(path)
    assert (third.strong.agreeing_cues, {cue.name: cue.median for cue in third.cues}["key"]) == (4, 0.05)
    written(HEAD + SOURCE + '[cues.key]\nmedian = 0.06\nsource = "me"\n', "base.toml")
    assert load_grammar(path).id != third.id  # what it extends is another one


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[cues.key]\nmedain = 0.04\n", "cues.key.medain: unknown setting; allowed: "),
        ("[cues.key]\nmedian = 0.04\n", "cues.key.median: differs from what is extended: name the source of the new "),
        ("[cues.keys]\nlow = 'x'\n", "cues.keys.measure: is missing"),
        ("[cues]\nkeys = false\n", "cues.keys: there is no keys to take away; there are: cut_rate, "),
        ("[cues]\nkey = 3\n", "cues.key: must be a table, got 3"),
        ("[scores.joy.weights]\nkey = { weight = 2 }\n", "scores.joy.weights.key.source: is missing"),
        ("[scores.joy.weights]\nshake = 2\n", "scores.joy.weights.shake: must be a table, got 2"),
        ("[scores.joy.weights]\npush_in = false\n", "scores.joy.weights.push_in: there is no push_in to take away"),
        ("[scores.joi.weights]\n", "scores: 'joi' is unknown"),
        ("[four]\ngenres = ['noir']\n", "four: unknown setting; allowed: name, "),
        ("[for]\ngenre = 'noir'\n", "for.genre: unknown setting; allowed: genres, countries, languages, years"),
        ("[for]\n", "for: is empty; allowed: genres, "),
        ("[for]\nyears = [1959, 1940]\n", "for.years: must be the first and the last year, got [1959, 1940]"),
        ("[for]\nyears = 1940\n", "for.years: must be a list of 2 whole numbers, got 1940"),
        ("[for]\ngenres = 'noir'\n", "for.genres: must be a list of texts, got 'noir'"),
        ("scores = 4\n", "scores: must be a table, got 4"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_entry(written, text: str, message: str) -> None:
    path = written(HEAD + text)
    with pytest.raises(GrammarError) as error:
        load_grammar(path)
    assert str(error.value).startswith(f"{path}: {message}")
    assert "\n" not in str(error.value)


def test_what_can_not_be_extended_is_told(written, tmp_path: Path) -> None:
    with pytest.raises(GrammarError, match=r"absent\.toml: can't be read"):
        load_grammar(written('name = "a"\nextends = "absent.toml"\ndescription = "a"\n'))
    with pytest.raises(GrammarError, match=r"extends: must be a text"):
        load_grammar(written('name = "a"\nextends = 3\ndescription = "a"\n'))
    first = written('name = "a"\nextends = "b.toml"\ndescription = "a"\n', "a.toml")
    written('name = "b"\nextends = "a.toml"\ndescription = "b"\n', "b.toml")
    with pytest.raises(GrammarError, match=r"a\.toml: extends: goes round in a circle"):
        load_grammar(first)
    # An error in the extended file names that file.
    written(HEAD + "[cues.key]\nmedain = 1\n", "base.toml")
    with pytest.raises(GrammarError, match=r"base\.toml: cues\.key\.medain: unknown setting"):
        load_grammar(written('name = "a"\nextends = "base.toml"\ndescription = "a"\n'))


def test_written_out_whole_it_reads_the_same(tmp_path: Path) -> None:
    for number, path in enumerate((None, *sorted(EXAMPLES.glob("*.toml")))):
        whole = tmp_path / f"{number}.toml"
        whole.write_text(flattened_text(read_definition(path).table), encoding="utf-8")
        assert "extends" not in whole.read_text(encoding="utf-8")
        assert replace(load_grammar(whole), id="") == replace(load_grammar(path), id="")


def test_each_film_takes_the_grammar_that_is_for_it(written, tmp_path: Path) -> None:
    def grammar(name: str, applies: str) -> None:
        written(f'name = "{name}"\nextends = "kuleshov"\ndescription = "x"\n{applies}', f"{name}.toml")

    grammar("noir", '[for]\ngenres = ["Film noir", "crime"]\nyears = [1940, 1959]\n')
    grammar("forties", "[for]\nyears = [1940, 1949]\n")
    grammar("war", "[for]\nyears = [1939, 1945]\n")
    grammar("french", '[for]\ncountries = ["France"]\nlanguages = ["French"]\n')
    grammar("rest", "")
    shelf = load_grammars(tmp_path)

    def taken(**about) -> tuple[str, str]:
        choice = shelf.choose(About(**about))
        return choice.grammar.name, choice.reason

    assert taken(year=1947, genre="drama, film noir") == ("noir", "genre Film noir, years 1940 to 1959")
    assert taken(year=1960, genre="film noir")[0] == "rest"  # one of two conditions is not enough
    assert taken(genre="film noir")[0] == "rest"  # nor is an unknown year
    assert taken(year=1947) == ("forties", "years 1940 to 1949")
    assert taken(year=1941) == ("war", "years 1939 to 1945")  # of two that fit, the one for fewer years
    assert taken(country="Italy, France", language="french") == ("french", "country France, language French")
    assert taken() == ("rest", "for films that no other is for")
    assert {each.name for each in shelf.all} == {"noir", "forties", "war", "french", "rest"}


def test_a_folder_whose_grammars_do_not_go_together_is_refused(written, tmp_path: Path) -> None:
    with pytest.raises(GrammarError, match="no grammar in it"):
        load_grammars(tmp_path)
    written(HEAD, "a.toml")
    assert load_grammars(tmp_path).choose(About(year=1947)).grammar.name == "mine"
    written(HEAD, "b.toml")
    with pytest.raises(GrammarError, match=r"b\.toml: name: 'mine' is that of .*a\.toml too"):
        load_grammars(tmp_path)
    written(HEAD.replace('"mine"', '"yours"', 1), "b.toml")
    with pytest.raises(GrammarError, match=r"b\.toml: has no \[for\], as .*a\.toml"):
        load_grammars(tmp_path)


def test_the_examples_say_that_they_are_examples_and_read_a_film_of_their_kind_otherwise(shot, grammar) -> None:
    from kuleshov.emotion.model import describe_emotion

    shelf = load_grammars(EXAMPLES)
    assert {each.name for each in shelf.special} == {"noir", "silent"}
    assert shelf.usual == grammar
    for each in shelf.special:
        assert each.description.startswith("an example")
        assert "no established truth" in (EXAMPLES / f"{each.name}.toml").read_text(encoding="utf-8")
        assert all(source.text.startswith("an example") for name, source in each.sources.items() if name == each.name)
    noir = shelf.choose(About(year=1947, genre="Film Noir")).grammar
    assert noir.name == "noir"
    # A shot as dark as these films are, without colour: no fear in this grammar, and colour does not count.
    dark = shot(key_value=0.04, luma_mean=0.24, saturation=0.0, warmth=-0.5)
    (usual,), (there,) = (describe_emotion([dark], grammar=each) for each in (grammar, noir))
    assert usual.moods["fear"] > 0.15
    assert abs(there.moods["fear"]) < 0.02
    assert not {"saturation", "warmth"} & {reason.cue for reason in there.reasons}
    assert shelf.choose(About(year=1926)).grammar.name == "silent"
