"""Catalogue data of a film: from its catalogue file, else from the container's tags."""

from __future__ import annotations

import pytest

from kuleshov.errors import MediaError
from kuleshov.media.about import About, read_about
from kuleshov.media.probe import probe

CLEO = """
title = "Cléo de 5 à 7"
year = 1962
director = "Agnès Varda"
country = ["France", "Italy"]
"""


def stated(tmp_path, text, **tags):
    (tmp_path / "film.toml").write_text(text, encoding="utf-8")
    return read_about(tmp_path / "film.mp4", tags)


def test_the_catalogue_file(tmp_path):
    assert stated(tmp_path, CLEO) == About("Cléo de 5 à 7", 1962, "Agnès Varda", "France, Italy", None)


def test_the_catalogue_file_precedes_the_tags(tmp_path):
    about = stated(tmp_path, "year = 1962", DATE="1999-01-01", DIRECTOR="Carl Th. Dreyer")
    assert (about.year, about.director) == (1962, "Carl Th. Dreyer")


@pytest.mark.parametrize(
    ("date", "year"), [("1948-05-01", 1948), ("1948", 1948), ("5 May 1927", 1927), ("unknown", None)]
)
def test_a_year_in_a_tag(tmp_path, date, year):
    assert read_about(tmp_path / "film.mkv", {"date": date}).year == year


def test_nothing_is_known_of_most_films(tmp_path):
    assert read_about(tmp_path / "film.mkv", {"encoder": "x", "creation_time": "2001-01-01", "title": "DVD"}) == About()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("year = ", "can't be read"),
        ("yaer = 1962", "'yaer' is unknown"),
        ('year = "1962"', "year is '1962'"),
        ("director = 5", "director is 5"),
    ],
)
def test_a_broken_file_is_refused(tmp_path, text, complaint):
    with pytest.raises(MediaError, match=complaint):
        stated(tmp_path, text)


def test_tags_are_read_from_the_container(tmp_path, make_film, grey):
    import av

    film = make_film(tmp_path / "plain.mp4", [grey(90)] * 3)
    tagged = tmp_path / "tagged.mkv"
    with av.open(str(film)) as source, av.open(str(tagged), "w") as target:
        target.metadata.update({"DIRECTOR": "Yasujiro Ozu", "DATE_RELEASED": "1949"})
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    assert read_about(tagged, dict(probe(tagged).tags)) == About(None, 1949, "Yasujiro Ozu", None, None)
