"""Windows by NVIDIA DALI: many of them in one batch, decoded at once on the decode engines of a GPU.

Choose it to feed a network on a GPU with clips of many films. Frames are numbered by the same ``film_index`` as on the
CPU, and only the packets of a window are handed to DALI (``remux_window``). Its CPU back end decodes only VP8, VP9 and
MJPEG, and serves the tests; on a GPU this has not run yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.cuda.probe import device_index
from kuleshov.decode.film_index import read_index
from kuleshov.decode.remux_window import RemuxedWindow, remux_window
from kuleshov.decode.windows import Window, WindowFrames
from kuleshov.errors import DeviceError, MediaError
from kuleshov.media.probe import MediaInfo

#: FFmpeg's names of the codecs that DALI 2.4 decodes, as its documentation says.
CPU_CODECS = frozenset({"vp8", "vp9", "mjpeg"})
GPU_CODECS = CPU_CODECS | {"av1", "h264", "hevc", "mpeg4"}
_FILMS_KEPT = 32


class DaliWindowReader:
    """``WindowReader`` over ``fn.decoders.video``; on ``"cuda:N"`` the frames are torch tensors there.

    ``batch_windows`` are decoded at a time, on ``threads`` threads. Raises ``DeviceError`` if DALI can't be loaded.
    """

    def __init__(self, *, device: str = "cpu", batch_windows: int = 16, threads: int = 1) -> None:
        self.device = device
        self.name = f"dali windows: DALI {_dali().__version__}"
        self._batch_windows = batch_windows
        self._threads = threads
        self._codecs = CPU_CODECS if device == "cpu" else GPU_CODECS
        self._index = lru_cache(_FILMS_KEPT)(read_index)
        self._pipeline: Any = None

    def read(self, windows: Sequence[Window]) -> list[WindowFrames]:
        distinct: dict[Window, NDArray[np.int64]] = {}
        for window in windows:
            if window.film.codec not in self._codecs:
                raise MediaError(
                    window.film.path,
                    f"DALI on {self.device} has no decoder for {window.film.codec}; it has "
                    f"{', '.join(sorted(self._codecs))}",
                    remedy="read its windows on the CPU",
                )
            if window not in distinct:
                distinct[window] = window.frames(self._index(window.film))
        read: dict[Window, WindowFrames] = {}
        asked = list(distinct.items())
        for first in range(0, len(asked), self._batch_windows):
            batch = asked[first : first + self._batch_windows]
            cuts = [(window.film, remux_window(self._index(window.film), numbers)) for window, numbers in batch]
            for (window, numbers), rgb in zip(batch, self._decode(cuts), strict=True):
                seconds = self._index(window.film).seconds[numbers]
                read[window] = WindowFrames(rgb, seconds, numbers, self.device)
        return [read[window] for window in windows]

    def _decode(self, cuts: list[tuple[MediaInfo, RemuxedWindow]]) -> list[Any]:
        """The frames of each cut. A batch that fails is tried again one by one, to name the film at fault."""
        try:
            pictures = self._run([each for _, each in cuts])
        except Exception as error:  # DALI raises plain exceptions, and its pipeline is unusable after one
            self._pipeline = None
            if len(cuts) > 1:
                return [picture for each in cuts for picture in self._decode([each])]
            reason = " ".join(str(error).split())[:300]
            raise MediaError(cuts[0][0].path, f"DALI can't decode it: {reason}", remedy="try the CPU") from error
        return [_upright(rgb, film.rotation_degrees // 90) for (film, _), rgb in zip(cuts, pictures, strict=True)]

    def _run(self, cuts: list[RemuxedWindow]) -> list[Any]:
        from torch.utils.dlpack import from_dlpack

        if self._pipeline is None:
            self._pipeline = self._build()
        (pictures,) = self._pipeline.run(coded=[each.content for each in cuts], frames=[each.frames for each in cuts])
        tensors = [from_dlpack(pictures[number]) for number in range(len(cuts))]
        return [tensor.numpy() if self.device == "cpu" else tensor for tensor in tensors]

    def _build(self) -> Any:
        dali = _dali()
        fn, types = dali.fn, dali.types
        pipeline = dali.Pipeline(
            batch_size=self._batch_windows,
            num_threads=self._threads,
            device_id=None if self.device == "cpu" else device_index(self.device),
            prefetch_queue_depth=1,  # a request is answered before the next one is known
        )
        with pipeline:
            coded = fn.external_source(name="coded", dtype=types.UINT8, ndim=1)
            frames = fn.external_source(name="frames", dtype=types.INT32, ndim=1)
            where = "cpu" if self.device == "cpu" else "mixed"
            pipeline.set_outputs(fn.decoders.video(coded, device=where, frames=frames))
        pipeline.build()
        return pipeline


def _dali() -> Any:
    """The package. Its operators are created when it is loaded, so nothing of it can be type-checked."""
    try:
        import_module("nvidia.dali.fn")
        return import_module("nvidia.dali")
    except Exception as error:  # not only missing: its libraries may not load
        raise DeviceError(f"DALI can't be loaded: {error} (pip install 'kuleshov[cuda]')") from error


def _upright(rgb: Any, turns: int) -> Any:
    """Frames ``[F, H, W, 3]`` turned clockwise by quarters."""
    if not turns:
        return rgb
    if isinstance(rgb, np.ndarray):
        return np.ascontiguousarray(np.rot90(rgb, -turns, axes=(1, 2)))
    return rgb.rot90(-turns, dims=(1, 2)).contiguous()
