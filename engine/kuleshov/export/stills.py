"""Stills of a film as displayed: without black bars, upright, with square pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kuleshov.decode.cpu_windows import CpuWindowReader
from kuleshov.decode.windows import Window
from kuleshov.errors import ExportError
from kuleshov.media.identity import file_problem
from kuleshov.media.probe import MediaInfo, probe
from kuleshov.records import Film, Scene, Segment, Shot

if TYPE_CHECKING:
    from PIL.Image import Image

_FRAMES_HELD = 16  # at full size, in memory at the same time


def still_frame(segment: Segment, shots: Sequence[Shot]) -> tuple[int, float]:
    """Return the representative frame of a segment, and about when it is shown, in seconds.

    It is the middle one of the shot's frames outside transitions; for a scene, that of its longest shot. ``shots`` are
    all shots of the film.
    """
    shot = segment
    if isinstance(segment, Scene):
        shot = max(shots[segment.first_shot : segment.end_shot], key=lambda shot: shot.end_frame - shot.start_frame)
    assert isinstance(shot, Shot)
    after = shots[shot.index + 1 : shot.index + 2]
    last = after[0].transition_in.start_frame if after else shot.end_frame - 1
    frame = (shot.transition_in.end_frame + last) // 2
    share = (frame - shot.start_frame) / (shot.end_frame - shot.start_frame)
    return frame, shot.start_seconds + share * shot.duration_seconds


def stills(film: Film, frames: Sequence[int], *, width: int, height: int) -> Iterator[Image]:
    """Yield frames by their numbers, RGB, as large as fits into ``width`` x ``height`` pixels.

    They are read from the film's file; HDR pictures are not tone-mapped. Raises ``ExportError`` if the file is not
    where it was when the film was analysed, ``MediaError`` if a frame can't be decoded.
    """
    path = Path(film.source)
    if problem := file_problem(path, film.size_bytes):
        raise ExportError(f"{path}: {problem}, and stills are read from it; ingest the film where it is now")
    info = probe(path)
    reader = CpuWindowReader(threads=0)
    for first in range(0, len(frames), _FRAMES_HELD):
        windows = [Window(info, 1, start_frame=frame) for frame in frames[first : first + _FRAMES_HELD]]
        for window in reader.read(windows):
            yield _as_displayed(window.rgb[0], info, film.picture_area, width=width, height=height)


def _as_displayed(
    rgb: NDArray[np.uint8], info: MediaInfo, area: tuple[int, int, int, int], *, width: int, height: int
) -> Image:
    from PIL import Image

    turns = info.rotation_degrees // 90
    x, y, across, down = area  # of the coded frame, before it is turned
    picture = np.rot90(np.rot90(rgb, turns)[y : y + down, x : x + across], -turns)
    shown_width, shown_height = float(across * info.sample_aspect_ratio), float(down)
    if turns % 2:
        shown_width, shown_height = shown_height, shown_width
    scale = min(width / shown_width, height / shown_height)
    size = max(1, round(shown_width * scale)), max(1, round(shown_height * scale))
    return Image.fromarray(np.ascontiguousarray(picture)).resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
