"""A job is all that describing a film needs: it can be handed to another process."""

from __future__ import annotations

import pickle

import pytest

from kuleshov.media.probe import probe
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.job.film_job import FilmJob
from kuleshov.pipeline.job.settings import Settings
from kuleshov.pipeline.job.user_shots import CorrectedShots, ListedShots
from kuleshov.records import Correction, Transition
from kuleshov.shotlists.read import read_shot_list

FAST = Settings(shots="off", faces="off")


@pytest.fixture
def listed(tmp_path):
    (tmp_path / "mine.txt").write_text("0 79\n80 174\n")
    return ListedShots(read_shot_list(tmp_path / "mine.txt"))


def corrected():
    return CorrectedShots((Correction("mine.txt", "pairs", "0" * 32),), (Transition("cut", 79, 80, 1.0),))


@pytest.mark.parametrize("kind", ["listed", "corrected"])
def test_a_pickled_job_describes_the_same_film(film, listed, kind):
    job = FilmJob(probe(film), user_shots=listed if kind == "listed" else corrected())
    with Pipeline(FAST) as pipeline:
        described, again = pipeline.describe(job), pipeline.describe(pickle.loads(pickle.dumps(job)))
    assert again.analysis == described.analysis
    assert [(shot.start_frame, shot.end_frame) for shot in again.analysis.shots] == [(0, 80), (80, 175)]


def test_a_known_content_id_is_used_and_the_file_is_not_hashed(film):
    with Pipeline(FAST) as pipeline:
        described = pipeline.describe(FilmJob(probe(film), content_id="known"))
    assert described.analysis.film.content_id == "known"
