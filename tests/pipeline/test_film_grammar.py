"""The rules by which a film is scored: the grammar for its kind, and norms if given; noted, and repeatable."""

from __future__ import annotations

import math
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kuleshov.archive import Archive
from kuleshov.archive.archive_norms import measure_norms
from kuleshov.archive.norms_file import write_norms
from kuleshov.emotion.grammar import load_grammar
from kuleshov.emotion.grammars import load_grammars
from kuleshov.errors import ArchiveError
from kuleshov.media.about import About
from kuleshov.media.probe import probe
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.correct import correct
from kuleshov.pipeline.ingest import ingest
from kuleshov.pipeline.job.film_job import FilmJob
from kuleshov.pipeline.job.settings import Settings, corrected_id
from kuleshov.pipeline.rescore import rescore
from kuleshov.records import DIMENSIONS
from kuleshov.shotlists.edits import Edits

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from labelled_archive import add, film_of

EXAMPLES = Path(__file__).parents[2] / "examples/grammars"
PLAIN = Settings(device="cpu", shots="cascade", faces="off")


@pytest.fixture(scope="module")
def noir(tmp_path_factory, make_film) -> Path:
    """Four seconds in two shots, and a file beside it that says what it is."""
    folder = tmp_path_factory.mktemp("noir")
    rng = np.random.default_rng(7)
    pictures = [rng.integers(5, 60, (9, 16, 3)).repeat(16, axis=0).repeat(16, axis=1).astype(np.uint8) for _ in "ab"]
    path = make_film(folder / "noir.mp4", [pictures[number // 24] for number in range(48)], rate=12)
    path.with_suffix(".toml").write_text('year = 1947\ngenre = ["crime", "film noir"]\n')
    return path


@pytest.fixture(scope="module")
def norms(tmp_path_factory) -> Path:
    """The norms of four films that do not exist, three of them of the 1940s."""
    folder = tmp_path_factory.mktemp("norms")
    with Archive.open(folder / "archive", create=True) as archive:
        for number, title in enumerate(("Strike", "October", "Earth", "Arsenal")):
            film = film_of(title, shots=8)
            add(archive, replace(film, film=replace(film.film, year=1940 + 5 * number)))
        made = measure_norms(archive, grammar=load_grammar(), version="0.1.0", least_films=2)
    write_norms(made, folder / "norms.json")
    return folder / "norms.json"


def sums_are_exact(analysis) -> bool:
    return all(
        math.isclose(
            math.fsum(reason.contributions.get(name, 0.0) for reason in segment.emotion.reasons),
            getattr(segment.emotion, name),
            abs_tol=1e-12,
        )
        for segment in (*analysis.shots, *analysis.scenes)
        for name in DIMENSIONS
    )


def test_a_film_takes_the_grammar_that_is_for_it_and_says_so(noir, tmp_path) -> None:
    shelf = load_grammars(EXAMPLES)
    (wanted,) = [each for each in shelf.special if each.name == "noir"]
    unknown = tmp_path / "noir again.mp4"  # the same film, of which nothing is known
    shutil.copy(noir, unknown)
    with Pipeline(replace(PLAIN, grammar=EXAMPLES)) as pipeline, Pipeline(PLAIN) as plain:
        told, other = pipeline.describe(noir).analysis, pipeline.describe(unknown).analysis
        usual = plain.describe(noir).analysis
        assert told.provenance.pipeline_id == pipeline.id_for(FilmJob(probe(noir)))
        assert other.provenance.pipeline_id == pipeline.id_for(FilmJob(probe(unknown))) == pipeline.id == plain.id
    assert told.film.genre == "crime, film noir"
    assert told.provenance.models["grammar"] == wanted.id
    assert "grammar noir: genre film noir, years 1940 to 1959" in told.provenance.notes
    assert other.provenance.models["grammar"] == usual.provenance.models["grammar"] == load_grammar().id
    assert not any(note.startswith("grammar ") for note in usual.provenance.notes)
    assert other.shots == usual.shots
    assert not any(reason.cue == "warmth" for shot in told.shots for reason in shot.emotion.reasons)
    assert any(reason.cue == "warmth" for shot in other.shots for reason in shot.emotion.reasons)
    assert sums_are_exact(told)


def test_norms_count_where_they_are_named_and_stay_what_they_were(noir, norms, tmp_path) -> None:
    judged = replace(PLAIN, norms=norms)
    with Archive.open(tmp_path / "archive", create=True) as archive:
        assert [one.outcome for one in ingest([noir], archive, settings=PLAIN)] == ["added"]
        (film,) = archive.films()
        plain = archive.analysis(film.content_id)
        assert "norms" not in plain.provenance.models
        assert {name for shot in plain.shots for reason in shot.emotion.reasons for name in reason.z} == {"reference"}

        # By norms: read anew from what is stored, it is the same as described anew from the file.
        assert rescore(archive, film.content_id, grammar=None, norms=norms)
        assert not rescore(archive, film.content_id, grammar=None, norms=norms)
        again, moments = archive.analysis(film.content_id), archive.moments(film.content_id, ["tension"])
        assert [one.outcome for one in ingest([noir], archive, settings=judged)] == ["renewed"]
        fresh = archive.analysis(film.content_id)
        assert again.shots == fresh.shots
        assert again.scenes == fresh.scenes
        assert again.arc == fresh.arc
        anew = archive.moments(film.content_id, ["tension"])
        assert moments is not None
        np.testing.assert_array_equal(moments.values["tension"], anew.values["tension"])

        assert fresh.provenance.models["norms"].endswith(", 1940s")
        assert fresh.shots[0].emotion != plain.shots[0].emotion
        reasons = {reason.cue: reason for reason in fresh.shots[0].emotion.reasons}
        assert set(reasons["motion"].z) == {"reference", "1940s", "archive"}
        assert sums_are_exact(fresh)
        assert [one.outcome for one in ingest([noir], archive, settings=judged)] == ["present"]

        # A correction goes on by the same rules, or is refused.
        with pytest.raises(ArchiveError, match=r"described with norms-.*, 1940s \(say the same: --norms FILE"):
            correct(archive, film.content_id, edits=Edits(merges=("0",)))
        corrected = correct(archive, film.content_id, edits=Edits(merges=("0",)), norms=norms)
        assert corrected.provenance.models == fresh.provenance.models
        assert len(corrected.shots) == len(fresh.shots) - 1
        assert rescore(archive, film.content_id, grammar=None)
        without = archive.analysis(film.content_id)
        assert [shot.start_frame for shot in without.shots] == [shot.start_frame for shot in corrected.shots]
        said = without.provenance
        assert said.pipeline_id == corrected_id(said.measured_by, corrected.provenance.corrections)
        assert rescore(archive, film.content_id, grammar=None, norms=norms)
        assert archive.analysis(film.content_id).shots == corrected.shots

        # And the way back.
        assert correct(archive, film.content_id, detected=True, norms=norms).shots == fresh.shots
        assert rescore(archive, film.content_id, grammar=None)
        back = archive.analysis(film.content_id)
        assert back.shots == plain.shots
        assert back.arc == plain.arc
        assert back.provenance.models == plain.provenance.models


def test_other_norms_are_another_pipeline(noir, norms, tmp_path) -> None:
    with Archive.open(norms.parent / "archive") as archive:
        fewer = measure_norms(archive, grammar=load_grammar(), version="0.1.0", least_films=2, decades=False)
    write_norms(fewer, tmp_path / "norms.json")
    ids = set()
    for file in (None, norms, tmp_path / "norms.json"):
        with Pipeline(replace(PLAIN, norms=file)) as pipeline:
            ids.add(pipeline.id_for(FilmJob(probe(noir))))
    assert len(ids) == 3


def test_a_missing_file_of_norms_is_an_error_before_any_work(tmp_path) -> None:
    with pytest.raises(ArchiveError, match=r"absent\.json: can't be read"):
        Pipeline(replace(PLAIN, norms=tmp_path / "absent.json"))


def test_genre_comes_from_the_catalogue_file_or_the_tags(tmp_path) -> None:
    from kuleshov.media.about import read_about

    assert read_about(tmp_path / "film.mkv", {"GENRE": "Western"}) == About(genre="Western")
    (tmp_path / "film.toml").write_text('genre = ["Western", "comedy"]')
    assert read_about(tmp_path / "film.mkv", {"GENRE": "Drama"}).genre == "Western, comedy"
