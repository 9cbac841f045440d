"""The words of one film, read: its subtitles laid over the sound, taken apart, and what feeling lies in each line."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
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
from kuleshov.media.audio import choose_audio_track
from kuleshov.media.probe import MediaInfo
from kuleshov.media.screenplay_file import find_screenplay, read_screenplay
from kuleshov.media.subtitles import SubtitleSource, find_subtitles
from kuleshov.models.dialogue_emotion import LANGUAGE, DialogueEmotion, Turn
from kuleshov.models.minilm import MiniLm, TextModel
from kuleshov.models.speech_to_text import SpeechToText
from kuleshov.records import Line, LineVectors


@dataclass(frozen=True)
class Words:
    """What is said in a film: the subtitles where they belong, their lines, and what was done and why."""

    subtitles: SubtitleSource | None
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    vectors: LineVectors | None = None  # of the lines, for search by meaning

    def add_to(self, tracks: Tracks) -> None:
        """Add one value a line, at its middle, for each dimension; nothing where no feeling was read."""
        felt = [(line, line.emotion) for line in self.lines if line.emotion is not None]
        if felt:
            felt.sort(key=lambda pair: pair[0].start_seconds + pair[0].end_seconds)
            seconds = [(line.start_seconds + line.end_seconds) / 2 for line, _ in felt]
            for name in ("valence", "arousal", "dominance"):
                tracks.add(f"dialogue_{name}", unit="", seconds=seconds, values=[getattr(e, name) for _, e in felt])


class WordReader:
    """Reads the words of films, with the trained reader of dialogue if there is one on this machine.

    ``writer`` writes down the speech of films that have no subtitles; without one they have no words. ``screenplay``
    is laid over the lines instead of one beside the film; raises ``MediaError`` if it can't be opened.
    """

    def __init__(self, *, writer: SpeechToText | None = None, screenplay: Path | None = None) -> None:
        self._writer = writer
        self._given = None if screenplay is None else (screenplay, read_screenplay(screenplay))
        self._emotion: DialogueEmotion | None = None
        self._missing = ""
        try:
            self._emotion = DialogueEmotion()
        except ModelError as error:
            self._missing = str(error)
        self._text: TextModel | None = None
        with suppress(ModelError):  # told by `kuleshov doctor`; lines are found by their words alone then
            self._text = MiniLm()

    @property
    def models(self) -> dict[str, str]:
        """What reads the words, for provenance; empty where nothing does."""
        found = {"dialogue": self._emotion, "text": self._text, "speech_to_text": self._writer}
        return {name: model.identity for name, model in found.items() if model is not None}

    def read(self, info: MediaInfo, *, speech: Track | None = None) -> Words:
        """Return what is said in a film, by its subtitles.

        ``speech`` 0..1 is where somebody speaks, as the network of voice activity heard it; without it a side-car is
        laid over the energy of the sound.
        """
        found = find_subtitles(info)
        notes = list(found.notes) if found else []
        if found is None or not found.lines:
            written = self._written(info, speech, notes)
            if written is None or not written.lines:
                return Words(found, (), tuple(notes))
            found = written
        notes.insert(0, f"subtitles: {found.source}")
        if found.source.startswith("side-car"):
            found = _in_time(found, info, speech, notes)
        lines = self._scripted(utterances(found.lines), info, notes)
        found = _in_language(found, lines, notes)
        return Words(found, tuple(self._feel(lines, found.language, notes)), tuple(notes), self._vectors(lines))

    def _written(self, info: MediaInfo, speech: Track | None, notes: list[str]) -> SubtitleSource | None:
        """What is said in a film without subtitles, written down; None where nobody asked for it or it can't be."""
        track = choose_audio_track(info.audio_tracks)
        if self._writer is None or track is None:
            return None
        if speech is None:
            notes.append("not transcribed: nothing tells where somebody speaks (kuleshov doctor: voice activity)")
            return None
        found = transcribe(
            info.path,
            stream_index=track.stream_index,
            start_seconds=info.start_seconds,
            speech=speech,
            writer=self._writer,
        )
        notes.append(
            f"transcribed: {len(found.lines)} lines in {found.spans} stretches of speech; {found.left_out} words "
            "left out as unsure. Expect wrong words, and some that nobody said"
        )
        return SubtitleSource(found.lines, found.language, f"transcribed by {self._writer.identity}")

    def _scripted(self, lines: list[Line], info: MediaInfo, notes: list[str]) -> list[Line]:
        """The lines with what a screenplay says of them, if there is one and it is this film's."""
        path = find_screenplay(info.path)
        try:
            given = self._given or (path and (path, read_screenplay(path)))
        except MediaError as error:
            notes.append(f"screenplay left out: {error}")
            return lines
        if not given:
            return lines
        path, screenplay = given
        scripted = follow_screenplay(lines, screenplay)
        notes.append(f"screenplay {path.name}: {scripted.note}")
        return list(scripted.lines)

    def _vectors(self, lines: list[Line]) -> LineVectors | None:
        """One vector a line, so that it can be found by its meaning; None where no sentence model is installed."""
        if self._text is None or not lines:
            return None
        vectors = np.zeros((len(lines), self._text.width), dtype=np.float32)
        spoken = [line.index for line in lines if line.kind == "speech"]
        vectors[spoken] = self._text.embed([lines[index].text for index in spoken])
        return LineVectors(self._text.identity, vectors)

    def _feel(self, lines: list[Line], language: str | None, notes: list[str]) -> list[Line]:
        if language != LANGUAGE:
            known = "of unknown language" if language is None else f"in {language!r}"
            notes.append(f"feeling of dialogue not read: the subtitles are {known}, the reader reads {LANGUAGE!r}")
            return lines
        if self._emotion is None:
            notes.append(f"feeling of dialogue not read: {self._missing}")
            return lines
        spoken = [line for line in lines if line.kind == "speech"]
        conversations: list[list[Line]] = []
        for line in spoken:
            if not conversations or line.start_seconds - conversations[-1][-1].end_seconds > PAUSE_SECONDS:
                conversations.append([])
            conversations[-1].append(line)
        felt = self._emotion.read([[Turn(line.text, line.speaker) for line in each] for each in conversations])
        by_index = {
            line.index: emotion
            for conversation, emotions in zip(conversations, felt, strict=True)
            for line, emotion in zip(conversation, emotions, strict=True)
        }
        return [replace(line, emotion=by_index.get(line.index)) for line in lines]


