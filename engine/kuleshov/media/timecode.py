"""Timecode: frame numbers as hours, minutes, seconds and frames, and back; rational inside, exact in both directions.

A timecode numbers frames, it does not measure time: at 23.976 frames a second it counts 24 to its second and falls
behind the clock. Drop-frame timecode (SMPTE ST 12-1, for 30000/1001 and 60000/1001 only) leaves out numbers, never
frames: the first 2 (at 60: 4) of every minute that is no multiple of ten, and so keeps up with the clock to a frame or
two an hour. A timecode is below 24:00:00:00 (SMPTE ST 12-1): after the last frame of a day follows 00:00:00:00.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

NTSC_30, NTSC_60 = Fraction(30_000, 1001), Fraction(60_000, 1001)
DROP_RATES = (NTSC_30, NTSC_60)
_NTSC = (Fraction(24_000, 1001), NTSC_30, Fraction(48_000, 1001), NTSC_60, Fraction(120_000, 1001))
#: The rates that films and editing programs run at.
USUAL_RATES = (_NTSC[0], Fraction(24), Fraction(25), NTSC_30, Fraction(30), Fraction(50), NTSC_60, Fraction(60))
_TIMECODE = re.compile(r"(\d{1,2}):([0-5]\d):([0-5]\d)([:;.,])(\d{2,3})")
#: How far a stated rate may be from a standard one (29.97 from 30000/1001, a container's 24.0003 from 24), as a share.
_SNAP = Fraction(1, 20_000)


@dataclass(frozen=True)
class TimecodeRate:
    """A rate that frames are numbered at: frames a second, exactly, and whether numbers are dropped.

    Raises ``ValueError`` for a rate that is not positive, and for dropping at any rate but 29.97 and 59.94.
    """

    frames_per_second: Fraction
    drop: bool = False

    def __post_init__(self) -> None:
        if self.frames_per_second <= 0:
            raise ValueError(f"a rate of {self.frames_per_second} frames a second; it must be positive")
        if self.drop and self.frames_per_second not in DROP_RATES:
            raise ValueError(f"drop-frame timecode is for 29.97 and 59.94 frames a second, not for {self}")

    def __str__(self) -> str:
        text = f"{float(self.frames_per_second):.3f}".rstrip("0").rstrip(".")
        return f"{text} drop-frame" if self.drop else text

    @property
    def nominal(self) -> int:
        """Frame numbers to a second of timecode: 24 at 23.976; at rates beside the standard the nearest whole one."""
        return max(1, round(self.frames_per_second))

    @property
    def _dropped(self) -> int:
        """Numbers left out at the start of a minute."""
        return self.nominal // 15 if self.drop else 0

    @property
    def day_frames(self) -> int:
        """Frames from 00:00:00:00 to the next one."""
        return 144 * (600 * self.nominal - 9 * self._dropped)

    def timecode(self, frame: int) -> str:
        """Return a frame's number as ``"00:01:00:02"``; drop-frame with a semicolon before the frames."""
        if frame < 0:
            raise ValueError(f"frame {frame} has no timecode; frames count from 0")
        frame %= self.day_frames
        nominal, dropped = self.nominal, self._dropped
        tens, rest = divmod(frame, 600 * nominal - 9 * dropped)
        # The first minute of ten is whole, the other nine are short.
        minutes = 0 if rest < 60 * nominal else 1 + (rest - 60 * nominal) // (60 * nominal - dropped)
        number = frame + dropped * (9 * tens + minutes)
        seconds, frames = divmod(number, nominal)
        digits = len(str(nominal - 1)) if nominal > 100 else 2
        mark = ";" if self.drop else ":"
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{mark}{frames:0{digits}d}"

    def frame(self, timecode: str) -> int:
        """Return the frame that bears a number. Raises ``ValueError`` where the text is none, or none at this rate."""
        hours, minutes, seconds, frames = _fields(timecode)
        if frames >= self.nominal:
            raise ValueError(f"timecode {timecode} has frame {frames}, but at {self} they count to {self.nominal - 1}")
        if frames < self._dropped and seconds == 0 and minutes % 10:
            raise ValueError(f"timecode {timecode} does not exist at {self}: that number is dropped")
        whole_minutes = 60 * hours + minutes
        skipped = self._dropped * (whole_minutes - whole_minutes // 10)
        return (60 * whole_minutes + seconds) * self.nominal + frames - skipped

    def seconds(self, frame: int) -> Fraction:
        """Return when a frame begins, at a constant rate."""
        return Fraction(frame * self.frames_per_second.denominator, self.frames_per_second.numerator)

    def frame_at(self, seconds: Fraction | float) -> int:
        """Return the frame whose beginning is nearest to a time, at a constant rate."""
        return round(Fraction(seconds) * self.frames_per_second)


def check_timecode(timecode: str) -> None:
    """Raise ``ValueError`` for a text that is a timecode at no rate."""
    _fields(timecode)


def digits_seconds(timecode: str, frame_rate: Fraction | None) -> float | None:
    """Return what a timecode's digits say as a time on the clock; ``None`` if they say none."""
    try:
        hours, minutes, seconds, frames = _fields(timecode)
    except ValueError:
        return None
    return (hours * 60 + minutes) * 60 + seconds + frames / max(1, round(frame_rate or 25))


def _fields(timecode: str) -> tuple[int, int, int, int]:
    """Return hours, minutes, seconds and frames. Raises ``ValueError``."""
    match = _TIMECODE.fullmatch(timecode.strip())
    if match is None:
        raise ValueError(f"{timecode!r} is no timecode; write HH:MM:SS:FF")
    hours, minutes, seconds, frames = (int(match[group]) for group in (1, 2, 3, 5))
    if hours > 23:
        raise ValueError(f"timecode {timecode} is past the end of a day; the last hour is 23")
    return hours, minutes, seconds, frames


def is_drop_frame(timecode: str) -> bool:
    """Return whether a timecode is written as a drop-frame one: a semicolon, stop or comma before its frames."""
    match = _TIMECODE.fullmatch(timecode.strip())
    return match is not None and match[4] != ":"


def own_drop(timecode: str | None) -> bool | None:
    """Return whether a film's own timecode is drop-frame, as ``timecode_rate`` takes it; ``None`` if it has none."""
    return None if timecode is None else is_drop_frame(timecode)


def standard_rate(rate: Fraction | float) -> Fraction:
    """Return the standard rate that a stated one means (29.97 is 30000/1001), or the rate itself if none is near."""
    exact = Fraction(rate)
    nearest = min((*_NTSC, Fraction(max(1, round(exact)))), key=lambda standard: abs(standard - exact))
    if abs(exact - nearest) <= _SNAP * nearest:
        return nearest
    return exact


def nearest_standard_rate(rate: Fraction | float) -> Fraction:
    """Return the usual rate nearest to one that is none: what a film of variable frame rate is numbered at."""
    return min(USUAL_RATES, key=lambda standard: abs(standard - Fraction(rate)))


def timecode_rate(rate: Fraction | float, *, drop: bool | None = None) -> TimecodeRate:
    """Return the rate to number a film's frames at; ``drop=None`` drops where it can be (29.97 and 59.94)."""
    standard = standard_rate(rate)
    return TimecodeRate(standard, standard in DROP_RATES if drop is None else drop)
