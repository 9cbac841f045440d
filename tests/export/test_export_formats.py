"""Transitions, hits with handles, files: what the formats contain besides times."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from kuleshov.archive import Archive
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.errors import ExportError
from kuleshov.export.listing import film_listing, hits_listing
from kuleshov.export.write import format_names, format_of, listing_content, write_listing
from kuleshov.pipeline.stages.scores import score_film
from kuleshov.pipeline.stages.segments import segment_film
from kuleshov.query import search
from kuleshov.records import Analysis, Transition


@pytest.fixture(scope="module")
def dissolved(describe, pipeline):
    """The four shots with a dissolve of frames 31..48 (18 mixed frames) and a wipe instead of two of its cuts."""
    described = describe(Fraction(25))
    transitions = [
        Transition("cut", 16, 17, 0.9),
        Transition("dissolve", 30, 49, 0.8),
        Transition("wipe", 57, 64, 0.7),
    ]
    divided = score_film(described.measured, segment_film(described.measured, transitions), (), pipeline.rules)
    analysis = Analysis(described.analysis.film, divided.shots, divided.scenes, described.analysis.provenance)
    return film_listing(analysis, unit="shot", frame_seconds=described.measured.frame_seconds)


def test_gradual_transitions_in_an_edl(dissolved):
    edl = listing_content(dissolved, "edl").decode().replace("\r", "")
    events = re.findall(r"^(\d+) .* V +(C|D +\d+|W001 +\d+) +(\S+) (\S+) ", edl, flags=re.MULTILINE)
    assert [(number, re.sub(" +", " ", kind), begin, end) for number, kind, begin, end in events] == [
        ("001", "C", "00:00:00:00", "00:00:00:17"),
        ("002", "C", "00:00:00:17", "00:00:01:06"),
        ("003", "C", "00:00:01:06", "00:00:01:06"),
        ("003", "D 018", "00:00:01:06", "00:00:02:08"),
        ("004", "C", "00:00:02:08", "00:00:02:08"),
        ("004", "W001 006", "00:00:02:08", "00:00:03:15"),
    ]
    assert "* TRANSITION: wipe" in edl


def test_gradual_transitions_in_opentimelineio(dissolved):
    import opentimelineio as otio

    timeline = otio.adapters.read_from_string(listing_content(dissolved, "otio").decode(), "otio_json")
    found = [child for child in timeline.tracks[0] if isinstance(child, otio.schema.Transition)]
    assert [(child.name, child.transition_type) for child in found] == [
        ("dissolve", "SMPTE_Dissolve"),
        ("wipe", "Custom_Transition"),
    ]
    border = dissolved.clips[2].start_frame
    assert (found[0].in_offset.value, found[0].out_offset.value) == (border - 31, 49 - border)
    clips = list(timeline.find_clips())
    assert clips[0].markers[0].metadata["kuleshov"]["lighting"]["key"] in ("low", "normal", "high")
    assert clips[0].markers[0].metadata["kuleshov"]["emotion"]["moods"].keys() >= {"joy", "suspense"}


def test_scenes_are_exported_too(describe):
    described = describe(Fraction(25))
    times = described.measured.frame_seconds
    listing = film_listing(described.analysis, unit="scene", frame_seconds=times)
    assert [clip.end_frame for clip in listing.clips][-1] == 90
    for name in format_names():
        assert listing_content(listing, name), name


@pytest.fixture(scope="module")
def found(describe, tmp_path_factory):
    """An archive of two films of different rates, and the hits of a search in it."""
    folder = tmp_path_factory.mktemp("hits") / "archive"
    with Archive.open(folder, create=True) as archive:
        for rate in (Fraction(24), Fraction(30_000, 1001)):
            each = describe(rate)
            archive.add(each.analysis, each.tracks, each.vectors, VECTOR_NAMES)
        result = search(archive, "shots longer than 0.1 s", k=8)
        yield archive, result.hits


def test_hits_with_handles_stay_within_their_films(found):
    archive, hits = found
    plain = hits_listing(archive, hits, title="q", unit="shot")
    wide = hits_listing(archive, hits, title="q", unit="shot", handles=5)
    for hit, clip, wider in zip(hits, plain.clips, wide.clips, strict=True):
        assert (clip.start_frame, clip.end_frame) == (hit.in_frame, hit.out_frame)
        assert (wider.start_frame, wider.end_frame) == (max(hit.in_frame - 5, 0), min(hit.out_frame + 5, 90))
        rate = Fraction(clip.film.frame_rate_exact)
        assert wider.start_seconds == pytest.approx(float(wider.start_frame / rate), abs=1e-3)
        assert wider.end_seconds == pytest.approx(float(wider.end_frame / rate), abs=1e-3)
        assert wider.score == hit.score


def test_hits_of_one_rate_run_on_in_an_edl(found):
    archive, hits = found
    one = [hit for hit in hits if hit.content_id == hits[0].content_id]
    edl = listing_content(
        hits_listing(archive, one, title="q", unit="shot", first_timecode="01:00:00:00"), "edl"
    ).decode()
    events = re.findall(r" C +(\S+) (\S+) (\S+) (\S+)\r$", edl, flags=re.MULTILINE)
    assert len(events) == len(one)
    assert events[0][2] == "01:00:00:00"
    assert [event[2] for event in events[1:]] == [event[3] for event in events[:-1]]


def test_an_edl_of_two_rates_is_refused_and_opentimelineio_takes_it(found):
    archive, hits = found
    listing = hits_listing(archive, hits, title="q", unit="shot")
    with pytest.raises(ExportError, match=r"one frame rate.*24 and 29\.97 drop-frame"):
        listing_content(listing, "edl")
    assert listing_content(listing, "otio")
    with pytest.raises(ExportError, match="one film"):
        listing_content(listing, "vtt")


def test_a_file_is_written_completely_or_not_at_all(dissolved, tmp_path, monkeypatch):
    path = tmp_path / "list.csv"
    write_listing(dissolved, path, format="csv")
    first = path.read_bytes()
    with pytest.raises(ExportError, match=r"exists already \(--force"):
        write_listing(dissolved, path, format="csv")
    write_listing(dissolved, path, format="edl", force=True)
    assert path.read_bytes() != first
    with pytest.raises(ExportError, match="can't be written"):
        write_listing(dissolved, tmp_path / "absent/list.csv", format="csv")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(ExportError, match="No space left"):
        write_listing(dissolved, tmp_path / "other.csv", format="csv")
    assert [each.name for each in tmp_path.iterdir()] == ["list.csv"]
    with pytest.raises(ExportError, match="nothing to write"):
        write_listing(replace(dissolved, clips=()), tmp_path / "none.csv", format="csv")


def test_formats_by_ending_and_by_name(tmp_path):
    assert format_of(tmp_path / "a.EDL", None) == "edl"
    assert format_of(tmp_path / "a.txt", "csv") == "csv"
    for path, named in (("a.xml", None), ("a", None), ("a.csv", "avid")):
        with pytest.raises(ExportError, match="use one of csv, edl, json, otio, parquet, vtt"):
            format_of(tmp_path / path, named)


def test_a_timecode_that_does_not_exist_at_the_rate_is_refused(dissolved):
    with pytest.raises(ExportError, match="count to 24"):
        listing_content(replace(dissolved, first_timecode="01:00:00:25"), "csv")
    with pytest.raises(ExportError, match="drop-frame"):
        listing_content(replace(dissolved, drop=True), "csv")
