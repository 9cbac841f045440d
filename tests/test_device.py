"""The choice of device: one clear reason if CUDA is unavailable."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from kuleshov import device as device_module
from kuleshov.cuda import probe
from kuleshov.device import resolve_device
from kuleshov.errors import DeviceError


def machine(monkeypatch, *, driver=True, built=True, available=True, capability=(9, 0), cupy=True, devices=1):
    """A machine as torch, CuPy and the loader show it."""

    def load(name):
        if not driver:
            raise OSError(f"{name}: cannot open shared object file")

    cuda = SimpleNamespace(
        is_available=lambda: available,
        device_count=lambda: devices,
        get_device_capability=lambda index: capability,
        get_device_name=lambda index: f"GPU number {index}",
    )
    torch = SimpleNamespace(cuda=cuda, __version__="2.13.0+x", version=SimpleNamespace(cuda="13.0" if built else None))
    monkeypatch.setattr(probe, "CDLL", load)
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(
        sys.modules, "cupy", SimpleNamespace(cuda=SimpleNamespace(is_available=lambda: True)) if cupy else None
    )


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ({"driver": False}, "no NVIDIA driver"),
        ({"built": False}, "built without CUDA"),
        ({"available": False}, "nvidia-smi"),
        ({"capability": (6, 1)}, "compute capability"),
        ({"cupy": False}, "CuPy can't be loaded"),
    ],
)
def test_auto_uses_the_cpu_and_says_why_and_cuda_is_refused_with_the_same_reason(monkeypatch, missing, said):
    machine(monkeypatch, **missing)
    chosen = resolve_device("auto")
    assert (chosen.name, chosen.binding) == ("cpu", False)
    assert said in chosen.reason
    with pytest.raises(DeviceError, match=said) as refused:
        resolve_device("cuda")
    assert "\n" not in str(refused.value)


def test_a_machine_with_a_gpu_uses_it(monkeypatch):
    machine(monkeypatch, devices=2)
    assert resolve_device("auto") == device_module.Device("cuda:0", "auto: GPU number 0", binding=False)
    assert resolve_device("cuda") == device_module.Device("cuda:0", "asked for: GPU number 0", binding=True)
    assert resolve_device("cuda:1").name == "cuda:1"
    assert resolve_device("cpu").name == "cpu"
    with pytest.raises(DeviceError, match="there are 2 CUDA devices"):
        resolve_device("cuda:2")


@pytest.mark.parametrize("name", ["tpu", "cuda:", "cuda:x", "cuda:-1", "", "CPU"])
def test_an_unknown_device_is_named_with_those_that_are_known(name):
    with pytest.raises(DeviceError, match="use auto, cpu, cuda or cuda:N"):
        resolve_device(name)


def test_without_a_driver_torch_is_not_even_loaded(monkeypatch):
    machine(monkeypatch, driver=False)
    monkeypatch.setitem(sys.modules, "torch", None)  # importing it would raise
    assert resolve_device("auto").name == "cpu"
