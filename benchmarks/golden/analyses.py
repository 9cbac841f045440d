"""The output of ``analyze`` for every clip, each in its own process; errors and crashes are results too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from commands import Scrubber, run_apart, write_record

#: Folders of the test data that hold films.
_FOLDERS = ("video", "odd", "transitions", "camera", "cases")
_SUFFIXES = frozenset({".avi", ".mkv", ".mov", ".mp4", ".mpg", ".ogv", ".ts", ".webm"})
#: Names of shot lists beside films.
_LISTS = ("list.edl", "list.csv")
#: Options beside the defaults, each on a clip that shows its effect.
_OTHERWISE = (
    ("video/libopenshot/sintel_trailer-720p.mp4", ("--shots", "off")),
    ("video/libopenshot/sintel_trailer-720p.mp4", ("--shots", "exact")),
    ("video/libopenshot/sintel_trailer-720p.mp4", ("--faces", "off", "--sensitivity", "0.8")),
    ("transitions/02.mp4", ("--shots", "exact")),
    ("video/moviepy/big_buck_bunny_0_30.webm", ("--face-rate", "8")),
)
_AS_TEXT = ("video/libopenshot/sintel_trailer-720p.mp4", "transitions/00.mp4", "odd/MADE_random.mp4")
_WATCHED = ("video/libopenshot/sintel_trailer-720p.mp4", "cases/_base/base.mkv", "transitions/02.mp4")


def films(data: Path) -> Iterator[Path]:
    """Yield the films of the test data, in order."""
    for folder in _FOLDERS:
        yield from sorted(
            path for path in (data / folder).rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file()
        )


def write_analyses(out: Path, data: Path, scrubber: Scrubber) -> None:
    """Write ``analyses/...`` (one record a film), ``analyses-otherwise.json`` and ``watched.json``."""
    for film in films(data):
        place = film.relative_to(data)
        print(f"analyze {place}", flush=True)
        write_record(out / "analyses", str(place), run_apart(scrubber, "analyze", film, "--json"))
    write_record(out, "analyses-otherwise", dict(_otherwise(data, scrubber)))
    watched: dict[str, Any] = {}
    for name in _WATCHED:
        watched[name] = run_apart(scrubber, "watch", data / name)
    write_record(out, "watched", watched)


def _otherwise(data: Path, scrubber: Scrubber) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, options in _OTHERWISE:
        yield f"{place} {' '.join(options)}", run_apart(scrubber, "analyze", data / place, *options, "--json")
    for place in _AS_TEXT:
        yield f"{place} as text", run_apart(scrubber, "analyze", data / place)
    for name in _LISTS:
        for shots in sorted((data / "cases").glob(f"*/{name}")):
            film = next(path for path in sorted(shots.parent.iterdir()) if path.suffix in _SUFFIXES)
            words = ("analyze", film, "--shot-list", shots, "--json")
            yield f"{shots.relative_to(data)} as shots", run_apart(scrubber, *words)
    for film in sorted((data / "cases").glob("*colon*/lib/*")):  # a name that looks like a URL
        yield f"{film.name} from its folder", run_apart(scrubber, "analyze", film.name, "--json", cwd=film.parent)
