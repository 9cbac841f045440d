"""Finds faces on a time grid while a film is decoded: detector, mesh and expression on frames at full size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.people.sightings import Sighting, Sightings, collect_sightings
from kuleshov.decode.frame_taps import FullFrame, TimeGrid
from kuleshov.kernels.crops import WHOLE, Box, crops
from kuleshov.models.expression import SIDE as EXPRESSION_SIDE
from kuleshov.models.expression import ExpressionNetwork
from kuleshov.models.face_crop import cut
from kuleshov.models.face_detector import SIDE as DETECTOR_SIDE
from kuleshov.models.face_detector import FaceDetector
from kuleshov.models.face_mesh import FaceMesh, Mesh
from kuleshov.records import EXPRESSIONS

_MOST_MESHES = 6  # a frame, fitted to the largest faces; the others have only a position and a size
_CROP_MARGIN = 0.6  # of the box's longer side, both sides together: what the mesh needs around a turned face
_MOST_CROP_SIDE = 256  # in pixels: more than any network needs
_LEAST_FACE_PIXELS = 24  # of the native box's height: below, pose and expression are unreliable (design value)
_SURE_SCORE = 0.7  # of a detection that no mesh confirms (design value, from examining clips)
_UNKNOWN = (float("nan"),) * len(EXPRESSIONS)


class FaceSampler:
    """A ``FrameTap`` that finds faces ``per_second`` times a second, in frames in the decoder's memory.

    Raises ``ModelError`` if the networks are unavailable. One film, one thread.
    """

    def __init__(self, *, per_second: float) -> None:
        self._grid = TimeGrid(per_second=per_second)
        self._detector, self._mesh, self._expression = FaceDetector(), FaceMesh(), ExpressionNetwork()
        self._sampled: list[tuple[float, list[Sighting]]] = []

    def wants_frame(self, seconds: float) -> bool:
        return self._grid.selects(seconds)

    def take_frame(self, frame: FullFrame) -> None:
        width, height = frame.shown_size
        scale = DETECTOR_SIDE / max(width, height)
        across, down = max(2, round(width * scale)), max(2, round(height * scale))
        (picture,), _ = crops(frame, [WHOLE], width=across, height=down)
        square = np.zeros((3, DETECTOR_SIDE, DETECTOR_SIDE), np.float32)
        square[:, :down, :across] = picture
        faces = self._detector.find(square)
        to_picture = DETECTOR_SIDE / np.array((across, down), np.float64)
        boxes = faces.boxes.astype(np.float64) * np.tile(to_picture, 2)
        eyes = faces.points[:, :2].astype(np.float64) * to_picture
        sightings: list[Sighting] = []
        for number in np.argsort(boxes[:, 1] - boxes[:, 3], kind="stable").tolist():  # the largest first
            box, score = boxes[number], float(faces.scores[number])
            if len(sightings) < _MOST_MESHES and (box[3] - box[1]) * _native_size(frame)[1] >= _LEAST_FACE_PIXELS:
                details = self._fit_mesh(frame, box, eyes[number])
                if details is not None:
                    sightings.append(_sighting(box, score, *details))
            elif score >= _SURE_SCORE:
                sightings.append(_sighting(box, score, None, _UNKNOWN))
        self._sampled.append((frame.seconds, sightings))

    def sightings(self) -> Sightings:
        """Return all faces found so far."""
        return collect_sightings(self._sampled)

    def _fit_mesh(
        self, frame: FullFrame, box: NDArray[np.float64], eyes: NDArray[np.float64]
    ) -> tuple[Mesh, tuple[float, ...]] | None:
        """The mesh and the expressions of a face; ``None`` if the mesh says that it is no face."""
        native = _native_size(frame)
        middle, side = (box[:2] + box[2:]) / 2, float(((box[2:] - box[:2]) * native).max()) * (1 + _CROP_MARGIN)
        reach = side / native / 2
        around: Box = tuple(np.clip((*(middle - reach), *(middle + reach)), 0, 1).tolist())
        extent = (np.array(around[2:]) - around[:2]) * native
        width, height = np.maximum(2, np.round(extent * min(1.0, _MOST_CROP_SIDE / extent.max()))).astype(int).tolist()
        (picture,), (shows,) = crops(frame, [around], width=width, height=height)
        to_pixels = np.array((width, height)) / (shows[2:] - shows[:2])
        placed = (np.array((box[:2], box[2:], *eyes)) - shows[:2]) * to_pixels
        mesh = self._mesh.fit(picture, placed[:2].ravel(), placed[2:])
        if mesh is None:
            return None
        face = cut(picture, mesh.expression_square(), size=EXPRESSION_SIDE)
        return mesh, tuple(self._expression.read(face[np.newaxis])[0].tolist())


def _native_size(frame: FullFrame) -> NDArray[np.float64]:
    """Width and height of the upright picture in square pixels that are as wide as the film's own."""
    shown = np.array(frame.shown_size, np.float64)
    return np.asarray(shown * (frame.area[2] if frame.turns % 2 == 0 else frame.area[3]) / shown[0])


def _sighting(box: NDArray[np.float64], score: float, mesh: Mesh | None, expressions: tuple[float, ...]) -> Sighting:
    unknown = float("nan")
    return Sighting(
        x=float(box[0] + box[2]) / 2,
        y=float(box[1] + box[3]) / 2,
        width=float(box[2] - box[0]),
        height=float(box[3] - box[1]),
        score=score,
        yaw=mesh.yaw if mesh else unknown,
        pitch=mesh.pitch if mesh else unknown,
        roll=mesh.roll if mesh else unknown,
        eye_opening=mesh.eye_opening if mesh else unknown,
        expressions=expressions,
    )
