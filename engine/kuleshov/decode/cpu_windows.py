"""Windows by FFmpeg on the CPU: any codec; decodes from the key frame before a window to its last frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.decode.film_index import FilmIndex, read_index
from kuleshov.decode.windows import Window, WindowFrames
from kuleshov.errors import MediaError
from kuleshov.media.color import is_rgb
from kuleshov.media.probe import MediaInfo, open_media

_FILMS_KEPT = 32  # indexes: about 3 MB for a film of two hours
_MATRICES = {"bt601": "ITU601", "bt709": "ITU709", "bt2020": "BT2020"}


class CpuWindowReader:
    """``WindowReader`` over PyAV. Windows of one film that share key frames are decoded in one go.

    ``threads`` are FFmpeg's for one film (0: as many as cores).
    """

    def __init__(self, *, threads: int = 1) -> None:
        import av

        self.name = f"cpu windows: PyAV {av.__version__}"
        self._threads = threads
        self._index = lru_cache(_FILMS_KEPT)(read_index)

    def read(self, windows: Sequence[Window]) -> list[WindowFrames]:
        asked = [(window.film, window.frames(self._index(window.film))) for window in windows]
        pictures: dict[MediaInfo, dict[int, NDArray[np.uint8]]] = {}
        for film in dict.fromkeys(film for film, _ in asked):
            numbers = np.unique(np.concatenate([numbers for other, numbers in asked if other == film]))
            pictures[film] = self._pictures(self._index(film), numbers.tolist())
        return [
            WindowFrames(
                np.stack([pictures[film][number] for number in numbers.tolist()]),
                self._index(film).seconds[numbers],
                numbers,
                "cpu",
            )
            for film, numbers in asked
        ]

    def _pictures(self, index: FilmIndex, numbers: list[int]) -> dict[int, NDArray[np.uint8]]:
        """Frames by their numbers, which rise."""
        pictures: dict[int, NDArray[np.uint8]] = {}
        for run in _runs(index, numbers):
            for start in index.starts(run[0]):
                pictures |= self._decode(index, start, set(run) - set(pictures))
                if pictures.keys() >= set(run):
                    break
        if missing := [number for number in numbers if number not in pictures]:
            raise MediaError(index.info.path, f"frame {missing[0]} can't be decoded", remedy="check the file")
        return pictures

    def _decode(self, index: FilmIndex, start: int | None, wanted: set[int]) -> dict[int, NDArray[np.uint8]]:
        """Decode from the key frame at ``start`` until all wanted frames have come, or a later one has."""
        pictures = {}
        with open_media(index.info.path) as container:
            stream: Any = container.streams[index.info.video_stream_index]
            stream.codec_context.thread_type = "AUTO"
            stream.codec_context.thread_count = self._threads
            for count, frame in enumerate(_frames(container, stream, start)):
                number = index.number_of(frame.pts) if index.timed else count
                if number in wanted:
                    pictures[number] = _rgb(frame, index.info)
                if len(pictures) == len(wanted) or (number is not None and number > max(wanted)):
                    break
        return pictures


def _runs(index: FilmIndex, numbers: list[int]) -> Iterator[list[int]]:
    """Runs of frames that need one seek: no key frame lies between a frame of a run and the one before."""
    run = numbers[:1]
    for number in numbers[1:]:
        key = index.key_before(number)
        if key is not None and key > index.ticks[run[-1]]:
            yield run
            run = []
        run.append(number)
    yield run


def _frames(container: Any, stream: Any, start: int | None) -> Iterator[Any]:
    """Frames from a key frame's PTS on, or from the start; damaged packets are skipped."""
    import av

    try:
        if start is not None:
            container.seek(start, stream=stream)
    except (av.error.FFmpegError, OSError):
        return
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError, OSError):
            return
        try:
            yield from packet.decode()
        except av.error.EOFError:
            return
        except av.error.FFmpegError:
            continue


def _rgb(frame: Any, info: MediaInfo) -> NDArray[np.uint8]:
    """A frame as uint8 ``[H, W, 3]``, upright."""
    from av.video.reformatter import ColorRange, Colorspace

    full, spec = ColorRange.JPEG, info.color
    if is_rgb(frame.format.name):
        converted = frame.reformat(format="rgb24", src_color_range=full, dst_color_range=full)
    else:
        matrix = getattr(Colorspace, _MATRICES[spec.matrix])
        converted = frame.reformat(
            format="rgb24",
            src_colorspace=matrix,
            dst_colorspace=matrix,
            src_color_range=full if spec.range == "full" else ColorRange.MPEG,
            dst_color_range=full,
        )
    pixels = converted.to_ndarray()
    return np.ascontiguousarray(np.rot90(pixels[:, ::-1] if info.mirrored else pixels, -(info.rotation_degrees // 90)))
