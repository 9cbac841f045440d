"""``measurements.parquet``: what a film can be divided by again without its file, and compared by.

It holds the sparse colour histograms and the thumbnails of some eight frames a second, and in the schema metadata the
colour coding, the transitions as detected, and the subtitles. Frame tracks are in ``tracks.parquet``, lines in
``lines.parquet``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.film_measurements import KEPT_THUMBNAIL, FilmMeasurements
from kuleshov.cinema.thumbnails.color_histograms import HistogramSeries
from kuleshov.cinema.thumbnails.thumbnail_features import THUMBNAIL_TRACKS, thumbnail_features
from kuleshov.cinema.tracks import Tracks
from kuleshov.kernels.color_histogram import BINS
from kuleshov.media.color import ColorSpec
from kuleshov.media.subtitles import SubtitleSource
from kuleshov.records import Line, Transition

_KEY = b"kuleshov.measurements"
_SHAPE = (3, KEPT_THUMBNAIL[1], KEPT_THUMBNAIL[0])


@dataclass(frozen=True)
class _About:
    """What does not vary by frame."""

    coding: ColorSpec
    detected: tuple[Transition, ...]
    subtitles: SubtitleSource | None


def to_table(measured: FilmMeasurements) -> Any:
    """Return the measurements that are no tracks as a ``pyarrow.Table``, one row for each kept frame."""
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
    histograms = HistogramSeries.stored(
        frames,
        np.split(bins.values.to_numpy().astype(np.uint16, copy=False), borders),
        np.split(counts.values.to_numpy().astype(np.uint32, copy=False), borders),
    )
    pictures = thumbnails.reshape(len(frames), *_SHAPE)
    if "light_edges" not in tracks:
        tracks = _with_thumbnail_features(tracks, histograms, pictures, about.coding)
    return FilmMeasurements(
        frame_seconds=tracks["luma_mean"].seconds,
        end_seconds=end_seconds,
        tracks=tracks,
        histograms=histograms,
        thumbnails=pictures,
        detected=about.detected,
        coding=about.coding,
        subtitles=about.subtitles,
        lines=lines,
    )


def _with_thumbnail_features(
    tracks: Tracks, histograms: HistogramSeries, thumbnails: NDArray[np.uint8], coding: ColorSpec
) -> Tracks:
    """Tracks of a film that was measured before there were thumbnail features, with them.

    Its ``warmth`` was what is ``red_blue`` now.
    """
    now = Tracks({"red_blue" if name == "warmth" else name: track for name, track in tracks.items()})
    dense = np.zeros((len(thumbnails), BINS), dtype=np.int32)
    for row, (bins, counts) in zip(dense, histograms.sparse, strict=True):
        row[bins] = counts
    kept = tracks["luma_mean"].seconds[histograms.frames]
    for name, values in thumbnail_features(thumbnails, dense, coding).items():
        now.add(name, unit=THUMBNAIL_TRACKS[name], seconds=kept, values=values)
    return now


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(_About)
