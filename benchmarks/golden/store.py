"""The content of an archive: row counts and a hash per column of the Parquet files, JSON files as they are."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from commands import Scrubber

_DIGEST_BYTES = 8
#: Tables of the catalogue, and their columns that differ from run to run.
_TABLES = ("film", "segment", "space")
_DATES = frozenset({"added_at"})


def archive_content(archive: Path, scrubber: Scrubber) -> dict[str, Any]:
    """Return the content of each film's folder by content id, of the catalogue, and the names of indexes."""
    films = {
        folder.name.partition("-")[0]: {file.name: _file(file, scrubber) for file in sorted(folder.iterdir())}
        for folder in sorted((archive / "films").iterdir())
    }
    return {
        "archive.json": json.loads((archive / "archive.json").read_text()),
        "films": films,
        "catalog": _catalog(archive / "catalog.sqlite", scrubber),
        "indexes": sorted(str(path.relative_to(archive)) for path in (archive / "index").rglob("*") if path.is_dir()),
    }


def _file(path: Path, scrubber: Scrubber) -> Any:
    if path.suffix == ".json":
        return scrubber.document(json.loads(path.read_text(encoding="utf-8")))
    if path.suffix == ".parquet":
        return table_content(path, scrubber)
    return "there"  # the rows again, as compressed JSON lines; search shows them


def table_content(path: Path, scrubber: Scrubber) -> dict[str, Any]:
    """Return a Parquet file's row count, schema metadata and a hash per column; nested fields are columns too."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    if path.name == "tracks.parquet":  # in long format: one column per track shows which differs
        table = _wide(table)
    metadata = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    return {
        "rows": table.num_rows,
        "metadata": {key: _metadata(value, scrubber) for key, value in sorted(metadata.items())},
        "columns": {
            name: digest
            for column in table.column_names
            for name, digest in _columns(column, table.column(column).combine_chunks(), scrubber)
        },
    }


def _wide(tracks: Any) -> Any:
    """Return the tracks of a film as one row, with a column of lists for each track."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = pc.unique(tracks.column("track")).to_pylist()
    lists: dict[str, Any] = {}
    for name in names:
        rows = tracks.filter(pc.equal(tracks.column("track").cast(pa.string()), name))
        for column in ("seconds", "value"):
            lists[f"{name} {column}"] = pa.array([rows.column(column).to_pylist()])
    return pa.table(lists).replace_schema_metadata(tracks.schema.metadata)


def _metadata(value: str, scrubber: Scrubber) -> Any:
    try:
        return scrubber.document(json.loads(value))
    except ValueError:
        return scrubber.text(value)


def _columns(name: str, array: Any, scrubber: Scrubber) -> Iterator[tuple[str, str]]:
    """Yield the leaves of a column, each with a hash of its type and values; for lists also a hash of their lengths."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
        kind = array.type
    if pa.types.is_struct(kind):
        if array.null_count:
            yield f"{name} is null", _digest(array.is_null().to_pylist())
        for number in range(kind.num_fields):
            yield from _columns(f"{name}.{kind.field(number).name}", pc.struct_field(array, number), scrubber)
    elif pa.types.is_map(kind):
        pairs = [None if one is None else [list(pair) for pair in one] for one in array.to_pylist()]
        yield name, _digest([str(kind), pairs])
    elif pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
        yield f"{name} lengths", _digest(pc.list_value_length(array).to_pylist())
        yield from _columns(f"{name}[]", pc.list_flatten(array), scrubber)
    else:
        values = array.to_pylist()
        if values and isinstance(next((one for one in values if one is not None), None), str):
            values = [None if one is None else scrubber.text(one) for one in values]
        yield name, _digest([str(kind), values])


def _digest(values: Any) -> str:
    text = json.dumps(values, default=_plain, ensure_ascii=True)
    return hashlib.blake2b(text.encode("ascii"), digest_size=_DIGEST_BYTES).hexdigest()


def _plain(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _catalog(path: Path, scrubber: Scrubber) -> dict[str, Any]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        found: dict[str, Any] = {}
        for table in _TABLES:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            rows = connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()
            by_column = {
                name: _digest([scrubber.document(row[number]) for row in rows])
                for number, name in enumerate(columns)
                if name not in _DATES
            }
            found[table] = {"rows": len(rows), "columns": by_column}
        return found
    finally:
        connection.close()
