"""One contract for every kind of vector index: what is added is found, what is removed is not, filters hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kuleshov.archive import Archive
from kuleshov.archive.vectors.flat import FEW_ROWS
from kuleshov.archive.vectors.inverted import FEWEST_ROWS
from kuleshov.archive.vectors.kinds import kind_class
from kuleshov.archive.vectors.settings import KINDS, IndexSettings
from kuleshov.errors import ArchiveError
from kuleshov.records import Embeddings

from .milvus_server import milvus_server

DIMENSIONS = 32
#: Enough for inverted lists, and for several shards that have them.
ROWS = {"milvus": 400, "sharded": 3 * FEWEST_ROWS - 500, "flat": 2 * FEW_ROWS + 500}
SETTINGS = IndexSettings(shard_rows=FEWEST_ROWS + 100, shard_kind="ivf-sq8", exact_rows=0)
EXACT = ("flat", "device")


def clustered(rows: int, *, dimensions: int = DIMENSIONS, clusters: int = 40, seed: int = 7) -> NDArray[np.float32]:
    """Unit vectors around some centres, float32 ``[rows, dimensions]``."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(clusters, dimensions))
    points = centres[rng.integers(0, clusters, rows)] + 0.7 * rng.normal(size=(rows, dimensions))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Milvus server."""
    if not (find_spec("pymilvus") and find_spec("milvus_lite")):
        pytest.skip("pymilvus and milvus-lite are needed for a Milvus server")
    with milvus_server(tmp_path_factory.mktemp("milvus")) as address:
        yield address


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def settings(kind: str, request: pytest.FixtureRequest) -> IndexSettings:
    return replace(SETTINGS, milvus=request.getfixturevalue("server")) if kind == "milvus" else SETTINGS


@pytest.fixture(scope="module")
def vectors(kind: str) -> NDArray[np.float32]:
    return clustered(ROWS.get(kind, FEWEST_ROWS + 600))


@pytest.fixture(scope="module")
def ids(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """Rising, with gaps, far from 0."""
    return 1_000_000 + np.cumsum(1 + np.arange(len(vectors), dtype=np.int64) % 3)


@pytest.fixture(scope="module")
def full(kind: str, settings: IndexSettings, vectors: Any, ids: Any) -> Any:
    """An index with all vectors, added in two parts; no test may change it."""
    index = kind_class(kind).empty(DIMENSIONS, settings=settings, name=f"full-{kind}")
    index.add(ids[:300], vectors[:300])
    index.add(ids[300:], vectors[300:])
    return index


def exactly(vectors: Any, ids: Any, query: Any, k: int, allowed: Any = None) -> list[tuple[int, float]]:
    """The best in half precision, by all products in float64."""
    scores = (vectors.astype(np.float16).astype(np.float64) @ query.astype(np.float64)).astype(np.float32)
    there = np.arange(len(ids)) if allowed is None else np.flatnonzero(np.isin(ids, allowed))
    order = there[np.lexsort((ids[there], -scores[there]))][:k]
    return list(zip(ids[order].tolist(), scores[order].tolist(), strict=True))


def recall(found: list[tuple[int, float]], best: list[tuple[int, float]]) -> float:
    return len({each for each, _ in found} & {each for each, _ in best}) / len(best)


def queries(vectors: Any, count: int = 12) -> NDArray[np.float32]:
    rng = np.random.default_rng(3)
    return (vectors[rng.integers(0, len(vectors), count)] + 0.1 * rng.normal(size=(count, DIMENSIONS))).astype(
        np.float32
    )


@pytest.mark.parametrize("share", [1.0, 0.5, 0.02])
def test_the_best_are_found(kind: str, full: Any, vectors: Any, ids: Any, share: float) -> None:
    rng = np.random.default_rng(5)
    allowed = None if share == 1 else rng.permutation(ids)[: int(share * len(ids))]
    recalls = []
    for query in queries(vectors):
        found, ranking = full.search(query, k=10, allowed=allowed), exactly(vectors, ids, query, len(ids), allowed)
        best, scores = ranking[:10], dict(ranking)
        assert len(found) == (10 if allowed is None else min(10, len(allowed)))
        assert found == sorted(found, key=lambda hit: (-hit[1], hit[0]))
        assert [score for _, score in found] == [scores[each] for each, _ in found]
        assert found == full.search(query, k=10, allowed=allowed)
        if kind in EXACT or share < SETTINGS.exact_share:
            assert found == best
        recalls.append(recall(found, best))
    assert np.mean(recalls) >= 0.95


def test_as_many_are_found_as_there_are(full: Any, vectors: Any, ids: Any) -> None:
    query = vectors[0]
    assert full.search(query, k=0) == []
    assert full.search(query, k=5, allowed=np.empty(0, dtype=np.int64)) == []
    assert full.search(query, k=5, allowed=np.array([0, 5, 10**9])) == []
    few = np.array([ids[-1], ids[1], 10**9, ids[7], ids[1]])
    assert full.search(query, k=9, allowed=few) == exactly(vectors, ids, query, 9, few)
    half = ids[::2]
    assert len(full.search(query, k=len(half) + 9, allowed=half)) == len(half)


def test_vectors_come_back_as_kept(full: Any, vectors: Any, ids: Any) -> None:
    rows = full.vectors(np.array([ids[5], 3, ids[-1], ids[0]]))
    np.testing.assert_array_equal(rows[[0, 2, 3]], vectors[[5, -1, 0]].astype(np.float16).astype(np.float32))
    assert np.isnan(rows[1]).all()
    assert full.dimensions == DIMENSIONS
    np.testing.assert_array_equal(full.ids, ids)


@pytest.fixture
def make(kind: str, settings: IndexSettings, request: pytest.FixtureRequest) -> Callable[[], Any]:
    return lambda: kind_class(kind).empty(DIMENSIONS, settings=settings, name=f"{request.node.name}-{kind}")


def test_an_empty_one_finds_nothing(
    make: Any, kind: str, settings: Any, vectors: Any, ids: Any, tmp_path: Path
) -> None:
    index = make()
    assert len(index.ids) == 0
    assert index.search(np.ones(DIMENSIONS, dtype=np.float32), k=3) == []
    assert np.isnan(index.vectors(np.array([1]))).all()
    index.remove(np.array([1]))
    index.add(ids, vectors)
    assert len(index.search(vectors[0], k=3)) == 3
    index.remove(ids)
    assert index.search(vectors[0], k=3) == []
    index.save(tmp_path / "gen-1")
    loaded = kind_class(kind).load(tmp_path / "gen-1", index.ids, settings=settings)
    assert loaded.search(np.ones(DIMENSIONS, dtype=np.float32), k=3) == []


def test_equal_vectors_are_ordered_by_id(make: Any, vectors: Any) -> None:
    index = make()
    rows = np.repeat(vectors[:3], 40, axis=0)
    index.add(np.arange(120), rows)
    found = index.search(vectors[1], k=120)
    assert [each for each, _ in found[:40]] == list(range(40, 80))
    assert len({score for _, score in found}) == 3


def test_ids_rise(make: Any, vectors: Any) -> None:
    index = make()
    index.add(np.array([4, 8]), vectors[:2])
    for wrong in ([8], [9, 9], [11, 10]):
        with pytest.raises(ValueError, match="ids must ascend from above 8"):
            index.add(np.array(wrong), vectors[: len(wrong)])
    np.testing.assert_array_equal(index.ids, [4, 8])


def test_changes_are_kept_and_what_was_saved_stays(
    make: Any, kind: str, settings: Any, vectors: Any, ids: Any, tmp_path: Path
) -> None:
    """Saved, loaded, changed, saved again: the second finds what a fresh one finds, the first what it found."""
    index, cut = make(), len(ids) - 200
    index.add(ids[:cut], vectors[:cut])
    index.save(tmp_path / "gen-1")
    first = kind_class(kind).load(tmp_path / "gen-1", ids[:cut], settings=settings)
    before = [first.search(query, k=5) for query in queries(vectors, 5)]
    first.save(tmp_path / "gen-1b")  # as it was, and the files that it is mapped from go
    for file in tmp_path.glob("gen-1.*"):
        file.unlink()
    second = kind_class(kind).load(tmp_path / "gen-1b", ids[:cut], settings=settings)
    assert [second.search(query, k=5) for query in queries(vectors, 5)] == before
    gone = np.concatenate([ids[100:140], [ids[cut - 1], 7]])
    second.remove(gone)
    second.add(ids[cut:], vectors[cut:])
    second.save(tmp_path / "gen-2")
    stays = ~np.isin(ids, gone)
    np.testing.assert_array_equal(second.ids, ids[stays])
    third = kind_class(kind).load(tmp_path / "gen-2", ids[stays], settings=settings)
    for index in (second, third):
        found = [index.search(query, k=10) for query in queries(vectors)]
        best = [exactly(vectors[stays], ids[stays], query, 10) for query in queries(vectors)]
        assert np.mean([recall(*pair) for pair in zip(found, best, strict=True)]) >= 0.95
        assert index.search(vectors[100], k=1) == exactly(vectors[stays], ids[stays], vectors[100], 1)
        assert np.isnan(index.vectors(gone)).all()
    if kind != "milvus":  # one collection on the server, whoever asks
        assert [first.search(query, k=5) for query in queries(vectors, 5)] == before


@pytest.mark.parametrize("shard_kind", ["flat", "ivf-sq8", "ivf-rabitq"])
def test_shards_find_what_one_index_finds(shard_kind: str, tmp_path: Path) -> None:
    settings = IndexSettings(shard_rows=2500, shard_kind=shard_kind, exact_rows=0)
    vectors = clustered(9000)
    ids = np.arange(9000, dtype=np.int64)
    one = kind_class(shard_kind).empty(DIMENSIONS, settings=settings, name="")
    many = kind_class("sharded").empty(DIMENSIONS, settings=settings, name="")
    for index in (one, many):
        index.add(ids, vectors)
    many.save(tmp_path / "gen-1")
    assert len(list(tmp_path.glob("gen-1.shard-*.faiss"))) >= 4
    loaded = kind_class("sharded").load(tmp_path / "gen-1", ids, settings=settings)
    third = ids[::3]
    recalls = []
    for query in queries(vectors):
        for allowed in (None, third, ids[:40]):
            found = loaded.search(query, k=10, allowed=allowed)
            assert found == many.search(query, k=10, allowed=allowed)
            if shard_kind == "flat":
                assert found == one.search(query, k=10, allowed=allowed)
            recalls.append(recall(found, exactly(vectors, ids, query, 10, allowed)))
    assert np.mean(recalls) >= 0.95
    # A shard more: the files of those that are full are not written again.
    loaded.add(np.arange(9000, 10_000), clustered(1000, seed=8))
    loaded.save(tmp_path / "gen-2")
    same = [
        (tmp_path / f"gen-1.shard-{number}.faiss").samefile(tmp_path / f"gen-2.shard-{number}.faiss")
        for number in range(4)
    ]
    assert same == [True, True, True, False]


def test_faiss_on_a_gpu_is_asked_where_its_build_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way there, with a stand-in for the conversion; no GPU is at hand, and nothing is claimed for one."""
    import faiss

    vectors, ids = clustered(500), np.arange(500, dtype=np.int64)
    index = kind_class("device").empty(DIMENSIONS, settings=SETTINGS, name="")
    index.add(ids, vectors)
    assert index.engine == "torch cpu"
    without = [index.search(query, k=5) for query in queries(vectors)]
    converted = []

    class Options:
        useFloat16 = False  # noqa: N815 (FAISS' name)

    monkeypatch.setattr(faiss, "get_num_gpus", lambda: 1, raising=False)
    monkeypatch.setattr(faiss, "GpuClonerOptions", Options, raising=False)
    monkeypatch.setattr(faiss, "StandardGpuResources", object, raising=False)
    monkeypatch.setattr(
        faiss,
        "index_cpu_to_gpu",
        lambda _, gpu, flat, options: (converted.append((gpu, options.useFloat16)), flat)[1],
        raising=False,
    )
    index.add(np.array([500]), vectors[:1])
    index.remove(np.array([500]))
    assert index.engine == "faiss-gpu"
    assert [index.search(query, k=5) for query in queries(vectors)] == without
    assert index.search(vectors[3], k=5, allowed=ids[::2]) == exactly(vectors, ids, vectors[3], 5, ids[::2])
    assert converted == [(0, True)]


