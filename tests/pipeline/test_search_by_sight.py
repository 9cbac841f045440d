"""From a film to an answer by an image-text model: a checkpoint that knows three colours, through the real loader."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("transformers", reason="image-text models need the extra sight")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from image_text_checkpoints import write_clip

from kuleshov.archive import Archive
from kuleshov.decode.cpu import CpuDecoder
from kuleshov.decode.frame_taps import TimeGrid
from kuleshov.media.probe import probe
from kuleshov.models.image_text import open_image_text
from kuleshov.pipeline.ingest import ingest
from kuleshov.pipeline.job.settings import Settings
from kuleshov.pipeline.stages.key_frames import network_picture
from kuleshov.query import described, parse, search
from kuleshov.query.explain.why_not import why_not
from kuleshov.query.parts.picture import VARIABLE


@pytest.fixture(scope="module")
def seen(tmp_path_factory, film, one_thread) -> tuple[Path, Path]:
    """An archive of the film with four shots, dark, light, blue and red, and the folder of the model that saw it."""
    folder = tmp_path_factory.mktemp("sight")
    checkpoint = write_clip(folder / "colour-clip", knows_colours=True)
    settings = Settings(device="cpu", faces="off", sight=str(checkpoint), sight_engine="torch", threads=1)
    with Archive.open(folder / "archive", create=True) as archive:
        (outcome,) = ingest([film], archive, settings=settings)
        assert (outcome.outcome, outcome.shots) == ("added", 4), outcome.reason
    return folder / "archive", checkpoint


def test_words_find_what_they_show(seen):
    path, _ = seen
    with Archive.open(path) as archive:
        for word, shot in (("boat", 2), ("train", 3)):
            result = search(archive, f"shots showing a {word}")
            assert result.hits[0].index == shot
            (reason,) = result.hits[0].reasons
            assert (reason.cue, reason.value, reason.contribution) == ("sight", 1.0, 1.0)
            assert reason.text.startswith(f"a {word}: looks so, likeness ")
            assert reason.text.endswith("more than 75% of shots")
            assert len(result.hits) == 2  # the upper half
            assert result.query.not_understood == ()
            (note,) = result.notes
            assert re.fullmatch(f"“a {word}” is matched by sight with colour-clip [0-9a-f]{{12}}", note)
            assert any("matched by sight with colour-clip" in line for line in described(result.query))
            assert search(archive, f"shots showing a {word}") == result


def test_sight_and_measures_add_up(seen):
    path, _ = seen
    with Archive.open(path) as archive:
        result = search(archive, "red shots of a train")
        assert result.hits[0].index == 3
        for hit in result.hits:
            assert hit.score == pytest.approx(sum(reason.contribution for reason in hit.reasons))
        sight = next(reason for reason in result.hits[0].reasons if reason.cue == "sight")
        assert sight.contribution == pytest.approx(0.5)
        (film,) = archive.films()
        verdict = why_not(archive, parse("red shots of a train"), film, 2.5)
        assert not verdict.parts[-1].fulfilled
        assert verdict.hit is not None
        assert verdict.place is None
        assert search(archive, result.query).hits == result.hits  # settled once, asked again
        (of_film,) = search(archive, "films showing a boat").hits
        assert of_film.unit == "film"
        shown = next(reason for reason in of_film.reasons if reason.cue == "sight")
        assert shown.text.endswith("at 0:03")


def test_a_missing_model_is_reported_and_can_be_named(seen, tmp_path, monkeypatch):
    path, checkpoint = seen
    moved = tmp_path / checkpoint.name
    shutil.move(checkpoint, moved)
    try:
        from kuleshov.query.parts import picture as sighted

        sighted._opened.cache_clear()
        with Archive.open(path) as archive:
            lost = search(archive, "red train")
            assert "could not be matched by sight" in lost.notes[0]
            assert VARIABLE in lost.notes[0]
            assert lost.query.not_understood == ("train",)
            assert lost.hits
            monkeypatch.setenv(VARIABLE, str(moved))
            assert "is matched by sight" in search(archive, "red train").notes[0]
            other = write_clip(tmp_path / "other", seed=3)
            monkeypatch.setenv(VARIABLE, str(other))
            sighted._opened.cache_clear()
            assert "the films were looked at by colour-clip" in search(archive, "red train").notes[0]
    finally:
        shutil.move(moved, checkpoint)


def test_pictures_are_nearly_those_of_the_processor(seen, data):
    """Averaged by area in the decoder's planes, and not bicubic in R'G'B': the vectors are nearly the same."""
    import av
    from transformers import CLIPImageProcessorPil

    model = open_image_text(str(seen[1]), engine="torch")
    ours: dict[int, np.ndarray] = {}

    class Some:
        times = TimeGrid(per_second=2)

        def wants_frame(self, seconds):
            return self.times.selects(seconds)

        def take_frame(self, frame):
            ours[frame.index] = network_picture(frame, model.form)

    path = data / "video/torchvision/SOX5yA1l24A.mp4"
    decoder = CpuDecoder(probe(path), tap=Some(), threads=1)
    next(iter(decoder))
    assert len(ours) > 2
    left, top, width, height = decoder.area
    with av.open(str(path)) as container:
        frames = [frame.to_image() for _, frame in zip(range(max(ours) + 1), container.decode(video=0), strict=False)]
    pictures = [frames[number].crop((left, top, left + width, top + height)) for number in ours]
    given = CLIPImageProcessorPil.from_pretrained(seen[1])(pictures, do_normalize=False, return_tensors="np")
    theirs = np.rint(np.clip(given["pixel_values"], 0, 1) * 255).astype(np.uint8)
    alike = model.embed_images(np.stack(list(ours.values()))[:, None]) * model.embed_images(theirs[:, None])
    assert alike.sum(axis=1).min() > 0.995
