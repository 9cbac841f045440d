"""The store of film descriptions. Names are loaded at first use."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kuleshov.archive.film.entries import FilmEntry as FilmEntry
    from kuleshov.archive.film.entries import SegmentRow as SegmentRow
    from kuleshov.archive.store import Archive as Archive

__all__ = ["Archive", "FilmEntry", "SegmentRow"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{'store' if name == 'Archive' else 'film.entries'}"), name)
