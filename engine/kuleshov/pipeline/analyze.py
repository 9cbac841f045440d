"""One film from file to description: the whole pipeline, in the order in which the data flow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from kuleshov.decode.choice import choose_decoder, decode_sessions
from kuleshov.device import Device, resolve_device
from kuleshov.errors import KuleshovError
from kuleshov.media.about import About, read_about
from kuleshov.media.identity import hash_alongside
from kuleshov.media.probe import MediaInfo, probe
from kuleshov.models.speech_to_text import Whisper
from kuleshov.pipeline.description import Description
from kuleshov.pipeline.job.film_job import FilmJob
from kuleshov.pipeline.job.notes import Notes
from kuleshov.pipeline.job.progress import Progress, Watcher, ignore
from kuleshov.pipeline.job.settings import Settings
from kuleshov.pipeline.job.user_shots import UserShots
from kuleshov.pipeline.stages.film import film_record
from kuleshov.pipeline.stages.film_grammar import FilmGrammar, GrammarChoice, about_film
from kuleshov.pipeline.stages.measurements import film_measurements
from kuleshov.pipeline.stages.picture_embedding import open_picture_embedding
from kuleshov.pipeline.stages.pictures import PictureStage
from kuleshov.pipeline.stages.provenance import PipelineIdentity
from kuleshov.pipeline.stages.scores import score_film, used_spaces
from kuleshov.pipeline.stages.segments import segment_film
from kuleshov.pipeline.stages.sound import SoundStage
from kuleshov.pipeline.stages.spaces import spaces_of
from kuleshov.pipeline.stages.words import WordStage
from kuleshov.records import Analysis


class Pipeline:
    """The stages that films go through, each opened once for all films.

    ``describe`` may run on several threads at once. ``close()``, or leaving the ``with`` block, releases the networks.
    Raises ``DeviceError``, ``GrammarError``, ``MediaError`` (a screenplay), ``ModelError`` or ``SettingError`` for
    settings that are unavailable.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.device: Device = resolve_device(self.settings.device)
        self._rules = GrammarChoice(self.settings.grammar, self.settings.norms)
        self._sound = SoundStage(self.settings.voice_emotion)
        self._words = WordStage(transcriber=_transcriber(self.settings), screenplay=self.settings.screenplay)
        self._sight = open_picture_embedding(
            self.settings.sight,
            device=self.device.name,
            precision=self.settings.sight_precision,
            engine=self.settings.sight_engine,
        )
        self._pictures = PictureStage(self.settings, self.device)
        self._identity = PipelineIdentity((self._pictures, self._sound, self._words, self._sight))

    @property
    def rules(self) -> FilmGrammar:
        """The rules for films about which nothing is known."""
        return self._rules.of(About())[0]

    @property
    def id(self) -> str:
        """The id of the descriptions of films about which nothing is known."""
        return self._identity.of(self.rules)

    @property
    def models(self) -> Mapping[str, str]:
        """The models that are at work, by their names in a film's provenance."""
        return self._identity.models

    def id_for(self, job: FilmJob) -> str:
        """Return the id of the description that ``describe`` makes of a film.

        Raises ``MediaError`` if the catalogue file in its folder is broken and the rules depend on it.
        """
        about = read_about(job.path, dict(job.info.tags)) if self._rules.by_film else About()
        return self._identity.of(self._rules.of(about)[0], job.user_shots)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._pictures.close()
        self._sight.close()

    def lanes(self) -> dict[str, int]:
        """Return how many films to describe at once, by the device that decodes them."""
        if self.device.name == "cpu":
            return {"cpu": 1}
        return {self.device.name: self.settings.sessions or decode_sessions(self.device), "cpu": 1}

    def lane(self, info: MediaInfo) -> str:
        """Return the device that decodes a film; one that can't be decoded fails in ``describe``."""
        try:
            return choose_decoder(info, self.device).device
        except KuleshovError:
            return "cpu"

    def describe(self, film: Path | FilmJob, *, watch: Watcher = ignore) -> Description:
        """Describe one film, named by its path or, with what is known about it, as a job.

        Memory grows by about three kilobytes a frame (tracks, sparse histograms, records), not with the picture.
        Raises ``MediaError`` if the file can't be decoded as a film, ``ShotListError`` for a user's shots that do not
        fit it; damage that leaves something to describe is recorded in the provenance's notes.
        """
        job = film if isinstance(film, FilmJob) else FilmJob(probe(film))
        info, notes = job.info, Notes()
        with hash_alongside(job.path, known=job.content_id) as content_id:
            key_frames = self._sight.sampler()
            pictures = notes.take(self._pictures.measure(info, tap=key_frames, watch=watch))
            watch(Progress(job.path, "sound"))
            sound = notes.take(self._sound.measure(info))
            speech = sound.tracks.get("speech")
            words = notes.take(self._words.read(info, speech=speech, end_seconds=pictures.end_seconds))
            watch(Progress(job.path, "describe"))
            record = notes.take(film_record(info, pictures, content_id=content_id.result(), loudness=sound.loudness))
        measured = film_measurements(info.color, pictures, sound, words)
        transitions = measured.detected
        if job.user_shots is not None:
            transitions = notes.take(job.user_shots.fit(record, measured))
        rules = notes.take(self._rules.of(about_film(record)))
        segments = segment_film(measured, transitions)
        embeddings = spaces_of(measured, segments, line_vectors=words.vectors)
        if key_frames is not None:
            watch(Progress(job.path, "see"))
        embeddings += notes.take(self._sight.embed(key_frames, segments, frame_seconds=pictures.frame_seconds))
        scored = score_film(measured, segments, embeddings, rules)
        provenance = self._identity.provenance(
            pictures,
            rules,
            job.user_shots,
            shot_detector=self.settings.shots,
            used_spaces=used_spaces(embeddings, rules.grammar),
            notes=notes,
        )
        return Description.of(
            record, measured, segments, scored, provenance, line_vectors=words.vectors, embeddings=embeddings
        )


def analyze(
    path: Path | str,
    *,
    settings: Settings | None = None,
    user_shots: UserShots | None = None,
    watch: Watcher = ignore,
) -> Analysis:
    """Describe one film without an archive: its shots and scenes with their measurements and emotion.

    ``user_shots`` replace the detected ones. Raises ``MediaError`` if the file can't be decoded as a film,
    ``ShotListError`` if the given shots do not fit it.
    """
    with Pipeline(settings) as pipeline:
        return pipeline.describe(FilmJob(probe(Path(path)), user_shots=user_shots), watch=watch).analysis


def _transcriber(settings: Settings) -> Whisper | None:
    return None if settings.transcribe == "off" else Whisper(settings.transcribe, threads=settings.threads)
