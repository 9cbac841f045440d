"""Parquet: one row a shot, scene or hit, with the columns of the CSV; a value that was not measured is null."""

from __future__ import annotations

import io

from kuleshov.export.flat_rows import COLUMNS, TEXT_COLUMNS, WHOLE_COLUMNS, row
from kuleshov.export.listing import Listing


def content(listing: Listing) -> bytes:
    """Return the table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = dict.fromkeys(TEXT_COLUMNS, pa.string()) | dict.fromkeys(WHOLE_COLUMNS, pa.int64())
    schema = pa.schema([(name, types.get(name, pa.float64())) for name in COLUMNS])
    sink = io.BytesIO()
    table = pa.Table.from_pylist([row(clip, listing) for clip in listing.clips], schema=schema)
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()
