"""Pictures of answers: a row's still is the frame that shows its reason, its bars point the way of the reason."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from kuleshov.archive import Archive
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.errors import ExportError
from kuleshov.export import drawing
from kuleshov.export.answer_sheet import write_hits, write_reading
from kuleshov.export.evidence import evidence, explained_scores
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.query import search

GREEN, RED = (111, 174, 106), (201, 106, 90)


@pytest.fixture(scope="module")
def described(tmp_path_factory, make_film):
    """A dark shot of four seconds and a bright, coloured one."""
    rng = np.random.default_rng(3)
    dark = rng.integers(5, 40, (12, 16, 3)).repeat(8, axis=0).repeat(8, axis=1).astype(np.uint8)
    bright = np.clip(dark + np.array([190, 120, 30]), 0, 255).astype(np.uint8)
    film = make_film(tmp_path_factory.mktemp("answers") / "two.mp4", [dark] * 100 + [bright] * 100)
    with Pipeline() as pipeline:
        return pipeline.describe(film)


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def near(picture, color):
    return np.abs(picture - color).max(axis=2) < 12


def test_hits_are_rows_with_their_stills_and_bars(described, tmp_path):
    with Archive.open(tmp_path / "archive", create=True) as archive:
        archive.add(described.analysis, described.tracks, described.vectors, VECTOR_NAMES)
        result = search(archive, "bright shots")
        assert [hit.index for hit in result.hits] == [1]
        write_hits(archive, result, tmp_path / "hits.png")
        with pytest.raises(ExportError, match="exists already"):
            write_hits(archive, result, tmp_path / "hits.png")
        with pytest.raises(ExportError, match="the search found nothing"):
            write_hits(archive, search(archive, "shots longer than 2 hours"), tmp_path / "none.png")
    picture = pixels(tmp_path / "hits.png")
    still = picture[60:140, 60:200].mean(axis=(0, 1))
    assert np.abs(still - (210, 140, 52)).max() < 25, "the still is the bright shot's"
    assert near(picture, GREEN).any(), "it is bright: a reason for it"


def test_a_reading_shows_what_speaks_for_and_against(described, tmp_path):
    shot = described.analysis.shots[0]
    write_reading(described.analysis, [shot], tmp_path / "why.png")
    picture = pixels(tmp_path / "why.png")
    assert near(picture, GREEN).any()
    assert near(picture, RED).any()


def test_evidence_of_a_scene_is_where_its_shots_have_most_of_it(described):
    analysis = described.analysis
    (scene,) = analysis.scenes
    assert (scene.first_shot, scene.end_shot) == (0, 2)
    shown = [
        reason for score in explained_scores(scene.emotion) for reason in evidence(scene, score, shots=analysis.shots)
    ]
    assert shown
    for reason in shown:
        assert scene.start_frame <= reason.frame < scene.end_frame
        of_cue = [
            next((r.contributions.get(reason.score, 0.0) for r in shot.emotion.reasons if r.cue == reason.cue), 0.0)
            for shot in analysis.shots
        ]
        if of_cue[0] != of_cue[1]:
            most = int(np.argmax(of_cue) if reason.contribution > 0 else np.argmin(of_cue))
            assert analysis.shots[most].start_frame <= reason.frame < analysis.shots[most].end_frame


@pytest.mark.parametrize("fonts", [drawing._FONTS, ()], ids=["of the machine", "of Pillow"])
def test_an_svg_becomes_a_png_with_its_text(tmp_path, monkeypatch, fonts):
    monkeypatch.setattr(drawing, "_FONTS", fonts)
    drawing.font.cache_clear()
    text = '<rect width="90" height="30" fill="#fff"/><text x="5" y="20">Mood</text>'
    file = tmp_path / "drawn.png"
    file.write_bytes(
        drawing.svg_as_png(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30" font-family="sans-serif">{text}</svg>'
        )
    )
    drawing.font.cache_clear()
    picture = pixels(file)
    assert picture.shape == (60, 180, 3)
    assert (picture.sum(axis=2) < 100).sum() > 100, "the letters are drawn"
