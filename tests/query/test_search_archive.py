"""The same questions to the archive on disk: its answers are those of the archive in memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kuleshov.archive import Archive
from kuleshov.cinema.tracks import Tracks
from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
from kuleshov.query import search
from kuleshov.records import Analysis, ColorDescription, Film, Provenance, Scene


def describe(title: str, shots: list) -> Analysis:
    content_id = title.encode().hex().ljust(32, "0")[:32]
    film = Film(
        content_id=content_id,
        title=title,
        source=f"/films/{title}.mkv",
        container="matroska",
        duration_seconds=shots[-1].end_seconds,
        frame_count=shots[-1].end_frame,
        width=1920,
        height=1080,
        coded_width=1920,
        coded_height=1080,
        frame_rate=24.0,
        frame_rate_exact="24/1",
        variable_frame_rate=False,
        sample_aspect_ratio="1:1",
        rotation_degrees=0,
        interlaced=False,
        codec="h264",
        pixel_format="yuv420p",
        bit_depth=8,
        color=ColorDescription("bt709", "tv", "bt709", "bt709"),
        picture_area=(0, 0, 1920, 1080),
        video_stream_index=0,
        video_stream_count=1,
        audio_tracks=[],
        subtitle_tracks=[],
        size_bytes=1,
    )
    first = shots[0]
    senses = {name: getattr(first, name) for name in ("lighting", "color", "camera", "pace", "sound", "dialogue")}
    whole = Scene(
        index=0,
        start_frame=0,
        end_frame=shots[-1].end_frame,
        start_seconds=0.0,
        end_seconds=shots[-1].end_seconds,
        emotion=first.emotion,
        first_shot=0,
        end_shot=len(shots),
        **senses,
    )
    provenance = Provenance(1, "0.1.0", "p1", "cpu", "asked for", "pyav", "cascade", {}, {}, 256, 144)
    return Analysis(film, shots, [whole], provenance)


@pytest.fixture(scope="module")
def films(shot):
    rng = np.random.default_rng(7)

    def some(index: int):
        return shot(
            index,
            seconds=round(float(rng.lognormal(1.5, 1)), 1) + 0.5,
            luma_mean=float(rng.uniform(0, 0.7)),
            saturation=float(rng.uniform(0, 0.3)),
            sound=None if index % 4 == 3 else shot().sound,
            feel={"tension": float(rng.uniform(-1, 1)), "sadness": float(rng.uniform(-1, 1))},
        )

    return {title: [some(index) for index in range(30)] for title in ("One", "Three", "Two")}  # as content ids ascend


@pytest.fixture(scope="module")
def on_disk(films, tmp_path_factory):
    with Archive.open(tmp_path_factory.mktemp("query") / "archive", create=True) as archive:
        for title, shots in films.items():
            analysis = describe(title, shots)
            vectors = {
                "shot": affect_vectors(analysis.shots, shots=analysis.shots),
                "scene": affect_vectors(analysis.scenes, shots=analysis.shots),
            }
            archive.add(analysis, Tracks(), vectors, VECTOR_NAMES)
        yield archive


@pytest.mark.parametrize(
    "text",
    [
        "tense long take",
        "dark, not tense shots",
        "very dark, very sad, very tense shots",
        "shots longer than 5 s",
        "quiet shots",
        "darkest",
        "longest tense shots",
        "shots in the first minute, saddest first",
        "sad shots between 2 and 6 s, less colourful",
        "shots longer than 10 hours",
        "deafening shots",
    ],
)
def test_the_archive_on_disk_answers_as_the_one_in_memory(on_disk, archive, films, text):
    for title, shots in films.items():
        archive.add(title, shots)
        vectors = affect_vectors(shots, shots=shots)
        for row, vector in zip(archive.rows[-len(shots) :], vectors, strict=True):
            row.vector[:] = vector

    real, fake = search(on_disk, text, k=7), search(archive, text, k=7)

    assert [(hit.film, hit.index) for hit in real.hits] == [(hit.film, hit.index) for hit in fake.hits]
    assert [hit.score for hit in real.hits] == pytest.approx([hit.score for hit in fake.hits], abs=1e-9)
    assert [hit.reasons for hit in real.hits] == [hit.reasons for hit in fake.hits]
    assert real.empty_because == fake.empty_because


def test_scenes_are_found_too(on_disk, films):
    result = search(on_disk, "scenes", k=5, unit="scene")
    assert result.empty_because
    result = search(on_disk, "longest scene", k=5)
    lengths = {title: shots[-1].end_seconds for title, shots in films.items()}
    assert [hit.film for hit in result.hits] == sorted(lengths, key=lengths.get, reverse=True)
    assert result.hits[0].unit == "scene"


def test_what_is_known_of_films_is_in_the_catalogue_and_after_a_reindex(shot, tmp_path):
    shots = [shot(0, luma_mean=0.05)]
    with Archive.open(tmp_path / "archive", create=True) as archive:
        for title, year, director in (("Old", 1948, "Yasujirō Ozu"), ("New", 2001, None)):
            analysis = describe(title, shots)
            film = replace(analysis.film, year=year, director=director, language="jpn")
            segments = (("shot", analysis.shots), ("scene", analysis.scenes))
            vectors = {unit: affect_vectors(one, shots=shots) for unit, one in segments}
            archive.add(replace(analysis, film=film), Tracks(), vectors, VECTOR_NAMES)
        for _ in range(2):
            (old,) = search(archive, "dark shots by Yasujiro Ozu in Japanese before 1950").hits
            assert old.film == "Old"
            assert [film.year for film in archive.films()] == [1948, 2001]
            archive.reindex()


def test_an_empty_archive_on_disk_says_so(tmp_path):
    with Archive.open(tmp_path / "archive", create=True) as archive:
        assert search(archive, "dark").empty_because == ("the archive is empty: ingest films first",)