def test_an_archive_has_its_vectors_on_a_server(
    server: str, folder: Path, make_description: Callable[..., Any]
) -> None:
    films = [make_description(name) for name in ("Strike", "Mother")]
    rows = clustered(8)

    def add(archive: Archive, number: int) -> None:
        film, its = films[number], Embeddings("visual", "m", {"shot": rows[4 * number : 4 * number + 4]})
        archive.add(film.analysis, film.tracks, film.vectors, film.vector_names, embeddings=[its])

    with Archive.open(folder, create=True) as writer, Archive.open(folder) as reader:
        add(writer, 0)
        writer.refresh()
        before = reader.nearest_in("visual", "shot", rows[5], k=9)
        writer.reindex(replace(IndexSettings(), kind="milvus", milvus=server))
        assert [path.name for path in folder.glob("index/shot-visual/*/gen-2.*.json")] == ["gen-2.milvus.json"]
        assert [score for _, score in reader.nearest_in("visual", "shot", rows[5], k=9)] == [each for _, each in before]
        add(writer, 1)
        assert len(reader.nearest_in("visual", "shot", rows[5], k=9)) == 4  # as of the last refresh
        writer.refresh()
        found = reader.nearest_in("visual", "shot", rows[5], k=9)
        assert (len(found), found[0]) == (
            8,
            (writer.spans("shot", films[1].content_id)[1][0], pytest.approx(1, abs=1e-3)),
        )
        writer.remove(films[1].content_id)
        writer.refresh()
        assert len(reader.nearest_in("visual", "shot", rows[5], k=9)) == 4
        assert writer.check() == []


