"""Vectors of the shots and scenes of a film by an image-text model, from their key frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.shots.key_frames import evenly, key_frames
from kuleshov.errors import ModelError
from kuleshov.models.checkpoints import first_cached
from kuleshov.models.image_text import KNOWN, SPACE, Engine, ImageTextModel, Precision, open_image_text
from kuleshov.models.picture_batches import Embedder, open_embedder
from kuleshov.pipeline.job.notes import Noted
from kuleshov.pipeline.stages.key_frames import KeyFrameSampler
from kuleshov.pipeline.stages.segments import Segments
from kuleshov.records import Embeddings, Shot

OFF, AUTO = "off", "auto"
_NOTHING_TO_SEE = ("blank", "bars")  # what fills such a shot
_TICK = 1e-6  # seconds


@dataclass(frozen=True)
class PictureEmbedding:
    """An image-text model, opened once for all films, or none. Thread-safe.

    ``note``: why there is none although one was wanted. ``close()`` finishes what was asked for.
    """

    model: ImageTextModel | None = None
    embedder: Embedder | None = None
    note: str = ""

    @property
    def identity(self) -> dict[str, str]:
        """All that changes the vectors."""
        return {} if self.model is None else {"sight": self.model.identity}

    @property
    def models(self) -> dict[str, str]:
        """The model, where its weights are, and what computed it, for provenance."""
        if self.model is None:
            return {}
        return {
            "sight": self.model.identity,
            "sight_weights": self.model.source,
            "sight_computed": self.model.computed,
        }

    def sampler(self) -> KeyFrameSampler | None:
        """Return what keeps a film's candidates while it is decoded; ``None`` without a model."""
        return None if self.model is None else KeyFrameSampler(self.model.form)

    def embed(
        self, sampler: KeyFrameSampler | None, segments: Segments, *, frame_seconds: NDArray[np.float64]
    ) -> Noted[list[Embeddings]]:
        """Return the vectors of shots and scenes: means of their key frames, of unit length; NaN = no key frame.

        A video model is given as many candidates of a shot at once as it takes, at equal steps. ``frame_seconds``
        float64 ``[frames]`` are the film's PTS. Without a model there are none.
        """
        if self.model is None or self.embedder is None or sampler is None:
            return [], [self.note] if self.note else []
        chosen = _chosen(sampler.finish(), segments.shots, frames=self.model.frames, frame_seconds=frame_seconds)
        clips = [clip for of_shot in chosen for clip in of_shot]
        embedded = self.embedder.embed(np.stack(list(sampler.pictures(clip))) for clip in clips)
        owners = np.repeat(np.arange(len(segments.shots)), [len(of_shot) for of_shot in chosen])
        shots = np.zeros((len(segments.shots), self.model.dimensions), np.float64)
        np.add.at(shots, owners, embedded)
        scenes = np.zeros((len(segments.scenes), self.model.dimensions), np.float64)
        for number, scene in enumerate(segments.scenes):
            scenes[number] = shots[scene.first_shot : scene.end_shot].sum(axis=0)
        return [Embeddings(SPACE, self.model.identity, {"shot": _unit(shots), "scene": _unit(scenes)})], ()

    def close(self) -> None:
        if self.embedder is not None:
            self.embedder.close()


def open_picture_embedding(
    name: str, *, device: str, precision: Precision = "auto", engine: Engine = "auto"
) -> PictureEmbedding:
    """Open the model of that name: none for ``"off"``, for ``"auto"`` one of ``KNOWN`` in the hub's cache.

    Raises ``ModelError`` if a model that was named is unavailable; if ``"auto"`` finds none, the note says so.
    """
    if name == OFF:
        return PictureEmbedding()
    try:
        model_name = first_cached(KNOWN) if name == AUTO else name
        model = open_image_text(model_name, device=device, precision=precision, engine=engine)
    except ModelError as error:
        if name != AUTO:
            raise
        return PictureEmbedding(note=f"key frames not embedded: {error}")
    return PictureEmbedding(model, open_embedder(model, device=device))


def _chosen(
    candidates: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.uint8]],
    shots: Sequence[Shot],
    *,
    frames: int,
    frame_seconds: NDArray[np.float64],
) -> list[list[list[int]]]:
    """The key frames of each shot, by their numbers: one item for each vector, of ``frames`` candidates each."""
    seconds, sharpness, grids = candidates

    def within(spans: Sequence[tuple[float, float]]) -> list[list[list[int]]]:
        if frames > 1:
            return [[clip] if clip else [] for clip in evenly(seconds, spans, count=frames)]
        return [[[number] for number in numbers] for numbers in key_frames(seconds, sharpness, grids, spans)]

    alone = within([_alone(shot, after, frame_seconds) for shot, after in pairwise([*shots, None]) if shot])
    whole = within([(shot.start_seconds, shot.end_seconds) for shot in shots])
    return [
        [] if shot.matter in _NOTHING_TO_SEE else clean or any_frames
        for shot, clean, any_frames in zip(shots, alone, whole, strict=True)
    ]


def _alone(shot: Shot, after: Shot | None, frame_seconds: NDArray[np.float64]) -> tuple[float, float]:
    """The seconds in which only the shot is visible: without its part of the transitions around it."""
    last = len(frame_seconds) - 1
    start = max(shot.start_seconds, float(frame_seconds[min(shot.transition_in.end_frame, last)]))
    end = shot.end_seconds
    if after is not None:
        end = min(end, float(frame_seconds[min(after.transition_in.start_frame, last)]) + _TICK)
    return start, max(start, end)


def _unit(sums: NDArray[np.float64]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(sums, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore"):  # sums of nothing become NaN
        vectors: NDArray[np.float32] = (sums / lengths).astype(np.float32)
    return vectors
