"""Image-text models of the open_clip library, by its names: ``open_clip:ViT-B-32/laion2b_s34b_b79k``. Optional.

Choose it for weights that exist only in that form. The library needs torchvision, which is not among our packages (its
builds must match PyTorch's): install both yourself.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import ModelError
from kuleshov.models.image_text import Engine, PictureForm, Precision, check_pictures, torch_dtype, unit_rows


class OpenClipEncoder:
    """A model of open_clip; see ``ImageTextModel``. ``name``: ``ARCHITECTURE/WEIGHTS``, weights by open_clip's tag or
    as a file.

    PyTorch is its only engine. Raises ``ModelError`` if it is unavailable.
    """

    frames = 1

    def __init__(
        self, name: str, *, device: str = "cpu", precision: Precision = "auto", engine: Engine = "auto"
    ) -> None:
        if engine == "openvino":
            raise ModelError("open_clip's models are computed by torch")
        architecture, _, weights = name.partition("/")
        if not weights:
            raise ModelError(f"open_clip:{name}: name the weights as well (open_clip:ViT-B-32/laion2b_s34b_b79k)")
        dtype = torch_dtype(precision, device=device)
        try:
            import open_clip
        except ImportError as error:
            raise ModelError(f"open_clip can't be loaded: {error} (pip install open_clip_torch torchvision)") from error
        try:
            network, _, _ = open_clip.create_model_and_transforms(architecture, pretrained=weights, device=device)
            self._tokenizer = open_clip.get_tokenizer(architecture)
        except Exception as error:  # unknown names, no network, damaged files: each of another type
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise ModelError(f"open_clip:{name}: {reason} (open_clip.list_pretrained() lists the names)") from error
        self._network = network.to(dtype).eval().requires_grad_(False)
        self._device, self._dtype = device, dtype
        self.source = f"open_clip:{name}"
        self.identity = f"open_clip {architecture} {Path(weights).name}"
        self.computed = f"torch {str(dtype).removeprefix('torch.')}"
        self.form = _form(network.visual)
        self.dimensions = self.embed_texts(["a"]).shape[1]

    def embed_images(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        import torch

        check_pictures(pictures, frames=1, form=self.form)
        given = torch.from_numpy(pictures[:, 0]).to(self._device).float() / 255
        mean, deviation = (
            torch.tensor(numbers, device=self._device).view(1, 3, 1, 1)
            for numbers in (self.form.mean, self.form.deviation)
        )
        with torch.inference_mode():
            return _on_host(self._network.encode_image(((given - mean) / deviation).to(self._dtype)))

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import torch

        with torch.inference_mode():
            return _on_host(self._network.encode_text(self._tokenizer(list(texts)).to(self._device)))


def _on_host(vectors: Any) -> NDArray[np.float32]:
    on_host: NDArray[np.float32] = unit_rows(vectors).cpu().numpy()
    return on_host


def _form(visual: Any) -> PictureForm:
    size = visual.image_size
    height, width = size if isinstance(size, (tuple, list)) else (size, size)
    config = visual.preprocess_cfg
    squeezed = config.get("resize_mode", "shortest") == "squash"
    shorter = min(width, height)
    centre = None if squeezed else (width / shorter, height / shorter)
    return PictureForm(int(width), int(height), tuple(config["mean"]), tuple(config["std"]), centre)
