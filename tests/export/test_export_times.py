"""In and out are the film's own frames in every format, at every rate: read back by other programs' code."""

from __future__ import annotations

import csv
import io
import json
import re
from fractions import Fraction
from itertools import pairwise

import pytest

from kuleshov.export.listing import film_listing
from kuleshov.export.write import listing_content
from kuleshov.media.timecode import NTSC_30, NTSC_60

RATES = [
    (Fraction(24_000, 1001), False),
    (Fraction(24), False),
    (Fraction(25), False),
    (NTSC_30, True),
    (NTSC_30, False),
    (Fraction(50), False),
    (NTSC_60, True),
    (NTSC_60, False),
]
# A frame before a minute at which drop-frame timecode leaves numbers out: the cuts lie on both sides of it.
STARTS = {True: "00:08:59;28", False: "00:08:59:22"}


def listing_of(description, **options):
    times = description.measured.frame_seconds
    return film_listing(description.analysis, unit="shot", frame_seconds=times, **options)


def rows_of(listing):
    return list(csv.DictReader(io.StringIO(listing_content(listing, "csv").decode(), newline="")))


@pytest.mark.parametrize(("rate", "drop"), RATES)
def test_no_cut_is_off_by_a_frame(describe, cuts, rate, drop):
    import opentimelineio as otio

    start = STARTS[drop]
    listing = listing_of(describe(rate), first_timecode=start, drop=drop)
    rows = rows_of(listing)
    fps = float(rate)
    first = otio.opentime.from_timecode(start, fps)
    spans = list(pairwise(cuts))
    truth = [
        [otio.opentime.to_timecode(first + otio.opentime.RationalTime(frame, fps), fps, drop) for frame in span]
        for span in spans
    ]

    assert [(int(row["start_frame"]), int(row["end_frame"])) for row in rows] == spans
    assert [[row["timecode_in"], row["timecode_out"]] for row in rows] == truth
    seconds = [(float(row["start_seconds"]), float(row["end_seconds"])) for row in rows]
    assert seconds == [pytest.approx([float(frame / rate) for frame in span], abs=1e-4) for span in spans]

    edl = listing_content(listing, "edl").decode()
    assert ("FCM: DROP FRAME" if drop else "FCM: NON-DROP FRAME") in edl
    events = re.findall(r"^\d+ .* C +(\S+) (\S+) (\S+) (\S+)\r$", edl, flags=re.MULTILINE)
    assert [list(event[:2]) for event in events] == truth
    assert [list(event[2:]) for event in events] == truth
    theirs = otio.adapters.read_from_string(edl, "cmx_3600", rate=fps)
    assert [clip.source_range.duration.value for clip in theirs.find_clips()] == [end - at for at, end in spans]
    assert [clip.source_range.start_time.value - first.value for clip in theirs.find_clips()] == [at for at, _ in spans]

    timeline = otio.adapters.read_from_string(listing_content(listing, "otio").decode(), "otio_json")
    clips = list(timeline.find_clips())
    assert {clip.source_range.start_time.rate for clip in clips} == {fps}
    ranges = [clip.source_range for clip in clips]
    assert [(r.start_time - first).value for r in ranges] == [at for at, _ in spans]
    assert [r.duration.value for r in ranges] == [end - at for at, end in spans]
    assert timeline.global_start_time.value == first.value
    assert [clip.range_in_parent().start_time.value for clip in clips] == [at for at, _ in spans]


def test_matroska_rounds_times_to_milliseconds_and_no_frame_moves(describe, cuts):
    rows = rows_of(listing_of(describe(NTSC_30, ending="mkv")))
    assert [int(row["start_frame"]) for row in rows] == list(cuts[:-1])
    assert [row["timecode_in"] for row in rows] == ["00:00:00;00", "00:00:00;17", "00:00:01;10", "00:00:02;01"]


def test_frames_of_a_film_of_variable_rate_keep_their_times(describe, cuts):
    import opentimelineio as otio

    ticks = tuple(40 * number + (17 if number % 3 == 1 else 0) + (500 if number >= 40 else 0) for number in range(90))
    description = describe(Fraction(25), ticks=ticks, ending="mkv")
    assert description.analysis.film.variable_frame_rate
    listing = listing_of(description)
    rows = rows_of(listing)
    assert [int(row["start_frame"]) for row in rows] == list(cuts[:-1])
    truth = [ticks[frame] / 1000 for frame in cuts[:-1]]
    assert [float(row["start_seconds"]) for row in rows] == pytest.approx(truth, abs=1e-9)
    timeline = otio.adapters.read_from_string(listing_content(listing, "otio").decode(), "otio_json")
    starts = [clip.source_range.start_time.to_seconds() for clip in timeline.find_clips()]
    assert starts == pytest.approx(truth, abs=1e-5)
    (note,) = listing.notes
    assert "variable frame rate" in note
    # An EDL has one rate: its numbers are the nearest ones.
    edl = listing_content(listing, "edl").decode()
    events = re.findall(r"^\d+ .* C +(\S+) ", edl, flags=re.MULTILINE)
    rate = listing.numbering(description.analysis.film).rate
    assert [abs(float(rate.seconds(rate.frame(at))) - seconds) for at, seconds in zip(events, truth, strict=True)] == [
        pytest.approx(0, abs=float(1 / rate.frames_per_second) / 2) for _ in truth
    ]


def test_other_formats_hold_the_same_places(describe, cuts):
    import pyarrow.parquet as pq

    listing = listing_of(describe(Fraction(24)))
    table = pq.read_table(io.BytesIO(listing_content(listing, "parquet"))).to_pylist()
    document = json.loads(listing_content(listing, "json"))
    rows = rows_of(listing)
    assert (
        [row["start_frame"] for row in table] == [item["start_frame"] for item in document["items"]] == list(cuts[:-1])
    )
    assert [float(row["tension"]) for row in rows] == pytest.approx([row["tension"] for row in table])
    assert rows[0]["sound.loudness_lufs"] == ""
    assert table[0]["sound.loudness_lufs"] is None
    assert document["items"][2]["shot"]["lighting"]["key"] in ("low", "normal", "high")
    cues = listing_content(listing, "vtt").decode().split("\n\n")
    assert cues[0] == "WEBVTT"
    assert cues[2].splitlines()[1] == "00:00:00.708 --> 00:00:01.667"
