"""benchmarks/golden: a difference is found, put in its class, and allowed only by an entry that says so."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks/golden"))

from allowed import read_allowances, sorted_out
from differences import compare_runs

RUN = {
    "document": {
        "hits": [
            {"score": 0.25, "film": "Sintel", "reasons": [{"cue": "bright", "text": "dark: luma 0.21, as usual"}]}
        ],
        "notes": ["matched by sight", "3 of 4 films"],
        "lines": [{"text": "Never mind."}],
    }
}


@pytest.fixture
def runs(tmp_path):
    """Write two runs, the second after a change, and return their differences."""

    def write(change):
        other = json.loads(json.dumps(RUN))
        change(other["document"])
        for name, run in (("before", RUN), ("after", other)):
            (tmp_path / name / "search").mkdir(parents=True)
            (tmp_path / name / "search/one.json").write_text(json.dumps(run))
        return list(compare_runs(tmp_path / "before", tmp_path / "after"))

    return write


def set_reason(text):
    return lambda document: document["hits"][0]["reasons"][0].update(text=text)


@pytest.mark.parametrize(
    ("change", "kind", "path"),
    [
        (lambda d: d["hits"][0].update(score=0.25000000000000006), "numbers", "search/one/document/hits/0/score"),
        (lambda d: d["hits"][0].update(score=None), "values", "search/one/document/hits/0/score"),
        (lambda d: d["hits"][0].update(film="Cleo"), "values", "search/one/document/hits/0/film"),
        (lambda d: d["lines"][0].update(text="Nevermind."), "values", "search/one/document/lines/0/text"),
        (set_reason("dark: mean luma 0.21, as is usual"), "words", "search/one/document/hits/0/reasons/0/text"),
        (set_reason("dark: luma 0.22, as usual"), "numbers in words", "search/one/document/hits/0/reasons/0/text"),
        (lambda d: d["notes"].insert(1, "another note"), "words", "search/one/document/notes"),
        (lambda d: d["notes"].insert(1, "another 2"), "numbers in words", "search/one/document/notes"),
        (lambda d: d["hits"].append({}), "structure", "search/one/document/hits"),
        (lambda d: d.pop("lines"), "structure", "search/one/document/lines"),
    ],
)
def test_a_difference_is_found_and_put_in_its_class(runs, change, kind, path):
    (found,) = runs(change)
    assert (found.kind, found.path) == (kind, path)


def test_equal_runs_have_no_differences(runs):
    assert runs(lambda document: None) == []


def test_a_record_that_is_missing_is_a_difference(runs, tmp_path):
    runs(lambda document: None)
    (tmp_path / "after/search/one.json").unlink()
    (found,) = compare_runs(tmp_path / "before", tmp_path / "after")
    assert (found.kind, found.path, found.after) == ("structure", "search/one", "(not there)")


def test_words_are_allowed_without_their_numbers(runs, tmp_path):
    allow = tmp_path / "allow.toml"
    allow.write_text("[[allowed]]\nreason = 'copy edit'\nkind = 'words'\n")
    words = runs(set_reason("dark: mean luma 0.21"))
    unexpected, counts = sorted_out(words, read_allowances(allow))
    assert (unexpected, counts) == ([], {"copy edit": 1})


def test_other_numbers_are_not_allowed_as_words(runs, tmp_path):
    allow = tmp_path / "allow.toml"
    allow.write_text(
        "[[allowed]]\nreason = 'copy edit'\nkind = 'words'\n[[allowed]]\nreason = 'not used'\npath = 'x'\n"
    )
    differences = runs(set_reason("dark: mean luma 0.2"))
    assert sorted_out(differences, read_allowances(allow)) == (differences, {"copy edit": 0, "not used": 0})


@pytest.mark.parametrize(("score", "allowed"), [(0.2500001, True), (0.2501, False), (None, False)])
def test_a_tolerance_allows_near_numbers_alone(runs, tmp_path, score, allowed):
    allow = tmp_path / "allow.toml"
    allow.write_text("[[allowed]]\nreason = 'rounding'\npath = '.*/score'\nwithin = 1e-6\n")
    unexpected, _ = sorted_out(runs(lambda d: d["hits"][0].update(score=score)), read_allowances(allow))
    assert (unexpected == []) == allowed


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("path = 'x'", "give a reason"),
        ("reason = 'x'", "give a reason"),
        ("reason = 'x'\nkind = 'number'", "'number' is none of numbers"),
        ("reason = 'x'\nwhere = 'y'", "'where' is unknown"),
    ],
)
def test_an_entry_that_says_too_little_is_refused(tmp_path, entry, told):
    path = tmp_path / "allow.toml"
    path.write_text(f"[[allowed]]\n{entry}\n")
    with pytest.raises(ValueError, match=told):
        read_allowances(path)
