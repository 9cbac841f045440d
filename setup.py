"""Builds the native module with CMake; everything else about the package is in pyproject.toml."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pybind11
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).resolve().parent


class CMakeBuild(build_ext):
    """Run CMake and install its targets into the wheel, or into the source tree for ``pip install -e``."""

    def run(self) -> None:
        package_root = ROOT / "engine" if self.inplace else Path(self.build_lib).resolve()
        build = Path(self.build_temp).resolve()
        # cmake and ninja may come from the package index: then they are in Python's folder, which may not be on the
        # PATH.
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
        cmake = shutil.which("cmake", path=path)
        if cmake is None:
            raise SystemExit("building kuleshov needs cmake: pip install cmake ninja")
        environment = {**os.environ, "PATH": path}
        if shutil.which("ninja", path=path):
            environment.setdefault("CMAKE_GENERATOR", "Ninja")
        definitions = [
            f"-DPython_EXECUTABLE={sys.executable}",
            f"-Dpybind11_DIR={pybind11.get_cmake_dir()}",
            "-DCMAKE_BUILD_TYPE=Release",
            f"-DKULESHOV_WHEEL={'OFF' if self.inplace else 'ON'}",
            *shlex.split(os.environ.get("CMAKE_ARGS", "")),
        ]
        for command in (
            # --fresh: paths that an earlier build found (a temporary environment, another generator) may no longer
            # exist.
            ["--fresh", "-S", str(ROOT), "-B", str(build), *definitions],
            ["--build", str(build), "--parallel"],
            ["--install", str(build), "--prefix", str(package_root)],
        ):
            subprocess.run([cmake, *command], check=True, env=environment)


setup(ext_modules=[Extension("kuleshov._cpu", [])], cmdclass={"build_ext": CMakeBuild})
