"""Corrections: a list or edits in, everything derived again without decoding, and kept by a later ingest."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources

import numpy as np
import pytest

from kuleshov.archive import Archive
from kuleshov.cinema.editing.tempo import TEMPO_TRACK
from kuleshov.cinema.thumbnails.thumbnail_features import THUMBNAIL_TRACKS
from kuleshov.cinema.tracks import Tracks
from kuleshov.emotion.grammar import load_grammar
from kuleshov.emotion.transitions import SPACE
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.errors import ArchiveError
from kuleshov.export.listing import film_listing
from kuleshov.export.write import listing_content
from kuleshov.media.probe import probe
from kuleshov.media.timecode import timecode_rate
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.correct import correct
from kuleshov.pipeline.ingest import ingest
from kuleshov.pipeline.job.film_job import FilmJob
from kuleshov.pipeline.job.settings import Settings
from kuleshov.pipeline.job.user_shots import ListedShots, transitions_of
from kuleshov.pipeline.rescore import rescore
from kuleshov.pipeline.stages.film_grammar import FilmGrammar
from kuleshov.pipeline.stages.scores import score_film
from kuleshov.pipeline.stages.segments import segment_film
from kuleshov.query import search
from kuleshov.records import Embeddings, Transition
from kuleshov.shotlists.edits import Edits, apply_edits
from kuleshov.shotlists.entries import ShotListError
from kuleshov.shotlists.read import read_shot_list

FAST = Settings(shots="cascade")


@pytest.fixture(scope="module")
def described(film):
    return Pipeline(FAST).describe(film)


@pytest.fixture
def archive(tmp_path, described):
    with Archive.open(tmp_path / "archive", create=True) as archive:
        archive.add(described.analysis, described.tracks, described.vectors, VECTOR_NAMES, measured=described.measured)
        archive.refresh()
        yield archive


def spans(analysis):
    return [(shot.start_frame, shot.end_frame) for shot in analysis.shots]


def list_of(tmp_path, text, name="mine.txt"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return ListedShots(read_shot_list(path))


def test_measurements_come_back_as_they_were(archive, described):
    kept = archive.measurements(described.analysis.film.content_id)
    measured = described.measured
    assert kept.histograms.frames == measured.histograms.frames
    for (bins, counts), (theirs, pixels) in zip(kept.histograms.sparse, measured.histograms.sparse, strict=True):
        assert (bins.dtype, counts.dtype) == (theirs.dtype, pixels.dtype)
        assert (bins == theirs).all()
        assert (counts == pixels).all()
    assert (kept.thumbnails == measured.thumbnails).all()
    assert (kept.frame_seconds == measured.frame_seconds).all()
    assert (kept.end_seconds, kept.detected, kept.coding) == (measured.end_seconds, measured.detected, measured.coding)
    assert kept.subtitles == measured.subtitles
    assert archive.check() == []


def test_a_correction_says_what_decoding_with_the_list_says(archive, described, film, tmp_path):
    """Shots 0 and 1 made one by a list: all records and vectors are those of a fresh description with that list."""
    given = list_of(tmp_path, "0 79\n80 154\n155 174\n")
    after = correct(archive, described.analysis.film.content_id, user_shots=given)
    fresh = Pipeline(FAST).describe(FilmJob(probe(film), user_shots=given))
    assert spans(after) == [(0, 80), (80, 155), (155, 175)]
    assert after == fresh.analysis
    stored = archive.analysis(after.film.content_id)
    assert stored == after
    row = archive.segments("shot", archive.ids("shot"))
    assert [each.segment for each in row] == after.shots
    assert np.array_equal(np.stack([each.vector for each in row]), fresh.vectors["shot"], equal_nan=True)
    assert len(search(archive, "shots longer than 3.1 s").hits) == 1  # 80 frames at 25 a second
    (correction,) = after.provenance.corrections
    assert (correction.source, correction.format) == ("mine.txt", "pairs")
    assert after.provenance.measured_by == described.analysis.provenance.pipeline_id
    assert archive.check() == []


def test_ingesting_again_keeps_the_correction(archive, described, film, tmp_path):
    film_id = described.analysis.film.content_id
    corrected = correct(archive, film_id, edits=Edits(merges=("0",)))
    assert [one.outcome for one in ingest([film], archive, settings=FAST)] == ["present"]
    assert archive.analysis(film_id) == corrected
    # Another pipeline measures anew and keeps the shots.
    other = Settings(shots="cascade", analysis_width=128)
    assert [one.outcome for one in ingest([film], archive, settings=other)] == ["renewed"]
    again = archive.analysis(film_id)
    assert spans(again) == spans(corrected) == [(0, 80), (80, 155), (155, 175)]
    assert again.provenance.corrections == corrected.provenance.corrections
    assert "the shots are kept from an earlier correction" in again.provenance.notes
    assert [each.end_frame for each in archive.measurements(film_id).detected] == [50, 80, 155]
    # And the way back.
    back = correct(archive, film_id, detected=True)
    assert spans(back) == spans(described.analysis)
    assert (back.provenance.corrections, back.provenance.measured_by) == ([], "")
    assert [one.outcome for one in ingest([film], archive, settings=other)] == ["present"]


def test_shots_of_the_same_frames_keep_their_embeddings(tmp_path, described):
    film_id, rows = described.analysis.film.content_id, np.eye(4, 8, dtype=np.float32)
    seen = Embeddings("visual", "m", {"shot": rows[: len(described.analysis.shots)]})
    with Archive.open(tmp_path / "archive", create=True) as archive:
        described_so = (described.analysis, described.tracks, described.vectors, VECTOR_NAMES)
        archive.add(*described_so, measured=described.measured, embeddings=[seen])
        notes = correct(archive, film_id, edits=Edits(merges=("0",))).provenance.notes
        assert "1 of 3 shots have no visual vector: the shots were corrected since the film was seen" in notes
        found = {each.space: each for each in archive.embeddings(film_id)}
        assert all(np.isfinite(found[space].vectors["shot"]).all() for space in ("look", "sound", "head"))  # made anew
        kept = found["visual"]
        assert np.isnan(kept.vectors["shot"][0]).all()
        np.testing.assert_array_equal(kept.vectors["shot"][1:], rows[2:])
        assert len(archive.nearest_in("visual", "shot", rows[0], k=9)) == 2
        assert archive.check() == []


def test_a_list_for_an_ingest(tmp_path, film):
    given = list_of(tmp_path, "0 79\n80 174\n")
    with Archive.open(tmp_path / "archive", create=True) as archive:
        (outcome,) = ingest([film], archive, settings=FAST, user_shots=given)
        assert (outcome.outcome, outcome.shots) == ("added", 2)
        assert [one.outcome for one in ingest([film], archive, settings=FAST, user_shots=given)] == ["present"]
        wrong = list_of(tmp_path, "0 79\n80 300\n")
        (outcome,) = ingest([film], archive, settings=FAST, user_shots=wrong)
        assert outcome.outcome == "failed"
        assert "ends at frame 301" in outcome.reason
        with pytest.raises(ShotListError, match="one film"):
            list(ingest([film, film], archive, settings=FAST, user_shots=given))


@pytest.mark.parametrize("format", ["csv", "edl", "otio"])
def test_what_is_exported_can_be_read_back(format, described, tmp_path):
    """With a dissolve and a fade: every transition comes back with its type and extent."""
    transitions = (
        Transition("dissolve", 40, 55, 1.0),
        Transition("cut", 79, 80, 1.0),
        Transition("fade_black", 140, 160, 1.0),
    )
    divided = segment_film(described.measured, transitions)
    analysis = replace(described.analysis, shots=divided.shots, scenes=divided.scenes)
    times = described.measured.frame_seconds
    content = listing_content(film_listing(analysis, unit="shot", frame_seconds=times), format)
    given = list_of(tmp_path, content, name=f"list.{format}")
    assert given.fit(described.analysis.film, described.measured)[0] == transitions


def test_a_failed_correction_changes_nothing(archive, described, tmp_path):
    film_id = described.analysis.film.content_id
    with pytest.raises(ShotListError, match="ends at frame"):
        correct(archive, film_id, user_shots=list_of(tmp_path, "0 500\n"))
    assert archive.analysis(film_id) == described.analysis
    with Archive.open(tmp_path / "old", create=True) as old:
        old.add(described.analysis, described.tracks, described.vectors, VECTOR_NAMES)
        with pytest.raises(ArchiveError, match=r"did not keep what correcting needs \(ingest .* again\)"):
            correct(old, film_id, edits=Edits(merges=("0",)))


RATE = timecode_rate(25)


def test_edits(described):
    before = transitions_of(described.analysis)  # cuts at 50, 80, 155

    def done(**edits):
        return apply_edits(before, Edits(**edits), frame_count=175, rate=RATE)

    assert [each.end_frame for each in done(merges=("1",))] == [50, 155]
    assert [each.end_frame for each in done(merges=("0-2",))] == [155]
    assert [each.end_frame for each in done(splits=("2@100", "0@00:00:01:00"))] == [25, 50, 80, 100, 155]
    assert done(types=("1=dissolve:45-54",))[0] == Transition("dissolve", 44, 55, 1.0)
    assert done(types=("1=wipe",))[0].type == "wipe"
    both = done(merges=("2",), splits=("3@160",), types=("1=cut",))
    assert [each.end_frame for each in both] == [50, 80, 160]


@pytest.mark.parametrize(
    ("edits", "says"),
    [
        (Edits(merges=("3",)), "there are shots 0 to 3"),
        (Edits(merges=("x",)), "write 12 or 12-14"),
        (Edits(splits=("1@50",)), "not inside shot 1"),
        (Edits(splits=("9@50",)), "there are shots 0 to 3"),
        (Edits(splits=("1@00:00:02:30",)), "count to 24"),
        (Edits(types=("0=cut",)), "shot 0 begins with no transition"),
        (Edits(merges=("0",), types=("1=cut",)), "merged away"),
        (Edits(types=("1=swirl",)), "use one of cut"),
        (Edits(types=("1=dissolve:45-100",)), "overlap"),
    ],
)
def test_edits_that_cannot_be_done(described, edits, says):
    with pytest.raises(ShotListError, match=says):
        apply_edits(transitions_of(described.analysis), edits, frame_count=175, rate=RATE)


def test_a_film_measured_by_an_older_version_can_be_divided_again(tmp_path, described):
    """Its track ``warmth`` was another thing; what is seen in small pictures follows from those that were kept."""
    older = Tracks(
        {
            "warmth" if name == "red_blue" else name: t
            for name, t in described.tracks.items()
            if name not in THUMBNAIL_TRACKS
        }
    )
    measured = replace(described.measured, tracks=older)
    film_id = described.analysis.film.content_id
    with Archive.open(tmp_path / "older", create=True) as archive:
        archive.add(described.analysis, older, described.vectors, VECTOR_NAMES, measured=measured)
        archive.refresh()
        after = correct(archive, film_id, edits=Edits(merges=("1",)))
        assert len(after.shots) == 3
        assert after.shots[0].color == described.analysis.shots[0].color
        assert after.shots[0].lighting == described.analysis.shots[0].lighting
        assert TEMPO_TRACK in archive.tracks(film_id)


def test_a_film_that_is_scored_again_is_as_if_described_so(archive, described, film, tmp_path):
    """Shots, scenes, moments and arc, by a grammar of one's own; back by the shipped one, all is as before."""
    own = tmp_path / "own.toml"
    packaged = resources.files("kuleshov.emotion").joinpath("grammar.toml").read_text()
    own.write_text(
        packaged.replace('name = "kuleshov"', 'name = "own"').replace(
            "loudness = { weight = 2", "loudness = { weight = -2"
        )
    )
    film_id = described.analysis.film.content_id
    assert rescore(archive, film_id, grammar=own)
    after = archive.analysis(film_id)
    segments = segment_film(described.measured, transitions_of(described.analysis))
    expected = score_film(described.measured, segments, described.embeddings, FilmGrammar(load_grammar(own)))
    assert (after.shots, after.scenes, after.arc) == (expected.shots, expected.scenes, expected.arc)
    moments = archive.moments(film_id, SPACE)
    np.testing.assert_array_equal(moments.values["arousal"], expected.moments.values["arousal"])
    assert after.arc != described.analysis.arc
    assert rescore(archive, film_id, grammar=None)
    assert archive.analysis(film_id).arc == described.analysis.arc
