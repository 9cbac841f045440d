"""Norms and grammars on the command line: made, used, and shown for a film."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from kuleshov.archive import Archive
from kuleshov.cli.app import app
from kuleshov.errors import KuleshovError

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from labelled_archive import add, film_of

EXAMPLES = Path(__file__).parents[2] / "examples/grammars"


def run(*words):
    """Run a command in this process, with errors as the command line prints them."""
    environment = {"COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1", "KULESHOV_ARCHIVE": None}
    done = CliRunner().invoke(app, [*map(str, words)], env=environment)
    if isinstance(done.exception, KuleshovError):
        return Done(1, done.stdout, f"kuleshov: {done.exception}\n")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout, done.stderr)


def in_json(*words):
    done = run(*words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    """Three films of the 1940s, and a later one whose cutting is six times as fast."""
    folder = tmp_path_factory.mktemp("archive") / "archive"
    with Archive.open(folder, create=True) as store:
        for number, title in enumerate(("Strike", "October", "Earth", "Arsenal")):
            film = film_of(title, shots=8)
            add(store, replace(film, film=replace(film.film, year=1940 + number if number < 3 else 2001)))
        store.refresh()
    return folder


def test_from_norms_to_reasons(archive, tmp_path):
    place = ("why", "Strike@4", "--unit", "shot", "--archive", archive)
    before, shown = in_json(*place), in_json("show", "Strike", "--archive", archive)
    found = in_json("search", "fast cutting shots", "--archive", archive)["hits"]
    refused = run("norms", "--archive", archive)
    assert refused.returncode == 1
    assert "4 films are too few to measure what is usual" in refused.stderr

    told = run("norms", "--archive", archive, "--least-films", "3").stdout
    assert "this archive: 4 films, 32 shots, 8 scenes" in told
    assert "the 1940s: 3 films, 24 shots, 6 scenes" in told
    assert f"Wrote {archive / 'norms.json'} (norms-" in told

    # Scores stay, reasons say more.
    after = in_json(*place)
    cut = next(reason for reason in after["shot"]["emotion"]["reasons"] if reason["cue"] == "cut_rate")
    was = next(reason for reason in before["shot"]["emotion"]["reasons"] if reason["cue"] == "cut_rate")
    assert set(cut["z"]) - set(was["z"]) == {"archive", "1940s"}
    assert " for the 1940s" in cut["text"]
    assert {**cut, "z": was["z"], "text": was["text"]} == was
    assert after["shot"]["views"] == before["shot"]["views"]
    assert " for the 1940s" in run(*place).stdout
    assert {"archive", "1940s"} <= set(
        in_json("show", "Strike", "--archive", archive)["shots"][0]["emotion"]["reasons"][0]["z"]
    )
    again = in_json("search", "fast cutting shots", "--archive", archive)["hits"]
    assert [(hit["film"], hit["index"], hit["score"]) for hit in again] == [
        (hit["film"], hit["index"], hit["score"]) for hit in found
    ]
    assert any(
        " for the 1940s" in reason["text"] for hit in again for reason in hit["reasons"] if hit["film"] != "Arsenal"
    )

    # To be judged by them is asked for.
    changed = in_json("reread", "--norms", archive / "norms.json", "--archive", archive)["reread"]
    assert len(changed) == 4
    judged = in_json("show", "Strike", "--archive", archive)
    assert judged["provenance"]["models"]["norms"].endswith(", 1940s")
    assert judged["shots"][0]["emotion"]["valence"] != shown["shots"][0]["emotion"]["valence"]
    assert len(in_json("reread", "--archive", archive)["reread"]) == 4
    elsewhere = tmp_path / "whole.json"
    run("norms", "--archive", archive, "--least-films", "4", "--no-decades", "--out", elsewhere)
    assert [group["decade"] for group in json.loads(elsewhere.read_text())["groups"]] == [None]


def test_why_names_the_feeling_as_others_do(archive):
    read = in_json("why", "Strike@4", "--archive", archive)["scene"]
    assert set(read["views"]) == {"eev", "ekman"}
    assert read["views"]["ekman"]["disgust"] == {"value": None, "confidence": 0.0}  # nobody looked for faces
    fear = read["views"]["ekman"]["fear"]
    assert fear["value"] == read["emotion"]["moods"]["fear"]
    assert 0 < fear["confidence"] < 0.5
    assert "under other names: " in run("why", "Strike@4", "--archive", archive).stdout


def test_grammars_are_checked_and_shown(tmp_path):
    told = run("grammars", EXAMPLES).stdout
    assert "for genre film noir or noir; years 1940 to 1959" in told
    assert "cues.key.median: 0.04, was 0.07" in told
    assert "cues.saturation: taken away" in told
    (shipped,) = in_json("grammars")["grammars"]
    assert shipped["differences"] == []
    whole = tmp_path / "whole.toml"
    assert f"Wrote {whole}." in run("grammars", EXAMPLES / "noir.toml", "--whole", whole).stdout
    assert in_json("grammars", whole)["grammars"][0]["extends"] is None
    assert "(--force replaces it)" in run("grammars", EXAMPLES / "noir.toml", "--whole", whole).stderr
    broken = tmp_path / "mine.toml"
    broken.write_text('name = "mine"\nextends = "kuleshov"\ndescription = "mine"\n[cues.key]\nmedain = 1\n')
    done = run("grammars", broken)
    assert done.returncode == 1
    assert done.stderr.startswith(f"kuleshov: {broken}: cues.key.medain: unknown setting; allowed: measure, ")


def test_which_film_takes_which_grammar(tmp_path, make_film, grey):
    film = make_film(tmp_path / "film.mp4", [grey(90)] * 4)
    assert in_json("grammars", EXAMPLES, "--film", film)["film"]["reason"] == "for films that no other is for"
    (tmp_path / "film.toml").write_text("year = 1926")
    assert in_json("grammars", EXAMPLES, "--film", film)["film"]["reason"] == "years 1895 to 1928"


def test_a_grammar_that_extends_another_must_be_written_as_one_file_before_training(archive):
    done = run("train", "emotion", "--grammar", EXAMPLES / "noir.toml", "--archive", archive)
    assert done.returncode == 1
    assert "extends another one: first write it as one file" in done.stderr
