"""Segments are found by their vectors, exactly, also when the index is older than the films."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kuleshov.archive import Archive
from kuleshov.errors import ArchiveError, QueryError


def all_rows(archive: Archive, unit: Any) -> list[Any]:
    return archive.segments(unit, archive.ids(unit))


def brute_force(archive: Archive, unit: Any, weights: Any, allowed: Any = None) -> list[tuple[int, float]]:
    """Every allowed segment with its product in float64, best first."""
    rows = all_rows(archive, unit)
    products = [(row.id, float(np.nan_to_num(row.vector).astype(np.float64) @ weights)) for row in rows]
    wanted = products if allowed is None else [product for product in products if product[0] in allowed]
    return sorted(wanted, key=lambda product: (-product[1], product[0]))


def assert_ranked_alike(got: list[tuple[int, float]], expected: list[tuple[int, float]]) -> None:
    assert [segment_id for segment_id, _ in got] == [segment_id for segment_id, _ in expected]
    np.testing.assert_allclose([p for _, p in got], [p for _, p in expected], atol=1e-6)


@pytest.fixture(scope="module")
def archive(stored: tuple[Path, list[Any]]) -> Any:
    with Archive.open(stored[0]) as opened:
        yield opened


def test_segments_come_back_with_film_and_vector_in_the_order_asked(
    archive: Archive, stored: tuple[Path, list[Any]]
) -> None:
    two_films = stored[1]
    ids = archive.ids("shot")
    assert ids.dtype == np.int64
    assert archive.count("shot") == len(ids) == 8
    assert archive.count("scene") == 3
    rows = archive.segments("shot", ids[::-1])
    assert [row.id for row in rows] == ids[::-1].tolist()
    expected = [(film, shot) for film in two_films for shot in film.analysis.shots][::-1]
    vectors = np.concatenate([film.vectors["shot"] for film in two_films])[::-1]
    for row, (film, shot), vector in zip(rows, expected, vectors, strict=True):
        assert row.segment == shot
        assert row.film.content_id == film.content_id
        assert row.unit == "shot"
        np.testing.assert_array_equal(row.vector, vector)
    assert np.isnan(rows[-1].vector).sum() == 1
    assert archive.vector_names == two_films[0].vector_names


def test_an_id_of_the_other_unit_or_of_none_is_refused(archive: Archive) -> None:
    scene = int(archive.ids("scene")[0])
    for wrong in (scene, 10**6):
        with pytest.raises(ArchiveError, match=f"no shot has the id {wrong} "):
            archive.segments("shot", [wrong])


def test_unknown_units_are_refused(archive: Archive) -> None:
    with pytest.raises(QueryError, match="unknown unit 'frame': known are shot, scene"):
        archive.ids("frame")  # type: ignore[arg-type]


@pytest.mark.parametrize("unit", ["shot", "scene"])
def test_the_nearest_are_those_of_brute_force(archive: Archive, unit: Any) -> None:
    rng = np.random.default_rng(5)
    ids = archive.ids(unit)
    for _ in range(8):
        weights = rng.normal(size=6).astype(np.float32)
        allowed = rng.choice(ids, size=rng.integers(0, len(ids) + 1), replace=False)
        for choice in (None, allowed, np.append(allowed, [0, 10**5])):
            expected = brute_force(archive, unit, weights, choice)
            for k in (0, 2, 100):
                assert_ranked_alike(archive.nearest(unit, weights, k=k, allowed=choice), expected[:k])


def test_what_was_not_measured_counts_nothing(archive: Archive) -> None:
    unmeasured = archive.segments("shot", archive.ids("shot"))[0]
    assert np.isnan(unmeasured.vector[-1])
    weights = np.array([0, 0, 0, 0, 0, 1], dtype=np.float32)
    assert dict(archive.nearest("shot", weights, k=8))[unmeasured.id] == 0.0


def test_equal_segments_are_ordered_by_id(archive: Archive) -> None:
    weights = np.zeros(6, dtype=np.float32)
    ids = [segment_id for segment_id, _ in archive.nearest("shot", weights, k=8)]
    assert ids == archive.ids("shot").tolist()


@pytest.mark.parametrize(
    ("weights", "k", "message"),
    [
        (np.zeros(5), 1, r"weights have shape \(5,\), not \(6,\)"),
        (np.full(6, np.nan), 1, "weights must be finite"),
        (np.zeros(6), -1, "k is -1"),
    ],
)
def test_weights_that_make_no_sense_are_refused(archive: Archive, weights: Any, k: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        archive.nearest("shot", weights, k=k)


def test_an_empty_archive_answers_with_nothing(folder: Path) -> None:
    with Archive.open(folder, create=True) as archive:
        assert archive.films() == []
        assert archive.vector_names == ()
        assert archive.count("scene") == 0
        assert archive.ids("shot").shape == (0,)
        assert archive.nearest("shot", np.zeros(6, dtype=np.float32), k=3) == []
        assert archive.segments("shot", []) == []
        archive.refresh()
        assert archive.check() == []


def change(archive: Archive, two_films: list[Any], make_description: Callable[..., Any], kind: str) -> None:
    if kind in ("add", "all"):
        make_description("Outskirts", shots=7).add_to(archive)
    if kind in ("replace", "all"):
        make_description("Strike", shots=6, pipeline="p2").add_to(archive)
    if kind in ("remove", "all"):
        archive.remove(two_films[1].content_id)


@pytest.mark.parametrize("kind", ["add", "replace", "remove", "all"])
@pytest.mark.parametrize("by_reader", [True, False])
def test_a_stale_index_is_brought_up_to_date_before_the_search(
    folder: Path, two_films: list[Any], make_description: Callable[..., Any], kind: str, by_reader: bool
) -> None:
    weights = np.linspace(-1, 1, 6).astype(np.float32)
    index_files = folder / "index" / "shot-affect"
    with Archive.open(folder) as early_reader:
        early_reader.nearest("shot", weights, k=1)  # has the older index in memory
        with Archive.open(folder, write=True) as writer:
            change(writer, two_films, make_description, kind)
            before = {path.name for path in index_files.iterdir()}
            searcher = early_reader if by_reader else writer
            for _ in range(2):
                assert_ranked_alike(searcher.nearest("shot", weights, k=50), brute_force(searcher, "shot", weights))
            changed_on_disk = before != {path.name for path in index_files.iterdir()}
            assert changed_on_disk is not by_reader
            writer.refresh()
            assert writer.check() == []
        assert_ranked_alike(early_reader.nearest("shot", weights, k=50), brute_force(early_reader, "shot", weights))


def test_a_reader_that_becomes_the_writer_puts_its_index_on_disk(
    folder: Path, two_films: list[Any], make_description: Callable[..., Any]
) -> None:
    with Archive.open(folder, write=True) as archive:
        make_description("Outskirts").add_to(archive)
    with Archive.open(folder) as archive:
        assert len(archive.nearest("shot", np.ones(6), k=50)) == 12
        assert len(archive.check()) == 2  # both indexes on disk are older
        archive.refresh()
        assert archive.check() == []


def test_only_new_films_are_read_to_refresh_the_index(
    folder: Path, two_films: list[Any], make_description: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kuleshov.archive.vectors import refresh

    read: list[str] = []
    original = refresh.read_vectors
    monkeypatch.setattr(refresh, "read_vectors", lambda f, *a, **k: (read.append(f.name), original(f, *a, **k))[1])
    newcomer = make_description("Outskirts")
    with Archive.open(folder, write=True) as archive:
        archive.remove(two_films[1].content_id)
        newcomer.add_to(archive)
        archive.refresh()
        assert read == [f"{newcomer.content_id}-p1"] * 2  # shots and scenes
        read.clear()
        archive.refresh()
        assert read == []


def test_one_generation_of_the_index_is_kept(folder: Path, two_films: list[Any]) -> None:
    index_files = folder / "index" / "scene-affect"
    assert {path.name for path in index_files.iterdir()} == {"CURRENT", "gen-1.faiss", "gen-1.ids.parquet"}
    with Archive.open(folder, write=True) as archive:
        archive.remove(two_films[0].content_id)
        archive.refresh()
    assert {path.name for path in index_files.iterdir()} == {"CURRENT", "gen-2.faiss", "gen-2.ids.parquet"}
    assert (index_files / "CURRENT").read_text() == "gen-2\n"


@pytest.mark.parametrize("harm", ["gen-1.faiss", "gen-1.ids.parquet", "CURRENT"])
def test_a_damaged_index_is_reported_and_made_anew(folder: Path, two_films: list[Any], harm: str) -> None:
    path = folder / "index" / "shot-affect" / harm
    path.write_bytes(path.read_bytes()[:-9])
    weights = np.ones(6, dtype=np.float32)
    with Archive.open(folder) as reader:
        assert any("shot-affect: the vector index is damaged" in line for line in reader.check())
        assert_ranked_alike(reader.nearest("shot", weights, k=9), brute_force(reader, "shot", weights))
    with Archive.open(folder, write=True) as writer:
        writer.refresh()
        assert writer.check() == []


def test_vectors_with_other_columns_are_read_by_name(
    folder: Path, two_films: list[Any], make_description: Callable[..., Any]
) -> None:
    names = ("mood_joy", "brand_new", "long_take")
    with Archive.open(folder, write=True) as archive:
        make_description("Outskirts", names=names).add_to(archive)
        assert archive.vector_names == names
        rows = all_rows(archive, "shot")
        old = two_films[0].vectors["shot"]
        expected = np.column_stack([old[:, 5], np.full(len(old), np.nan), old[:, 0]])
        np.testing.assert_array_equal(np.stack([row.vector for row in rows[: len(old)]]), expected)
        weights = np.array([0.5, 0.25, -0.25], dtype=np.float32)
        assert_ranked_alike(archive.nearest("shot", weights, k=50), brute_force(archive, "shot", weights))
        archive.refresh()
        problems = archive.check()
        assert len(problems) == 2
        assert all("described by an older pipeline" in line for line in problems)
