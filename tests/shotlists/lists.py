"""Short films to fit lists to, and lists written to files."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from kuleshov.records import Transition
from kuleshov.shotlists.film_frames import FilmFrames
from kuleshov.shotlists.fit import FittedList, fit
from kuleshov.shotlists.read import read_shot_list


def film(
    rate: Fraction = Fraction(25), count: int = 100, *, first_seconds: float = 0.0, timecode: str | None = None
) -> FilmFrames:
    seconds = np.array([first_seconds + float(n / rate) for n in range(count)])
    return FilmFrames(seconds, first_seconds + float(count / rate), rate, False, timecode)


def fitted(
    folder: Path, text: str | bytes, *, name: str = "list.edl", of: FilmFrames | None = None, start: str | None = None
) -> FittedList:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return fit(read_shot_list(path), of or film(), start=start)


def cut(frame: int) -> Transition:
    return Transition("cut", frame - 1, frame, 1.0)


#: The cuts of the film of 100 frames at 25 a second that most lists here are of: at 1.2 and 3 s.
CUTS = (cut(30), cut(75))
