"""The picture tower of an image-text network, on the fastest engine.

PyTorch always works. On a CPU OpenVINO is faster, if it is installed (docs/performance.md); it takes some seconds to
compile the network, once a run. Vectors agree within 1e-5.
"""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kuleshov.cuda.devices import runtime
from kuleshov.errors import ModelError
from kuleshov.models.image_text import Engine, PictureForm, unit_rows


class RunTower(Protocol):
    """Computes a tower: float32 ``[B, D]`` of unit length on the host, of uint8 ``[B, frames, 3, H, W]``."""

    name: str  # for provenance: "torch float32"

    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]: ...


def pooled(features: Any) -> Any:
    """Return the vectors ``[N, D]`` in the result of ``get_..._features``: a tensor, or a record with it."""
    return getattr(features, "pooler_output", features)


def picture_tower(network: Any, form: PictureForm, *, video: bool) -> Any:
    """Return a module from pictures uint8 ``[B, frames, 3, H, W]`` to unit vectors float32 ``[B, D]``; it normalises
    pictures itself."""
    import torch

    class Tower(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network
            for name, values in (("mean", form.mean), ("deviation", form.deviation)):
                self.register_buffer(name, torch.tensor(values).view(1, 3, 1, 1) * 255)

        def forward(self, pictures: Any) -> Any:
            count, frames = pictures.shape[0], pictures.shape[1]
            flat = pictures.flatten(0, 1)
            values = ((flat.float() - self.mean) / self.deviation).to(self.network.dtype)
            if video:
                values = values.unflatten(0, (count, frames))
                features = self.network.get_video_features(pixel_values=values)
            else:
                features = self.network.get_image_features(pixel_values=values)
            return unit_rows(pooled(features))

    return Tower().to(network.device).eval()


def open_tower(tower: Any, *, engine: Engine, device: str, dtype: Any, frames: int) -> RunTower:
    """Return a tower on an engine. Raises ``ModelError`` if the engine is unavailable."""
    precision = str(dtype).removeprefix("torch.")
    if engine == "openvino" and device != "cpu":
        raise ModelError("OpenVINO is for the CPU; on a GPU the engine is torch")
    if engine == "torch" or device != "cpu" or frames > 1:
        return TorchTower(tower, precision, device)
    if find_spec("openvino") is None:
        if engine == "openvino":
            raise ModelError("the engine openvino is not installed (pip install openvino)")
        return TorchTower(tower, precision, device)
    return OpenVinoTower(tower, precision)


class TorchTower:
    """PyTorch, on the tower's device."""

    def __init__(self, tower: Any, precision: str, device: str) -> None:
        self.name = f"torch {precision}"
        self._tower = tower
        self._on = None if device == "cpu" else runtime(device)

    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        import torch

        with torch.inference_mode():
            if self._on is None:
                vectors: NDArray[np.float32] = self._tower(torch.from_numpy(pictures)).numpy()
                return vectors
            with self._on.stream(), self._on.mark("sight"):
                on_device = self._tower(torch.as_tensor(self._on.upload(pictures)))
                vectors = self._on.fetch({"vectors": on_device}).result()["vectors"]
                return vectors


class OpenVinoTower:
    """OpenVINO on the CPU, on as many threads as PyTorch would use; compiled at the first call."""

    def __init__(self, tower: Any, precision: str) -> None:
        self.name = f"openvino {precision}"
        self._tower, self._hint = tower, {"float32": "f32", "bfloat16": "bf16"}[precision]
        self._compiled: Any = None

    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        if self._compiled is None:
            self._compiled = self._compile(pictures[:1])
        vectors: NDArray[np.float32] = self._compiled(pictures)[0]
        return vectors

    def _compile(self, example: NDArray[np.uint8]) -> Any:
        import torch

        openvino = _openvino()
        # Two pictures: a trace of one would fix the batch size to one.
        pictures = torch.from_numpy(np.concatenate((example, example)))
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the tracer's, about shapes that are the same for every batch
            model = openvino.convert_model(
                self._tower.float(), example_input=pictures, input=[[-1, *example.shape[1:]]]
            )
        options = {"INFERENCE_NUM_THREADS": torch.get_num_threads(), "INFERENCE_PRECISION_HINT": self._hint}
        return openvino.Core().compile_model(model, "CPU", options)


def _openvino() -> Any:
    """Import OpenVINO without its telemetry, which reports every import and every conversion to Google Analytics."""
    if "openvino" in sys.modules:  # the user has imported it
        return sys.modules["openvino"]
    reporter = "openvino_telemetry"
    before = sys.modules.get(reporter)
    sys.modules[reporter] = None  # type: ignore[assignment]  # its import fails, and OpenVINO uses a stub
    try:
        return import_module("openvino")
    finally:
        sys.modules.pop(reporter)
        if before is not None:
            sys.modules[reporter] = before
