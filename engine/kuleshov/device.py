"""The choice of device, made once when a pipeline is opened."""

from __future__ import annotations

from dataclasses import dataclass

from kuleshov.errors import DeviceError


@dataclass(frozen=True)
class Device:
    """The device that a pipeline runs on (``"cpu"``), and why it was chosen."""

    name: str
    reason: str


def resolve_device(asked: str = "auto") -> Device:
    """Return the device to use for ``asked``: ``"auto"`` or ``"cpu"``.

    Raises ``DeviceError`` for a CUDA device, which this version can't run on, and for an unknown name.
    """
    if asked == "cpu":
        return Device("cpu", "asked for")
    if asked == "auto":
        return Device("cpu", "auto: this version of Kuleshov has no GPU pipeline yet")
    if asked.startswith("cuda"):
        raise DeviceError(
            f"device {asked!r}: this version of Kuleshov has no GPU pipeline yet; use --device cpu or --device auto"
        )
    raise DeviceError(f"device {asked!r} is unknown; use auto or cpu")