def test_a_server_that_does_not_answer_is_named(server: str) -> None:
    settings = replace(SETTINGS, milvus="http://127.0.0.1:1")
    with pytest.raises(ArchiveError, match=r"http://127.0.0.1:1: Milvus: .*kuleshov reindex --index auto"):
        kind_class("milvus").empty(DIMENSIONS, settings=settings, name="x")


def test_kinds_follow_from_the_number_of_vectors() -> None:
    settings = IndexSettings(flat_rows=10, inverted_rows=100)
    assert [settings.kind_for(rows) for rows in (0, 10, 11, 100, 101)] == [
        "flat",
        "flat",
        "ivf-sq8",
        "ivf-sq8",
        "sharded",
    ]
    assert replace(settings, kind="ivf-rabitq").kind_for(1) == "ivf-rabitq"
    changed = settings.changed({"kind": "ivf-rabitq", "exact_share": "0.1"})
    assert IndexSettings.from_json({**changed.to_json(), "of tomorrow": 1}) == changed
    for texts, message in (
        ({"kind": "tree"}, "index kind 'tree' is none of auto, flat,"),
        ({"size": "1"}, "index setting 'size' is none of kind,"),
        ({"flat_rows": "many"}, "flat_rows: 'many' is no int"),
        ({"kind": "milvus"}, "no server is named"),
        ({"shard_kind": "sharded"}, "no kind of index that can be a shard"),
    ):
        with pytest.raises(ArchiveError, match=message):
            settings.changed(texts)
    with pytest.raises(ArchiveError, match="flat_rows: 'ten' is no int"):
        IndexSettings.from_json({"flat_rows": "ten"})
