"""The choice of device, made once when a pipeline is opened."""

from __future__ import annotations

from dataclasses import dataclass

from kuleshov.cuda.probe import device_index, device_name, why_not_cuda
from kuleshov.errors import DeviceError


@dataclass(frozen=True)
class Device:
    """The device that a pipeline runs on (``"cpu"`` or ``"cuda:N"``), and why it was chosen.

    ``binding``: it was asked for by name, so a film that it can't decode fails instead of going to the CPU.
    """

    name: str
    reason: str
    binding: bool


def resolve_device(asked: str = "auto") -> Device:
    """Return the device to use for ``asked``: ``"auto"``, ``"cpu"``, ``"cuda"`` or ``"cuda:N"``.

    Raises ``DeviceError`` for a CUDA device that is unavailable, with the reason, and for an unknown name.
    """
    if asked == "cpu":
        return Device("cpu", "asked for", binding=True)
    index = 0 if asked == "auto" else device_index(asked)
    missing = why_not_cuda(index)
    if asked == "auto" and missing:
        return Device("cpu", f"auto: {missing}", binding=False)
    if missing:
        raise DeviceError(f"device {asked!r}: {missing}")
    chosen = "auto" if asked == "auto" else "asked for"
    return Device(f"cuda:{index}", f"{chosen}: {device_name(index)}", binding=asked != "auto")
