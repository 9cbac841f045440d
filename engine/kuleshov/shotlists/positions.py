"""Positions of a shot list as frames of a film: what its timecodes and its seconds are counted from."""

from __future__ import annotations

import numpy as np

from kuleshov.media.timecode import (
    DROP_RATES,
    TimecodeRate,
    is_drop_frame,
    nearest_standard_rate,
    standard_rate,
    timecode_rate,
)
from kuleshov.shotlists.entries import ListPosition, Seconds, ShotList, ShotListError, Timecode
from kuleshov.shotlists.film_frames import END_TOLERANCE_FRAMES, FilmFrames

_OTHER_RATE = "is it a list of another frame rate?"


class Positions:
    """Converts positions of a list to frames of a film; ``notes`` tell what they are counted from.

    Raises ``ShotListError`` if the list is made for another rate, or its timecodes do not exist at the film's rate.
    """

    def __init__(self, shot_list: ShotList, film: FilmFrames, start: str | None) -> None:
        self._source, self._film = shot_list.source, film
        self.notes: list[str] = []
        rate = nearest_standard_rate(film.rate) if film.variable else standard_rate(film.rate)
        if shot_list.rate is not None and not film.variable and standard_rate(shot_list.rate) != rate:
            raise ShotListError(
                f"{self._source}: made for {TimecodeRate(standard_rate(shot_list.rate))} frames a second; "
                f"the film has {TimecodeRate(rate)} (is it the list of another film or copy?)"
            )
        positions = [end for shot in shot_list.shots for end in (shot.start, shot.end)]
        codes = [position.text for position in positions if isinstance(position, Timecode)]
        if codes:
            self._count_timecodes(codes, shot_list, start)
        seconds = [float(position.value) for position in positions if isinstance(position, Seconds)]
        self._origin_seconds = self._seconds_origin(seconds) if seconds else 0.0

    def frame(self, position: ListPosition, where: str) -> int:
        """Return the film's frame at a position; past the last frame, a number beyond the film's."""
        if isinstance(position, int):
            return position
        if isinstance(position, Seconds):
            return self._film.nearest(float(position.value) + self._origin_seconds)
        try:
            number = self._rate.frame(position.text) - self._first
        except ValueError as error:
            raise ShotListError(f"{self._source}: {where}: {error} ({_OTHER_RATE})") from error
        past_midnight = number + self._rate.day_frames
        if number < 0 and past_midnight <= self._frames_of_timecode + END_TOLERANCE_FRAMES:
            number = past_midnight
        if not self._film.variable:
            return number
        return self._film.nearest(self._film.first_seconds + float(self._rate.seconds(number)))

    @property
    def _frames_of_timecode(self) -> int:
        """How many frames the film has at the rate of its timecode."""
        film = self._film
        return self._rate.frame_at(film.end_seconds - film.first_seconds) if film.variable else film.count

    def _count_timecodes(self, codes: list[str], shot_list: ShotList, start: str | None) -> None:
        film = self._film
        rate = nearest_standard_rate(film.rate) if film.variable else standard_rate(film.rate)
        written_as_drop = any(map(is_drop_frame, codes))
        drop = written_as_drop if shot_list.drop is None else shot_list.drop
        if rate in DROP_RATES:
            drop = drop or any(";" in code for code in codes)
        elif drop and not written_as_drop:
            drop = False
            self.notes.append(f"{self._source}: says drop frame; at the film's rate no timecode is dropped")
        try:
            self._rate = timecode_rate(rate, drop=drop)
            origin, why = (start, "") if start else self._timecode_origin(codes[0])
            self._first = self._rate.frame(origin)
        except ValueError as error:
            raise ShotListError(f"{self._source}: {error} ({_OTHER_RATE})") from error
        if self._first and start is None:
            self.notes.append(f"{self._source}: counted from {origin}{why} (--list-start changes that)")
        if film.variable:
            self.notes.append(
                f"{self._source}: the film's frame rate varies: each timecode means the frame nearest to it, "
                f"counted at {self._rate} frames a second"
            )

    def _timecode_origin(self, begins: str) -> tuple[str, str]:
        """The timecode of the film's first frame, by the first timecode of the list, and a reason to add to it."""
        hours = f"{int(begins.partition(':')[0]):02d}:00:00:00"
        own = self._film.first_timecode
        if own is None:
            return hours, ""
        try:
            later = (self._rate.frame(begins) - self._rate.frame(own)) % self._rate.day_frames
        except ValueError:  # the film's own timecode is none at the rate and way of counting of this list
            return hours, ""
        begins_with_hours = self._rate.frame(begins) == self._rate.frame(hours)
        if later == 0 or (later < self._frames_of_timecode and not begins_with_hours):
            return own, ", the film's own timecode"
        return hours, ""

    def _seconds_origin(self, seconds: list[float]) -> float:
        """What to add to a list's seconds: 0 if it counts from the container's zero, else when the first picture is.

        The first of these that tells the two apart decides: where the list begins; where it ends; how near its times
        lie to the beginnings of frames.
        """
        film, first = self._film, self._film.first_seconds
        frame_seconds = 1 / float(film.rate) if film.rate else 0.0
        if not first:
            return 0.0
        reach = END_TOLERANCE_FRAMES * frame_seconds
        near_end = [origin for origin in (0.0, first) if abs(seconds[-1] + origin - film.end_seconds) <= reach]
        if abs(seconds[0] - first) < abs(seconds[0]):
            origin = 0.0
        elif len(near_end) == 1:
            origin = near_end[0]
        else:
            origin = min((first, 0.0), key=lambda origin: round(self._misfit_seconds(seconds, origin), 3))
        if abs(first) >= frame_seconds:
            zero = "the first picture" if origin else "the zero of the file"
            self.notes.append(f"{self._source}: its seconds count from {zero}; the first picture is at {first:.3f} s")
        return origin

    def _misfit_seconds(self, seconds: list[float], origin: float) -> float:
        """The mean distance of times to the nearest beginning of a frame."""
        borders, times = self._film.borders, np.asarray(seconds) + origin
        after = np.searchsorted(borders, times).clip(1, len(borders) - 1)
        return float(np.minimum(np.abs(borders[after] - times), np.abs(times - borders[after - 1])).mean())
