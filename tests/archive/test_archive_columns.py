"""Columns and cached rows are those of the films, whatever came and went."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kuleshov.archive import Archive
from kuleshov.archive.columns import column_files, column_refresh
from kuleshov.archive.columns.columns import MEASURE_PATHS
from kuleshov.archive.columns.row_cache import read_rows
from kuleshov.archive.film.segment_tables import read_segments
from kuleshov.cinema.attributes.measures import measure
from kuleshov.records import Scene, Shot


def assert_columns_are_those_of_the_rows(archive: Archive) -> None:
    for unit in ("shot", "scene"):
        columns = archive.columns(unit)
        ids = archive.ids(unit)
        rows = columns.at(ids)
        assert len(columns) == len(ids)
        assert columns.ids(rows).tolist() == ids.tolist()
        segments = archive.segments(unit, ids)
        measures = np.array([[measure(row.segment, path) for path in MEASURE_PATHS] for row in segments])
        np.testing.assert_array_equal(columns.measures(rows), measures.reshape(len(ids), len(MEASURE_PATHS)))
        blocks = list(columns.blocks())
        for place, path in enumerate(MEASURE_PATHS):
            here = [block.measure(path)[block.present] for block in blocks]
            np.testing.assert_array_equal(
                np.concatenate([np.empty(0), *here]), measures.reshape(len(ids), -1)[:, place] if len(ids) else []
            )
        with Archive.open(archive.path) as other:  # reads vectors from the films' folders: it has no columns yet
            vectors = np.array([row.vector for row in other.segments(unit, ids)]).reshape(len(ids), len(columns.names))
        np.testing.assert_array_equal(columns.vectors(rows), vectors)
        films = [(row.film.content_id, row.segment.index) for row in segments]
        assert [films[i] for i in np.argsort(columns.order_keys(rows))] == sorted(films)
        some = {row.film.content_id for row in segments[:1]}
        within = np.flatnonzero(columns.within(some))
        assert set(within) & set(rows) == {row for row, film in zip(rows, films, strict=True) if film[0] in some}


def test_columns_follow_whatever_comes_and_goes(
    folder: Path, two_films: list[Any], make_description: Callable[..., Any]
) -> None:
    changes: list[Callable[[Archive], Any]] = [
        lambda writer: make_description("Outskirts", shots=7).add_to(writer),
        lambda writer: make_description("Strike", shots=6, pipeline="p2").add_to(writer),
        lambda writer: make_description("Mother", scenes=0).add_to(writer),
        lambda writer: make_description("Outskirts", scenes=0, pipeline="p2").add_to(writer),  # has no scenes any more
        lambda writer: writer.remove(two_films[1].content_id),
        lambda writer: make_description("By the Law", pipeline="p3").add_to(writer),
        lambda writer: make_description("Aelita", names=("mood_joy", "brand_new", "long_take")).add_to(writer),
        lambda writer: writer.reindex(),
        lambda writer: [writer.remove(film.content_id) for film in writer.films()],
        lambda writer: make_description("Aelita", shots=3, scenes=3).add_to(writer),
    ]
    with Archive.open(folder) as reader, Archive.open(folder, write=True) as writer:
        assert_columns_are_those_of_the_rows(reader)
        for number, change in enumerate(changes):
            change(writer)
            assert_columns_are_those_of_the_rows(reader if number % 2 else writer)
            if number % 4 == 3:
                writer.refresh()
                assert [line for line in writer.check() if "older pipeline" not in line] == []
                assert_columns_are_those_of_the_rows(reader)


def test_new_films_are_new_parts_and_few_parts_stay(
    folder: Path, make_description: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    original = column_refresh.read_vectors
    monkeypatch.setattr(
        column_refresh, "read_vectors", lambda f, unit, *a, **k: (read.append(unit), original(f, unit, *a, **k))[1]
    )
    counts = []
    with Archive.open(folder, create=True) as archive:
        for number in range(14):
            make_description(f"film {number}").add_to(archive)
            counts.append([len(part) for part in archive.columns("shot").parts])
            assert len(read) == 1, "only the new film's folder is read"
            read.clear()
        assert_columns_are_those_of_the_rows(archive)
    assert max(map(len, counts)) <= 3
    for parts in counts:
        assert all(parts[i] >= 4 * sum(parts[i + 1 :]) for i in range(len(parts)))
    names = {path.name.partition(".")[0] for path in (folder / "index" / "columns" / "shot").iterdir()}
    assert len(names) == 1 + len(counts[-1]), "only what counts is left, and CURRENT"


def test_much_that_is_gone_is_taken_out(folder: Path, make_description: Callable[..., Any]) -> None:
    films = [make_description(f"film {number}", shots=10) for number in range(5)]
    with Archive.open(folder, create=True) as archive:
        for film in films:
            film.add_to(archive)
        archive.columns("shot")
        archive.remove(films[2].content_id)
        (part,) = archive.columns("shot").parts
        assert (len(part), part.count) == (50, 40)
        archive.remove(films[0].content_id)
        (part,) = archive.columns("shot").parts
        assert (len(part), part.count) == (30, 30)
        assert_columns_are_those_of_the_rows(archive)


@pytest.mark.parametrize("harm", ["CURRENT", "part-1.json", "part-1.measures.npy", "part-1.values.npy"])
def test_damaged_columns_are_reported_and_made_anew(folder: Path, two_films: list[Any], harm: str) -> None:
    path = folder / "index" / "columns" / "shot" / harm
    path.write_bytes(path.read_bytes()[:-9])
    with Archive.open(folder) as reader:
        assert any("columns that can be read" in line for line in reader.check())
        assert_columns_are_those_of_the_rows(reader)
    with Archive.open(folder, write=True) as writer:
        writer.refresh()
        assert writer.check() == []
        assert_columns_are_those_of_the_rows(writer)


def test_columns_with_other_numbers_are_reported(folder: Path, two_films: list[Any]) -> None:
    path = folder / "index" / "columns" / "scene" / "part-1.measures.npy"
    measures = np.load(path)
    measures[0, 1] += 1
    np.save(path, measures)
    with Archive.open(folder) as reader:
        assert any("scene: the columns hold other measures" in line for line in reader.check())


def test_a_writer_that_was_killed_leaves_the_columns_that_counted(
    folder: Path, two_films: list[Any], make_description: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*args: Any) -> None:
        raise KeyboardInterrupt

    with Archive.open(folder, write=True) as writer:
        make_description("Outskirts").add_to(writer)
        with monkeypatch.context() as patched:
            patched.setattr(column_files, "replace_file", killed)
            with pytest.raises(KeyboardInterrupt):
                writer.columns("shot")
    with Archive.open(folder) as reader:
        assert_columns_are_those_of_the_rows(reader)
    with Archive.open(folder, write=True) as writer:
        writer.refresh()
        assert writer.check() == []
        assert_columns_are_those_of_the_rows(writer)


def row_files(folder: Path, unit: str) -> list[Path]:
    return sorted((folder / "index" / "rows" / unit).iterdir())


def test_cached_rows_are_those_of_parquet(folder: Path, make_description: Callable[..., Any]) -> None:
    film = make_description("Long", shots=40, scenes=17)
    with Archive.open(folder, create=True) as archive:
        film.add_to(archive)
        archive.refresh()
        (there,) = (folder / "films").iterdir()
        for unit, kind, records in (("shot", Shot, film.analysis.shots), ("scene", Scene, film.analysis.scenes)):
            rows = np.random.default_rng(1).permutation(len(records))[:15]
            wanted = [records[row] for row in rows]
            (file,) = row_files(folder, unit)
            assert read_rows(file, rows, kind) == read_segments(there, kind, rows) == wanted
            ids = archive.ids(unit)[rows]
            assert [row.segment for row in archive.segments(unit, ids)] == wanted
            content = file.read_bytes()
            file.write_bytes(content[:-3])
            assert read_rows(file, rows, kind) is None
            assert any(f"{file}: other {unit}s" in line for line in archive.check())
            assert [row.segment for row in archive.segments(unit, ids)] == wanted
            file.unlink()  # as of a film that was added since
            assert [row.segment for row in archive.segments(unit, ids)] == wanted
            archive.refresh()
            assert file.read_bytes() == content
        assert archive.check() == []
        (shots,), (scenes,) = row_files(folder, "shot"), row_files(folder, "scene")
        shutil.copy(shots, scenes)
        assert any("other scenes than in the Parquet file" in line for line in archive.check())
        archive.reindex()
        assert archive.check() == []


def test_rows_follow_a_film_that_is_described_again_by_the_same_pipeline(
    folder: Path, make_description: Callable[..., Any]
) -> None:
    film = make_description("Strike")
    brighter = [replace(shot, color=replace(shot.color, warmth=0.5)) for shot in film.analysis.shots]
    again = replace(film, analysis=replace(film.analysis, shots=brighter))
    with Archive.open(folder, create=True) as archive:
        film.add_to(archive)
        archive.refresh()
        archive.remove(film.content_id)
        again.add_to(archive)
        assert [row.segment for row in archive.segments("shot", archive.ids("shot"))] == brighter
        archive.refresh()
        assert [row.segment for row in archive.segments("shot", archive.ids("shot"))] == brighter
        assert len(row_files(folder, "shot")) == 1


def test_cached_rows_can_be_read_by_anyone(folder: Path, two_films: list[Any]) -> None:
    import json

    import pyarrow.feather

    film = two_films[0]
    (file,) = (path for path in row_files(folder, "shot") if path.name.startswith(film.content_id))
    shots = [json.loads(row) for row in pyarrow.feather.read_table(file)["row"].to_pylist()]
    assert [shot["start_seconds"] for shot in shots] == [shot.start_seconds for shot in film.analysis.shots]


def test_a_folder_of_a_former_version_with_rows_of_its_own_is_read(folder: Path, two_films: list[Any]) -> None:
    """Its ``shots.jsonl.zst`` is passed over."""
    film = two_films[0]
    for name in ("shots.jsonl.zst", "scenes.jsonl.zst"):
        (folder / "films" / f"{film.content_id}-p1" / name).write_bytes(b"whatever")
    shutil.rmtree(folder / "index")
    with Archive.open(folder) as archive:
        assert [row.segment for row in archive.segments("shot", archive.ids("shot")[:5])] == film.analysis.shots
        archive.reindex()
        assert archive.check() == []


def test_a_row_keeps_what_is_no_number_and_no_ascii(folder: Path, make_description: Callable[..., Any]) -> None:
    film = make_description("Strange")
    times = (np.nan, 1e-308, 0.1, 3.0)
    shots = [replace(shot, start_seconds=time) for shot, time in zip(film.analysis.shots, times, strict=True)]
    film = replace(film, analysis=replace(film.analysis, shots=shots))
    with Archive.open(folder, create=True) as archive:
        film.add_to(archive)
        archive.refresh()
        (there,), (file,) = (folder / "films").iterdir(), row_files(folder, "shot")
    rows = np.arange(len(shots))
    assert repr(read_rows(file, rows, Shot)) == repr(read_segments(there, Shot, rows)) == repr(shots)
