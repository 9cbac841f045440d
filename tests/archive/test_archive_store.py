"""What goes in comes out; films are listed, found by name, replaced and removed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuleshov.archive import Archive
from kuleshov.cinema.tracks import Tracks
from kuleshov.errors import ArchiveError
from kuleshov.records import Analysis, Film, Loudness, Provenance, Scene, Shot


def test_a_description_comes_back_as_it_was_added(folder: Path, two_films: list[Any]) -> None:
    with Archive.open(folder) as archive:
        assert all(description.is_in(archive) for description in two_films)
        assert archive.check() == []


_SCALARS = {
    float: st.floats(),
    int: st.integers(-(2**63), 2**63 - 1),
    bool: st.booleans(),
    str: st.text(max_size=8),
    NoneType: st.none(),
}


def records(hint: Any, **given_fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Anything that a record of this type may hold."""
    if hint in _SCALARS:
        return _SCALARS[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        names = [field.name for field in fields(hint)]
        return st.builds(hint, **{name: given_fields.get(name, records(hints[name])) for name in names})
    makers = {
        Literal: lambda: st.sampled_from(arguments),
        UnionType: lambda: st.one_of([records(argument) for argument in arguments]),
        Union: lambda: st.one_of([records(argument) for argument in arguments]),
        list: lambda: st.lists(records(arguments[0]), max_size=2),
        dict: lambda: st.dictionaries(records(arguments[0]), records(arguments[1]), max_size=2),
        tuple: lambda: (
            st.lists(records(arguments[0]), max_size=2).map(tuple)
            if arguments[1:] == (...,)
            else st.tuples(*[records(argument) for argument in arguments])
        ),
    }
    return makers[origin]()


_FINITE = st.floats(allow_nan=False, allow_infinity=False)
_IDS = st.text("0123456789abcdef", min_size=1, max_size=8)
_LOUDNESS = st.none() | st.builds(
    Loudness, integrated_lufs=st.none() | _FINITE, range_lu=st.none() | _FINITE, true_peak_dbtp=_FINITE
)
_ANALYSES = st.builds(
    Analysis,
    film=records(Film, content_id=_IDS, duration_seconds=_FINITE, frame_rate=_FINITE, loudness=_LOUDNESS),
    shots=st.lists(records(Shot), max_size=2),
    scenes=st.lists(records(Scene), max_size=2),
    provenance=records(Provenance, pipeline_id=_IDS),
)


@settings(max_examples=25, deadline=None)
@given(analysis=_ANALYSES, data=st.data())
def test_any_record_comes_back_as_it_was_added(
    make_description: Callable[..., Any], analysis: Analysis, data: Any
) -> None:
    analysis = replace(
        analysis,
        shots=[replace(shot, index=i) for i, shot in enumerate(analysis.shots)],
        scenes=[replace(scene, index=i) for i, scene in enumerate(analysis.scenes)],
    )
    tracks = Tracks()
    for name in data.draw(st.lists(st.text(max_size=4), max_size=3, unique=True)):
        values = np.array(data.draw(st.lists(st.floats(width=32), max_size=3)), dtype=np.float32)
        tracks.add(name, unit=data.draw(st.text(max_size=3)), seconds=np.arange(len(values)) / 3, values=values)
    vectors = {
        "shot": np.full((len(analysis.shots), 2), np.nan, dtype=np.float32),
        "scene": np.zeros((len(analysis.scenes), 2), dtype=np.float32),
    }
    description = replace(
        make_description("any"), analysis=analysis, tracks=tracks, vectors=vectors, vector_names=("a", "b")
    )
    with TemporaryDirectory() as place, Archive.open(Path(place) / "archive", create=True) as archive:
        assert description.add_to(archive)
        assert description.is_in(archive)
        archive.refresh()
        assert archive.check() == []


def test_a_name_that_is_no_utf8_survives(folder: Path, make_description: Callable[..., Any]) -> None:
    description = make_description("Stachka \udcd1\udcf2")
    with Archive.open(folder, create=True) as archive:
        description.add_to(archive)
        assert description.is_in(archive)
        assert archive.films()[0].source == "/films/Stachka \udcd1\udcf2.mkv"
        archive.refresh()
        assert archive.check() == []


def test_adding_again_changes_nothing(folder: Path, two_films: list[Any]) -> None:
    before = {path: path.stat().st_mtime_ns for path in (folder / "films").rglob("*")}
    with Archive.open(folder, write=True) as archive:
        entries = archive.films()
        assert two_films[0].add_to(archive) is False
        assert archive.films() == entries
        assert archive.check() == []
    assert {path: path.stat().st_mtime_ns for path in (folder / "films").rglob("*")} == before


def test_another_pipeline_replaces_the_description(
    folder: Path, two_films: list[Any], make_description: Callable[..., Any]
) -> None:
    newer = make_description("Strike", shots=2, pipeline="p2")
    with Archive.open(folder, write=True) as archive:
        assert newer.add_to(archive) is True
        assert newer.is_in(archive)
        assert not archive.has(newer.content_id, "p1")
        assert len(archive.films()) == 2
        assert archive.count("shot") == 2 + 3
        archive.refresh()
        assert archive.check() == []
    assert {path.name for path in (folder / "films").iterdir()} == {
        f"{newer.content_id}-p2",
        f"{two_films[1].content_id}-p1",
    }


def test_a_newer_description_counts_as_newer_when_the_clock_was_set_back(
    folder: Path, two_films: list[Any], make_description: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kuleshov.archive.catalog import commit

    class EarlyClock(commit.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return cls(1924, 1, 1, tzinfo=tz)

    monkeypatch.setattr(commit, "datetime", EarlyClock)
    newer = make_description("Strike", pipeline="p2")
    with Archive.open(folder, write=True) as archive:
        newer.add_to(archive)
        by_id = {entry.content_id: entry for entry in archive.films()}
        assert by_id[newer.content_id].added_at > "2026"


def test_a_removed_film_is_gone(folder: Path, two_films: list[Any]) -> None:
    gone, kept = two_films
    with Archive.open(folder) as archive:
        assert archive.remove(gone.content_id) is True
        assert archive.remove(gone.content_id) is False
        assert [entry.content_id for entry in archive.films()] == [kept.content_id]
        with pytest.raises(ArchiveError, match="no film has the content id"):
            archive.analysis(gone.content_id)
        archive.refresh()
        assert archive.check() == []
        assert gone.add_to(archive) is True
        assert gone.is_in(archive)


def test_films_are_listed_in_the_order_of_their_coming(folder: Path, two_films: list[Any]) -> None:
    with Archive.open(folder) as archive:
        first, second = archive.films()
    assert (first.title, second.title) == ("Strike", "By the Law")
    assert (first.shot_count, first.scene_count, first.frame_count, first.pipeline_id) == (5, 2, 250, "p1")
    assert first.source == "/films/Strike.mkv"
    assert first.added_at < second.added_at


def test_a_film_is_found_by_title_id_and_beginning_of_the_id(folder: Path, two_films: list[Any]) -> None:
    wanted = two_films[1].content_id
    with Archive.open(folder) as archive:
        for text in ("By the Law", "by the law", wanted, wanted[:8], wanted[:8].upper()):
            assert archive.resolve(text).content_id == wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("by the lav", "did you mean 'By the Law'?"),
        ("Metropolis", "no film has the title or id 'Metropolis'"),
        ("", "no film has the title or id ''"),
    ],
)
def test_a_film_that_is_not_there_is_explained(folder: Path, two_films: list[Any], text: str, message: str) -> None:
    with Archive.open(folder) as archive, pytest.raises(ArchiveError, match=message.replace("?", r"\?")):
        archive.resolve(text)


def test_two_films_of_one_title_are_told_apart(folder: Path, make_description: Callable[..., Any]) -> None:
    one, other = make_description("Carmen"), make_description("Carmen (1915)")
    other = replace(other, analysis=replace(other.analysis, film=replace(other.analysis.film, title="Carmen")))
    with Archive.open(folder, create=True) as archive:
        one.add_to(archive)
        other.add_to(archive)
        with pytest.raises(ArchiveError, match="means 2 films") as error:
            archive.resolve("Carmen")
    for film in (one, other):  # by the beginning of the id, the length and the path
        assert film.content_id[:8] in str(error.value)
        assert film.analysis.film.source in str(error.value)


def wrong_vectors(description: Any) -> Any:
    return replace(description, vectors={**description.vectors, "shot": description.vectors["shot"][1:]})


def wrong_numbers(description: Any) -> Any:
    shots = [replace(shot, index=shot.index + 1) for shot in description.analysis.shots]
    return replace(description, analysis=replace(description.analysis, shots=shots))


def missing_number(description: Any) -> Any:
    shots = [replace(shot, lighting=replace(shot.lighting, contrast=None)) for shot in description.analysis.shots]
    return replace(description, analysis=replace(description.analysis, shots=shots))


def endless_film(description: Any) -> Any:
    film = replace(description.analysis.film, duration_seconds=float("nan"))
    return replace(description, analysis=replace(description.analysis, film=film))


def infinite_vector(description: Any) -> Any:
    return replace(description, vectors={**description.vectors, "scene": description.vectors["scene"] + np.inf})


def foreign_id(description: Any) -> Any:
    film = replace(description.analysis.film, content_id="../escape")
    return replace(description, analysis=replace(description.analysis, film=film))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (wrong_vectors, r"shot vectors are float32 \(3, 6\), not float32 \(4, 6\)"),
        (wrong_numbers, "shots are not numbered from 0"),
        (missing_number, "contrast"),
        (endless_film, "can't be stored: Out of range float"),
        (infinite_vector, "scene vector holds an infinite value"),
        (foreign_id, "'../escape' is no id"),
    ],
)
def test_a_description_that_contradicts_itself_is_refused(
    folder: Path, make_description: Callable[..., Any], spoil: Callable[[Any], Any], message: str
) -> None:
    with Archive.open(folder, create=True) as archive:
        with pytest.raises(ArchiveError, match=message):
            spoil(make_description("Strike")).add_to(archive)
        assert archive.films() == []
        assert list((folder / "films").iterdir()) == []
        assert make_description("Strike").add_to(archive)


def test_film_json_names_what_the_tables_hold(folder: Path, two_films: list[Any]) -> None:
    film_folder = folder / "films" / f"{two_films[0].content_id}-p1"
    card = json.loads((film_folder / "film.json").read_text())
    assert card["schema_version"] == 1
    assert card["film"]["title"] == "Strike"
    assert (card["shot_count"], card["scene_count"]) == (5, 2)
    assert tuple(card["vector_names"]) == two_films[0].vector_names


def test_a_file_whose_size_no_film_has_is_no_film_of_the_archive(folder: Path, two_films: list[Any]) -> None:
    size = two_films[0].analysis.film.size_bytes
    with Archive.open(folder, write=True) as archive:
        assert archive.has_size(size)
        assert not archive.has_size(size + 1)
        archive.reindex()
        assert archive.has_size(size)
        for film in two_films:
            archive.remove(film.content_id)
        assert not archive.has_size(size)
