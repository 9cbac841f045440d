"""The words of a film: its subtitles, synchronised with the sound, as lines of dialogue with their emotion."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.audio.speech_band import speech_band
from kuleshov.cinema.dialogue.conversation import PAUSE_SECONDS
from kuleshov.cinema.dialogue.language import detect_language, short_code
from kuleshov.cinema.dialogue.screenplay import follow_screenplay
from kuleshov.cinema.dialogue.sync import find_sync
from kuleshov.cinema.dialogue.transcript import transcribe
from kuleshov.cinema.dialogue.utterances import utterances
from kuleshov.cinema.tracks import Track, Tracks
from kuleshov.errors import MediaError, ModelError
from kuleshov.media.closed_captions import has_closed_captions
from kuleshov.media.probe import MediaInfo
from kuleshov.media.screenplay_file import find_screenplay, read_screenplay
from kuleshov.media.subtitle_source import within_film
from kuleshov.media.subtitles import SubtitleSource, find_subtitles
from kuleshov.media.track_choice import choose_audio_track
from kuleshov.models.dialogue_emotion import LANGUAGE, DialogueEmotion, Turn
from kuleshov.models.minilm import MiniLm, TextModel
from kuleshov.models.speech_to_text import SpeechToText
from kuleshov.pipeline.job.notes import Noted, Notes
from kuleshov.records import Line, LineVectors


@dataclass(frozen=True)
class Words:
    """The subtitles of a film, shifted to where they belong, their lines, and vectors of these for search."""

    subtitles: SubtitleSource | None
    lines: tuple[Line, ...] = ()
    vectors: LineVectors | None = None

    def add_to(self, tracks: Tracks) -> None:
        """Add one value a line, at its middle, for each dimension of emotion; no track if no line has emotion."""
        rated = [(line, line.emotion) for line in self.lines if line.emotion is not None]
        if rated:
            rated.sort(key=lambda pair: pair[0].start_seconds + pair[0].end_seconds)
            seconds = [(line.start_seconds + line.end_seconds) / 2 for line, _ in rated]
            for name in ("valence", "arousal", "dominance"):
                tracks.add(f"dialogue_{name}", unit="", seconds=seconds, values=[getattr(e, name) for _, e in rated])


class WordStage:
    """Reads the words of films, with the trained model of dialogue emotion if this machine has one.

    ``transcriber`` writes down the speech of films without subtitles; without one they have no words. ``screenplay``
    is aligned with the lines instead of one next to the film; raises ``MediaError`` if it can't be opened.
    """

    def __init__(self, *, transcriber: SpeechToText | None = None, screenplay: Path | None = None) -> None:
        self._transcriber = transcriber
        self._screenplay = None if screenplay is None else (screenplay, read_screenplay(screenplay))
        self._emotion: DialogueEmotion | None = None
        self._no_emotion = ""  # why
        try:
            self._emotion = DialogueEmotion()
        except ModelError as error:
            self._no_emotion = str(error)
        self._text: TextModel | None = None
        with suppress(ModelError):  # `kuleshov doctor` reports it; lines are then found by their words alone
            self._text = MiniLm()

    @property
    def models(self) -> dict[str, str]:
        """The models that read words, for provenance."""
        models = {"dialogue": self._emotion, "text": self._text, "speech_to_text": self._transcriber}
        return {name: model.identity for name, model in models.items() if model is not None}

    @property
    def identity(self) -> dict[str, str]:
        """All that changes how words are read."""
        if self._screenplay is None:
            return self.models
        return {**self.models, "screenplay": blake2b(self._screenplay[0].read_bytes(), digest_size=6).hexdigest()}

    def read(self, info: MediaInfo, *, speech: Track | None = None, end_seconds: float | None = None) -> Noted[Words]:
        """Return the words of a film; those beyond its end, ``end_seconds`` if it is known, are left out.

        ``speech`` 0..1 says where somebody speaks, by the network for voice activity; without it a side-car is
        synchronised with the energy of the sound.
        """
        notes = Notes()
        source = find_subtitles(info, end_seconds=end_seconds)
        notes += source.notes if source else ()
        if source is None or not source.lines:
            if has_closed_captions(info.path, stream_index=info.video_stream_index):
                notes.append("closed captions are there, inside the pictures (608 or 708), not read")
            transcript = notes.take(self._transcript(info, speech))
            if transcript is None or not transcript.lines:
                return Words(source), notes
            source = transcript
        notes.insert(0, f"subtitles: {source.source}")
        if source.source.startswith("side-car"):
            source = notes.take(_synchronised(source, info, speech))
        if end_seconds is not None:
            source = notes.take(within_film(source, end_seconds=end_seconds))
        lines = notes.take(self._with_screenplay(utterances(source.lines), info))
        source = notes.take(_with_language(source, lines))
        lines = notes.take(self._with_emotion(lines, source.language))
        return Words(source, tuple(lines), self._vectors(lines)), notes

    def _transcript(self, info: MediaInfo, speech: Track | None) -> Noted[SubtitleSource | None]:
        """The speech of a film without subtitles, written down; ``None`` if that is not asked for or not possible."""
        track = choose_audio_track(info.audio_tracks)
        if self._transcriber is None or track is None:
            return None, ()
        if speech is None:
            return None, ["not transcribed: nothing tells where somebody speaks (kuleshov doctor: voice activity)"]
        transcript = transcribe(
            info.path,
            stream_index=track.stream_index,
            start_seconds=info.start_seconds,
            speech=speech,
            writer=self._transcriber,
        )
        note = (
            f"transcribed: {len(transcript.lines)} lines in {transcript.spans} stretches of speech; "
            f"{transcript.left_out} words left out as unsure. Expect wrong words, and some that nobody said"
        )
        written_by = f"transcribed by {self._transcriber.identity}"
        return SubtitleSource(transcript.lines, transcript.language, written_by), [note]

    def _with_screenplay(self, lines: list[Line], info: MediaInfo) -> Noted[list[Line]]:
        """The lines with what a screenplay says about them, if there is one and it is this film's."""
        path = find_screenplay(info.path)
        try:
            screenplay = self._screenplay or (path and (path, read_screenplay(path)))
        except MediaError as error:
            return lines, [f"screenplay left out: {error}"]
        if not screenplay:
            return lines, ()
        path, content = screenplay
        aligned = follow_screenplay(lines, content)
        return list(aligned.lines), [f"screenplay {path.name}: {aligned.note}"]

    def _vectors(self, lines: list[Line]) -> LineVectors | None:
        """One vector a line, for search by meaning; ``None`` if no sentence model is installed."""
        if self._text is None or not lines:
            return None
        vectors = np.zeros((len(lines), self._text.width), dtype=np.float32)
        spoken = [line.index for line in lines if line.kind == "speech"]
        vectors[spoken] = self._text.embed([lines[index].text for index in spoken])
        return LineVectors(self._text.identity, vectors)

    def _with_emotion(self, lines: list[Line], language: str | None) -> Noted[list[Line]]:
        if language != LANGUAGE:
            known = "of unknown language" if language is None else f"in {language!r}"
            return lines, [f"emotion of dialogue not read: the subtitles are {known}, the model reads {LANGUAGE!r}"]
        if self._emotion is None:
            return lines, [f"emotion of dialogue not read: {self._no_emotion}"]
        conversations: list[list[Line]] = []
        for line in (line for line in lines if line.kind == "speech"):
            if not conversations or line.start_seconds - conversations[-1][-1].end_seconds > PAUSE_SECONDS:
                conversations.append([])
            conversations[-1].append(line)
        emotions = self._emotion.read([[Turn(line.text, line.speaker) for line in each] for each in conversations])
        by_index = {
            line.index: emotion
            for conversation, of_lines in zip(conversations, emotions, strict=True)
            for line, emotion in zip(conversation, of_lines, strict=True)
        }
        return [replace(line, emotion=by_index.get(line.index)) for line in lines], ()


