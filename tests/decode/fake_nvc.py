"""A stand-in for PyNvVideoCodec 2.2.4 on a machine without a GPU: its API and behaviour, over FFmpeg on the CPU.

Taken from the real package (its binary, imported over stub driver libraries): the names and parameters of
``CreateDecoder``, ``PyNvDecoder``, ``DecodedFrame``, ``PacketData`` (every field can be set), ``GetDecoderCaps`` (the
keys of its dict), the members of the enums. Taken from its documentation and its users' reports, to be confirmed on a
GPU: a frame's memory is used again by the next ``Decode``; output comes in display order, some frames late; an empty
packet ends the stream; a packet that can't be decoded may raise, or give no frame and no error.

Of a session that goes on with another stream (as in the sources of NVIDIA's ``NvDecoder``): larger frames than it was
opened for and another depth are refused; frames of another size are scaled to the size before, unless
``setReconfigParams`` has set the size; after a fault it may refuse whatever comes (assumed: the worst that it may do).
"""

from __future__ import annotations

from enum import IntEnum
from types import ModuleType
from typing import Any

import numpy as np

POISON = 0x5A  # what memory holds after the frame in it is gone
LATE = 4  # frames that are held back until more packets come


class PacketData:
    """The real one has more fields; these are those that a decoder reads."""

    def __init__(self) -> None:
        self.bsl_data = 0
        self.bsl = 0
        self.pts = 0
        self.dts = 0
        self.key = 0


class DecodedFrame:
    """NV12 or P016: luma rows, below them the rows of CbCr pairs, in one array ``[height * 3 / 2, width]``."""

    def __init__(self, memory: Any, pts: int) -> None:
        self._memory = memory
        self._pts = pts

    def getPTS(self) -> int:  # noqa: N802
        return self._pts

    def __dlpack__(self, stream: object = 0, **_: Any) -> Any:
        return self._memory.__dlpack__()

    def __dlpack_device__(self) -> Any:
        return self._memory.__dlpack_device__()


