"""How well expressions are read, on the cropped faces of the extended Cohn-Kanade set (CK+).

    KULESHOV_TEST_DATA=/path/to/data python benchmarks/quality/expressions.py [--json FILE]

The folder holds ``face/ckplus48/CK+48/EXPRESSION/S###_*.png``, 48x48 pixels. Each goes the product's own way: found,
fitted with a mesh, cut out by it, read. Nothing of the product is fitted to these faces but the pitch that counts as
level. Its network knows no contempt; a face that is not found counts as an error.

Beside it stands a linear classifier of all seven classes over the network's 256 features, cross-validated: every fold
holds people that its training has not seen. It is not part of the product.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.models.expression import SIDE as EXPRESSION_SIDE
from kuleshov.models.expression import ExpressionNetwork
from kuleshov.models.face_crop import cut
from kuleshov.models.face_detector import SIDE, FaceDetector
from kuleshov.models.face_mesh import FaceMesh
from kuleshov.models.face_networks import face_networks
from kuleshov.records import EXPRESSIONS

#: The folders, by the network's words; it has none for contempt.
CLASSES = {
    "anger": "angry",
    "disgust": "disgusted",
    "fear": "fearful",
    "happy": "happy",
    "sadness": "sad",
    "surprise": "surprised",
    "contempt": "contempt",
}
_FOLDS = 10
_BORDER = 48  # of a crop, made of its own border: a face has to lie inside a picture to be found
_PENALTY = 1.0  # of the linear classifier, not tuned


@dataclass(frozen=True)
class Faces:
    """Faces with their truth: ``cuts`` float32 ``[n, 3, 112, 112]``, NaN where none was found."""

    labels: list[str]
    people: list[str]
    cuts: NDArray[np.float32]
    found: NDArray[np.bool_]


def load(folder: Path) -> Faces:
    """Find all faces of the set."""
    from PIL import Image

    detector, fitter = FaceDetector(), FaceMesh()
    files = sorted(folder.glob("*/S*.png"))
    if not files:
        raise SystemExit(f"{folder} holds no EXPRESSION/S###_*.png")
    cuts = np.full((len(files), 3, EXPRESSION_SIDE, EXPRESSION_SIDE), np.nan, np.float32)
    for number, file in enumerate(files):
        grey = np.pad(np.asarray(Image.open(file).convert("L")), _BORDER, mode="edge")
        large = np.asarray(Image.fromarray(grey).resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.float32) / 255
        picture = np.repeat(large[np.newaxis], 3, axis=0)
        found = detector.find(picture)
        if len(found) and (mesh := fitter.fit(picture, found.boxes[0] * SIDE, found.points[0, :2] * SIDE)):
            cuts[number] = cut(picture, mesh.expression_square(), size=EXPRESSION_SIDE)
    return Faces(
        [CLASSES[file.parent.name] for file in files],
        [file.name.split("_")[0] for file in files],
        cuts,
        ~np.isnan(cuts[:, 0, 0, 0]),
    )


def as_shipped(faces: Faces, network: ExpressionNetwork) -> dict[str, Any]:
    """The product's likeliest of seven expressions, neutral among them; and the likeliest of the six of the set."""
    likely = np.zeros((len(faces.labels), len(EXPRESSIONS)))
    likely[faces.found] = network.read(faces.cuts[faces.found])
    told = np.array(EXPRESSIONS)[likely.argmax(axis=1)]
    told[~faces.found] = "not found"
    forced = np.array(EXPRESSIONS[1:])[likely[:, 1:].argmax(axis=1)]
    forced[~faces.found] = "not found"
    known = np.array(faces.labels) != "contempt"
    return {
        "seven_way": scores(faces.labels, told, known),
        "six_way": scores(faces.labels, forced, known),
        "confusion": confusion(faces.labels, told),
    }


def fitted(faces: Faces, network: ExpressionNetwork) -> dict[str, Any]:
    """A linear classifier over the features, tested on people whom it was not fitted to."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    labels, people = np.array(faces.labels), np.array(faces.people)
    features = np.zeros((len(labels), 256))
    features[faces.found] = network.features(faces.cuts[faces.found])
    told = np.full(len(labels), "not found", dtype=object)
    for train, test in GroupKFold(_FOLDS).split(features, labels, people):
        assert not set(people[train]) & set(people[test])
        model = make_pipeline(StandardScaler(), LogisticRegression(C=_PENALTY, max_iter=2000, class_weight="balanced"))
        model.fit(features[train], labels[train])
        told[test] = model.predict(features[test])
    told[~faces.found] = "not found"
    return {
        "folds": _FOLDS,
        "seven_classes": scores(faces.labels, told, np.ones(len(labels), bool)),
        "confusion": confusion(faces.labels, told),
    }


def scores(labels: list[str], told: NDArray[Any], which: NDArray[np.bool_]) -> dict[str, Any]:
    """Share of faces told rightly, and the mean over classes of their own shares."""
    truth = np.array(labels)
    right = truth == told
    recall = {name: float(right[which & (truth == name)].mean()) for name in sorted(set(truth[which]))}
    return {
        "faces": int(which.sum()),
        "accuracy": float(right[which].mean()),
        "mean_recall": float(np.mean(list(recall.values()))),
        "recall": recall,
    }


def confusion(labels: list[str], told: NDArray[Any]) -> dict[str, dict[str, int]]:
    """Faces by truth, then by what they were told to be."""
    truth = np.array(labels)
    return {
        name: {each: int((told[truth == name] == each).sum()) for each in sorted(set(told[truth == name]))}
        for name in CLASSES.values()
    }


def as_table(matrix: dict[str, dict[str, int]]) -> str:
    """A confusion matrix as Markdown, rows the truth."""
    columns = [*EXPRESSIONS, "contempt", "not found"]
    columns = [name for name in columns if any(name in row for row in matrix.values())]
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    lines += [
        f"| **{name}** | " + " | ".join(str(row.get(column, 0)) for column in columns) + " |"
        for name, row in matrix.items()
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE too")
    arguments = parser.parse_args()
    faces = load(Path(os.environ["KULESHOV_TEST_DATA"]) / "face/ckplus48/CK+48")
    network = ExpressionNetwork()
    figures = {
        "date": date.today().isoformat(),
        "models": face_networks(),
        "faces": len(faces.labels),
        "people": len(set(faces.people)),
        "not_found": int((~faces.found).sum()),
        "as_shipped": as_shipped(faces, network),
        "linear_classifier": fitted(faces, network),
    }
    for name in ("as_shipped", "linear_classifier"):
        part = figures[name]
        for kind, told in part.items():
            if isinstance(told, dict) and "accuracy" in told:
                print(f"{name} {kind}: accuracy {told['accuracy']:.3f}, mean recall {told['mean_recall']:.3f}")
        print(as_table(part["confusion"]))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
