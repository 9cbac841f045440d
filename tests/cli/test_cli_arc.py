"""``kuleshov arc``, ``why`` and drawn arcs on the command line."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from PIL import Image

from kuleshov.cli.moment import parse_moment
from kuleshov.errors import QueryError

from .command import in_json, kuleshov
from .test_cli import archive, films  # noqa: F401


def test_an_arc_is_shown_and_compared(archive):  # noqa: F811
    done = kuleshov("arc", "night", "--archive", archive, "--like", "day")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("mood") == 4
    assert "too flat to compare" in done.stdout


def test_an_arc_is_drawn(archive, tmp_path):  # noqa: F811
    picture = tmp_path / "arc.svg"
    assert kuleshov("plot", "arc", "night", picture, "--archive", archive).stdout == f"Drew {picture}.\n"
    root = ET.parse(picture).getroot()
    assert root.tag.endswith("svg")
    assert len(root.findall(".//{*}polyline")) == 8
    again = kuleshov("plot", "arc", "night", picture, "--archive", archive)
    assert again.returncode == 1
    assert "exists already" in again.stderr
    told = in_json("plot", "arc", "night", tmp_path / "arc.png", "--archive", archive)
    assert Image.open(told["picture"]).size == tuple(2 * int(root.get(side)) for side in ("width", "height"))
    assert (
        "the picture must be a .png or an .svg"
        in kuleshov("plot", "arc", "night", "arc.gif", "--archive", archive).stderr
    )


def test_reasons_are_drawn_with_their_stills(archive, tmp_path):  # noqa: F811
    why, hits = tmp_path / "why.png", tmp_path / "hits.png"
    assert f"Drew {why}." in kuleshov("why", "night@0:05", "--sheet", why, "--archive", archive).stdout
    assert kuleshov("search", "dark shots", "--sheet", hits, "--archive", archive).returncode == 0
    assert Image.open(why).width == Image.open(hits).width
    refused = kuleshov("why", "night@0:05", "dark shots", "--sheet", why, "--archive", archive)
    assert "leave the query out" in refused.stderr


def test_an_arc_as_json_has_its_curves(archive):  # noqa: F811
    arc = in_json("arc", "night", "--archive", archive)["arc"]
    assert set(arc["curves"]) == {"valence", "arousal", "tension", "dominance"}
    assert len(arc["seconds"]) == len(arc["curves"]["tension"]["values"]) == 13


def test_why_tells_what_a_place_reads_as(archive):  # noqa: F811
    done = kuleshov("why", "night@0:05", "--archive", archive)
    assert done.returncode == 0, done.stderr
    assert "Reads as" in done.stdout
    assert "all other cues" in done.stdout
    told = in_json("why", "night@5", "--archive", archive)
    assert told["shot"]["sentence"].startswith("Reads as")
    assert kuleshov("why", "night@99", "--archive", archive).returncode == 1


def test_why_tells_what_a_query_makes_of_a_place(archive):  # noqa: F811
    done = kuleshov("why", "night@0:05", "bright shots, longer than 5 s", "--archive", archive)
    assert done.returncode == 0, done.stderr
    assert "not found" in done.stdout
    assert "NO  “bright”" in done.stdout
    assert "yes “longer than 5 s”" in done.stdout
    verdict = in_json("why", "night@0:05", "dark shots", "--archive", archive)
    assert verdict["place"] == 1
    assert all(part["fulfilled"] for part in verdict["parts"])


@pytest.mark.parametrize("text", ["night", "@5", "night@", "night@soon"])
def test_a_place_needs_a_film_and_a_time(text):
    with pytest.raises(QueryError, match="give a film and a time"):
        parse_moment(text)


def test_a_place_may_have_an_at_in_its_name():
    assert parse_moment("a@b@1:02:03.5") == ("a@b", 3723.5)


def test_a_drawn_arc_is_searched_for(archive):  # noqa: F811
    result = in_json("search", "--arc", "0,1", "--archive", archive)
    assert result["query"]["parsed"]["of_films"]
    assert result["query"]["parsed"]["arcs"][0]["points"] == [0.0, 1.0]
    assert kuleshov("search", "--arc", "0,zero", "--archive", archive).returncode == 1
