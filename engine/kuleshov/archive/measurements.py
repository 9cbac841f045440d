"""``measurements.parquet``: what a film can be divided by anew without its file, and compared by.

Frame tracks lie in ``tracks.parquet``, lines in ``lines.parquet``; here are the sparse colour histograms and the
thumbnails of some eight frames a second, and in the schema metadata the colour coding, the transitions as detected, and
the subtitles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from kuleshov.cinema.color import HistogramSeries
from kuleshov.cinema.describe import KEPT_THUMBNAIL, FilmMeasurements
from kuleshov.cinema.tracks import Tracks
from kuleshov.media.color import ColorSpec
from kuleshov.media.subtitles import SubtitleSource
from kuleshov.records import Line, Transition

_KEY = b"kuleshov.measurements"
_SHAPE = (3, KEPT_THUMBNAIL[1], KEPT_THUMBNAIL[0])


@dataclass(frozen=True)
class _About:
    """What is not told frame by frame."""

    coding: ColorSpec
    detected: tuple[Transition, ...]
    subtitles: SubtitleSource | None


def to_table(measured: FilmMeasurements) -> Any:
    """Return the part of the measurements that is no track as a ``pyarrow.Table``, one row a kept frame."""
    import pyarrow as pa

    sparse = measured.histograms.sparse
    offsets = np.cumsum([0, *(len(bins) for bins, _ in sparse)], dtype=np.int32)
    pixels = np.ascontiguousarray(measured.thumbnails).reshape(len(sparse), int(np.prod(_SHAPE)))
    columns = {
        "frame": pa.array(measured.histograms.frames, pa.int64()),
        "bins": pa.ListArray.from_arrays(offsets, pa.array(np.concatenate([bins for bins, _ in sparse]))),
        "pixels": pa.ListArray.from_arrays(offsets, pa.array(np.concatenate([counts for _, counts in sparse]))),
        "thumbnail": pa.array([picture.tobytes() for picture in pixels], pa.binary(pixels.shape[1])),
    }
    about = _About(measured.coding, measured.detected, measured.subtitles)
    return pa.table(columns).replace_schema_metadata({_KEY: _adapter().dump_json(about)})


def from_table(table: Any, tracks: Tracks, *, end_seconds: float, lines: Sequence[Line]) -> FilmMeasurements:
    """Return the measurements of a film from their table, tracks and lines. Raises ``ValueError``, ``LookupError``."""
    about: _About = _adapter().validate_json(table.schema.metadata[_KEY])
    frames = table["frame"].to_pylist()
    bins, counts = table["bins"].combine_chunks(), table["pixels"].combine_chunks()
    borders = bins.offsets.to_numpy()[1:-1]
    thumbnails = np.frombuffer(b"".join(table["thumbnail"].to_pylist()), dtype=np.uint8)
    return FilmMeasurements(
        frame_seconds=tracks["luma_mean"].seconds,
        end_seconds=end_seconds,
        tracks=tracks,
        histograms=HistogramSeries.stored(
            frames,
            np.split(bins.values.to_numpy().astype(np.uint16, copy=False), borders),
            np.split(counts.values.to_numpy().astype(np.uint32, copy=False), borders),
        ),
        thumbnails=thumbnails.reshape(len(frames), *_SHAPE),
        detected=about.detected,
        coding=about.coding,
        subtitles=about.subtitles,
        lines=lines,
    )


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(_About)
