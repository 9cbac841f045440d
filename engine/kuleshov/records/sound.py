"""The sound of a segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SoundEventType = Literal["cut_to_silence", "burst", "swell", "fade_in", "fade_out", "scream"]


@dataclass(frozen=True)
class SoundEvent:
    type: SoundEventType
    seconds: float
    drop_db: float  # how far the level falls; negative if it rises
    duration_seconds: float = 0.0


@dataclass(frozen=True)
class Voice:
    """How people speak; shares are of the time in which somebody speaks."""

    syllables_per_second: float  # while somebody speaks
    pauses_per_minute: float  # of 0.3 s to 2 s between speech
    pitch_hz: float | None  # median; None if no speech is voiced
    pitch_range_semitones: float | None  # 10th to 90th percentile
    level_dbfs: float | None  # median of voiced speech
    whisper_share: float  # 0..1
    shout_share: float  # 0..1
    emotions: dict[str, float] | None = None  # vocal emotion, 0..1, sum 1; None without a model


@dataclass(frozen=True)
class Music:
    """The music, if there is any. Unknown numbers are ``None``."""

    mode: float | None  # -1 (minor) .. 1 (major)
    tempo_bpm: float | None
    beat_strength: float | None  # 0..1, how regular the beat is


@dataclass(frozen=True)
class Timbre:
    """The spectrum of the sound."""

    brightness_hz: float  # spectral centroid
    flatness: float  # 0 (tones) .. 1 (white noise)
    roughness: float  # dissonance of the partials, 0..1
    drone_share: float  # share of the power that is a steady low tone, 0..1
    percussive_share: float  # share of the power that is percussive rather than harmonic, 0..1
    onsets_per_second: float


@dataclass(frozen=True)
class Sound:
    loudness_lufs: float | None  # gated loudness (BS.1770); None if all of it is below the gate
    loudness_max_lufs: float  # loudest momentary value (400 ms)
    loudness_slope: float  # LU per second
    silence_share: float  # 0..1
    events: list[SoundEvent]
    loudness_range_lu: float | None = None  # EBU Tech 3342; None for less than some 4 s of sound
    voice_share: float | None = None  # share with speech, 0..1; None without the network for voice activity
    music_share: float | None = None  # 0..1
    effects_share: float | None = None  # 0..1: neither silence, nor speech, nor music
    end_silence_seconds: float = 0.0  # length of the silence at the end
    voice: Voice | None = None  # None if there is hardly any speech
    music: Music | None = None  # None if there is hardly any
    timbre: Timbre | None = None  # None if all is silent


@dataclass(frozen=True)
class SoundBorder:
    """Where the sound changes at a cut: before the picture (J-cut), after it (L-cut) or with it."""

    type: Literal["straight", "j_cut", "l_cut"]
    offset_seconds: float  # of the sound's border from the picture's; negative: the sound is earlier
    strength: float  # how much it changes, in usual spreads