def _in_time(found: SubtitleSource, info: MediaInfo, speech: Track | None, notes: list[str]) -> SubtitleSource:
    """The same subtitles where the sound says they belong; tracks inside the film are taken at their word."""
    curve = (speech.seconds, speech.values) if speech is not None else _speech_curve(info)
    if curve is None:
        return found
    sync = find_sync(found.lines, *curve)
    notes.append(f"{found.source}, timing against the sound: {sync.reason}")
    return replace(found, lines=sync.moved(found.lines))


def _speech_curve(info: MediaInfo) -> tuple[NDArray[np.float64], NDArray[np.float32]] | None:
    track = choose_audio_track(info.audio_tracks)
    if track is None:
        return None
    try:
        return speech_band(info.path, stream_index=track.stream_index, start_seconds=info.start_seconds)
    except MediaError:  # told where the sound itself is read
        return None


def _in_language(found: SubtitleSource, lines: Sequence[Line], notes: list[str]) -> SubtitleSource:
    """The same subtitles with their language: as their words say, else as the file or track states it."""
    stated = short_code(found.language)
    heard = detect_language("\n".join(line.text for line in lines if line.kind == "speech"))
    if heard and stated and heard != stated:
        notes.append(f"{found.source}: stated to be in {stated!r}, its words are {heard!r}")
    return replace(found, language=heard or stated)
