"""Which decoder takes a film: the GPU's where it can, the CPU's where not, and why."""

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
    """The device that decodes and measures a film, and why it does."""

    device: str
    reason: str

    def open(
        self, info: MediaInfo, *, width: int = ANALYSIS_WIDTH, threads: int = 0, looker: FrameTap | None = None
    ) -> Decoder:
        """Open the device's decoder; ``threads`` are those of the CPU's, ``looker`` looks closer at some frames.

        Raises as the decoder does.
        """
        if self.device == "cpu":
            from kuleshov.decode.cpu import CpuDecoder

            return CpuDecoder(info, width=width, threads=threads, looker=looker)
        from kuleshov.decode.nvdec import NvdecDecoder

        return NvdecDecoder(info, device=self.device, width=width, looker=looker)


def choose_decoder(info: MediaInfo, device: Device) -> Choice:
    """Return what decodes the film on a machine whose chosen device is ``device``.

    Raises ``MediaError`` for a film that a GPU can't take which was asked for by name.
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
    """Return how many films a GPU decodes side by side: as many as it has decode engines."""
    from kuleshov.decode.nvdec import decoder_caps

    try:
        return max(1, decoder_caps(device.name, "H264", 8).engines)
    except DeviceError:
        return 1
