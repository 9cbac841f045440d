"""Contact sheets: a still is its shot's frame, an arrow where the camera moves, a page is complete or absent."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from kuleshov.errors import ExportError
from kuleshov.export.contact_sheet import PER_PAGE, write_sheet
from kuleshov.pipeline.analyze import analyze

COLORS = ((200, 40, 40), (40, 170, 60), (50, 70, 210))


@pytest.fixture(scope="module")
def film(tmp_path_factory, make_film):
    """Three shots of a second each, of three colours with a little texture; in the last one the camera pans right."""
    rng = np.random.default_rng(3)
    frames = []
    for number, color in enumerate(COLORS):
        texture = rng.integers(-25, 25, (96, 400, 1)).repeat(3, axis=2)
        scenery = np.clip(np.array(color) + texture, 0, 255).astype(np.uint8)
        scenery = scenery[::4, ::4].repeat(4, axis=0).repeat(4, axis=1)
        frames += [scenery[:, 3 * step * (number == 2) :][:, :128] for step in range(25)]
    return make_film(tmp_path_factory.mktemp("sheet") / "three.mp4", frames)


@pytest.fixture(scope="module")
def analysis(film):
    return analyze(film)


def average(picture, box):
    return np.asarray(picture.crop(box), dtype=np.float64).reshape(-1, 3).mean(axis=0)


def test_a_sheet_shows_the_frame_of_every_shot(analysis, tmp_path):
    assert len(analysis.shots) == 3
    (file,) = write_sheet(analysis, tmp_path / "sheet.png")
    picture = Image.open(file)
    assert picture.width == 3 * 332 + 12
    for place, color in enumerate(COLORS[:2]):
        seen = average(picture, (12 + place * 332 + 20, 80, 12 + place * 332 + 100, 160))
        assert np.abs(seen - color).max() < 20, f"shot {place} shows {seen}, its frames are {color}"


def test_the_arrow_points_where_the_camera_goes(analysis, tmp_path):
    assert analysis.shots[2].camera.pan < -0.1, "the picture moves left"
    picture = np.asarray(Image.open(write_sheet(analysis, tmp_path / "sheet.png")[0]), dtype=np.int32)
    mark = np.abs(picture[60:290] - (255, 207, 92)).max(axis=2) < 8
    columns = [np.flatnonzero(mark[:, 12 + place * 332 : 12 + place * 332 + 320].any(axis=0)) for place in range(3)]
    assert not len(columns[0])
    assert not len(columns[1])
    assert columns[2].min() >= 150
    assert columns[2].max() > 180


def test_scenes_have_a_sheet_too(analysis, tmp_path):
    (file,) = write_sheet(analysis, tmp_path / "scenes.png", unit="scene")
    assert Image.open(file).width == min(5, len(analysis.scenes)) * 332 + 12


def test_many_shots_go_on_more_pages(analysis, tmp_path, monkeypatch):
    monkeypatch.setattr("kuleshov.export.contact_sheet.PER_PAGE", 2)
    files = write_sheet(analysis, tmp_path / "sheet.png")
    assert [file.name for file in files] == ["sheet.png", "sheet-2.png"]
    assert [Image.open(file).width for file in files] == [2 * 332 + 12, 332 + 12]
    assert PER_PAGE == 60


def test_a_sheet_that_is_there_stays(analysis, tmp_path):
    file = tmp_path / "sheet.png"
    file.write_bytes(b"mine")
    with pytest.raises(ExportError, match="exists already"):
        write_sheet(analysis, file)
    assert file.read_bytes() == b"mine"
    write_sheet(analysis, file, force=True)
    assert file.read_bytes() != b"mine"
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.png"]


def test_a_missing_film_is_an_error(film, analysis, tmp_path):
    away = film.rename(film.with_name("away.mp4"))
    try:
        with pytest.raises(ExportError, match=r"three\.mp4: the film's file is no longer there"):
            write_sheet(analysis, tmp_path / "sheet.png")
    finally:
        away.rename(film)
    assert not list(tmp_path.iterdir())
