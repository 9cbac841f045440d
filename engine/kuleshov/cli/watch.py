"""``kuleshov watch``: analyses a live or growing input as it arrives, one line of JSON for each window."""

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
        typer.Argument(metavar="INPUT", help="A file, a URL that FFmpeg can open, - for standard input, or a device."),
    ],
    window: Annotated[float, typer.Option(metavar="SECONDS", help="Length of a window, 0.5 to 2 seconds.")] = 2.0,
    follow: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            help="For a file that is still growing or does not exist yet: wait this long for more. For a URL: try to "
            "reconnect for this long.",
        ),
    ] = None,
    realtime: Annotated[
        bool, typer.Option("--realtime", help="Read at the speed of the time stamps, as if the input were live.")
    ] = False,
    late: Annotated[
        Literal["wait", "skip"] | None,
        typer.Option(
            help="If the analysis is slower than the input: let the input wait, or skip a part and report it. Default: "
            "skip for devices, URLs without a known length, and --realtime; else wait."
        ),
    ] = None,
    format: Annotated[
        str | None, typer.Option(metavar="NAME", help="FFmpeg's name of the input's format; needed for devices (v4l2).")
    ] = None,
    shots: ShotsOption = DEFAULT_DETECTOR,
    sensitivity: SensitivityOption = DEFAULT_SENSITIVITY,
    grammar: GrammarsOption = None,
) -> None:
    """Analyse a live or growing input: one line of JSON for each window, with its measurements and scores.

    It runs on the CPU. Each line has a "type": "input" (first), "window", "gap" (a part was skipped) or "summary"
    (last, with the delay in seconds that 95 of 100 lines did not exceed). Ctrl-C stops with the summary.
    """
    from kuleshov.media.live import LiveInput
    from kuleshov.pipeline.job.settings import Settings
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
    except BrokenPipeError:  # the reader has closed the pipe
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
