"""The expression of a face, as likelihoods of seven: the expression net of face-api (MIT), run by torch.

A network of 330,000 weights in 8 bits, by depthwise separable convolutions. Its authors name no test set and report no
accuracy; our figures are in docs/faces.md. It was trained on posed and collected photographs of mostly frontal faces,
and is over-confident: downcast eyes are read as sad, an open mouth as surprise.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import ModelError
from kuleshov.models.face_networks import face_networks_problem
from kuleshov.models.weight_download import weights_folder

SIDE = 112  #: of the square picture of a face, in pixels
_MEAN_RGB = (122.782, 117.001, 104.298)  # face-api: of 0..255
_MANIFEST, _WEIGHTS = "face_expression_model.json", "face_expression_model.bin"


class ExpressionNetwork:
    """Reads expressions. Raises ``ModelError`` if the network is unavailable. Safe on several threads at once."""

    def __init__(self) -> None:
        if problem := face_networks_problem():
            raise ModelError(f"faces: {problem}")
        folder = weights_folder()
        try:
            self._weights = _unpacked(json.loads((folder / _MANIFEST).read_text()), (folder / _WEIGHTS).read_bytes())
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise ModelError(f"{folder / _WEIGHTS}: can't be read: {error} (kuleshov models fetch faces)") from error

    def read(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return likelihoods float32 ``[n, 7]``, in the order of ``records.EXPRESSIONS``.

        ``faces`` float32 ``[n, 3, 112, 112]``, R, G, B in 0..1, the squares of ``Mesh.expression_square``.
        """
        logits = self.features(faces) @ self._weights["fc/weights"].numpy() + self._weights["fc/bias"].numpy()
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float32)

    def features(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the input of the last layer, float32 ``[n, 256]``, for other classifiers."""
        import torch

        with torch.inference_mode(), _one_thread():
            mean = torch.tensor(_MEAN_RGB).reshape(1, 3, 1, 1) / 255
            values = (torch.from_numpy(faces) - mean).contiguous(memory_format=torch.channels_last)
            for block in range(4):
                values = self._dense_block(values, f"dense{block}")
            return np.asarray(torch.nn.functional.avg_pool2d(values, 7).flatten(1).numpy())

    def _dense_block(self, values: Any, name: str) -> Any:
        """Four convolutions, each fed the sum of all before it (face-api's ``denseBlock4``); the first halves sizes."""
        import torch

        relu = torch.nn.functional.relu
        # TensorFlow's "same" padding of an even side for stride 2: one row below, one column on the right.
        total = relu(self._convolve(torch.nn.functional.pad(values, (0, 1, 0, 1)), f"{name}/conv0", stride=2))
        for number in (1, 2, 3):
            total = total + self._convolve(relu(total), f"{name}/conv{number}", padding=1)
        return relu(total)

    def _convolve(self, values: Any, name: str, **how: Any) -> Any:
        """A convolution of 3x3: a plain one where the file has ``filters`` for it, else a depthwise separable one."""
        from torch.nn.functional import conv2d

        weights, bias = self._weights, self._weights[f"{name}/bias"]
        if f"{name}/filters" in weights:
            return conv2d(values, weights[f"{name}/filters"], bias, **how)
        depthwise = weights[f"{name}/depthwise_filter"]
        return conv2d(
            conv2d(values, depthwise, groups=len(depthwise), **how), weights[f"{name}/pointwise_filter"], bias
        )


@contextmanager
def _one_thread() -> Iterator[None]:
    """A network this small is slower on several threads, which mostly wait for each other."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _unpacked(manifest: Any, packed: bytes) -> dict[str, Any]:
    """The weights of a TensorFlow.js model by name, 8-bit ones scaled back, in torch's layout."""
    import torch

    weights, offset = {}, 0
    for entry in manifest[0]["weights"]:
        count = int(np.prod(entry["shape"]))
        coding = entry.get("quantization")
        dtype: Any = np.uint8 if coding else np.float32
        numbers = np.frombuffer(packed, dtype, count, offset).astype(np.float32)
        offset += count * np.dtype(dtype).itemsize
        if coding:
            numbers = numbers * np.float32(coding["scale"]) + np.float32(coding["min"])
        array = numbers.reshape(entry["shape"])
        if entry["name"].endswith("depthwise_filter"):
            array = array.transpose(2, 3, 0, 1)
        elif array.ndim == 4:
            array = array.transpose(3, 2, 0, 1)
        tensor = torch.from_numpy(np.ascontiguousarray(array))
        # Channels last: twice as fast for depthwise convolutions on a CPU, with the same result.
        layout = torch.channels_last if tensor.ndim == 4 else torch.contiguous_format
        weights[entry["name"]] = tensor.contiguous(memory_format=layout)
    return weights
