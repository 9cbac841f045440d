"""Vectors of several spaces: kept with their film, found by likeness, apart from those of other spaces and models."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kuleshov.archive import Archive
from kuleshov.archive.film.space_tables import VectorSpace
from kuleshov.archive.vectors.settings import IndexSettings
from kuleshov.errors import ArchiveError
from kuleshov.records import Embeddings, carry_over, missing_vectors

DIMENSIONS = 24


def unit_rows(count: int, *, seed: int, dimensions: int = DIMENSIONS) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, dimensions))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def seen(
    film: Any, *, seed: int, space: str = "visual", model: str = "a/b", dimensions: int = DIMENSIONS
) -> Embeddings:
    """Vectors of a film's shots and scenes; its second shot has none."""
    shots = unit_rows(len(film.analysis.shots), seed=seed, dimensions=dimensions)
    shots[1] = np.nan
    scenes = unit_rows(len(film.analysis.scenes), seed=seed + 1, dimensions=dimensions)
    return Embeddings(space, model, {"shot": shots, "scene": scenes})


def add(archive: Archive, film: Any, *embeddings: Embeddings) -> None:
    assert archive.add(film.analysis, film.tracks, film.vectors, film.vector_names, embeddings=embeddings)


def expected(archive: Archive, films: list[tuple[Any, Embeddings]], query: Any, unit: Any = "shot") -> dict[int, float]:
    """The product of every segment that has a vector, from the arrays that were given."""
    found = {}
    for film, embeddings in films:
        ids = [segment_id for segment_id, _, _ in archive.spans(unit, film.content_id)]
        for segment_id, row in zip(ids, embeddings.vectors[unit], strict=True):
            if not np.isnan(row).any():
                found[segment_id] = float(row @ query)
    return found


def assert_found(got: list[tuple[int, float]], products: dict[int, float], k: int) -> None:
    best = sorted(products, key=lambda segment_id: -products[segment_id])[:k]
    assert [segment_id for segment_id, _ in got] == best
    np.testing.assert_allclose([score for _, score in got], [products[i] for i in best], atol=1e-3)


@pytest.fixture
def three_films(folder: Path, make_description: Any) -> Any:
    """An archive of three films: one sees with a/b, one with a/b and listens, one has no embeddings; as (film, ...)."""
    films = [make_description("Strike", shots=5), make_description("Mother"), make_description("By the Law", shots=3)]
    with Archive.open(folder, create=True) as archive:
        add(archive, films[0], seen(films[0], seed=1))
        add(archive, films[1], seen(films[1], seed=3), seen(films[1], seed=5, space="sound", model="s", dimensions=8))
        add(archive, films[2])
        archive.refresh()
    return films


def test_embeddings_come_back_in_half_precision(folder: Path, three_films: list[Any]) -> None:
    with Archive.open(folder) as archive:
        assert archive.check() == []
        assert archive.embeddings(three_films[2].content_id) == []
        visual, sound = archive.embeddings(three_films[1].content_id)
        assert (visual.space, visual.model, sound.space, sound.model) == ("visual", "a/b", "sound", "s")
        given = seen(three_films[1], seed=3)
        for unit, rows in given.vectors.items():
            assert visual.vectors[unit].dtype == np.float32
            np.testing.assert_array_equal(visual.vectors[unit], rows.astype(np.float16).astype(np.float32))
        assert archive.spaces("shot") == [VectorSpace("sound", "s", 8), VectorSpace("visual", "a/b", DIMENSIONS)]


def test_the_nearest_are_found_in_their_space(folder: Path, three_films: list[Any]) -> None:
    query = unit_rows(1, seed=9)[0]
    films = [(three_films[0], seen(three_films[0], seed=1)), (three_films[1], seen(three_films[1], seed=3))]
    with Archive.open(folder) as archive:
        products = expected(archive, films, query)
        assert len(products) == 7
        assert_found(archive.nearest_in("visual", "shot", query, k=4), products, 4)
        ids = np.array(list(products))[::-2]
        allowed = {segment_id: products[segment_id] for segment_id in ids.tolist()}
        outside = np.concatenate([ids, [10**6], ids])  # also what is no id, and one twice
        assert_found(archive.nearest_in("visual", "shot", query, k=99, allowed=outside), allowed, 99)
        assert archive.nearest_in("visual", "shot", query, k=4, allowed=np.empty(0, dtype=np.int64)) == []
        assert_found(archive.nearest_in("visual", "scene", query, k=2), expected(archive, films, query, "scene"), 2)
        assert len(archive.nearest_in("sound", "shot", np.ones(8), k=9)) == 3
        assert archive.nearest_in("dialogue", "shot", query, k=4) == []
        with pytest.raises(ValueError, match=r"shape \(8,\), not \(24,\) as a/b makes it"):
            archive.nearest_in("visual", "shot", np.ones(8), k=4)


