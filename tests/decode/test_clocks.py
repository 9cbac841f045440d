"""One time line, whatever the stamps say: wrong ones, splices, holes; in several containers and codecs."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from kuleshov.decode.cpu import CpuDecoder
from kuleshov.decode.film_index import read_index
from kuleshov.export.listing import film_listing
from kuleshov.media.audio import AudioReader
from kuleshov.media.probe import probe
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.job.settings import Settings

FRAMES, STEP = 100, 0.04
Maker = Callable[..., Path]
Change = Callable[[int, float], float]


def film(path: Path, make_film: Maker, grey, *, codec="libx264", sound=True, bframes=0, seconds=FRAMES * STEP) -> Path:
    count = round(seconds / STEP)
    pictures = [grey(40 + (7 * number) % 180) for number in range(count)]
    samples = np.random.default_rng(3).uniform(-0.3, 0.3, (1, round(seconds * 48_000))).astype(np.float32)
    options = {"bf": str(bframes), "g": "25"} if codec.startswith("libx26") else {}
    if codec == "libx265":
        options = {"x265-params": f"bframes={bframes}:keyint=25:log-level=none"}
    return make_film(path, pictures, codec=codec, options=options, sound=samples if sound else None)


def restamped(source: Path, target: Path, change: Change, *, of: str = "video") -> Path:
    """Copy a film with other stamps: ``change(number of the packet, its seconds)``."""
    import av

    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        streams = {stream.index: new.add_stream_from_template(stream) for stream in old.streams}
        counts = dict.fromkeys(streams, 0)
        for packet in old.demux():
            if not packet.size:
                continue
            if packet.stream.type == of:
                number = counts[packet.stream.index]
                moved = change(number, float(packet.pts * packet.time_base))
                packet.pts = round(moved / packet.time_base)
                if target.suffix != ".mkv":
                    packet.dts = packet.pts
            counts[packet.stream.index] += 1
            packet.stream = streams[packet.stream.index]
            new.mux(packet)
    return target


def times(path: Path) -> tuple[np.ndarray, list[str]]:
    decoder = CpuDecoder(probe(path))
    seconds = np.concatenate([batch.pts_seconds for batch in decoder])
    assert (np.diff(seconds) > 0).all()
    return seconds, decoder.report.notes


def test_a_clean_film_is_left_alone(tmp_path, make_film, grey):
    for number, (codec, suffix, bframes) in enumerate(
        [
            ("libx264", ".mkv", 3),
            ("libx264", ".mp4", 3),
            ("libx264", ".ts", 2),
            ("libx265", ".mkv", 3),
            ("mpeg2video", ".ts", 0),
            ("libvpx-vp9", ".webm", 0),
            ("mpeg4", ".avi", 0),
        ]
    ):
        source = film(tmp_path / f"{number}{suffix}", make_film, grey, codec=codec, bframes=bframes, sound=False)
        seconds, notes = times(source)
        np.testing.assert_allclose(seconds, np.arange(FRAMES) * STEP, atol=0.0015)
        assert not notes


@pytest.mark.parametrize(
    ("suffix", "wrong"),
    [
        (".mkv", {20: 5.0}),
        (".mkv", {20: 5.0, 21: 5.0}),  # doubled
        (".mkv", {20: 7.0, 21: 90.0}),
        (".mkv", {20: 0.3, 70: 4000.0}),
        (".mkv", {0: 100.0}),  # at the start
        (".mkv", {97: 30.0}),
    ],
)
def test_wrong_stamps_move_nothing_else(suffix, wrong, tmp_path, make_film, grey):
    source = film(tmp_path / f"clean{suffix}", make_film, grey)
    broken = restamped(source, tmp_path / f"broken{suffix}", lambda number, at: max(at + wrong.get(number, 0.0), 0.0))
    seconds, notes = times(broken)
    np.testing.assert_allclose(seconds, np.arange(FRAMES) * STEP, atol=0.021)
    assert any(f"{len(wrong)} wrong time stamp(s) repaired" in note for note in notes)


@pytest.mark.parametrize("suffix", [".mkv", ".ts"])
def test_a_wrong_first_stamp_of_pictures_alone(suffix, tmp_path, make_film, grey):
    source = film(tmp_path / f"clean{suffix}", make_film, grey, sound=False)
    broken = restamped(source, tmp_path / "broken.mkv", lambda number, at: at + (100.0 if number == 0 else 0.0))
    seconds, _ = times(broken)
    np.testing.assert_allclose(seconds - seconds[0], np.arange(FRAMES) * STEP, atol=0.021)
    assert abs(seconds[0]) <= 2 * STEP


def test_a_wrong_stamp_among_reordered_frames_is_found(tmp_path, make_film, grey):
    source = film(tmp_path / "clean.mkv", make_film, grey, bframes=3, sound=False)
    broken = restamped(source, tmp_path / "broken.mkv", lambda number, at: at + (6.0 if number == 20 else 0.0))
    seconds, _ = times(broken)
    assert len(seconds) == FRAMES
    np.testing.assert_allclose(seconds, np.arange(FRAMES) * STEP, atol=0.09)


def test_a_wrong_stamp_of_the_sound_leaves_no_gap(tmp_path, make_film, grey):
    source = film(tmp_path / "clean.mkv", make_film, grey)
    broken = restamped(
        source, tmp_path / "broken.mkv", lambda number, at: at + (9.0 if number == 30 else 0.0), of="audio"
    )
    info = probe(broken)
    reader = AudioReader(broken, stream_index=info.audio_tracks[0].stream_index, start_seconds=info.start_seconds)
    blocks = list(reader)
    assert blocks[-1].start_seconds + blocks[-1].seconds == pytest.approx(FRAMES * STEP, abs=0.1)
    assert sum(block.seconds for block in blocks) == pytest.approx(FRAMES * STEP, abs=0.1)
    assert "1 wrong time stamp(s) repaired" in reader.notes[0]


@pytest.mark.parametrize("codec", ["libx264", "mpeg2video"])
@pytest.mark.parametrize("offset", [0.0, 3600.0, 0.6])
def test_transport_streams_put_end_to_end_are_one_film(codec, offset, tmp_path, make_film, grey):
    first = film(tmp_path / "a.ts", make_film, grey, codec=codec, seconds=2)
    second = restamped(first, tmp_path / "b.ts", lambda _, at: at + offset)
    if offset:  # the sound of the second part moves too
        second = restamped(second, tmp_path / "c.ts", lambda _, at: at + offset, of="audio")
    joined = tmp_path / "joined.ts"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    seconds, notes = times(joined)
    assert len(seconds) == 100
    assert np.diff(seconds).max() < 0.15
    assert seconds[-1] == pytest.approx(4, abs=0.2)
    assert any("clock jumps 1 time(s)" in note for note in notes)
    info = probe(joined)
    blocks = list(AudioReader(joined, stream_index=info.audio_tracks[0].stream_index, start_seconds=info.start_seconds))
    assert blocks[-1].start_seconds + blocks[-1].seconds == pytest.approx(4, abs=0.2)
    assert not read_index(info).timed  # stills are found by counting, not by stamps that come twice


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".ts"])
def test_a_hole_stays_where_it_is_and_is_noted(suffix, tmp_path, make_film, grey):
    source = film(tmp_path / f"clean{suffix}", make_film, grey, sound=False)
    holed = restamped(source, tmp_path / f"holed{suffix}", lambda number, at: at + (4.0 if number >= 75 else 0.0))
    seconds, notes = times(holed)
    np.testing.assert_allclose(seconds[:75], np.arange(75) * STEP, atol=0.0015)
    np.testing.assert_allclose(seconds[75:], 4 + np.arange(75, FRAMES) * STEP, atol=0.0015)
    assert any("1 hole(s) in the recording: 3.00 to 7.00 s" in note for note in notes)


def test_a_recording_of_stills_keeps_its_times(tmp_path, make_film, grey):
    ticks = [0, 4000, 4040, 4080, 9000, 20_000, 20_040, 45_000]
    source = make_film(
        tmp_path / "screen.mkv", [grey(30 * n + 20) for n in range(8)], ticks=ticks, time_base=Fraction(1, 1000)
    )
    seconds, _ = times(source)
    np.testing.assert_allclose(seconds, np.array(ticks) / 1000, atol=0.0015)


@pytest.mark.parametrize(
    ("rate", "suffix", "hole"),
    [
        (Fraction(25), ".mkv", 2.0),
        (Fraction(25), ".mp4", 4.0),
        (Fraction(30_000, 1001), ".mp4", 3.0),
        (Fraction(30_000, 1001), ".mkv", 0.5),
        (Fraction(24_000, 1001), ".mov", 1.0),
        (Fraction(50), ".ts", 6.0),
    ],
)
def test_timecodes_after_a_hole_follow_the_time(rate, suffix, hole, tmp_path, make_film, grey):
    skipped = round(hole * rate)
    ticks = [n + (skipped if n >= 60 else 0) for n in range(120)]
    levels = [40 if n < 30 else 200 if n < 90 else 90 for n in range(120)]
    source = make_film(tmp_path / f"film{suffix}", [grey(level) for level in levels], rate=rate, ticks=ticks)
    described = Pipeline(Settings(device="cpu", shots="cascade")).describe(source)
    film = described.analysis.film
    assert (Fraction(film.frame_rate_exact), film.variable_frame_rate) == (rate, False)
    listing = film_listing(described.analysis, unit="shot", frame_seconds=described.measured.frame_seconds)
    numbering = listing.numbering(film)
    times = described.measured.frame_seconds
    assert [numbering.number(n, float(times[n])) for n in (0, 30, 59, 60, 90, 119)] == [
        *(0, 30, 59),
        *(60 + skipped, 90 + skipped, 119 + skipped),
    ]
    assert any("frames are missing" in note for note in listing.notes)


def test_dropped_frames_do_not_make_the_rate_a_mean(tmp_path, make_film, grey):
    ticks = [n for n in range(200) if n % 20]  # one of twenty is missing
    source = make_film(
        tmp_path / "film.mkv", [grey(n % 200) for n in range(len(ticks))], rate=Fraction(30_000, 1001), ticks=ticks
    )
    film = Pipeline(Settings(device="cpu", shots="off")).describe(source).analysis.film
    assert (Fraction(film.frame_rate_exact), film.variable_frame_rate) == (Fraction(30_000, 1001), True)
