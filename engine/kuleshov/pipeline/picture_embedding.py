"""What an image-text model makes of the shots and scenes of films: their key frames as vectors."""

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
from kuleshov.pipeline.key_frames import KeyFrameSampler
from kuleshov.records import Embeddings, Scene, Shot

OFF, AUTO = "off", "auto"
_NOTHING_TO_SEE = ("blank", "bars")  # what fills such a shot
_TICK = 1e-6  # seconds


@dataclass(frozen=True)
class PictureEmbedding:
    """An image-text model that looks at films, opened once for all of them; any thread may ask.

    ``note``: why there is none where one would have been taken. ``close()`` finishes what was asked.
    """

    model: ImageTextModel | None = None
    embedder: Embedder | None = None
    note: str = ""

    @property
    def identity(self) -> dict[str, str]:
        """What changes what films are described as, for the pipeline's id."""
        return {} if self.model is None else {"sight": self.model.identity}

    @property
    def provenance(self) -> dict[str, str]:
        """Who looked, where its weights lie, and what computed it."""
        if self.model is None:
            return {}
        return {
            "sight": self.model.identity,
            "sight_weights": self.model.source,
            "sight_computed": self.model.computed,
        }

    def looker(self) -> KeyFrameSampler | None:
        """Return who keeps a film's candidates while it is decoded; ``None`` where no model looks."""
        return None if self.model is None else KeyFrameSampler(self.model.form)

    def embeddings(
        self,
        looker: KeyFrameSampler,
        shots: Sequence[Shot],
        scenes: Sequence[Scene],
        *,
        frame_seconds: NDArray[np.float64],
    ) -> Embeddings:
        """Return the vectors of shots and scenes: means of their key frames, of unit length; NaN where there is none.

        A model of videos is given so many candidates of a shot at once as it takes, at equal steps. ``frame_seconds``
        float64 ``[frames]`` are the film's PTS.
        """
        if self.model is None or self.embedder is None:
            raise ValueError("no model looks")
        chosen = _chosen(looker.finish(), shots, frames=self.model.frames, frame_seconds=frame_seconds)
        asked = [clip for clips in chosen for clip in clips]
        seen = self.embedder.embed(np.stack(list(looker.pictures(clip))) for clip in asked)
        owners = np.repeat(np.arange(len(shots)), [len(clips) for clips in chosen])
        sums = np.zeros((len(shots), self.model.dimensions), np.float64)
        np.add.at(sums, owners, seen)
        of_scenes = np.zeros((len(scenes), self.model.dimensions), np.float64)
        for number, scene in enumerate(scenes):
            of_scenes[number] = sums[scene.first_shot : scene.end_shot].sum(axis=0)
        return Embeddings(SPACE, self.model.identity, {"shot": _unit(sums), "scene": _unit(of_scenes)})

    def close(self) -> None:
        if self.embedder is not None:
            self.embedder.close()


def open_picture_embedding(
    name: str, *, device: str, precision: Precision = "auto", engine: Engine = "auto"
) -> PictureEmbedding:
    """Return who looks at films: nobody for ``"off"``; for ``"auto"`` one of ``KNOWN`` that lies in the hub's cache.

    Raises ``ModelError`` where a model that is named can't be had; where ``"auto"`` finds none, the note says so.
    """
    if name == OFF:
        return PictureEmbedding()
    try:
        wanted = first_cached(KNOWN) if name == AUTO else name
        model = open_image_text(wanted, device=device, precision=precision, engine=engine)
    except ModelError as error:
        if name != AUTO:
            raise
        return PictureEmbedding(note=f"not looked at by an image-text model: {error}")
    return PictureEmbedding(model, open_embedder(model, device=device))


def _chosen(
    candidates: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.uint8]],
    shots: Sequence[Shot],
    *,
    frames: int,
    frame_seconds: NDArray[np.float64],
) -> list[list[list[int]]]:
    """The candidates that stand for each shot: as many items as it gets vectors, of ``frames`` candidates each."""
    seconds, sharpness, grids = candidates

    def within(spans: Sequence[tuple[float, float]]) -> list[list[list[int]]]:
        if frames > 1:
            return [[clip] if clip else [] for clip in evenly(seconds, spans, count=frames)]
        return [[[number] for number in one] for one in key_frames(seconds, sharpness, grids, spans)]

    alone = within([_alone(shot, after, frame_seconds) for shot, after in pairwise([*shots, None]) if shot])
    whole = within([(shot.start_seconds, shot.end_seconds) for shot in shots])
    return [
        [] if shot.matter in _NOTHING_TO_SEE else one or other
        for shot, one, other in zip(shots, alone, whole, strict=True)
    ]


def _alone(shot: Shot, after: Shot | None, frame_seconds: NDArray[np.float64]) -> tuple[float, float]:
    """The seconds in which nothing but the shot is seen: without its part of the transitions around it."""
    last = len(frame_seconds) - 1
    start = max(shot.start_seconds, float(frame_seconds[min(shot.transition_in.end_frame, last)]))
    end = shot.end_seconds
    if after is not None:
        end = min(end, float(frame_seconds[min(after.transition_in.start_frame, last)]) + _TICK)
    return start, max(start, end)


def _unit(sums: NDArray[np.float64]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(sums, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore"):  # what nothing was added to becomes NaN
        vectors: NDArray[np.float32] = (sums / lengths).astype(np.float32)
    return vectors