def test_vectors_are_given_by_id(folder: Path, three_films: list[Any]) -> None:
    with Archive.open(folder) as archive:
        ids = archive.ids("shot")[::-1]
        rows = archive.vectors_of("visual", "shot", ids)
        given = np.concatenate(
            [seen(three_films[0], seed=1).vectors["shot"], seen(three_films[1], seed=3).vectors["shot"]]
        )
        none = np.full((3, DIMENSIONS), np.nan, dtype=np.float32)
        np.testing.assert_allclose(rows, np.concatenate([given, none])[::-1], atol=1e-3)
        assert archive.vectors_of("dialogue", "shot", ids).shape == (len(ids), 0)


def test_films_of_another_model_are_left_out(folder: Path, three_films: list[Any], make_description: Any) -> None:
    newer = make_description("Outskirts")
    of_newer = seen(newer, seed=7, model="c/d", dimensions=16)
    with Archive.open(folder, write=True) as archive:
        add(archive, newer, of_newer)
        query = unit_rows(1, seed=9, dimensions=16)[0]
        products = expected(archive, [(newer, of_newer)], query)
        assert_found(archive.nearest_in("visual", "shot", query, k=9), products, 9)
        assert_found(archive.nearest_in("visual", "shot", query, k=9, model="c/d"), products, 9)
        assert len(archive.nearest_in("visual", "shot", unit_rows(1, seed=9)[0], k=9, model="a/b")) == 7
        archive.refresh()
        assert archive.check() == []
        assert len(list((folder / "index" / "shot-visual").iterdir())) == 2
        archive.remove(newer.content_id)
        archive.refresh()
        assert len(list((folder / "index" / "shot-visual").iterdir())) == 1
        assert archive.check() == []


@pytest.mark.parametrize("by_reader", [True, False])
def test_the_index_follows_the_films(
    folder: Path, three_films: list[Any], make_description: Any, by_reader: bool
) -> None:
    newer, query = make_description("Outskirts"), unit_rows(1, seed=9)[0]
    with Archive.open(folder) as reader, Archive.open(folder, write=True) as writer:
        reader.nearest_in("visual", "shot", query, k=1)
        writer.remove(three_films[0].content_id)
        add(writer, newer, seen(newer, seed=7))
        films = [(three_films[1], seen(three_films[1], seed=3)), (newer, seen(newer, seed=7))]
        searcher = reader if by_reader else writer
        assert_found(searcher.nearest_in("visual", "shot", query, k=9), expected(searcher, films, query), 9)
        if by_reader:
            assert any("shot-visual" in line and "older than the catalogue" in line for line in writer.check())
        writer.refresh()
        assert writer.check() == []
        shutil.rmtree(folder / "index")
        assert sum("no vector index yet" in line for line in writer.check()) == 6
        writer.reindex()
        assert writer.check() == []
        assert_found(writer.nearest_in("visual", "shot", query, k=9), expected(writer, films, query), 9)


@pytest.mark.parametrize("harm", ["missing", "flipped"])
def test_damaged_embeddings_are_reported_by_name(folder: Path, three_films: list[Any], harm: str) -> None:
    path = folder / "films" / f"{three_films[0].content_id}-p1" / "spaces.parquet"
    content = bytearray(path.read_bytes())
    if harm == "missing":
        path.unlink()
    else:
        content[100] ^= 0x08
        path.write_bytes(content)
    with Archive.open(folder) as archive:
        problems = archive.check()
        assert problems
        assert all(str(path) in line and "ingest it again" in line for line in problems), problems
        assert archive.remove(three_films[0].content_id)
        add(archive, three_films[0], seen(three_films[0], seed=1))
        archive.refresh()
        assert archive.check() == []


def test_a_damaged_index_of_a_space_is_made_anew(folder: Path, three_films: list[Any]) -> None:
    (path,) = (folder / "index" / "shot-visual").glob("*/gen-1.faiss")
    path.write_bytes(path.read_bytes()[:-9])
    with Archive.open(folder) as reader:
        assert any("shot-visual" in line and "damaged" in line for line in reader.check())
        assert len(reader.nearest_in("visual", "shot", unit_rows(1, seed=9)[0], k=9)) == 7
    with Archive.open(folder, write=True) as writer:
        writer.refresh()
        assert writer.check() == []


