"""``analyze_audio`` measures a whole sound track once, streamed. Its tracks, whose times are the windows' centres:

| track | step | what |
|---|---|---|
| ``loudness_momentary``, ``loudness_short_term`` | 0.1 s | LUFS over 400 ms and 3 s (``loudness``) |
| ``level``, ``silence`` | 0.05 s | dBFS; 1 where it is silent (``silence``) |
| ``speech``, ``music``, ``effects`` | 0.2 s | what sounds, 0..1 (``audio_classes``) |
| ``brightness``, ``flatness``, ``low_share``, ``percussive_share`` | 0.2 s | ``spectrum`` |
| ``drone``, ``onset_rate`` | 0.2 s | share of a steady low tone 0..1; onsets a second (``span_meters``, ``rhythm``) |
| ``roughness``, ``mode`` | 0.2 s | dissonance 0..1; minor -1 .. major 1, where there is music (``harmony``, ``mode``) |
| ``tempo``, ``beat`` | 1 s | BPM and 0..1, where there is music (``rhythm``) |
| ``voice_pitch``, ``voice_level`` | 0.16 s | Hz and dBFS, where speech is voiced (``voice``) |
| ``whisper``, ``shout`` | 0.16 s | share of the step, 0..1 (``speech``) |
| ``voice_emotion_NAME`` | an utterance | 0..1, with a trained model (``utterances``, ``models.voice_emotion``) |
| ``syllable``, and one a kind of event | one value an event | ``speech``, ``events``, ``silence`` |

NaN: ``brightness``, ``flatness``, ``low_share`` and ``percussive_share`` where nothing sounds; ``mode``, ``tempo`` and
``beat`` where there is no music; ``voice_pitch`` and ``voice_level`` where no speech is voiced; ``music`` and
``effects`` of sound too short to recognise music. No other track holds NaN.

Where the file has no sound (before the track begins, in a gap of its timestamps, after it ends) nothing is measured and
the tracks have no values: a damaged span must not look like silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from kuleshov.cinema.hearing.film_tracks import film_tracks
from kuleshov.cinema.hearing.loudness import gated_loudness, loudness_range
from kuleshov.cinema.hearing.signal import has_centre
from kuleshov.cinema.hearing.span_meters import SpanMeters
from kuleshov.cinema.hearing.spans import AudioSpans
from kuleshov.cinema.tracks import Tracks
from kuleshov.media.audio import SAMPLE_RATE, AudioReader
from kuleshov.models.voice_emotion import VoiceEmotionModel
from kuleshov.records import Loudness


@dataclass(frozen=True)
class SoundMeasurements:
    """One sound track, measured. ``tracks`` is empty and ``loudness`` is ``None`` if nothing could be decoded."""

    tracks: Tracks
    loudness: Loudness | None  # of the whole film
    damaged_packets: int
    notes: tuple[str, ...]  # for the film's provenance

    def add_to(self, tracks: Tracks) -> None:
        """Add the sound tracks to the film's others."""
        for track in self.tracks.values():
            tracks.add(track.name, unit=track.unit, seconds=track.seconds, values=track.values)


def analyze_audio(
    path: Path,
    *,
    stream_index: int,
    start_seconds: Fraction | float,
    voice_emotion: VoiceEmotionModel | None = None,
) -> SoundMeasurements:
    """Measure one sound track of a film from end to end; ``start_seconds`` is the container's start time.

    Damaged sound is no error (see ``AudioReader``). Where timestamps step back, sound for a moment that was measured
    already is left out. Memory: about 2 kB a second of film. Raises ``MediaError`` if the file can't be opened or has
    no such sound track.
    """
    reader = AudioReader(path, stream_index=stream_index, start_seconds=start_seconds)
    measured = AudioSpans(cepstra=voice_emotion is not None)
    for block in reader:
        measured.push(block)
    measured.close()
    spans = measured.all
    tracks = film_tracks(spans, voice_emotion)
    notes = list(reader.notes)
    if measured.repeated_samples:
        seconds = measured.repeated_samples / SAMPLE_RATE
        notes.append(f"sound track {stream_index}: {seconds:.1f} s that step back in time left out")
    if not tracks:
        notes.append(f"sound track {stream_index}: no sound could be decoded")
    elif has_centre(spans[0].layout):
        notes.append(f"sound track {stream_index}: voices heard on the centre channel of {spans[0].layout}")
    return SoundMeasurements(
        tracks=tracks,
        loudness=_loudness(spans, tracks) if tracks else None,
        damaged_packets=reader.damaged_packets,
        notes=tuple(notes),
    )


def _loudness(spans: list[SpanMeters], tracks: Tracks) -> Loudness:
    return Loudness(
        integrated_lufs=gated_loudness(tracks["loudness_momentary"].values),
        range_lu=loudness_range(tracks["loudness_short_term"].values),
        true_peak_dbtp=max(span.peak.dbtp for span in spans),
    )
