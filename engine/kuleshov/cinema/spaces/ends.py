"""``head`` and ``tail``: the beginning and the end of a shot, to find shots that would cut together.

Both have the same blocks, so that the tail of one shot is compared with the head of another:

| block | numbers | content |
|---|---|---|
| ``light`` | 144 | layout of light and dark in the last (first) kept thumbnail, 9 rows of 16 cells, smoothed |
| ``lines`` | 288 | positions and directions of edges, regardless of which side is light |
| ``direction`` | 3 | direction of the picture's movement within 0.4 s of the cut (pan, tilt, zoom); missing at rest |
| ``speed`` | 2 | its speed, as a direction on a quarter circle; missing at rest |
| ``color`` | 64 | colours within half a second of the cut, without their brightness |
| ``face`` | 6 | position and size of the largest face within half a second; missing without a face |

``cuts.Cuts`` compares the two sides of real cuts in the same way. Thumbnails are kept eight times a second, so the
pictures compared are up to an eighth of a second from the cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.people.sightings import Sightings, sightings_of
from kuleshov.cinema.shots.match_cut_similarity import MOVEMENT_SECONDS, MOVING
from kuleshov.cinema.spaces.blocks import Block, BlockSpace, on_half_circle
from kuleshov.cinema.span import Span
from kuleshov.cinema.thumbnails.small_pictures import FLAT, coarse
from kuleshov.cinema.tracks import Tracks
from kuleshov.kernels.color_histogram import BINS

_CELLS = 9 * 16
_CHROMA_BINS = 16
_BLOCKS = (
    Block("light", _CELLS, 0.25),
    Block("lines", 2 * _CELLS, 0.20),
    Block("direction", 3, 0.20),
    Block("speed", 2, 0.10),
    Block("color", (_CHROMA_BINS // 2) ** 2, 0.10),
    Block("face", 6, 0.15),
)
HEAD = BlockSpace("head", "ends-1", _BLOCKS)
TAIL = BlockSpace("tail", "ends-1", _BLOCKS)

_NEAR_SECONDS = 0.5
_FASTEST = 3.0
_FACTORS = float(np.log(_FASTEST / MOVING))
#: A picture that grows by a share moves a quarter of that on average, in picture widths.
_AXES = (("pan", 1.0), ("tilt", 1.0), ("zoom", 0.25))


class Ends(NamedTuple):
    """Rows float32 ``[shots, dimensions]`` of ``HEAD`` and of ``TAIL``."""

    heads: NDArray[np.float32]
    tails: NDArray[np.float32]


def ends_of(measured: FilmMeasurements, spans: Sequence[Span]) -> Ends:
    """Return the heads and tails of shots, given by their clean frames."""
    kept = [measured.histograms.rows([span]) for span in spans]
    sightings = sightings_of(measured.tracks)
    sides = []
    for last in (False, True):
        sharp = measured.thumbnails[[rows[-1 if last else 0] for rows in kept], 0].astype(np.float64)
        pictures = coarse(sharp)
        shaped = pictures.std(axis=(1, 2), keepdims=True) >= FLAT
        near = [_near(measured, span, last=last) for span in spans]
        moves = np.stack([_movement(measured.tracks, span, last=last) for span in spans])
        sides.append(
            HEAD.assembled(
                {
                    "light": np.where(shaped, pictures - pictures.mean(axis=(1, 2), keepdims=True), 0).reshape(
                        len(spans), -1
                    ),
                    "lines": np.where(shaped[:, None], _lines(sharp), 0).reshape(len(spans), -1),
                    "direction": moves[:, :3],
                    "speed": moves[:, 3:],
                    "color": np.stack([_colors(measured, span) for span in near]),
                    "face": np.stack([_face(measured, sightings, span, last=last) for span in near]),
                }
            )
        )
    return Ends(*sides)


def _near(measured: FilmMeasurements, span: Span, *, last: bool) -> Span:
    """The frames of a shot within half a second of one of its ends."""
    seconds = measured.frame_seconds[span.first : span.end]
    if last:
        return Span(span.first + int(np.searchsorted(seconds, seconds[-1] - _NEAR_SECONDS)), span.end)
    return Span(span.first, span.first + int(np.searchsorted(seconds, seconds[0] + _NEAR_SECONDS, side="right")))


def _lines(pictures: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges of pictures ``[n, 9, 16]`` as ``[n, 2, 9, 16]``: their strength at twice the angle of their direction."""
    down, across = np.gradient(pictures, axis=(1, 2))
    strength = np.maximum(np.hypot(down, across), 1e-6)
    return np.stack([(across**2 - down**2) / strength, 2 * across * down / strength], axis=1)


def _movement(tracks: Tracks, span: Span, *, last: bool) -> NDArray[np.float64]:
    """The direction of the picture's movement at an end ``[3]``, and its speed on a quarter circle ``[2]``."""
    within = slice(span.first + 1, span.end)  # the first frame moves from another shot
    seconds = tracks["pan"].seconds[within]
    if not len(seconds):
        return np.zeros(5)
    near = seconds >= seconds[-1] - MOVEMENT_SECONDS if last else seconds <= seconds[0] + MOVEMENT_SECONDS
    moved = [np.median(tracks[name].values[within][near]) * scale for name, scale in _AXES]
    speed = float(np.linalg.norm(moved))
    if not speed >= MOVING:  # NaN is rest too
        return np.zeros(5)
    turn = np.log(min(speed, _FASTEST) / MOVING) / _FACTORS * np.pi / 2
    return np.concatenate([np.array(moved) / speed, [np.cos(turn), np.sin(turn)]])


def speed_ratio(cosine: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the ratio of the slower to the faster speed, 0..1, of two ends whose ``speed`` has this cosine."""
    return np.asarray(np.exp(-np.arccos(cosine.clip(-1, 1)) / (np.pi / 2) * _FACTORS))


def _colors(measured: FilmMeasurements, span: Span) -> NDArray[np.float64]:
    """Roots of the shares of 8 x 8 chromas: the product of two is Bhattacharyya's coefficient."""
    chroma = measured.histograms.mean([span], bins=BINS).reshape(-1, _CHROMA_BINS, _CHROMA_BINS).sum(axis=0)
    half = _CHROMA_BINS // 2
    return np.asarray(np.sqrt(chroma.reshape(half, 2, half, 2).sum(axis=(1, 3))).reshape(-1))


def _face(measured: FilmMeasurements, sightings: Sightings | None, span: Span, *, last: bool) -> NDArray[np.float64]:
    """Position and size of the largest face in the frame with a face that is nearest to the cut."""
    if sightings is None:
        return np.zeros(6)
    faces = sightings.between(measured.seconds(span.first), measured.seconds(span.end))
    if not len(faces.seconds):
        return np.zeros(6)
    nearest = faces.seconds == faces.seconds[-1 if last else 0]
    row = int(np.argmax(np.where(nearest, faces.column("height"), -1.0)))
    return np.concatenate([on_half_circle(faces.column(name)[row], 0, 1) for name in ("x", "y", "height")])
