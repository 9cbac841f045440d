"""A film's sound tracks from the measurements of its spans; what depends on the whole film is computed last."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.hearing.audio_classes import class_curves, music_likelihood
from kuleshov.cinema.hearing.events import Rise, find_bursts, find_fades, find_swells
from kuleshov.cinema.hearing.silence import find_cuts_to_silence, silence_threshold, silent_windows
from kuleshov.cinema.hearing.span_meters import SpanMeters
from kuleshov.cinema.hearing.spectrum import BIN_SECONDS
from kuleshov.cinema.hearing.speech import VoiceSeries, screams, shouted, syllables, whispered
from kuleshov.cinema.hearing.utterances import utterance_features, utterances
from kuleshov.cinema.hearing.voice import STEP_SECONDS
from kuleshov.cinema.span import windows_around
from kuleshov.cinema.tracks import Track, Tracks
from kuleshov.models.voice_emotion import ENOUGH_UTTERANCES, VoiceEmotionModel, standardised

#: Events with a duration have a second track, ``NAME_duration``, in seconds.
LASTING = ("swell", "fade_in", "fade_out", "scream")
#: Series that only serve to compute others.
_HIDDEN = ("steadiness", "voice_activity", "voice_voicing", "voice_press")
_VOICE_BIN = 5
_SHORT_PAUSE_SECONDS = 0.3  # within speech: breath, stops, the end of a word
_LOUD_PERCENT = 80


def film_tracks(spans: Sequence[SpanMeters], voice_emotion: VoiceEmotionModel | None) -> Tracks:
    """Return all tracks of a film's sound; none if nothing was measured."""
    joined = _joined(spans)
    if "level" not in joined or not len(joined["level"].values):
        return Tracks()
    level = joined["level"]
    joined["silence"] = _track("silence", "", level.seconds, silent_windows(level.seconds, level.values))
    joined |= {track.name: track for track in _audio_classes(joined)}
    music = joined["music"]
    for name in ("mode", "tempo", "beat"):
        track = joined[name]
        sounds = _at(music, track.seconds) > 0.5
        joined[name] = _track(name, track.unit, track.seconds, np.where(sounds, track.values, np.nan))
    joined |= {track.name: track for track in _level_events(joined)}
    if "voice_activity" in joined:
        voice = _voice_series(joined)
        voice_tracks = _voice_tracks(joined, voice)
        if voice_emotion is not None:
            cepstra = [span.cepstra for span in spans if span.cepstra is not None]
            voice_tracks += _emotions(voice, np.concatenate(cepstra), voice_emotion)
        joined |= {track.name: track for track in voice_tracks}
    else:
        del joined["voice_pitch"], joined["voice_level"]
    return Tracks({name: track for name, track in joined.items() if name not in _HIDDEN})


def _joined(spans: Sequence[SpanMeters]) -> dict[str, Track]:
    parts: dict[str, list[Track]] = {}
    for span in spans:
        for name, series in span.series().items():
            values = series.values
            parts.setdefault(name, []).append(_track(name, series.unit, span.seconds(series, len(values)), values))
    return {
        name: _track(
            name,
            tracks[0].unit,
            np.concatenate([track.seconds for track in tracks]),
            np.concatenate([track.values for track in tracks]),
        )
        for name, tracks in parts.items()
    }


def _audio_classes(tracks: dict[str, Track]) -> list[Track]:
    """Speech, music and effects on the grid of the spectrum."""
    seconds = tracks["brightness"].seconds
    music = music_likelihood(_at(tracks["steadiness"], seconds), step_seconds=BIN_SECONDS)
    speech = None
    if "voice_activity" in tracks:
        activity = tracks["voice_activity"]
        speech = _at(_track("", "", activity.seconds, _closed(activity.values)), seconds)
    silence = _at(tracks["silence"], seconds)
    return [_track(name, "", seconds, values) for name, values in class_curves(silence, music, speech).items()]


def _level_events(tracks: dict[str, Track]) -> list[Track]:
    level, momentary = tracks["level"], tracks["loudness_momentary"]
    fades_in, fades_out = find_fades(level.seconds, level.values)
    swells = [
        swell
        for swell in find_swells(momentary.seconds, momentary.values)
        if not any(swell.seconds < f.seconds + f.duration_seconds and f.seconds < swell.seconds + 1 for f in fades_in)
    ]
    cuts = find_cuts_to_silence(level.seconds, level.values)
    bursts = find_bursts(level.seconds, level.values)
    return [
        _track("cut_to_silence", "dB", [at for at, _ in cuts], [drop for _, drop in cuts]),
        *_events("burst", bursts),
        *_events("swell", swells),
        *_events("fade_in", fades_in),
        *_events("fade_out", fades_out),
    ]


