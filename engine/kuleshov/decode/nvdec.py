"""Decoding by NVDEC (PyNvVideoCodec): frames go from the decoding hardware into GPU memory and stay there.

Packets are read by PyAV, as on the CPU: the same stream, the same time stamps. NVDEC writes each frame as an NV12 or
P016 surface into device memory; one kernel on the decoder's own stream makes the analysis frame of it before the next
packet is handed in, because a surface is only valid until then.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from kuleshov.cuda.probe import device_index, device_name
from kuleshov.cuda.runtime import runtime
from kuleshov.cuda.surface import Surface
from kuleshov.decode.analysis import ANALYSIS_WIDTH, BATCH_FRAMES, analysis_size, stream_notes
from kuleshov.decode.bars import picture_area
from kuleshov.decode.capabilities import CODECS, DecoderCaps, why_not_nvdec
from kuleshov.decode.device_batches import device_batches
from kuleshov.decode.frames import FrameBatch
from kuleshov.decode.packets import coded_packets
from kuleshov.decode.protocol import DecodeReport
from kuleshov.errors import DeviceError, MediaError
from kuleshov.media.probe import MediaInfo


class NvdecDecoder:
    """Decodes a film's video stream to ``FrameBatch`` on a CUDA device.

    Iterate inside ``Runtime.stream()``: everything is launched on that stream. Frames' times are repaired and counted
    as on the CPU, and frames that the hardware swallowed are told. With ``scaled_output`` NVDEC itself scales to the
    analysis size before our kernel sees a frame; its filter is undocumented, so results differ: off unless asked for.

    Raises ``DeviceError`` if PyNvVideoCodec can't be loaded; iterating raises ``MediaError`` if not a single frame
    could be decoded.
    """

    def __init__(
        self,
        info: MediaInfo,
        *,
        device: str,
        width: int = ANALYSIS_WIDTH,
        batch_frames: int = BATCH_FRAMES,
        scaled_output: bool = False,
    ) -> None:
        self.info = info
        self.device = device
        self.area = picture_area(info)
        self.width, self.height = analysis_size(info, self.area, width=width)
        self.report = DecodeReport(notes=stream_notes(info))
        self.name = f"nvdec: PyNvVideoCodec {_codec_library().__version__}, {info.codec} {info.pixel_format}"
        self._batch_frames = batch_frames
        self._scaled_output = scaled_output
        self._packets = 0

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
        )
        if not self.report.frames:
            raise MediaError(
                self.info.path,
                f"NVDEC decoded none of its {self._packets} packets",
                remedy="--device cpu may tell more",
            )
        missing = self._packets - self.report.damaged_packets - self.report.frames
        if missing > 0:
            self.report.notes.append(f"{missing} of {self._packets} video packets gave no frame")
        self.report.close()

    def surfaces(self) -> Iterator[tuple[Surface, int | None]]:
        """Yield every decoded surface with its PTS in ticks; it is valid until the next one is asked for."""
        library = _codec_library()
        decoder = self._open_decoder(library)
        for packet in coded_packets(self.info, self.report):
            self._packets += 1
            for frame in self._decoded(decoder, _packet_data(library, packet)):
                yield self._surface(frame), frame.getPTS()
        for frame in self._decoded(decoder, library.PacketData()):  # an empty packet ends the stream
            yield self._surface(frame), frame.getPTS()

    def _open_decoder(self, library: Any) -> Any:
        on = runtime(self.device)
        try:
            decoder = library.CreateDecoder(
                gpuid=device_index(self.device),
                codec=getattr(library.cudaVideoCodec, CODECS[self.info.codec]),
                cudacontext=0,  # the device's primary context, which torch and CuPy use too
                cudastream=on.current_stream(),
                usedevicememory=True,
                maxwidth=self.info.coded_width,
                maxheight=self.info.coded_height,
                outputColorType=library.OutputColorType.NATIVE,
            )
            if self._scaled_output:
                decoder.setReconfigParams(self.width, self.height)
        except Exception as error:  # PyNvVideoCodec raises plain exceptions as well as its own
            raise MediaError(self.info.path, f"NVDEC can't be opened: {error}", remedy="use --device cpu") from error
        return decoder

    def _decoded(self, decoder: Any, packet: Any) -> Iterator[Any]:
        try:
            frames = decoder.Decode(packet)
        except Exception:  # PyNvVideoCodec raises plain exceptions as well as its own
            self.report.damaged_packets += 1
            return
        yield from frames

    def _surface(self, frame: Any) -> Surface:
        """A decoded frame as its planes, in place: one array of luma rows, the rows of CbCr pairs below them."""
        from torch.utils.dlpack import from_dlpack

        rows = from_dlpack(frame)
        height, width, pitch = int(rows.shape[0]) * 2 // 3, int(rows.shape[1]), int(rows.stride(0))
        if width == self.info.coded_width + 1:  # NVDEC fills up to whole pairs
            width -= 1
        return Surface(rows, rows[height:], height, width, pitch, pitch, 8 if self.info.bit_depth == 8 else 16)


def why_not(info: MediaInfo, device: str) -> str | None:
    """Return why this decoder can't take the film on that device, or ``None``."""
    try:
        _codec_library()
    except DeviceError as error:
        return str(error)
    return why_not_nvdec(
        info, lambda codec, depth: decoder_caps(device, codec, depth), gpu=device_name(device_index(device))
    )


@cache
def decoder_caps(device: str, codec: str, bit_depth: int) -> DecoderCaps:
    """Ask a device what it decodes; ``codec`` is NVIDIA's name (``"H264"``). Asking costs milliseconds: it is kept."""
    library = _codec_library()
    try:
        caps = library.GetDecoderCaps(
            gpuid=device_index(device),
            codec=getattr(library.cudaVideoCodec, codec),
            chromaformat=library.cudaVideoChromaFormat.__members__["420"],
            bitdepth=bit_depth,
        )
    except Exception as error:
        raise DeviceError(f"device {device!r} does not tell what it decodes: {error}") from error
    return DecoderCaps(
        supported=bool(caps["supported"]),
        engines=int(caps["num_decoder_engines"]),
        least_width=int(caps["width_min"]),
        least_height=int(caps["height_min"]),
        most_width=int(caps["width_max"]),
        most_height=int(caps["height_max"]),
        most_macroblocks=int(caps["mb_num_max"]),
    )


def _codec_library() -> Any:
    try:
        import PyNvVideoCodec
    except Exception as error:  # without a driver its import raises RuntimeError, and worse is possible
        raise DeviceError(f"PyNvVideoCodec can't be loaded: {error} (pip install 'kuleshov[cuda]')") from error
    return PyNvVideoCodec


def _packet_data(library: Any, packet: Any) -> Any:
    """A PyAV packet as PyNvVideoCodec takes it. The memory is the packet's: it must live until it is decoded."""
    data = library.PacketData()
    data.bsl_data = np.frombuffer(packet, dtype=np.uint8).ctypes.data
    data.bsl = packet.size
    data.pts = packet.pts if packet.pts is not None else packet.dts or 0
    data.dts = packet.dts or 0
    data.key = int(packet.is_keyframe)
    return data
