"""The networks for faces: detection, a mesh of 468 points, expression. None recognises anybody.

MediaPipe's BlazeFace (full range, sparse) and face mesh are run by LiteRT, face-api's expression net by torch; their
weights are fetched by ``kuleshov models fetch faces``.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import ModelError
from kuleshov.models.weight_download import FETCHABLE, missing_weights, weights_folder

_REMEDY = "kuleshov models fetch faces"


def face_networks_problem() -> str | None:
    """Return why face detection is unavailable, with the remedy, or None; loads nothing."""
    if find_spec("ai_edge_litert") is None:
        return "the package ai-edge-litert is missing (pip install 'kuleshov[faces]')"
    if missing := missing_weights("faces"):
        return f"{', '.join(missing)}: not fetched yet ({_REMEDY})"
    return None


def face_networks() -> dict[str, str]:
    """Return the networks for provenance, as package and version; empty if they are unavailable."""
    if face_networks_problem():
        return {}
    detector, expression = FETCHABLE["faces"]
    return {
        "faces": f"{detector.name} {detector.version}",
        "expression": f"{expression.name} {expression.version}",
    }


class LiteRtNetwork:
    """One ``.tflite`` network with a single picture as input, run on one thread. Not for several threads at once.

    Raises ``ModelError`` if there is a ``face_networks_problem``, or if the file is damaged.
    """

    def __init__(self, file: str) -> None:
        if problem := face_networks_problem():
            raise ModelError(f"faces: {problem}")
        from ai_edge_litert.interpreter import Interpreter

        path = weights_folder() / file
        try:
            self._interpreter: Any = Interpreter(str(path), num_threads=1)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{path}: can't be loaded: {error} ({_REMEDY})") from error
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = [output["index"] for output in self._interpreter.get_output_details()]

    def run(self, picture: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Return the network's outputs for float32 ``[height, width, 3]`` in its own range of values."""
        self._interpreter.set_tensor(self._input, picture[np.newaxis])
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index)[0] for index in self._outputs]
