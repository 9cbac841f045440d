"""What a segment holds: a picture, or something else (black leader, titles and cards, colour bars).

The light of a black leader says nothing about feeling, and a title card is no low-key shot. So light, colour, movement
and length of anything that is no picture are neither qualities nor cues (``segment_fields``); sound and words still
are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.span import Span, frame_values
from kuleshov.cinema.tracks import Tracks
from kuleshov.records import ContentType

# Design values. Cards and leaders of real clips are far from them (background .88 to 1, differences below .0004), and
# so are their pictures (background up to .64).
_BLANK_CONTRAST = 0.015  # standard deviation of luma up to which nothing is visible
_BACKGROUND = 0.70  # of a card: share of the picture that is of one colour, by bins of the colour histogram
_LETTERS = 0.25  # distance of letters from their background in luma, 0..1
_STILL_FLOW, _STILL_DIFFERENCE = 0.03, 0.012  # picture widths a second, and luma: grain and weave of a print stay below
_ROLL_PAN, _ROLL_UNEVEN = 0.01, 0.35  # rolling titles move straight up or down, and evenly
_BARS, _BAR_STEP, _BAR_NOISE, _BAR_SATURATION = 6, 18.0, 5.0, 0.15


def shot_content_type(
    tracks: Tracks, span: Span, *, histogram: NDArray[np.float64], thumbnails: NDArray[np.uint8]
) -> ContentType:
    """Return what the frames of a shot hold; anything that is not certainly something else is a picture.

    ``histogram`` float64 ``[2048]``, sum 1: their mean colour histogram. ``thumbnails`` uint8 ``[n, 3, 9, 16]``: some
    of their thumbnails. Blank: luma does not vary within the picture. Card (titles, intertitles, credits, logos): most
    of the picture is of one colour, the rest far from it in luma, and it is still or rolls evenly. Colour bars: still
    columns of many colours, each the same from top to bottom. A moon in a black sky is taken for a card; a card over a
    picture, or an animated one, for a picture.
    """
    contrast = _median(tracks, "contrast", span)
    if contrast <= _BLANK_CONTRAST:
        return "blank"
    still = _is_still(tracks, span)
    if still and _are_bars(thumbnails) and _median(tracks, "saturation", span) >= _BAR_SATURATION:
        return "bars"
    background = float(histogram.max())
    letters = contrast / np.sqrt(background * max(1.0 - background, 1e-6))  # of two lumas that share the picture
    if background >= _BACKGROUND and letters >= _LETTERS and (still or _rolls(tracks, span)):
        return "card"
    return "picture"


def scene_content_type(contents: Sequence[ContentType], seconds: Sequence[float]) -> ContentType:
    """Return a scene's content type: a picture if one of its shots is, else the one that fills most of its time."""
    if "picture" in contents:
        return "picture"
    lengths = dict.fromkeys(contents, 0.0)
    for content, length in zip(contents, seconds, strict=True):
        lengths[content] += length
    return max(lengths, key=lambda content: lengths[content])


def _median(tracks: Tracks, name: str, span: Span) -> float:
    return float(np.median(frame_values(tracks, name, [span])))


def _is_still(tracks: Tracks, span: Span) -> bool:
    if span.end - span.first < 2:
        return True
    flow, difference = (frame_values(tracks, name, [span], skip=1) for name in ("flow_p90", "luma_difference"))
    return bool(np.median(flow) <= _STILL_FLOW and np.median(difference) <= _STILL_DIFFERENCE)


def _rolls(tracks: Tracks, span: Span) -> bool:
    pan, tilt = (frame_values(tracks, name, [span], skip=1) for name in ("pan", "tilt"))
    speed = float(np.median(tilt))
    uneven = float(np.median(np.abs(tilt - speed)))
    return bool(abs(speed) > _STILL_FLOW and np.median(np.abs(pan)) < _ROLL_PAN and uneven < _ROLL_UNEVEN * abs(speed))


def _are_bars(thumbnails: NDArray[np.uint8]) -> bool:
    """Whether the upper two thirds are columns of different colours."""
    if not len(thumbnails):
        return False
    upper = thumbnails[:, :, :6].mean(axis=0, dtype=np.float64)  # [3, 6, 16]
    if upper.std(axis=1).max() > _BAR_NOISE:
        return False
    steps = np.abs(np.diff(upper.mean(axis=1), axis=1)).max(axis=0)
    return int(np.count_nonzero(steps > _BAR_STEP)) >= _BARS - 1
