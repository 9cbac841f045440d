"""Pictures and texts as vectors of one space: the protocol of image-text models, their loaders, and how to open one.

Choose such a model to search for what is in the picture ("a train at dusk"): the inner product of a text's vector with
a picture's is how well they match. Its weights are the user's; no package that we know ships any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import ModelError

#: The archive's space of these vectors of shots and scenes.
SPACE = "visual"

#: The number format of networks. "auto": float16 on a GPU, float32 on a CPU. bfloat16 on a CPU is for those that have
#: it in hardware (AMX); elsewhere it is slower than float32.
Precision = Literal["auto", "float32", "float16", "bfloat16"]
#: The engine of the picture tower on a CPU. "auto": OpenVINO if its package is installed, else PyTorch.
Engine = Literal["auto", "torch", "openvino"]

#: The class that opens a model, by the prefix of its name before ":". A loader is a file and a line here.
LOADERS = {
    "": "kuleshov.models.dual_encoder:DualEncoder",
    "open_clip": "kuleshov.models.open_clip_encoder:OpenClipEncoder",
}

#: The models that ``--sight auto`` looks for in the hub's cache, the best first. Licences: Apache-2.0 (SigLIP), MIT.
KNOWN = (
    "google/siglip2-base-patch16-224",
    "google/siglip-base-patch16-224",
    "laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
    "openai/clip-vit-base-patch16",
    "openai/clip-vit-base-patch32",
)


@dataclass(frozen=True)
class PictureForm:
    """The input of a network: ``width`` x ``height`` pixels, R, G, B, ``(value - mean) / deviation`` of values in 0..1.

    ``centre``: width and height, in shorter sides of the picture, of the rectangle in its middle that is used (CLIP:
    the whole square, (1, 1)); ``None``: the whole picture, squeezed to the size (SigLIP).
    """

    width: int
    height: int
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    centre: tuple[float, float] | None = None

    def box(self, shown_size: tuple[int, int]) -> tuple[float, float, float, float]:
        """Return the part of a picture of that width and height that is used: left, top, right, bottom, 0..1 of it.

        The part is clipped to the picture.
        """
        if self.centre is None:
            return 0.0, 0.0, 1.0, 1.0
        shorter = min(shown_size)
        reach = [min(share * shorter / side, 1.0) / 2 for share, side in zip(self.centre, shown_size, strict=True)]
        return 0.5 - reach[0], 0.5 - reach[1], 0.5 + reach[0], 0.5 + reach[1]


class ImageTextModel(Protocol):
    """Turns pictures and texts into vectors of unit length in one space.

    A vector is made from ``frames`` pictures: 1; for a video-text model several, in the order of time. ``computed``:
    the engine and format (``"torch float32"``), for provenance; vectors of one ``identity`` can be compared, whatever
    computed them.
    """

    identity: str  # "openai/clip-vit-base-patch32 3f2a91c07d55"
    source: str  # opens it again: a folder, or a name
    computed: str
    dimensions: int
    frames: int
    form: PictureForm

    def embed_images(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return float32 ``[B, dimensions]`` of R, G, B pictures uint8 ``[B, frames, 3, form.height, form.width]``."""

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 ``[len(texts), dimensions]``; long texts are cut at the model's own limit."""


def open_image_text(
    name: str, *, device: str = "cpu", precision: Precision = "auto", engine: Engine = "auto"
) -> ImageTextModel:
    """Return the model of that name: a folder or a name of a transformers checkpoint, or ``open_clip:NAME/WEIGHTS``.

    Raises ``ModelError`` if it is unavailable, with the remedy.
    """
    kind, _, rest = name.partition(":")
    if kind not in LOADERS or not rest:
        kind, rest = "", name
    module, _, attribute = LOADERS[kind].partition(":")
    opened: ImageTextModel = getattr(import_module(module), attribute)(
        rest, device=device, precision=precision, engine=engine
    )
    return opened


def check_pictures(pictures: NDArray[np.uint8], *, frames: int, form: PictureForm) -> None:
    """Raise ``ValueError`` for pictures that ``embed_images`` can't take."""
    expected = (frames, 3, form.height, form.width)
    if pictures.dtype != np.uint8 or pictures.shape[1:] != expected:
        raise ValueError(
            f"pictures are {pictures.dtype} {pictures.shape}; they must be uint8 (N, {', '.join(map(str, expected))})"
        )


def unit_rows(vectors: Any) -> Any:
    """Return the rows of a tensor ``[N, D]`` as float32 of unit length."""
    vectors = vectors.float()
    return vectors / vectors.norm(dim=-1, keepdim=True)


def torch_dtype(precision: Precision, *, device: str) -> Any:
    """Return the dtype to compute in. Raises ``ModelError`` for float16 on a CPU, which has no arithmetic for it."""
    import torch

    if precision == "auto":
        precision = "float32" if device == "cpu" else "float16"
    if precision == "float16" and device == "cpu":
        raise ModelError("float16 is for a GPU; a CPU computes in float32, or in bfloat16 where it has that")
    return getattr(torch, precision)
