"""The sound of a film: the track that players choose, measured from end to end."""

from __future__ import annotations

from pathlib import Path

from kuleshov.cinema.hearing.analyze_audio import SoundMeasurements, analyze_audio
from kuleshov.cinema.hearing.utterances import FEATURES
from kuleshov.cinema.tracks import Tracks
from kuleshov.media.probe import MediaInfo
from kuleshov.media.track_choice import audio_choice_notes, choose_audio_track
from kuleshov.models.voice_activity import NETWORK
from kuleshov.models.voice_emotion import load_voice_emotion
from kuleshov.pipeline.job.notes import Noted


class SoundStage:
    """Measures the sound of films; ``voice_emotion`` is a trained model of vocal emotion, ``None`` = not measured.

    Raises ``ModelError`` if the model can't be loaded.
    """

    def __init__(self, voice_emotion: Path | None) -> None:
        self._voice_emotion = load_voice_emotion(voice_emotion, features=FEATURES) if voice_emotion else None

    @property
    def models(self) -> dict[str, str]:
        """The networks that measure it, for provenance."""
        return {"voice_activity": NETWORK} | (
            {"voice_emotion": self._voice_emotion.name} if self._voice_emotion else {}
        )

    @property
    def identity(self) -> dict[str, str]:
        """All that changes how sound is measured."""
        return self.models

    def measure(self, info: MediaInfo) -> Noted[SoundMeasurements]:
        """Measure the sound of a film; nothing if it has none. Raises ``MediaError`` if the file can't be opened."""
        notes = [f"sound track {index}: there, not heard (no decoder for it)" for index in info.undecodable_sound]
        track = choose_audio_track(info.audio_tracks)
        if track is None:
            return SoundMeasurements(Tracks(), None, 0, ()), notes
        sound = analyze_audio(
            info.path,
            stream_index=track.stream_index,
            start_seconds=info.start_seconds,
            voice_emotion=self._voice_emotion,
        )
        return sound, (*notes, *audio_choice_notes(info.audio_tracks), *sound.notes)
