"""The sound of a shot or scene, from the tracks that ``cinema.hearing.analyze_audio`` made of the film's sound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.hearing.loudness import MOMENTARY_SECONDS, SHORT_TERM_SECONDS, gated_loudness, loudness_range
from kuleshov.cinema.hearing.silence import WINDOW_SECONDS
from kuleshov.cinema.hearing.speech import SPEAKS
from kuleshov.cinema.span import runs
from kuleshov.cinema.tracks import Track, Tracks
from kuleshov.records import Music, Sound, SoundEvent, SoundEventType, Timbre, Voice

#: A shorter segment has no trend of its own: its slope is that of this much sound around its middle.
SLOPE_SECONDS = 2.0
#: The slope is the median over pairs of points; more points only take longer.
_SLOPE_POINTS = 120
#: Less speech or music than this is too little for a voice, a tempo or a key.
_ENOUGH_SECONDS = 0.5
_PAUSE_SECONDS = (0.3, 2.0)
_CLASS_STEP_SECONDS = 0.2  # of the curves of speech and music
#: A segment shorter than a track's step takes the value nearest to its middle, if it is nearer than this.
_NEAR_SECONDS = 1.0
#: Event tracks, and the sign that turns their changes of level into drops.
_EVENTS: tuple[tuple[SoundEventType, int], ...] = (
    ("cut_to_silence", 1),
    ("burst", -1),
    ("swell", -1),
    ("fade_in", -1),
    ("fade_out", -1),
    ("scream", -1),
)


def describe_sound(tracks: Tracks, *, start_seconds: float, end_seconds: float) -> Sound | None:
    """Describe the sound between two times by the film's tracks; None if none was measured there.

    - ``loudness_lufs``: BS.1770-4 gated loudness over the 400 ms blocks that lie wholly inside; a segment too short for
      one takes the block around its middle. ``loudness_max_lufs``: the loudest of them, at least -70.
    - ``loudness_slope``: Theil-Sen slope (median over pairs) of momentary loudness, of at least ``SLOPE_SECONDS``
      around the middle. One bang does not change it, nor does a swell that fills less than half of the segment.
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
    inside = _TracksBetween(tracks, start_seconds, end_seconds)
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
        voice_share=inside.mean("speech"),
        music_share=inside.mean("music"),
        effects_share=inside.mean("effects"),
        end_silence_seconds=WINDOW_SECONDS * (len(silence) - (int(sounding[-1]) + 1 if len(sounding) else 0)),
        voice=_voice(inside),
        music=_music(inside),
        timbre=_timbre(inside),
    )


def sound_events(tracks: Tracks) -> list[SoundEvent]:
    """Return the film's sound events of all kinds, in time order; empty for a film without sound."""
    events = []
    for name, sign in _EVENTS:
        if name in tracks:
            track = tracks[name]
            lasting = tracks.get(f"{name}_duration")
            durations = lasting.values.tolist() if lasting else [0.0] * len(track.values)
            events += [
                SoundEvent(name, seconds, sign * change_db, duration)
                for seconds, change_db, duration in zip(
                    track.seconds.tolist(), track.values.tolist(), durations, strict=True
                )
            ]
    return sorted(events, key=lambda event: event.seconds)


class _TracksBetween:
    def __init__(self, tracks: Tracks, start_seconds: float, end_seconds: float) -> None:
        self._tracks, self.start_seconds, self.end_seconds = tracks, start_seconds, end_seconds

    def values(self, name: str) -> NDArray[np.float32]:
        """The values without NaN; of a segment shorter than a step, the value nearest to its middle."""
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
        """The means of the tracks with this prefix, by the rest of the name; None if none has a value."""
        values_by_name = {
            name.removeprefix(prefix): track.between(self.start_seconds, self.end_seconds)
            for name, track in self._tracks.items()
            if name.startswith(prefix)
        }
        return {name: float(values.mean()) for name, values in values_by_name.items() if len(values)} or None

    def median(self, name: str) -> float | None:
        values = self.values(name)
        return float(np.median(values)) if len(values) else None

    def count(self, name: str) -> int:
        return len(self._tracks[name].between(self.start_seconds, self.end_seconds)) if name in self._tracks else 0


def _voice(tracks: _TracksBetween) -> Voice | None:
    speech = tracks.values("speech")
    seconds = float(speech.sum(dtype=np.float64)) * _CLASS_STEP_SECONDS
    if seconds < _ENOUGH_SECONDS:
        return None
    pitch = tracks.values("voice_pitch")
    low, high = np.percentile(pitch, (10, 90)) if len(pitch) else (1.0, 1.0)
    whole = tracks.end_seconds - tracks.start_seconds
    share = seconds / max(whole, seconds)
    return Voice(
        syllables_per_second=tracks.count("syllable") / seconds,
        pauses_per_minute=60 * _pauses(speech) / whole,
        pitch_hz=tracks.median("voice_pitch"),
        pitch_range_semitones=float(12 * np.log2(high / low)) if len(pitch) else None,
        level_dbfs=tracks.median("voice_level"),
        whisper_share=min(1.0, (tracks.mean("whisper") or 0.0) / share),
        shout_share=min(1.0, (tracks.mean("shout") or 0.0) / share),
        emotions=tracks.means("voice_emotion_"),
    )


def _pauses(speech: NDArray[np.float32]) -> int:
    """How often speech pauses and continues."""
    shortest, longest = _PAUSE_SECONDS
    return sum(
        first > 0 and end < len(speech) and shortest <= (end - first) * _CLASS_STEP_SECONDS <= longest
        for first, end in runs(speech < SPEAKS)
    )


def _music(tracks: _TracksBetween) -> Music | None:
    music = tracks.values("music")
    if float(music.sum(dtype=np.float64)) * _CLASS_STEP_SECONDS < _ENOUGH_SECONDS:
        return None
    return Music(mode=tracks.median("mode"), tempo_bpm=tracks.median("tempo"), beat_strength=tracks.median("beat"))


def _timbre(tracks: _TracksBetween) -> Timbre | None:
    values = [
        tracks.median("brightness"),
        tracks.median("flatness"),
        tracks.mean("roughness"),
        tracks.mean("drone"),
        tracks.mean("percussive_share"),
        tracks.mean("onset_rate"),
    ]
    return None if any(value is None for value in values) else Timbre(*values)  # type: ignore[arg-type]


def _inside(track: Track, start_seconds: float, end_seconds: float, *, window_seconds: float) -> NDArray[np.float32]:
    """Values whose whole window lies inside; of a segment too short for any, the one window around its middle."""
    half = window_seconds / 2
    rounding = 1e-6
    values = track.between(start_seconds + half - rounding, end_seconds - half + rounding)
    if len(values):
        return values
    middle = (start_seconds + end_seconds) / 2
    near = track.between(middle - half, middle + half)
    return near[len(near) // 2 :][:1]


def _slope(track: Track, start_seconds: float, end_seconds: float) -> float:
    """LU per second; 0 if there are fewer than two values."""
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
