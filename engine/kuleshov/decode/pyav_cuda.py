"""Decoding by NVDEC through FFmpeg (PyAV): a second way to the same hardware, to check the first one against.

FFmpeg brings its own demultiplexer, parser and error handling, and shares nothing with PyNvVideoCodec but the driver.
Choose ``nvdec`` for speed: here FFmpeg orders its work by the device's default stream, and every frame waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kuleshov.cuda.devices import runtime
from kuleshov.cuda.probe import device_index
from kuleshov.decode.analysis import ANALYSIS_WIDTH, BATCH_FRAMES, analysis_size, stream_notes
from kuleshov.decode.device_batches import device_batches
from kuleshov.decode.frame_taps import FrameTap
from kuleshov.decode.frames import FrameBatch
from kuleshov.decode.letterbox import picture_area
from kuleshov.decode.protocol import DecodeReport
from kuleshov.errors import MediaError
from kuleshov.media.probe import MediaInfo
from kuleshov.surface import Surface

_SAMPLE_BITS = {"nv12": 8, "p010le": 16, "p016le": 16}


class PyavCudaDecoder:
    """Decodes a film's video stream to ``FrameBatch`` on a CUDA device, inside ``Runtime.stream()``.

    Iterating raises ``MediaError`` if FFmpeg can't open its hardware decoder for the film, or decodes no frame.
    """

    def __init__(
        self,
        info: MediaInfo,
        *,
        device: str,
        width: int = ANALYSIS_WIDTH,
        batch_frames: int = BATCH_FRAMES,
        looker: FrameTap | None = None,
    ) -> None:
        import av

        self.info = info
        self.device = device
        self.area = picture_area(info)
        self.width, self.height = analysis_size(info, self.area, width=width)
        self.report = DecodeReport(notes=stream_notes(info))
        self.name = f"pyav_cuda: PyAV {av.__version__}, {info.codec} {info.pixel_format}"
        self._batch_frames = batch_frames
        self._looker = looker

    def __iter__(self) -> Iterator[FrameBatch]:
        yield from device_batches(
            self.surfaces(),
            on=runtime(self.device),
            info=self.info,
            report=self.report,
            area=self.area,
            width=self.width,
            height=self.height,
            batch_frames=self._batch_frames,
            looker=self._looker,
        )
        if not self.report.frames:
            raise MediaError(self.info.path, "FFmpeg's CUDA decoder gave no frame", remedy="--device cpu may tell more")
        self.report.close()

    def surfaces(self) -> Iterator[tuple[Surface, int | None]]:
        """Yield every decoded surface with its PTS in ticks; it is valid until the next one is asked for."""
        import av

        with self._open() as container:
            stream: Any = container.streams[self.info.video_stream_index]
            for packet in container.demux(stream):
                try:
                    frames = packet.decode()
                except av.error.FFmpegError:
                    self.report.damaged_packets += 1
                    continue
                for frame in frames:
                    with runtime(self.device).ordered_with_default_stream():
                        yield self._surface(frame), frame.pts

    def _open(self) -> Any:
        import av
        from av.codec.hwaccel import HWAccel

        hardware = HWAccel(
            "cuda", device=str(device_index(self.device)), allow_software_fallback=False, is_hw_owned=True
        )
        try:
            return av.open(str(self.info.path), hwaccel=hardware, metadata_errors="replace")
        except (av.error.FFmpegError, OSError, RuntimeError, ValueError) as error:
            raise MediaError(
                self.info.path, f"FFmpeg's CUDA decoder can't be opened: {error}", remedy="use --device cpu"
            ) from error

    def _surface(self, frame: Any) -> Surface:
        """A decoded frame as its planes, where they lie. PyAV's planes refuse the stream that torch would pass them."""
        import torch

        luma, chroma = (torch.utils.dlpack.from_dlpack(plane.__dlpack__()) for plane in frame.planes)
        bits = _SAMPLE_BITS[frame.sw_format.name if frame.format.name == "cuda" else frame.format.name]
        return Surface(luma, chroma, frame.height, frame.width, int(luma.stride(0)), int(chroma.stride(0)), bits)
