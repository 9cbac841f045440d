"""``kuleshov watch``: a live or growing input, told while it arrives, a line of JSON a window."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from kuleshov.cinema.detectors import DEFAULT_DETECTOR, DEFAULT_SENSITIVITY
from kuleshov.cli.options import GrammarsOption, SensitivityOption, ShotsOption

if TYPE_CHECKING:
    from kuleshov.pipeline.watch import LiveWatch


def watch(
    source: Annotated[
        str,
        typer.Argument(metavar="INPUT", help="A file, a URL that FFmpeg opens, - for standard input, or a device."),
    ],
    window: Annotated[float, typer.Option(metavar="SECONDS", help="Length of a window, 0.5 to 2 s.")] = 2.0,
    follow: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            help="A file may still be growing, or be to come: wait so long for more. A URL: connect again for so long.",
        ),
    ] = None,
    realtime: Annotated[
        bool, typer.Option("--realtime", help="Read no faster than the time stamps say, as if the input were live.")
    ] = False,
    late: Annotated[
        Literal["wait", "skip"] | None,
        typer.Option(
            help="When processing is slower than the input: let it wait, or skip a stretch and say so. Default: skip "
            "with devices, URLs that state no length, and --realtime; else wait."
        ),
    ] = None,
    format: Annotated[
        str | None, typer.Option(metavar="NAME", help="FFmpeg's name of the input's format: needed for devices (v4l2).")
    ] = None,
    shots: ShotsOption = DEFAULT_DETECTOR,
    sensitivity: SensitivityOption = DEFAULT_SENSITIVITY,
    grammar: GrammarsOption = None,
) -> None:
    """Watch a live input: a line of JSON for every window, with its measurements and what they read as.

    On the CPU. Each line's "type" is "input" (once), "window", "gap" (skipped) or "summary" (the last: how late the
    lines were, 95 of 100 of them at most so much). Ctrl-C ends it with the summary.
    """
    from kuleshov.media.live import LiveInput
    from kuleshov.pipeline.settings import Settings
    from kuleshov.pipeline.watch import LiveWatch, Summary

    settings = Settings(device="cpu", shots=shots, sensitivity=sensitivity, grammar=grammar)
    live = LiveInput(source, format=format, follow_seconds=follow, realtime=realtime, late=late)
    watched = LiveWatch(live, settings=settings, window_seconds=window)
    summary = Summary()
    _stop_on_signals(watched)
    try:
        _write({"type": "input", "source": source, **live.to_json()})
        for item in watched:
            _write(item.to_json())
            summary.add(item)
        _write({"type": "summary", **summary.to_json(), "notes": watched.notes})
    except BrokenPipeError:  # who reads has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()


def _stop_on_signals(watched: LiveWatch) -> None:
    """End cleanly on the first Ctrl-C; a second one ends at once."""

    def stop(number: int, frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        watched.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