def _voice_series(tracks: dict[str, Track]) -> VoiceSeries:
    pitch = tracks["voice_pitch"]
    series = {name: tracks[f"voice_{name}"].values for name in ("pitch", "voicing", "level", "press")}
    activity = _at(tracks["voice_activity"], pitch.seconds)
    return VoiceSeries(pitch.seconds, np.where(_at(tracks["silence"], pitch.seconds) < 0.5, activity, 0), **series)


def _emotions(voice: VoiceSeries, cepstra: NDArray[np.float32], model: VoiceEmotionModel) -> list[Track]:
    """The likelihood of each emotion, one value an utterance; none if too few utterances can be standardised."""
    spoken = utterances(voice)
    if len(spoken) < ENOUGH_UTTERANCES:
        return []
    features = np.stack([utterance_features(voice, cepstra, first, end) for first, end in spoken])
    likely = model.predict(standardised(features))
    seconds = [float(voice.seconds[first] + voice.seconds[end - 1]) / 2 for first, end in spoken]
    return [_track(f"voice_emotion_{label}", "", seconds, likely[:, k]) for k, label in enumerate(model.labels)]


def _voice_tracks(tracks: dict[str, Track], voice: VoiceSeries) -> list[Track]:
    pitch = tracks["voice_pitch"]
    nuclei = syllables(voice)
    level = tracks["level"].values
    sounding = level[level > silence_threshold(level)]
    loud = float(np.percentile(sounding, _LOUD_PERCENT)) if len(sounding) else np.inf
    screamed = screams(voice, loud_dbfs=loud, music=_at(tracks["music"], pitch.seconds))
    voiced = voice.voiced
    return [
        _track("syllable", "dBFS", voice.seconds[nuclei], voice.level[nuclei]),
        _binned("whisper", "", voice.seconds, whispered(voice), np.mean),
        _binned("shout", "", voice.seconds, shouted(voice), np.mean),
        _binned("voice_pitch", "Hz", voice.seconds, np.where(voiced, voice.pitch, np.nan), _median),
        _binned("voice_level", "dBFS", voice.seconds, np.where(voiced, voice.level, np.nan), _median),
        *_events("scream", [Rise(at, lasts, _loudest(voice, at, lasts) - loud) for at, lasts in screamed]),
    ]


def _loudest(voice: VoiceSeries, at: float, lasts: float) -> float:
    first, end = np.searchsorted(voice.seconds, (at, at + lasts))
    return float(voice.level[first : end + 1].max())


def _events(name: str, rises: Sequence[Rise]) -> list[Track]:
    seconds = [rise.seconds for rise in rises]
    tracks = [_track(name, "dB", seconds, [rise.rise_db for rise in rises])]
    if name in LASTING:
        tracks.append(_track(f"{name}_duration", "s", seconds, [rise.duration_seconds for rise in rises]))
    return tracks


def _binned(name: str, unit: str, seconds: NDArray[np.float64], values: object, summary: object) -> Track:
    """One value for every five; a bin with a gap in the track is left out."""
    count = len(seconds) // _VOICE_BIN
    times = seconds[: count * _VOICE_BIN].reshape(count, _VOICE_BIN)
    table = np.asarray(values, np.float32)[: count * _VOICE_BIN].reshape(count, _VOICE_BIN)
    whole = times[:, -1] - times[:, 0] < _VOICE_BIN * STEP_SECONDS
    return _track(name, unit, times[whole].mean(axis=1), summary(table[whole], axis=1))  # type: ignore[operator]


def _median(table: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """The median of the values that are not NaN; NaN if there are none."""
    known = ~np.isnan(table)
    ordered = np.sort(table, axis=axis)
    middle = np.maximum(known.sum(axis=axis) - 1, 0) // 2
    return np.take_along_axis(ordered, middle[:, None], axis=1)[:, 0]


def _closed(activity: NDArray[np.float32]) -> NDArray[np.float32]:
    """Likelihoods with short dips filled: a morphological closing over ``_SHORT_PAUSE_SECONDS``."""
    size = round(_SHORT_PAUSE_SECONDS / STEP_SECONDS) // 2 * 2 + 1
    if len(activity) < size:
        return activity
    widened = np.lib.stride_tricks.sliding_window_view(np.pad(activity, size // 2), size).max(axis=1)
    return np.asarray(windows_around(widened, size).min(axis=1))


def _at(track: Track, seconds: NDArray[np.float64]) -> NDArray[np.float32]:
    """A track's values at other times of the same sound; NaN if it has none at all."""
    if not len(track.values):
        return np.full(len(seconds), np.nan, np.float32)
    return np.interp(seconds, track.seconds, track.values).astype(np.float32)


def _track(name: str, unit: str, seconds: object, values: object) -> Track:
    return Track(name, unit, np.asarray(seconds, np.float64), np.asarray(values, np.float32))
