"""Palettes from histograms, and names of colours."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.cinema.colour.color import describe_color
from kuleshov.cinema.colour.palette import color_name
from kuleshov.cinema.span import Span
from kuleshov.cinema.thumbnails.color_histograms import HistogramSeries
from kuleshov.cinema.thumbnails.thumbnail_features import THUMBNAIL_TRACKS, ThumbnailFeatures, thumbnail_features
from kuleshov.cinema.tracks import Tracks
from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.color_histogram import BINS, color_histogram
from kuleshov.kernels.frame_stats import frame_stats
from kuleshov.kernels.shrink import shrink
from kuleshov.media.color import ColorSpec

BT709 = {"red": 0.2126, "blue": 0.0722}


def batch_of(rgb_pictures):
    """NV12 frames of flat colours in 0..1 (or pictures ``[h, w, 3]``), limited-range BT.709."""
    pictures = [np.broadcast_to(np.asarray(rgb, dtype=float), (16, 16, 3)) for rgb in rgb_pictures]
    rgb = np.stack(pictures)
    luma = rgb @ np.array([BT709["red"], 1 - BT709["red"] - BT709["blue"], BT709["blue"]])
    cb = (rgb[..., 2] - luma) / (2 * (1 - BT709["blue"]))
    cr = (rgb[..., 0] - luma) / (2 * (1 - BT709["red"]))
    chroma = np.stack([128 + 224 * cb, 128 + 224 * cr], axis=-1)[:, ::2, ::2]
    count = len(rgb)
    return FrameBatch(
        np.rint(16 + 219 * luma).astype(np.uint8),
        np.ascontiguousarray(np.rint(chroma).astype(np.uint8)),
        np.arange(count) / 5.0,
        np.arange(count, dtype=np.int64),
        ColorSpec(),
    )


def color_of(rgb_pictures):
    batch = batch_of(rgb_pictures)
    series, tracks = HistogramSeries(), Tracks()
    histograms, thumbnails = color_histogram(batch), shrink(batch, width=8, height=8)
    kept = series.push(batch.index, batch.pts_seconds, histograms)
    tracks.add("saturation", unit="0..1", seconds=batch.pts_seconds, values=frame_stats(batch).saturation)
    for name, values in thumbnail_features(thumbnails[kept], histograms[kept], batch.color).items():
        tracks.add(name, unit=THUMBNAIL_TRACKS[name], seconds=batch.pts_seconds[kept], values=values)
    spans = [Span(0, len(batch))]
    return describe_color(
        tracks,
        spans,
        ThumbnailFeatures.of(tracks, series.rows(spans)),
        histogram=series.mean(spans, bins=BINS),
        thumbnails=thumbnails[kept],
        coding=batch.color,
    )


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((0.02, 0.02, 0.02), "black"),
        ((0.5, 0.5, 0.5), "grey"),
        ((0.97, 0.97, 0.97), "white"),
        ((0.9, 0.1, 0.1), "red"),
        ((1.0, 0.55, 0.1), "orange"),
        ((0.45, 0.25, 0.1), "brown"),
        ((0.95, 0.9, 0.2), "yellow"),
        ((0.15, 0.6, 0.2), "green"),
        ((0.2, 0.8, 0.85), "cyan"),
        ((0.1, 0.2, 0.8), "blue"),
        ((0.5, 0.15, 0.7), "purple"),
        ((1.0, 0.6, 0.75), "pink"),
    ],
)
def test_colours_keep_their_names_through_the_histogram(rgb, name):
    assert color_name(*rgb) == name
    palette = color_of([rgb]).palette
    assert palette[0].name == name
    assert palette[0].share == pytest.approx(1.0, abs=0.01)
    shown = [int(palette[0].rgb[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    assert shown == pytest.approx(rgb, abs=0.12)


def test_palette_shares_are_those_of_the_picture():
    flag = np.zeros((16, 16, 3))
    flag[:, :4] = (0.1, 0.2, 0.8)
    flag[:, 4:] = (0.9, 0.1, 0.1)
    palette = color_of([flag]).palette
    assert [(color.name, round(color.share, 2)) for color in palette] == [("red", 0.75), ("blue", 0.25)]


def test_warm_and_cold_black_and_white():
    warm, cold, grey = (color_of([rgb]) for rgb in [(0.9, 0.5, 0.2), (0.2, 0.5, 0.9), (0.5, 0.5, 0.5)])
    assert warm.warmth > 1
    assert grey.warmth > cold.warmth
    assert grey.warmth == pytest.approx(-0.5, abs=0.01)
    assert grey.monochrome
    assert grey.dye == "none"


def test_a_span_between_two_kept_histograms_takes_a_near_one():
    series = HistogramSeries(per_second=1.0)
    batch = batch_of([(0.9, 0.1, 0.1)] * 5 + [(0.1, 0.1, 0.9)] * 5)
    series.push(batch.index, batch.pts_seconds, color_histogram(batch))
    short = series.mean([Span(7, 8)], bins=BINS)
    assert short.sum() == pytest.approx(1.0)
    assert short.argmax() == color_histogram(batch)[9].argmax()
