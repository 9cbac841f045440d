"""Fades to, from and through black or white, read off the mean luma."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.detectors._luma import BLACK, LONGEST_BLANK_FRAMES, WHITE
from kuleshov.records import Transition

# A fade takes some frames; faster it is a cut to black or a flash.
_SHORTEST_RAMP_FRAMES = 3
_LONGEST_RAMP_FRAMES = 120
# The share of the picture's luma that may come at once; past it, it is a cut and what follows a movement.
_GREATEST_STEP = 0.6
# A cut to black and a fade in after it are one transition too, if the black is held; a flash is not.
_SHORTEST_HOLD_FRAMES = 6
# Luma that the picture must have before or after: what fades out of near black was not seen.
_LEAST_DEPTH = 0.05
# How far to look for the next higher value, past flicker, and by how much it must be higher.
_STRIDE_FRAMES, _RELATIVE_RISE, _RISE = 3, 0.03, 0.003


def fades(luma_mean: NDArray[np.float32]) -> list[Transition]:
    """Return the fades of a film, in order; ``luma_mean`` is float32 ``[N]``, 0..1, one value per frame.

    A fade out and the fade in after it are one transition if the picture is gone for at most a second (24 frames).
    """
    black = _fades_through(luma_mean, luma_mean < BLACK, "fade_black")
    white = _fades_through(1 - luma_mean, luma_mean > WHITE, "fade_white")
    return sorted((*black, *white), key=lambda fade: fade.start_frame)


def _fades_through(
    luma: NDArray[np.float32], blank: NDArray[np.bool_], kind: Literal["fade_black", "fade_white"]
) -> Iterator[Transition]:
    for first, end in _runs(blank):
        # Both ramps are climbed away from the blank frames.
        out, into = _climb(luma[first::-1]), _climb(luma[end - 1 :])
        fades_out, fades_in = _is_ramp(luma[first::-1], out), _is_ramp(luma[end - 1 :], into)
        start, stop = first - out, end - 1 + into
        if end - first <= LONGEST_BLANK_FRAMES and start > 0 and stop < len(luma) - 1:
            held = end - first >= _SHORTEST_HOLD_FRAMES
            if (fades_out and fades_in) or (held and (fades_out or fades_in)):
                yield _fade(kind, start, stop, max(luma[start], luma[stop]))
            continue
        if fades_out:
            yield _fade(kind, start, first, luma[start])
        if fades_in:
            yield _fade(kind, end - 1, stop, luma[stop])


def _runs(blank: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """First and end (exclusive) of the blank stretches; noise that breaks one for a frame or two does not count."""
    edges = np.flatnonzero(np.diff(blank.astype(np.int8), prepend=0, append=0)).tolist()
    while edges:
        first, end, *edges = edges
        while edges and edges[0] - end < _STRIDE_FRAMES:
            _, end, *edges = edges
        yield first, end


def _climb(luma: NDArray[np.float32]) -> int:
    """Walk on from a blank frame, the first, for as long as the picture grows; return the frames until it is there."""
    frame = 0
    while frame < _LONGEST_RAMP_FRAMES:
        ahead = luma[frame + 1 : frame + 1 + _STRIDE_FRAMES]
        if not len(ahead) or ahead.max() <= luma[frame] * (1 + _RELATIVE_RISE) + _RISE:
            break
        frame += 1 + int(ahead.argmax())
    return frame


def _is_ramp(luma: NDArray[np.float32], frames: int) -> bool:
    """Tell whether the picture comes gradually from a blank frame, the first, until it is there after ``frames``."""
    deep = luma[frames] >= _LEAST_DEPTH
    return bool(frames >= _SHORTEST_RAMP_FRAMES and deep and luma[1] < _GREATEST_STEP * luma[frames])


def _fade(kind: Literal["fade_black", "fade_white"], start: int, end: int, depth: float) -> Transition:
    return Transition(kind, start, end, min(1.0, 0.5 + float(depth)))
