"""Kuleshov reads film technique from whole films and makes it searchable.

    from kuleshov import Archive, analyze, ingest, search

    analysis = analyze("film.mkv")
    with Archive.open("archive", create=True) as archive:
        for outcome in ingest(["film.mkv"], archive):
            print(outcome.path, outcome.outcome)
        result = search(archive, "tense long take")

Names are loaded at first use: importing the package costs nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kuleshov.archive import Archive as Archive
    from kuleshov.errors import KuleshovError as KuleshovError
    from kuleshov.pipeline.analyze import analyze as analyze
    from kuleshov.pipeline.examples import example_of_file as example_of_file
    from kuleshov.pipeline.ingest import ingest as ingest
    from kuleshov.pipeline.job.settings import Settings as Settings
    from kuleshov.query import search as search
    from kuleshov.query import similar as similar

_PUBLIC = {
    "Archive": "kuleshov.archive",
    "KuleshovError": "kuleshov.errors",
    "Settings": "kuleshov.pipeline.job.settings",
    "analyze": "kuleshov.pipeline.analyze",
    "example_of_file": "kuleshov.pipeline.examples",
    "ingest": "kuleshov.pipeline.ingest",
    "search": "kuleshov.query",
    "similar": "kuleshov.query",
}
__all__ = ["Archive", "KuleshovError", "Settings", "analyze", "example_of_file", "ingest", "search", "similar"]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_PUBLIC[name]), name)
