"""Versions of installed packages, for provenance and for ``kuleshov doctor``."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def installed_version(package: str) -> str:
    """Return a package's version, or ``"not installed"``: a checkout on the Python path has none, nor has an extra."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
