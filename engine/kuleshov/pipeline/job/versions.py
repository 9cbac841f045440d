"""Versions of installed packages, for provenance and for ``kuleshov doctor``."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def installed_version(package: str) -> str:
    """Return a package's version, or ``"not installed"``: also for a checkout on the Python path, which has none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
