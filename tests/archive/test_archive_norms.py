"""Norms of an archive as a file: made of all its films, written whole, and refused where they are not what they say."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kuleshov.archive import Archive
from kuleshov.archive.archive_norms import measure_norms, stored_norms
from kuleshov.archive.norms_file import read_norms, write_norms
from kuleshov.emotion.grammar import load_grammar
from kuleshov.errors import ArchiveError

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from labelled_archive import add, film_of

YEARS = {"Strike": 1941, "October": 1948, "Earth": 1944, "Arsenal": 1996, "By the Law": None}


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("norms") / "archive"
    with Archive.open(folder, create=True) as archive:
        for title, year in YEARS.items():
            film = film_of(title, shots=8)
            add(archive, replace(film, film=replace(film.film, year=year)))
        archive.refresh()
    return folder


def made(folder: Path, **how):
    with Archive.open(folder) as archive:
        return measure_norms(archive, grammar=load_grammar(), version="0.1.0", **how)


def test_norms_of_films_of_an_archive(filled) -> None:
    norms = made(filled, least_films=3)
    assert [(group.name, group.films, group.segments) for group in norms.groups] == [
        ("archive", 5, {"shot": 40, "scene": 10}),
        ("1940s", 3, {"shot": 24, "scene": 6}),
    ]
    # 17 cuts a minute times two to the power of half a standard normal number (tests/labelled_archive.py).
    cuts = norms.groups[0].norms["shot"]["cut_rate"]
    assert 12 < cuts.median < 24
    assert 1.2 < cuts.spread < 2.0
    assert (cuts.films, cuts.segments) == (5, 40)
    assert norms.grammar == load_grammar().id
    assert [group.name for group in made(filled, least_films=3, decades=False).groups] == ["archive"]
    assert made(filled, least_films=3).id == norms.id
    with pytest.raises(ArchiveError, match=r"5 films are too few to measure what is usual \(.*--least-films 5\)"):
        made(filled, least_films=6)


def test_they_come_back_as_they_were_written(filled, tmp_path) -> None:
    norms = made(filled, least_films=3)
    path = tmp_path / "norms.json"
    write_norms(norms, path)
    assert read_norms(path) == norms
    assert [each.name for each in tmp_path.iterdir()] == ["norms.json"]  # nothing half-written is left
    content = json.loads(path.read_text())
    assert (content["format"], content["schema_version"]) == ("kuleshov-norms", 1)
    with Archive.open(filled) as archive:
        assert stored_norms(archive) is None
        write_norms(norms, filled / "norms.json")
        assert stored_norms(archive) == norms
        assert archive.check() == []
        (filled / "norms.json").write_text("{}")
        (problem,) = archive.check()
        assert "norms.json: not a file of norms" in problem
    (filled / "norms.json").unlink()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda text: text[: len(text) // 2], "damaged: .* (make them again: kuleshov norms)"),
        (lambda text: text.replace("kuleshov-norms", "something"), "not a file of norms"),
        (lambda text: "[]", "not a file of norms"),
        (lambda text: text.replace('"schema_version": 1', '"schema_version": 2'), "norms of schema version 2; this "),
        (lambda text: text.replace('"median"', '"mean"'), "damaged: .*median"),
    ],
)
def test_what_is_no_file_of_norms_is_refused_by_name(filled, tmp_path, change, complaint) -> None:
    path = tmp_path / "norms.json"
    write_norms(made(filled, least_films=3), path)
    path.write_text(change(path.read_text()))
    with pytest.raises(ArchiveError, match=complaint.replace("(", r"\(").replace(")", r"\)")) as error:
        read_norms(path)
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)


def test_a_missing_file_is_told(tmp_path) -> None:
    with pytest.raises(ArchiveError, match=r"norms\.json: can't be read"):
        read_norms(tmp_path / "norms.json")
