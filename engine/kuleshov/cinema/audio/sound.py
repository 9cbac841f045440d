"""How a shot or scene sounds, told from the tracks that ``cinema.hearing.analyze_audio`` made of the film's sound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.hearing.loudness import MOMENTARY_SECONDS, SHORT_TERM_SECONDS, gated_loudness, loudness_range
from kuleshov.cinema.hearing.silence import WINDOW_SECONDS
from kuleshov.cinema.hearing.speech import SPEAKS
from kuleshov.cinema.tracks import Track, Tracks
from kuleshov.records import Music, Sound, SoundEvent, SoundEventType, Timbre, Voice

#: A shorter stretch has no trend of its own: its slope is that of so much sound around its middle.
SLOPE_SECONDS = 2.0
#: The slope is the median over pairs of points; more points than this change nothing but the time it takes.
_SLOPE_POINTS = 120
#: Less speech or music than this says nothing about a voice, a tempo or a key.
_ENOUGH_SECONDS = 0.5
_PAUSE_SECONDS = (0.3, 2.0)
#: Event tracks, and the sign that turns their values into falls.
# The sign of the stored change that makes it a drop.
_EVENTS: tuple[tuple[SoundEventType, int], ...] = (
    *(("cut_to_silence", 1), ("burst", -1), ("swell", -1), ("fade_in", -1)),
    *(("fade_out", -1), ("scream", -1)),
)


def describe_sound(tracks: Tracks, *, start_seconds: float, end_seconds: float) -> Sound | None:
    """Describe the sound between two times from the tracks of ``listen``; None where none was measured.

    - ``loudness_lufs``: BS.1770-4 gated loudness over the 400 ms blocks that lie wholly inside; a stretch too short
      for one takes the block around its middle. ``loudness_max_lufs``: the loudest of them, -70 being the floor.
    - ``loudness_slope``: Theil-Sen slope (median over pairs) of momentary loudness, of at least ``SLOPE_SECONDS``
      around the middle. One bang doesn't move it; a swell that fills less than half of the stretch doesn't either.
    - ``loudness_range_lu``: of the 3 s windows that lie wholly inside.
    - ``silence_share``, ``voice_share``, ``music_share``, ``effects_share``: means of the curves.
    - ``events``: those that begin inside.
    """
    if "loudness_momentary" not in tracks:
        return None
    momentary = _inside(tracks["loudness_momentary"], start_seconds, end_seconds, window_seconds=MOMENTARY_SECONDS)
    silence = _inside(tracks["silence"], start_seconds, end_seconds, window_seconds=WINDOW_SECONDS)
    if not len(momentary) or not len(silence):
        return None
    half = SHORT_TERM_SECONDS / 2
    here = _Here(tracks, start_seconds, end_seconds)
    sounding = np.flatnonzero(silence == 0)
    return Sound(
        loudness_lufs=gated_loudness(momentary),
        loudness_max_lufs=float(momentary.max()),
        loudness_slope=_slope(tracks["loudness_momentary"], start_seconds, end_seconds),
        silence_share=float(silence.mean()),
        events=[event for event in sound_events(tracks) if start_seconds <= event.seconds < end_seconds],
        loudness_range_lu=loudness_range(
            tracks["loudness_short_term"].between(start_seconds + half, end_seconds - half)
        ),
        voice_share=here.mean("speech"),
        music_share=here.mean("music"),
        effects_share=here.mean("effects"),
        end_silence_seconds=WINDOW_SECONDS * (len(silence) - (int(sounding[-1]) + 1 if len(sounding) else 0)),
        voice=_voice(here),
        music=_music(here),
        timbre=_timbre(here),
    )


def sound_events(tracks: Tracks) -> list[SoundEvent]:
    """Return the film's sound events of all kinds, in time order; empty for a film without sound."""
    found = []
    for name, sign in _EVENTS:
        if name in tracks:
            events = tracks[name]
            lasting = tracks.get(f"{name}_duration")
            durations = lasting.values.tolist() if lasting else [0.0] * len(events.values)
            found += [
                SoundEvent(name, seconds, sign * change_db, duration)
                for seconds, change_db, duration in zip(
                    events.seconds.tolist(), events.values.tolist(), durations, strict=True
                )
            ]
    return sorted(found, key=lambda event: event.seconds)


