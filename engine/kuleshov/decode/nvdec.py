"""Decoding by NVDEC (PyNvVideoCodec): frames go from the decoding hardware into GPU memory and stay there.

Packets are read by PyAV, as on the CPU: the same stream, the same time stamps. NVDEC writes each frame as an NV12 or
P016 surface into device memory; one kernel on the decoder's own stream makes the analysis frame of it before the next
packet is handed in, because a surface is valid only until then.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from kuleshov.cuda.devices import runtime
from kuleshov.cuda.probe import device_index, device_name
from kuleshov.decode.analysis import ANALYSIS_WIDTH, BATCH_FRAMES
from kuleshov.decode.capabilities import CODECS, DecoderCaps, why_not_nvdec
from kuleshov.decode.device_decoder import DeviceDecoder
from kuleshov.decode.frame_taps import FrameTap
from kuleshov.decode.nvdec_sessions import IDLE, Session
from kuleshov.decode.packets import coded_packets
from kuleshov.errors import DeviceError, MediaError
from kuleshov.media.probe import MediaInfo
from kuleshov.surface import Surface

_BLOCK = 64  # the largest block in which a codec's frames are coded


class NvdecDecoder(DeviceDecoder):
    """Decodes a film's video stream to ``FrameBatch`` on a CUDA device.

    Frames that the hardware did not return are counted in a note. With ``scaled_output`` NVDEC itself scales to the
    analysis size before our kernel sees a frame; its filter is undocumented, so results differ: off by default.
    ``reused_session`` says afterwards whether the film went through the session of another one (``nvdec_sessions``).

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
        tap: FrameTap | None = None,
    ) -> None:
        super().__init__(info, device=device, width=width, batch_frames=batch_frames, tap=tap)
        self.reused_session = False
        self._scaled_output = scaled_output
        self._packets = 0

    def _decoder_name(self) -> str:
        version = _codec_library().__version__
        return f"nvdec: PyNvVideoCodec {version}, {self.info.codec} {self.info.pixel_format}"

    def _check_end(self) -> None:
        if not self.report.frames:
            raise MediaError(
                self.info.path,
                f"NVDEC decoded none of its {self._packets} packets",
                remedy="--device cpu may tell more",
            )
        missing = self._packets - self.report.damaged_packets - self.report.frames
        if missing > 0:
            self.report.notes.append(f"{missing} of {self._packets} video packets gave no frame")

    def surfaces(self) -> Iterator[tuple[Surface, int | None]]:
        for session in self._sessions():
            self.reused_session = session.reused
            any_given = False
            for surface in self._through(session):
                any_given = True
                yield surface
            if any_given:
                return

    def _sessions(self) -> Iterator[Session]:
        """A session that was used before, if there is one; a new one if that has given no frame."""
        lane = (_codec_library(), self.device, runtime(self.device).current_stream())
        kind = (self.info.codec, self.info.bit_depth)
        size = self.info.coded_width, self.info.coded_height
        if self._may_share():
            try:
                used = IDLE.take(lane, kind, size=size, room=self._room())
            except Exception:  # PyNvVideoCodec raises plain exceptions as well as its own
                used = None
            if used is not None:
                damaged = self.report.damaged_packets
                yield used
                self.report.damaged_packets, self._packets = damaged, 0
        yield Session(self._open_decoder(), lane, kind, self._room())

    def _through(self, session: Session) -> Iterator[tuple[Surface, int | None]]:
        """The film's surfaces from one session. A used session that fails before its first frame gives none."""
        library, given, faults = _codec_library(), 0, 0
        for packet in self._packets_to_the_end(library):
            try:
                frames = session.decoder.Decode(packet)
            except Exception:  # PyNvVideoCodec raises plain exceptions as well as its own
                faults += 1
                self.report.damaged_packets += 1
                if session.reused and not given:
                    return
                continue
            for frame in frames:
                given += 1
                yield self._surface(frame), frame.getPTS()
        if not faults and given == self._packets and self._may_share():
            IDLE.give_back(session)

    def _room(self) -> tuple[int, int]:
        """The largest frame that the film can hold: its own, up to whole blocks of any codec.

        Coded frames are larger than displayed ones, and PyNvVideoCodec may end the process if a later film is larger
        than the session was opened for.
        """
        width, height = (-(-side // _BLOCK) * _BLOCK for side in (self.info.coded_width, self.info.coded_height))
        return width, height

    def _may_share(self) -> bool:
        """Whether a session may be used for several films: not if it scales, or pads frames to whole pairs."""
        return not self._scaled_output and self.info.coded_width % 2 == self.info.coded_height % 2 == 0

    def _packets_to_the_end(self, library: Any) -> Iterator[Any]:
        for packet in coded_packets(self.info, self.report):
            self._packets += 1
            yield _packet_data(library, packet)
        yield library.PacketData()  # an empty packet ends the stream

    def _open_decoder(self) -> Any:
        library, on = _codec_library(), runtime(self.device)
        try:
            decoder = library.CreateDecoder(
                gpuid=device_index(self.device),
                codec=getattr(library.cudaVideoCodec, CODECS[self.info.codec]),
                cudacontext=0,  # the device's primary context, which torch and CuPy use too
                cudastream=on.current_stream(),
                usedevicememory=True,
                maxwidth=self._room()[0],
                maxheight=self._room()[1],
                outputColorType=library.OutputColorType.NATIVE,
            )
            if self._scaled_output:
                decoder.setReconfigParams(self.width, self.height)
        except Exception as error:  # PyNvVideoCodec raises plain exceptions as well as its own
            raise MediaError(self.info.path, f"NVDEC can't be opened: {error}", remedy="use --device cpu") from error
        return decoder

    def _surface(self, frame: Any) -> Surface:
        """A decoded frame as its planes, in place: one array of luma rows, with the rows of CbCr pairs below them."""
        from torch.utils.dlpack import from_dlpack

        rows = from_dlpack(frame)
        height, width, pitch = int(rows.shape[0]) * 2 // 3, int(rows.shape[1]), int(rows.stride(0))
        if width == self.info.coded_width + 1:  # NVDEC pads to whole pairs
            width -= 1
        return Surface(rows, rows[height:], height, width, pitch, pitch, 8 if self.info.bit_depth == 8 else 16)


def why_not(info: MediaInfo, device: str) -> str | None:
    """Return why this decoder can't decode the film on that device, or ``None``."""
    try:
        _codec_library()
    except DeviceError as error:
        return str(error)
    return why_not_nvdec(
        info, lambda codec, depth: decoder_caps(device, codec, depth), gpu=device_name(device_index(device))
    )


@cache
def decoder_caps(device: str, codec: str, bit_depth: int) -> DecoderCaps:
    """Ask a device what it decodes; ``codec`` is NVIDIA's name (``"H264"``). Cached, because it takes milliseconds."""
    library = _codec_library()
    try:
        caps = library.GetDecoderCaps(
            gpuid=device_index(device),
            codec=getattr(library.cudaVideoCodec, codec),
            chromaformat=library.cudaVideoChromaFormat.__members__["420"],
            bitdepth=bit_depth,
        )
    except Exception as error:
        raise DeviceError(f"device {device!r} does not report what it decodes: {error}") from error
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
    """A PyAV packet in PyNvVideoCodec's form. The memory is the packet's, which must live until it is decoded."""
    data = library.PacketData()
    data.bsl_data = np.frombuffer(packet, dtype=np.uint8).ctypes.data
    data.bsl = packet.size
    data.pts = packet.pts if packet.pts is not None else packet.dts or 0
    data.dts = packet.dts or 0
    data.key = int(packet.is_keyframe)
    return data
