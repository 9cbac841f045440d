"""The files can be read by DuckDB, pandas and Arrow as the format's description says."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kuleshov.archive import Archive
from kuleshov.archive.film.segment_tables import read_segments
from kuleshov.cinema.attributes.measures import MEASURES
from kuleshov.records import Scene

DESCRIPTION = Path(__file__).parents[2] / "docs" / "archive-format.md"


@pytest.fixture
def as_described(folder: Path, two_films: list[Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names that the description's snippets leave, run in order beside an archive."""
    duckdb = pytest.importorskip("duckdb", reason="duckdb is needed to read the archive with DuckDB")
    pytest.importorskip("pandas", reason="pandas is needed to read the archive with pandas")
    folder.rename(folder.with_name("kuleshov-archive"))
    monkeypatch.chdir(folder.parent)
    names: dict[str, Any] = {}
    for snippet in re.findall(r"```python\n(.*?)```", DESCRIPTION.read_text(encoding="utf-8"), re.DOTALL):
        exec(snippet, names)
    assert names["duckdb"] is duckdb
    return names


def test_the_snippets_give_what_they_promise(as_described: dict[str, Any], two_films: list[Any]) -> None:
    expected = [
        (film.analysis.film.title, shot.start_seconds, shot.duration_seconds, shot.emotion.tension)
        for film in two_films
        for shot in film.analysis.shots
        if shot.camera.motion_median < 0.5
    ]
    assert expected
    assert sorted(as_described["shots"]) == sorted(expected)

    film = next(film for film in two_films if as_described["folder"].name.startswith(film.content_id))
    np.testing.assert_array_equal(as_described["luma"].to_numpy(), film.tracks["luma_mean"].values)
    np.testing.assert_array_equal(as_described["luma"].index, film.tracks["luma_mean"].seconds)
    assert as_described["joy"] == [shot.emotion.moods["joy"] for shot in film.analysis.shots]
    assert tuple(as_described["vector_names"]) == film.vector_names
    np.testing.assert_array_equal(as_described["vectors"], film.vectors["shot"])


def test_the_columns_are_those_of_the_records(folder: Path, two_films: list[Any]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    film_folder = folder / "films" / f"{two_films[0].content_id}-p1"
    schema = pq.read_schema(film_folder / "shots.parquet")
    assert schema.names[:5] == ["index", "start_frame", "end_frame", "start_seconds", "end_seconds"]
    assert schema.field("emotion").type.field("moods").type == pa.map_(pa.string(), pa.float64())
    assert schema.field("lighting").type.field("luma_mean").type == pa.float64()
    assert schema.metadata[b"kuleshov.schema_version"] == b"1"
    tracks = pq.ParquetFile(film_folder / "tracks.parquet")
    assert [str(field.type) for field in tracks.schema_arrow] == [
        "dictionary<values=string, indices=int32, ordered=0>",
        "dictionary<values=string, indices=int32, ordered=0>",
        "double",
        "float",
    ]
    listing = json.loads(tracks.schema_arrow.metadata[b"kuleshov.tracks"])
    assert listing[2] == {"name": "loudness_momentary", "unit": "LUFS", "samples": 0}
    assert pq.read_schema(film_folder / "embeddings.parquet").field("vector").type.value_type == pa.float32()


def test_the_catalogue_holds_the_times_of_segments(folder: Path, two_films: list[Any]) -> None:
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as connection:
        rows = connection.execute(
            "SELECT content_id, idx, start_seconds, end_seconds FROM segment WHERE unit = 'scene' ORDER BY id"
        ).fetchall()
        revision = connection.execute("SELECT value FROM meta WHERE key = 'revision'").fetchone()[0]
    assert revision > 0
    scenes = [(film.content_id, scene) for film in two_films for scene in film.analysis.scenes]
    assert rows == [(film, scene.index, scene.start_seconds, scene.end_seconds) for film, scene in scenes]


def test_scenes_of_an_archive_from_before_there_were_types_are_read(folder: Path, two_films: list[Any]) -> None:
    import pyarrow.parquet as pq

    file = folder / "films" / f"{two_films[0].content_id}-p1" / "scenes.parquet"
    table = pq.read_table(file)
    pq.write_table(table.drop_columns("type"), file, write_page_checksum=True)
    scenes = read_segments(file.parent, Scene)
    before = two_films[0].analysis.scenes
    assert any(scene.type for scene in before)
    assert scenes == [replace(scene, type=None) for scene in before]


def test_a_description_from_before_lines_were_kept_is_read(folder: Path, make_description: Callable[..., Any]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    description = make_description("Old")
    with Archive.open(folder, create=True) as archive:
        description.add_to(archive)
    (film_folder,) = (folder / "films").iterdir()
    (film_folder / "lines.parquet").unlink()
    card = json.loads((film_folder / "film.json").read_text())
    del card["line_count"]
    (film_folder / "film.json").write_text(json.dumps(card))
    for name in ("shots.parquet", "scenes.parquet"):
        table = pq.read_table(film_folder / name)
        column = table["dialogue"].combine_chunks()
        kept = [number for number, field in enumerate(column.type) if field.name not in NEW_IN_DIALOGUE]
        older = pa.StructArray.from_arrays(
            [column.field(number) for number in kept],
            fields=[column.type.field(number) for number in kept],
            mask=column.is_null(),
        )
        place = table.schema.get_field_index("dialogue")
        pq.write_table(table.set_column(place, "dialogue", older), film_folder / name)
    with Archive.open(folder, write=True) as archive:
        archive.reindex()
        assert archive.check() == []
        analysis = archive.analysis(description.content_id)
        assert analysis.lines == []
        assert len(archive.dialogue()) == 0
        (dialogue, *_) = (shot.dialogue for shot in analysis.shots if shot.dialogue)
        assert (dialogue.words, dialogue.threats, dialogue.emotions) == (9, None, None)
        measures = archive.film_measures("shot", description.content_id)
        measured = dict(zip([measure.path for measure in MEASURES], np.isfinite(measures).any(axis=0), strict=True))
        assert not measured["dialogue.threats"]
        assert measured["dialogue.words"]


NEW_IN_DIALOGUE = {
    *("emotions", "valence", "arousal", "dominance", "strong_feeling", "hostility", "threats", "farewells"),
    *("turns_per_minute", "interruptions"),
}