class PyNvDecoder:
    def __init__(self, library: FakeLibrary, codec: str, most: tuple[int, int]) -> None:
        self._library, self._codec, self._most = library, codec, most
        self._context: Any = None  # of the stream that is being decoded
        self._before: tuple[int, int, int] | None = None  # width, height, depth of the last sequence
        self._resize: tuple[int, int] | None = None
        self._shown_as: tuple[int, int] = most
        self._told = self._faulty = False
        self._late: list[Any] = []
        self._given: list[Any] = []

    def Decode(self, packet: PacketData) -> list[DecodedFrame]:  # noqa: N802
        import ctypes

        import av

        for memory in self._given:
            memory[:] = POISON
        self._given = []
        self._library.decoded += 1
        if self._context is None:
            self._context = av.CodecContext.create(self._codec, "r")
            self._context.thread_count = 1
            self._new = True
            self._refusing = self._faulty
        if self._library.decoded in self._library.failing or self._refusing:
            self._faulty = True
            if not packet.bsl:
                self._context = None
            raise RuntimeError("HandlePictureDecode: cuvidDecodePicture returned error 999")
        if packet.bsl:
            coded = av.Packet(ctypes.string_at(packet.bsl_data, packet.bsl))
            coded.pts, coded.dts = packet.pts, packet.dts
            frames = self._context.decode(coded)
        else:
            frames = self._context.decode(None)
            self._context = None
        self._late += frames
        if frames and self._new:
            self._begin(frames[0])
        ready = len(self._late) if not packet.bsl else max(0, len(self._late) - LATE)
        out, self._late = self._late[:ready], self._late[ready:]
        return [self._frame(frame) for frame in out if not self._dropped()]

    def _begin(self, frame: Any) -> None:
        """The first frame of a stream: HandleVideoSequence, or ReconfigureDecoder if there was one before."""
        self._new = False
        size, depth = (frame.width, frame.height), max(each.bits for each in frame.format.components)
        if self._before is None:
            self._shown_as = self._resize or size
        elif depth != self._before[2]:
            raise RuntimeError("Reconfigure Not supported for bit depth change")
        elif size[0] > self._most[0] or size[1] > self._most[1]:
            raise RuntimeError("Reconfigure Not supported when width/height > maxwidth/maxheight")
        elif self._told:
            self._shown_as = self._resize or size
        self._before, self._told = (*size, depth), False

    def _dropped(self) -> bool:
        self._library.shown += 1
        return self._library.shown in self._library.dropping

    def _frame(self, frame: Any) -> DecodedFrame:
        if self._shown_as != (frame.width, frame.height):
            pts, frame = frame.pts, frame.reformat(*self._shown_as)
            frame.pts = pts
        deep = "10" in frame.format.name or "12" in frame.format.name
        planes = (
            frame.reformat(format="p016le" if deep else "nv12").planes if deep else frame.reformat(format="nv12").planes
        )
        dtype = np.uint16 if deep else np.uint8
        rows = []
        for plane in planes:
            samples = np.frombuffer(plane, dtype=dtype).reshape(plane.height, -1)
            pair_width = -(-frame.width // 2) * 2
            rows.append(samples[:, :pair_width])
        # Rows lie further apart than they are long, as in a pitched allocation.
        width = rows[0].shape[1]
        memory = np.full((sum(map(len, rows)), width + 64), POISON, dtype=dtype)[:, :width]
        memory[:] = np.concatenate(rows)
        self._given.append(memory)
        return DecodedFrame(memory, frame.pts)

    def setReconfigParams(self, width: int = 0, height: int = 0) -> int:  # noqa: N802
        self._told = True
        self._resize = self._library.scaled_to = (width, height)
        return 1


class FakeLibrary(ModuleType):
    """The module; ``dropping`` and ``failing`` number frames that are swallowed and packets that raise, from 1."""

    __version__ = "2.2.4"
    PacketData = PacketData
    cudaVideoCodec = IntEnum(  # noqa: N815
        "cudaVideoCodec",
        ["MPEG1", "MPEG2", "MPEG4", "VC1", "H264", "JPEG", "H264_SVC", "H264_MVC", "HEVC", "VP8", "VP9", "AV1"],
        start=0,
    )
    cudaVideoChromaFormat = IntEnum("cudaVideoChromaFormat", ["Monochrome", "420", "422", "444"], start=0)  # noqa: N815
    OutputColorType = IntEnum("OutputColorType", ["NATIVE", "RGB", "RGBP"], start=0)

    def __init__(self, *, dropping: set[int] | None = None, failing: set[int] | None = None) -> None:
        super().__init__("PyNvVideoCodec")
        self.dropping, self.failing = dropping or set(), failing or set()
        self.decoded = self.shown = 0
        self.opened: list[dict[str, Any]] = []
        self.scaled_to: tuple[int, int] | None = None
        self.caps = {
            "supported": 1,
            "num_decoder_engines": 7,
            "width_min": 16,
            "width_max": 4096,
            "height_min": 16,
            "height_max": 4096,
            "mb_num_max": 65536,
            "bitdepth": 8,
            "chromaformat_id": 1,
            "codec_id": 4,
        }
        self.unsupported: set[tuple[str, int]] = {("H264", 10)}

    def CreateDecoder(self, *, gpuid: int, codec: Any, **options: Any) -> PyNvDecoder:  # noqa: N802
        self.opened.append({"gpuid": gpuid, "codec": codec, **options})
        names = {"H264": "h264", "HEVC": "hevc", "MPEG2": "mpeg2video", "MPEG1": "mpeg1video", "VP9": "vp9"}
        return PyNvDecoder(self, names[codec.name], (options["maxwidth"], options["maxheight"]))

    def GetDecoderCaps(self, *, gpuid: int, codec: Any, chromaformat: Any, bitdepth: int) -> dict[str, int]:  # noqa: N802
        if (codec.name, bitdepth) in self.unsupported:
            return dict.fromkeys(self.caps, 0)
        return {**self.caps, "bitdepth": bitdepth, "codec_id": int(codec)}
