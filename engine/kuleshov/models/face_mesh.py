"""The mesh of a face, 468 points in three dimensions (MediaPipe), and from it pose, eye opening and crops.

Angles are in degrees, seen from the camera: ``yaw`` > 0 turns to the right of the picture, ``pitch`` > 0 looks up,
``roll`` > 0 tilts clockwise. They follow from chords of the mesh (temple to temple, brow to chin), whose depth is the
network's estimate: good enough to distinguish bowed, turned and level heads, not to measure. In profile (|yaw| beyond
some 60 degrees) the mesh is unreliable.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.models.face_crop import Square, cut
from kuleshov.models.face_networks import LiteRtNetwork

_SIDE = 192
_FILE = "face_landmark.tflite"
_MARGIN = 1.5  # of the detected box's longer side: MediaPipe's own
_LEAST_SCORE = 0.5  # MediaPipe's own: below, there is no face
# Points of the mesh; the person's right is left in the picture.
_TEMPLES, _BROW, _CHIN = (234, 454), 10, 152
_RIGHT_EYE, _LEFT_EYE = (33, 133, 159, 145), (362, 263, 386, 374)  # outer and inner corner, upper and lower lid
_MOUTH = (61, 291)
_UPRIGHT_PITCH = -5.4  # degrees, by the chord from brow to chin, of faces that look straight ahead: median of CK+
# face-api crops faces like dlib: the position of the middle of eyes and mouth in the square, and their distance.
_CROP_CENTRE, _CROP_EYES_TO_MOUTH = (0.5, 0.43), 0.45


@dataclass(frozen=True)
class Mesh:
    """``points`` float64 ``[468, 3]`` in pixels of the picture (z: away from the camera)."""

    points: NDArray[np.float64]
    score: float  # likelihood of a face, 0..1

    @property
    def yaw(self) -> float:
        across, _, away = self._facing
        return float(np.degrees(np.arctan2(across, away)))

    @property
    def pitch(self) -> float:
        across, down, away = self._facing
        return float(np.degrees(np.arctan2(-down, np.hypot(across, away)))) - _UPRIGHT_PITCH

    @property
    def roll(self) -> float:
        across, down = self._middle(_LEFT_EYE) - self._middle(_RIGHT_EYE)
        return float(np.degrees(np.arctan2(down, across)))

    @property
    def eye_opening(self) -> float:
        """Distance of the lids over the width of the eye, mean of both (after Soukupova and Cech, 2016)."""
        openings = []
        for outer, inner, upper, lower in (_RIGHT_EYE, _LEFT_EYE):
            width = np.linalg.norm(self.points[outer] - self.points[inner])
            openings.append(np.linalg.norm(self.points[upper] - self.points[lower]) / max(float(width), 1e-6))
        return float(np.mean(openings))

    def expression_square(self) -> Square:
        """Return the upright square that the expression network was trained on."""
        eyes = np.stack([self._middle(_RIGHT_EYE), self._middle(_LEFT_EYE)])
        mouth = self.points[list(_MOUTH), :2].mean(axis=0)
        side = float(np.linalg.norm(eyes - mouth, axis=1).mean()) / _CROP_EYES_TO_MOUTH
        middle = (eyes.sum(axis=0) + mouth) / 3
        angle = np.radians(self.roll)
        # The square's centre is below the middle of eyes and mouth, along the face.
        offset = (np.array([0.5, 0.5]) - _CROP_CENTRE) * side
        x, y = middle + offset @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        return Square(float(x), float(y), side, float(angle))

    @property
    def _facing(self) -> tuple[float, float, float]:
        """The direction in which the face looks: across and down in the picture, and towards the camera."""
        right, left = _TEMPLES
        normal = np.cross(self.points[left] - self.points[right], self.points[_CHIN] - self.points[_BROW])
        across, down, away = normal / max(float(np.linalg.norm(normal)), 1e-9)
        return -float(across), -float(down), float(away)

    def _middle(self, eye: tuple[int, int, int, int]) -> NDArray[np.float64]:
        return np.asarray(self.points[list(eye[:2]), :2].mean(axis=0))


class FaceMesh:
    """Fits a mesh to a face. Raises ``ModelError`` if the network is unavailable. Not for several threads at once."""

    def __init__(self) -> None:
        self._network = LiteRtNetwork(_FILE)

    def fit(self, picture: NDArray[np.float32], box: NDArray[np.float32], eyes: NDArray[np.float32]) -> Mesh | None:
        """Return the mesh of the face in ``box`` of float32 ``[3, height, width]``, R, G, B in 0..1; ``None``: no face.

        ``box``: left, top, right, bottom; ``eyes`` float32 ``[2, 2]``: right and left eye; all in pixels.
        """
        across, down = eyes[1] - eyes[0]
        centre, sides = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
        square = Square(
            float(centre[0]), float(centre[1]), float(sides.max()) * _MARGIN, float(np.arctan2(down, across))
        )
        face = cut(picture, square, size=_SIDE)
        numbers, logit = self._network.run(np.ascontiguousarray(face.transpose(1, 2, 0)))
        score = float(1 / (1 + np.exp(-np.clip(logit.ravel()[0], -80, 80))))
        if score < _LEAST_SCORE:
            return None
        points = numbers.reshape(468, 3).astype(np.float64) / _SIDE
        flat = square.to_picture(points[:, :2])
        return Mesh(np.concatenate((flat, points[:, 2:] * square.side), axis=1), score)