class _Here:
    """The tracks between two times."""

    def __init__(self, tracks: Tracks, start_seconds: float, end_seconds: float) -> None:
        self._tracks, self.start_seconds, self.end_seconds = tracks, start_seconds, end_seconds

    def values(self, name: str) -> NDArray[np.float32]:
        """What was measured, without NaN; of a stretch shorter than a step the value nearest to its middle."""
        if name not in self._tracks:
            return np.zeros(0, np.float32)
        track = self._tracks[name]
        values = track.between(self.start_seconds, self.end_seconds)
        if not len(values) and len(track.values):
            middle = (self.start_seconds + self.end_seconds) / 2
            nearest = int(np.abs(track.seconds - middle).argmin())
            if abs(track.seconds[nearest] - middle) < _NEAR_SECONDS:
                values = track.values[nearest : nearest + 1]
        return values[~np.isnan(values)]

    def mean(self, name: str) -> float | None:
        values = self.values(name)
        return float(values.mean(dtype=np.float64)) if len(values) else None

    def means(self, prefix: str) -> dict[str, float] | None:
        """The means of all tracks whose names begin so, by the rest of the name; None where none has a value here."""
        found = {
            name.removeprefix(prefix): track.between(self.start_seconds, self.end_seconds)
            for name, track in self._tracks.items()
            if name.startswith(prefix)
        }
        return {name: float(values.mean()) for name, values in found.items() if len(values)} or None

    def median(self, name: str) -> float | None:
        values = self.values(name)
        return float(np.median(values)) if len(values) else None

    def count(self, name: str) -> int:
        return len(self._tracks[name].between(self.start_seconds, self.end_seconds)) if name in self._tracks else 0


#: A track of one value a second is known so near to its values.
_NEAR_SECONDS = 1.0


def _voice(here: _Here) -> Voice | None:
    speech = here.values("speech")
    seconds = float(speech.sum(dtype=np.float64)) * _KINDS_STEP_SECONDS
    if seconds < _ENOUGH_SECONDS:
        return None
    pitch = here.values("voice_pitch")
    low, high = np.percentile(pitch, (10, 90)) if len(pitch) else (1.0, 1.0)
    whole = here.end_seconds - here.start_seconds
    share = seconds / max(whole, seconds)
    return Voice(
        syllables_per_second=here.count("syllable") / seconds,
        pauses_per_minute=60 * _pauses(speech) / whole,
        pitch_hz=here.median("voice_pitch"),
        pitch_range_semitones=float(12 * np.log2(high / low)) if len(pitch) else None,
        level_dbfs=here.median("voice_level"),
        whisper_share=min(1.0, (here.mean("whisper") or 0.0) / share),
        shout_share=min(1.0, (here.mean("shout") or 0.0) / share),
        emotions=here.means("voice_emotion_"),
    )


_KINDS_STEP_SECONDS = 0.2


def _pauses(speech: NDArray[np.float32]) -> int:
    """How often speech stops for a moment and goes on."""
    edges = np.diff(np.concatenate(([0], (speech < SPEAKS).astype(np.int8), [0])))
    lengths = (np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)) * _KINDS_STEP_SECONDS
    inside = lengths[int(speech[0] < SPEAKS) : len(lengths) - int(speech[-1] < SPEAKS)]
    return int(np.count_nonzero((inside >= _PAUSE_SECONDS[0]) & (inside <= _PAUSE_SECONDS[1])))


def _music(here: _Here) -> Music | None:
    music = here.values("music")
    if float(music.sum(dtype=np.float64)) * _KINDS_STEP_SECONDS < _ENOUGH_SECONDS:
        return None
    return Music(mode=here.median("mode"), tempo_bpm=here.median("tempo"), beat_strength=here.median("beat"))


def _timbre(here: _Here) -> Timbre | None:
    found = [
        here.median("brightness"),
        here.median("flatness"),
        here.mean("roughness"),
        here.mean("drone"),
        here.mean("percussive_share"),
        here.mean("onset_rate"),
    ]
    return None if any(value is None for value in found) else Timbre(*found)  # type: ignore[arg-type]


def _inside(track: Track, start_seconds: float, end_seconds: float, *, window_seconds: float) -> NDArray[np.float32]:
    """Values whose whole window lies inside; of a stretch too short for any, the one window around its middle."""
    half = window_seconds / 2
    rounding = 1e-6
    values = track.between(start_seconds + half - rounding, end_seconds - half + rounding)
    if len(values):
        return values
    middle = (start_seconds + end_seconds) / 2
    near = track.between(middle - half, middle + half)
    return near[len(near) // 2 :][:1]


def _slope(track: Track, start_seconds: float, end_seconds: float) -> float:
    """LU per second; 0 where there are not two values to compare."""
    middle, half = (start_seconds + end_seconds) / 2, max(end_seconds - start_seconds, SLOPE_SECONDS) / 2
    first, end = np.searchsorted(track.seconds, (middle - half, middle + half))
    count = int(end - first)
    if count < 2:
        return 0.0
    groups = np.linspace(first, end, min(count, _SLOPE_POINTS) + 1).astype(np.int64)
    sizes = np.diff(groups)
    times, values = (np.add.reduceat(array[:end], groups[:-1]) / sizes for array in (track.seconds, track.values))
    early, late = np.triu_indices(len(sizes), 1)
    return float(np.median((values[late] - values[early]) / (times[late] - times[early])))