def test_what_is_no_set_of_vectors_is_refused(folder: Path, make_description: Any) -> None:
    film = make_description("Strike")
    rows = unit_rows(4, seed=1)
    for space, model, vectors, message in (
        ("Visual", "m", rows, "lower-case"),
        ("affect", "m", rows, "not 'affect'"),
        ("visual", "", rows, "no model"),
        ("visual", "m", rows.astype(np.float64), "float64"),
        ("visual", "m", rows * 2, "has the length 2, not 1"),
        ("visual", "m", np.where(np.arange(DIMENSIONS) == 2, np.nan, rows).astype(np.float32), "length nan"),
    ):
        with pytest.raises(ValueError, match=message):
            Embeddings(space, model, {"shot": vectors})
    with Archive.open(folder, create=True) as archive:
        visual = Embeddings("visual", "m", {"shot": rows})
        with pytest.raises(ArchiveError, match="two embeddings are of the same space"):
            add(archive, film, visual, visual)
        with pytest.raises(ArchiveError, match="3 visual vectors for 4 shots"):
            add(archive, film, Embeddings("visual", "m", {"shot": rows[:3]}))
        assert archive.films() == []
        add(archive, film, visual)  # of its scenes there are none
        assert (len(archive.spaces("shot")), archive.spaces("scene")) == (1, [])


def test_a_film_divided_anew_keeps_what_has_the_same_frames(make_description: Any) -> None:
    film = make_description("Strike", shots=5)
    before = {"shot": film.analysis.shots, "scene": film.analysis.scenes}
    divided = make_description("Strike", shots=7)
    after = {"shot": [film.analysis.shots[4], *divided.analysis.shots[5:]], "scene": film.analysis.scenes}
    given = seen(film, seed=1)
    (kept,) = carry_over([given], before=before, after=after)
    np.testing.assert_array_equal(kept.vectors["shot"][0], given.vectors["shot"][4])
    assert np.isnan(kept.vectors["shot"][1:]).all()
    np.testing.assert_array_equal(kept.vectors["scene"], given.vectors["scene"])
    assert missing_vectors([kept]) == ["2 of 3 shots have no visual vector"]


def test_the_kind_of_index_is_a_setting_of_the_archive(
    folder: Path, three_films: list[Any], make_description: Any
) -> None:
    """Small shards find what one index finds; the setting is kept, and later films go where they should."""
    query = unit_rows(1, seed=9)[0]
    with Archive.open(folder) as reader, Archive.open(folder, write=True) as writer:
        before = reader.nearest_in("visual", "shot", query, k=9)
        assert reader.index_settings == IndexSettings()
        writer.reindex(IndexSettings(kind="sharded", shard_rows=3, shard_kind="flat"))
        assert len(list(folder.glob("index/shot-visual/*/gen-2.shard-*.faiss"))) == 3
        assert [score for _, score in reader.nearest_in("visual", "shot", query, k=9)] == [score for _, score in before]
        newer = make_description("Outskirts")
        add(writer, newer, seen(newer, seed=7))
        writer.refresh()
        assert len(list(folder.glob("index/shot-visual/*/gen-3.shard-*.faiss"))) == 4
        assert writer.check() == []
        assert len(reader.nearest_in("visual", "shot", query, k=99)) == 10
    with Archive.open(folder, write=True) as archive:
        assert archive.index_settings == IndexSettings(kind="sharded", shard_rows=3, shard_kind="flat")
        held = {(unit, space.space): (count, kind) for unit, space, count, kind in archive.index_kinds()}
        assert held["shot", "visual"] == (10, "sharded")
        archive.reindex()
        assert archive.index_settings.kind == "sharded"
        archive.reindex(IndexSettings())
        assert not list(folder.glob("index/shot-visual/*/*.shard-*"))
        assert len(archive.nearest_in("visual", "shot", query, k=99)) == 10


def test_an_archive_with_a_kind_of_index_that_is_gone_gets_the_default(folder: Path, three_films: list[Any]) -> None:
    """``ivf-pq`` was a kind of former versions."""
    import pyarrow.parquet as pq

    query = unit_rows(1, seed=9)[0]
    with Archive.open(folder) as archive:
        before = archive.nearest_in("visual", "shot", query, k=9)
    manifest = json.loads((folder / "archive.json").read_text())
    (folder / "archive.json").write_text(json.dumps({**manifest, "index": {"kind": "ivf-pq", "exact_rows": 9}}))
    (file,) = folder.glob("index/shot-visual/*/gen-1.ids.parquet")
    table = pq.read_table(file)
    about = json.loads(table.schema.metadata[b"kuleshov.index"]) | {"kind": "ivf-pq"}
    pq.write_table(table.replace_schema_metadata({"kuleshov.index": json.dumps(about)}), file)
    with Archive.open(folder) as archive:
        assert archive.index_settings == IndexSettings(exact_rows=9)
        assert any("of a former version (kuleshov reindex" in line for line in archive.check())
        assert archive.nearest_in("visual", "shot", query, k=9) == before
        archive.reindex()
        assert archive.check() == []
        assert [score for _, score in archive.nearest_in("visual", "shot", query, k=9)] == [
            score for _, score in before
        ]
