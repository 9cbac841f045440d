"""Decoding by NVDEC through FFmpeg (PyAV): a second way to the same hardware, to check the first one against.

FFmpeg brings its own demultiplexer, parser and error handling, and shares nothing with PyNvVideoCodec but the driver.
Choose ``nvdec`` for speed: here FFmpeg orders its work by the device's default stream, and every frame waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kuleshov.cuda.devices import runtime
from kuleshov.cuda.probe import device_index
from kuleshov.decode.device_decoder import DeviceDecoder
from kuleshov.errors import MediaError
from kuleshov.media.probe import open_media
from kuleshov.surface import Surface

_SAMPLE_BITS = {"nv12": 8, "p010le": 16, "p016le": 16}


class PyavCudaDecoder(DeviceDecoder):
    """Decodes a film's video stream to ``FrameBatch`` on a CUDA device.

    Iterating raises ``MediaError`` if FFmpeg can't open its hardware decoder for the film, or decodes no frame.
    """

    def _decoder_name(self) -> str:
        import av

        return f"pyav_cuda: PyAV {av.__version__}, {self.info.codec} {self.info.pixel_format}"

    def _check_end(self) -> None:
        if not self.report.frames:
            raise MediaError(self.info.path, "FFmpeg's CUDA decoder gave no frame", remedy="--device cpu may tell more")

    def surfaces(self) -> Iterator[tuple[Surface, int | None]]:
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
        from av.codec.hwaccel import HWAccel

        hardware = HWAccel(
            "cuda", device=str(device_index(self.device)), allow_software_fallback=False, is_hw_owned=True
        )
        try:
            return open_media(self.info.path, hwaccel=hardware)
        except (RuntimeError, ValueError) as error:
            raise MediaError(
                self.info.path, f"FFmpeg's CUDA decoder can't be opened: {error}", remedy="use --device cpu"
            ) from error

    def _surface(self, frame: Any) -> Surface:
        """A decoded frame as its planes, where they lie. PyAV's planes refuse the stream that torch would pass them."""
        import torch

        luma, chroma = (torch.utils.dlpack.from_dlpack(plane.__dlpack__()) for plane in frame.planes)
        bits = _SAMPLE_BITS[frame.sw_format.name if frame.format.name == "cuda" else frame.format.name]
        return Surface(luma, chroma, frame.height, frame.width, int(luma.stride(0)), int(chroma.stride(0)), bits)
