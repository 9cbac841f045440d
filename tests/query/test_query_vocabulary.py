"""The vocabulary file: broad, without contradictions, and refused with a clear line where it breaks its rules."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib import resources

import pytest

from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.errors import GrammarError
from kuleshov.query import parse
from kuleshov.query.language.lexicon import load_lexicon, packaged_lexicon

TEXT = resources.files("kuleshov.query.language.vocabulary").joinpath("en.toml").read_text(encoding="utf-8")


def entries():
    return [(key, sense) for key, _, sense in packaged_lexicon().phrases.items() if sense.kind == "entry"]


def test_every_quality_can_be_asked_for_both_ways_or_one():
    named = {target for _, sense in entries() for target, _ in sense.entry.targets}
    assert named == set(VECTOR_NAMES)


def test_the_vocabulary_is_broad():
    phrases = [phrase for entry in tomllib.loads(TEXT)["entry"] for phrase in entry["phrases"]]
    assert len(set(phrases)) > 1500


def test_every_phrase_reads_as_listed():
    wrong = []
    for words, sense in entries():
        query = parse(" ".join(words))
        asked = {(term.name, term.sign) for term in query.terms}
        if asked != {*sense.entry.targets, *sense.entry.hints} or bool(query.not_understood) != sense.entry.unseen:
            wrong.append((words, asked, query.not_understood))
    assert not wrong


def test_what_is_not_measured_is_never_read_as_something_else():
    wrong = []
    for words, _, sense in packaged_lexicon().phrases.items():
        if sense.kind == "unmeasured":
            query = parse(" ".join(words))
            if query.asks_something or not query.not_understood:
                wrong.append((words, query))
    assert not wrong


def test_what_is_proposed_instead_is_understood():
    for words, other in packaged_lexicon().instead.items():
        assert parse(" ".join(words)).not_understood, words
        assert parse(other).asks_something, other
        assert not parse(other).not_understood, other


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('terms = ["warm"]', 'terms = ["varm"]', "'varm' is in no vector"),
        ('"shaky", "shake"', '"shaky", "tense", "shake"', "'tense' is listed twice"),
        ('"sort by",', '"sort by", "dark",', "'dark' is listed twice"),
        ('degree = "very"', 'degree = "veri"', "degree 'veri' is unknown"),
        ('"camera.pan > 0"', '"camera.pam > 0"', "condition 'camera.pam > 0'"),
        ('"camera.pan > 0"', '"camera.pan = 0"', "condition 'camera.pan = 0'"),
        ('measure = "sound.loudness_lufs"', 'measure = "loudness"', "'loudness' is no measure"),
        ("weight = 2.0", "weight = 0", "weight must be a number above 0"),
        ("minimum = 0.7", "minimum = 7", "minimum must be a number in -1..1"),
        ('unit = "shot"', 'unit = "film"', "unit 'film' is neither shot nor scene"),
        ("[ignored]", "[ignore]", "ignored: must be a table"),
        ('language = "en"', "language = ", "not valid TOML"),
    ],
)
def test_a_broken_vocabulary_is_refused(tmp_path, old, new, complaint):
    broken = TEXT.replace(old, new, 1)
    assert broken != TEXT
    file = tmp_path / "mine.toml"
    file.write_text(broken, encoding="utf-8")
    with pytest.raises(GrammarError, match=r"mine\.toml: .*" + complaint):
        load_lexicon(file)


def test_a_vocabulary_of_ones_own(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(TEXT.replace('"shaky", "shake"', '"shaky", "wibbly", "shake"', 1), encoding="utf-8")
    assert [term.name for term in parse("wibbly", lexicon=load_lexicon(file)).terms] == ["shaky"]
    assert parse("wibbly").not_understood == ("wibbly",)


def test_a_missing_vocabulary_is_an_error(tmp_path):
    with pytest.raises(GrammarError, match=r"none\.toml: can't be read"):
        load_lexicon(tmp_path / "none.toml")
    with pytest.raises(GrammarError, match="no vocabulary for the language 'xx'"):
        parse("dark", language="xx")


def test_reading_a_query_loads_nothing_heavy():
    program = (
        "import sys, kuleshov.query.language.parser as language\n"
        "language.parse('tense long take')\n"
        "print([name for name in ('faiss', 'pyarrow', 'torch', 'av', 'scipy', 'pydantic') if name in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
