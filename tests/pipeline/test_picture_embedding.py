"""Key frames of films as vectors: they are the shots' own; what happens without a model."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.decode.cpu import CpuDecoder
from kuleshov.decode.frame_taps import TapGroup, TimeGrid
from kuleshov.errors import ModelError
from kuleshov.media.probe import probe
from kuleshov.models.image_text import PictureForm
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.job.settings import Settings
from kuleshov.pipeline.stages.key_frames import KeyFrameSampler

SIDE = 16


class MeanColour:
    """A model whose vectors are the mean colours of pictures; counts what it is given."""

    identity, source, computed, dimensions = "mean colour 1", "test", "numpy", 3
    form = PictureForm(SIDE, SIDE, (0, 0, 0), (1, 1, 1))
    frames = 1
    given: list[int]

    def __init__(self, name: str = "", **options: str) -> None:
        self.given = []
        self.frames = int(name.removeprefix("frames") or 1)
        MeanColour.last = self

    def embed_images(self, pictures: np.ndarray) -> np.ndarray:
        self.given.append(len(pictures))
        assert pictures.shape[1:] == (self.frames, 3, SIDE, SIDE)
        colours = pictures.mean(axis=(1, 3, 4), dtype=np.float32) + 1
        return colours / np.linalg.norm(colours, axis=1, keepdims=True)


@pytest.fixture
def colours(monkeypatch) -> None:
    monkeypatch.setattr("kuleshov.pipeline.stages.picture_embedding.open_image_text", MeanColour)


def settings(sight: str, *, shots: str = "off") -> Settings:
    return Settings(device="cpu", shots=shots, faces="off", sight=sight, threads=1)


def seen(described):
    (found,) = [each for each in described.embeddings if each.space == "visual"]
    return found


def test_shots_have_vectors_of_their_own_frames(film, colours):
    with Pipeline(settings("frames1", shots="cascade")) as pipeline:
        described = pipeline.describe(film)
        other = Pipeline(settings("off", shots="cascade"))
    found = seen(described)
    assert (found.space, found.model) == ("visual", "mean colour 1")
    assert described.analysis.provenance.models["sight_weights"] == "test"
    assert pipeline.id != other.id
    shots = described.analysis.shots
    assert found.vectors["shot"].shape == (len(shots), 3)
    base = np.array([(40, 30, 20), (200, 190, 180), (30, 60, 160), (150, 40, 40)], float)[: len(shots)]
    base /= np.linalg.norm(base, axis=1, keepdims=True)
    alike = found.vectors["shot"] @ base.T
    assert alike.argmax(axis=1).tolist() == list(range(len(shots)))
    # Only what is kept is looked at: one frame for each of these short shots.
    assert sum(MeanColour.last.given) == len(shots)
    sums = found.vectors["shot"].astype(float)
    for scene, vector in zip(described.analysis.scenes, found.vectors["scene"], strict=True):
        mean = sums[scene.first_shot : scene.end_shot].sum(axis=0)
        np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=1e-6)


def test_a_model_of_videos_is_given_several_frames_of_a_shot(film, colours):
    with Pipeline(settings("frames4")) as pipeline:
        found = seen(pipeline.describe(film))
    assert not np.isnan(found.vectors["shot"]).any()
    assert sum(MeanColour.last.given) == len(found.vectors["shot"])


def test_without_a_model_films_are_described_and_say_so(film, monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match="no such folder"):
        Pipeline(settings("/no/such/model"))
    with Pipeline(settings("auto")) as pipeline:
        described = pipeline.describe(film)
    assert "visual" not in [each.space for each in described.embeddings]
    (note,) = [note for note in described.analysis.provenance.notes if "image-text" in note]
    assert "no image-text model is in the hub's cache" in note
    with Pipeline(settings("off")) as off:
        assert off.id == pipeline.id


def test_a_sampler_keeps_the_sharper_of_two_similar_pictures(film):
    sampler = KeyFrameSampler(PictureForm(32, 16, (0, 0, 0), (1, 1, 1)))
    seen: list[float] = []

    class Other:
        times = TimeGrid(per_second=1)

        def wants_frame(self, seconds):
            return self.times.selects(seconds)

        def take_frame(self, frame):
            seen.append(frame.seconds)

    for _ in CpuDecoder(probe(film), tap=TapGroup([Other(), sampler]), threads=1):
        pass
    seconds, sharpness, grids = sampler.finish()
    assert len(seen) == 7
    assert 4 <= len(seconds) < 14
    assert (np.diff(seconds) > 0).all()
    assert len(sharpness) == len(grids) == len(seconds)
    pictures = list(sampler.pictures(range(len(seconds))))
    assert pictures[0].shape == (3, 16, 32)
    first = pictures[0].mean(axis=(1, 2))
    np.testing.assert_allclose(first, (40, 30, 20), atol=12)
