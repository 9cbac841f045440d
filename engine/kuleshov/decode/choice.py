"""Which decoder a film gets, and why: the GPU's if it can decode the film, else the CPU's."""

from __future__ import annotations

from dataclasses import dataclass

from kuleshov.decode.analysis import ANALYSIS_WIDTH
from kuleshov.decode.frame_taps import FrameTap
from kuleshov.decode.protocol import Decoder
from kuleshov.device import Device
from kuleshov.errors import DeviceError, MediaError
from kuleshov.media.probe import MediaInfo


@dataclass(frozen=True)
class Choice:
    """The device that decodes and measures a film, and why it was chosen."""

    device: str
    reason: str

    def open(
        self, info: MediaInfo, *, width: int = ANALYSIS_WIDTH, threads: int = 0, tap: FrameTap | None = None
    ) -> Decoder:
        """Open the device's decoder; ``threads`` are those of the CPU decoder, ``tap`` takes frames at full size.

        Raises as the decoder does.
        """
        if self.device == "cpu":
            from kuleshov.decode.cpu import CpuDecoder

            return CpuDecoder(info, width=width, threads=threads, tap=tap)
        from kuleshov.decode.nvdec import NvdecDecoder

        return NvdecDecoder(info, device=self.device, width=width, tap=tap)


def choose_decoder(info: MediaInfo, device: Device) -> Choice:
    """Return what decodes the film on a machine whose chosen device is ``device``.

    Raises ``MediaError`` if a GPU was asked for by name and can't decode the film.
    """
    if device.name == "cpu":
        return Choice(device.name, device.reason)
    from kuleshov.decode.nvdec import why_not

    reason = why_not(info, device.name)
    if reason is None:
        return Choice(device.name, device.reason)
    if device.binding:
        raise MediaError(info.path, f"{device.name} can't decode it: {reason}", remedy="--device auto takes the CPU")
    return Choice("cpu", f"{device.reason}, but for this film the CPU: {reason}")


def decode_sessions(device: Device) -> int:
    """Return how many films a GPU decodes at once: one for each of its decode engines."""
    from kuleshov.decode.nvdec import decoder_caps

    try:
        return max(1, decoder_caps(device.name, "H264", 8).engines)
    except DeviceError:
        return 1