def _synchronised(source: SubtitleSource, info: MediaInfo, speech: Track | None) -> Noted[SubtitleSource]:
    """The same subtitles, shifted to where the sound says they belong. Tracks inside the film need no shift."""
    curve = (speech.seconds, speech.values) if speech is not None else _speech_curve(info)
    if curve is None:
        return source, ()
    sync = find_sync(source.lines, *curve)
    return (
        replace(source, lines=sync.moved(source.lines)),
        [f"{source.source}, timing against the sound: {sync.reason}"],
    )


def _speech_curve(info: MediaInfo) -> tuple[NDArray[np.float64], NDArray[np.float32]] | None:
    track = choose_audio_track(info.audio_tracks)
    if track is None:
        return None
    try:
        return speech_band(info.path, stream_index=track.stream_index, start_seconds=info.start_seconds)
    except MediaError:  # the stage of the sound has noted it
        return None


def _with_language(source: SubtitleSource, lines: Sequence[Line]) -> Noted[SubtitleSource]:
    """The same subtitles with their language: as their words say, else as the file or track states it."""
    stated = short_code(source.language)
    by_words = detect_language("\n".join(line.text for line in lines if line.kind == "speech"))
    differs = by_words and stated and by_words != stated
    notes = [f"{source.source}: stated to be in {stated!r}, its words are {by_words!r}"] if differs else []
    return replace(source, language=by_words or stated), notes
