"""Face detection: MediaPipe's BlazeFace, full range (Bazarevsky et al., arXiv:1907.05047).

It was made for faces within about five metres of a camera: a face smaller than some 4 % of the picture's longer side is
rarely found, nor are faces turned away, in deep shadow, upside down, or drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.models.face_networks import LiteRtNetwork

SIDE = 192  #: of its square input, in pixels
_FILE = "face_detection_full_range_sparse.tflite"
_STRIDE = 4
_LEAST_SCORE = 0.6  # MediaPipe's own for this network
_OVERLAP = 0.3  # boxes that share more than this (intersection over union) are of one face; MediaPipe's own


@dataclass(frozen=True)
class DetectedFaces:
    """Faces in a picture, the highest score first; coordinates are 0..1 of the input square.

    - ``boxes``: float32 ``[n, 4]``: left, top, right, bottom; from the brows to the chin
    - ``points``: float32 ``[n, 6, 2]``: x, y of the right eye, left eye, nose tip, mouth, right ear, left ear (the
      person's right)
    - ``scores``: float32 ``[n]``, 0..1
    """

    boxes: NDArray[np.float32]
    points: NDArray[np.float32]
    scores: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.scores)


class FaceDetector:
    """Finds faces. Raises ``ModelError`` if the network is unavailable. Not for several threads at once."""

    def __init__(self) -> None:
        self._network = LiteRtNetwork(_FILE)
        cells = SIDE // _STRIDE
        rows, columns = np.divmod(np.arange(cells * cells), cells)
        self._anchors = ((np.stack((columns, rows), axis=1) + 0.5) / cells).astype(np.float32)

    def find(self, picture: NDArray[np.float32]) -> DetectedFaces:
        """Return the faces in float32 ``[3, 192, 192]``, R, G, B in 0..1."""
        numbers, logits = self._network.run(np.ascontiguousarray(picture.transpose(1, 2, 0) * 2 - 1))
        scores = 1 / (1 + np.exp(-np.clip(logits[:, 0], -80, 80)))
        likely = scores >= _LEAST_SCORE
        coordinates = numbers[likely].reshape(-1, 8, 2) / SIDE
        anchors = self._anchors[likely]
        centre, half = coordinates[:, 0] + anchors, coordinates[:, 1] / 2
        boxes = np.concatenate((centre - half, centre + half), axis=1)
        return _merged(boxes, coordinates[:, 2:] + anchors[:, np.newaxis], scores[likely])


def _merged(boxes: NDArray[Any], points: NDArray[Any], scores: NDArray[Any]) -> DetectedFaces:
    """One face for each group of overlapping boxes: their mean, weighted by score, as MediaPipe does."""
    left = np.argsort(-scores, kind="stable")
    kept: list[tuple[NDArray[Any], NDArray[Any], float]] = []
    while len(left):
        same = overlap(boxes[left[0]], boxes[left]) > _OVERLAP
        same[0] = True
        group, weights = left[same], scores[left[same]]
        kept.append(
            (
                np.average(boxes[group], axis=0, weights=weights),
                np.average(points[group], axis=0, weights=weights),
                float(weights[0]),
            )
        )
        left = left[~same]
    return DetectedFaces(
        np.array([box for box, _, _ in kept], np.float32).reshape(-1, 4),
        np.array([at for _, at, _ in kept], np.float32).reshape(-1, 6, 2),
        np.array([score for _, _, score in kept], np.float32),
    )


def overlap(box: NDArray[Any], others: NDArray[Any]) -> NDArray[Any]:
    """Return the intersection over union of a box ``[4]`` with others ``[n, 4]``, 0..1."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    areas = (others[:, 2:] - others[:, :2]).prod(axis=1) + (box[2:] - box[:2]).prod()
    return np.asarray(shared / np.maximum(areas - shared, 1e-12))
