"""Reading sound: exact samples at the right time, in small blocks, whatever is wrong with the track."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kuleshov.cinema.hearing.analyze_audio import analyze_audio
from kuleshov.cinema.hearing.signal import channel_names
from kuleshov.decode.cpu import CpuDecoder
from kuleshov.errors import MediaError
from kuleshov.media.audio import BLOCK_SECONDS, SAMPLE_RATE, AudioReader, audio_blocks
from kuleshov.media.probe import probe
from kuleshov.media.track_choice import choose_audio_track
from kuleshov.records import AudioTrack

Maker = Callable[..., Path]
FIRST: dict[str, Any] = {"stream_index": 0, "start_seconds": 0}


def noise(seconds: float, *, channels: int = 1, rate: int = SAMPLE_RATE) -> NDArray[np.float32]:
    return np.random.default_rng(7).uniform(-0.5, 0.5, (channels, round(seconds * rate))).astype(np.float32)


def damage(source: Path, target: Path, *, packets: range, payload: bytes | None = None) -> Path:
    """Copy a sound file, with the content of some packets replaced."""
    import av

    with av.open(str(source)) as clean, av.open(str(target), "w") as broken:
        stream = broken.add_stream_from_template(clean.streams.audio[0])
        for number, packet in enumerate(clean.demux(audio=0)):
            if not packet.size:
                continue
            copy = av.Packet(bytes(packet) if number not in packets else payload or b"\xff" * packet.size)
            copy.pts, copy.dts, copy.duration, copy.time_base = (
                packet.pts,
                packet.dts,
                packet.duration,
                packet.time_base,
            )
            copy.stream = stream
            broken.mux(copy)
    return target


def test_samples_come_exactly_and_in_small_blocks(make_sound: Maker, tmp_path: Path) -> None:
    samples = noise(5.3, channels=2)
    blocks = list(audio_blocks(make_sound(tmp_path / "a.mkv", samples, layout="stereo"), **FIRST))
    assert len(blocks) >= 5
    assert all(block.seconds <= BLOCK_SECONDS + 0.1 for block in blocks)
    assert all(block.samples.dtype == np.float32 and block.layout == "stereo" for block in blocks)
    for block, following in itertools.pairwise(blocks):
        assert following.start_seconds == pytest.approx(block.start_seconds + block.seconds, abs=0.002)
    np.testing.assert_array_equal(np.concatenate([block.samples for block in blocks], axis=1), samples)


@pytest.mark.parametrize(
    ("codec", "options", "channels"),
    [
        ("pcm_f32le", {"rate": 8_000, "layout": "mono"}, 1),
        ("pcm_s16le", {"rate": 96_000, "layout": "5.1", "sample_format": "s16"}, 6),
        ("flac", {"rate": 44_100, "layout": "stereo", "sample_format": "s16"}, 2),
        ("aac", {"rate": 44_100, "layout": "5.1", "sample_format": "fltp"}, 6),
        ("ac3", {"rate": 48_000, "layout": "5.1(side)", "sample_format": "fltp"}, 6),
    ],
)
def test_a_click_comes_at_its_time_at_48_khz(
    codec: str, options: dict[str, Any], channels: int, make_sound: Maker, tmp_path: Path
) -> None:
    rate = options["rate"]
    samples = np.zeros((channels, 3 * rate), np.float32)
    samples[0, round(1.5 * rate) : round(1.5 * rate) + 4] = 0.8
    blocks = list(audio_blocks(make_sound(tmp_path / "c.mkv", samples, codec=codec, **options), **FIRST))
    heard = np.concatenate([block.samples for block in blocks], axis=1)
    assert heard.shape[0] == channels
    assert heard.shape[1] == pytest.approx(3 * SAMPLE_RATE, abs=0.05 * SAMPLE_RATE)
    click_seconds = blocks[0].start_seconds + np.abs(heard[0]).argmax() / SAMPLE_RATE
    assert click_seconds == pytest.approx(1.5, abs=0.002)
    assert blocks[0].layout == options["layout"]


def test_memory_does_not_grow_with_length(make_sound: Maker, tmp_path: Path) -> None:
    path = make_sound(tmp_path / "long.mkv", noise(90, channels=2), layout="stereo")  # 35 MB of samples
    for _ in audio_blocks(path, **FIRST):
        break  # imports and FFmpeg's own buffers are not what is measured
    tracemalloc.start()
    heard_seconds = sum(block.seconds for block in audio_blocks(path, **FIRST))
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert heard_seconds == pytest.approx(90)
    assert peak_bytes < 6_000_000


def test_times_are_the_films(make_sound: Maker, tmp_path: Path) -> None:
    path = make_sound(tmp_path / "late.mkv", [(2.5, noise(1))])
    assert next(iter(audio_blocks(path, **FIRST))).start_seconds == pytest.approx(2.5, abs=1e-3)
    assert next(iter(audio_blocks(path, stream_index=0, start_seconds=2.5))).start_seconds == pytest.approx(0, abs=1e-3)


def test_a_gap_shows_in_start_seconds(make_sound: Maker, tmp_path: Path) -> None:
    blocks = list(audio_blocks(make_sound(tmp_path / "gap.mkv", [(0, noise(1.2)), (3, noise(0.5))]), **FIRST))
    assert blocks[-1].start_seconds == pytest.approx(3, abs=2e-3)
    assert sum(block.seconds for block in blocks) == pytest.approx(1.7, abs=1e-3)


def test_a_clock_that_falls_back_goes_on_at_the_end_and_is_noted(make_sound: Maker, tmp_path: Path) -> None:
    parts = [
        make_sound(tmp_path / f"{start}.ts", [(start, noise(1))], codec="mp2", sample_format="s16").read_bytes()
        for start in (3, 2)
    ]
    (tmp_path / "joined.ts").write_bytes(b"".join(parts))
    reader = AudioReader(tmp_path / "joined.ts", **FIRST)
    blocks = list(reader)
    for before, after in itertools.pairwise(blocks):
        assert after.start_seconds == pytest.approx(before.start_seconds + before.seconds, abs=0.03)
    assert sum(block.seconds for block in blocks) == pytest.approx(2, abs=0.1)
    assert "its clock jumps 1 time(s), what follows is laid on the end" in reader.notes[0]


def test_damaged_packets_are_left_out_and_counted(make_sound: Maker, tmp_path: Path) -> None:
    clean = make_sound(tmp_path / "clean.mkv", noise(4), codec="flac", sample_format="s16")
    whole = AudioReader(clean, **FIRST)
    all_seconds = sum(block.seconds for block in whole)
    assert (whole.damaged_packets, whole.notes) == (0, [])
    reader = AudioReader(damage(clean, tmp_path / "broken.mkv", packets=range(20, 30)), **FIRST)
    blocks = list(reader)
    assert reader.damaged_packets == 10
    assert reader.notes == ["sound track 0: 10 damaged packet(s) left out"]
    lost_seconds = all_seconds - sum(block.seconds for block in blocks)
    assert 0.5 < lost_seconds * 4 < 4
    assert blocks[-1].start_seconds + blocks[-1].seconds == pytest.approx(4, abs=0.05), "times after the damage hold"


def test_impossible_samples_are_replaced(make_sound: Maker, tmp_path: Path) -> None:
    samples = noise(1)
    samples[0, 100], samples[0, 200], samples[0, 300] = np.nan, np.inf, 1e20
    reader = AudioReader(make_sound(tmp_path / "nan.mkv", samples), **FIRST)
    heard = np.concatenate([block.samples for block in reader], axis=1)
    assert reader.damaged_samples == 3
    assert np.abs(heard).max() <= 0.5
    assert "3 impossible sample(s)" in reader.notes[0]


def test_a_change_of_format_on_the_way_keeps_the_first(make_sound: Maker, tmp_path: Path) -> None:
    first = make_sound(tmp_path / "1.ac3", noise(2, channels=2), layout="stereo", codec="ac3", sample_format="fltp")
    second = make_sound(
        tmp_path / "2.ac3", noise(2, rate=44_100), rate=44_100, layout="mono", codec="ac3", sample_format="fltp"
    )
    joined = tmp_path / "joined.ac3"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    reader = AudioReader(joined, **FIRST)
    blocks = list(reader)
    assert {(block.samples.shape[0], block.layout) for block in blocks} == {(2, "stereo")}
    assert sum(block.seconds for block in blocks) == pytest.approx(4, abs=0.2)
    assert reader.format_changes == 1
    assert "change(s) of channels or sample rate" in reader.notes[0]


def test_a_reader_starts_afresh_each_time(make_sound: Maker, tmp_path: Path) -> None:
    clean = make_sound(tmp_path / "clean.mkv", noise(1), codec="flac", sample_format="s16")
    reader = AudioReader(damage(clean, tmp_path / "b.mkv", packets=range(2, 4)), **FIRST)
    assert [block.start_seconds for block in reader] == [block.start_seconds for block in reader]
    assert reader.damaged_packets == 2


def test_a_stream_that_is_no_sound_is_refused_in_words(make_sound: Maker, tmp_path: Path) -> None:
    path = make_sound(tmp_path / "a.mkv", noise(0.2))
    with pytest.raises(MediaError, match=r"a\.mkv: stream 3 is no sound track \(sound tracks: 0\)"):
        next(audio_blocks(path, stream_index=3, start_seconds=0))
    with pytest.raises(MediaError, match=r"gone\.mkv: no such file"):
        next(audio_blocks(tmp_path / "gone.mkv", **FIRST))


def test_the_first_track_is_listened_to() -> None:
    tracks = [AudioTrack(index, "aac", 2, "stereo", 48_000, language) for index, language in ((1, "deu"), (4, "eng"))]
    assert choose_audio_track(tracks) is tracks[0]
    assert choose_audio_track([]) is None


@pytest.mark.parametrize(
    ("name", "track", "layout", "seconds"),
    [
        ("odd/debian/ChID-BLITS-EBU.mp4", 0, "5.1", 46.6),
        ("odd/torchcodec/nasa_13013_2audio_2subs.mp4", 0, "stereo", 13.0),
        ("odd/torchcodec/nasa_13013_2audio_2subs.mp4", 1, "stereo", 13.0),
        ("odd/moviepy/video_with_failing_audio.mp4", 0, "stereo", 11.2),
        ("odd/MADE_truncated_pancake.mkv", 0, "mono", 3.27),
        ("odd/debian/base_pal.mpg", 0, "stereo", 0.17),
    ],
)
def test_odd_files_are_read_from_their_start(data: Path, name: str, track: int, layout: str, seconds: float) -> None:
    info = probe(data / name)
    stream_index = info.audio_tracks[track].stream_index
    blocks = list(audio_blocks(data / name, stream_index=stream_index, start_seconds=info.start_seconds))
    assert blocks[0].start_seconds == pytest.approx(0, abs=0.05)
    assert blocks[-1].start_seconds + blocks[-1].seconds == pytest.approx(seconds, abs=0.1)
    assert {block.layout for block in blocks} == {layout}


def test_a_track_that_begins_in_the_middle_of_a_packet_is_noted(data: Path) -> None:
    path = data / "video/debian/fillets-ng-data/intro_from40s.mpg"
    reader: Any = AudioReader(path, stream_index=0, start_seconds=probe(path).start_seconds)
    assert sum(block.seconds for block in reader) == pytest.approx(33.1, abs=0.2)
    assert reader.damaged_packets == 1


@pytest.mark.parametrize(
    ("channels", "layout", "codec", "suffix"),
    [
        (7, "6.1", "aac", ".mp4"),
        (8, "7.1", "flac", ".mkv"),
        (8, "7.1", "aac", ".mp4"),
        (8, "7.1(wide)", "pcm_s16le", ".mov"),
        (9, "9 channels", "pcm_f32le", ".mov"),
        (12, "7.1.4", "pcm_s24le", ".mkv"),
        (12, "12 channels", "pcm_s24le", ".mov"),
        (16, "16 channels", "pcm_s16le", ".wav"),
        (24, "22.2", "pcm_s16le", ".mkv"),
        (64, "64 channels", "pcm_s16le", ".wav"),
    ],
)
def test_every_number_of_channels(channels: int, layout: str, codec: str, suffix: str, tmp_path: Path) -> None:
    import av

    at = np.arange(SAMPLE_RATE, dtype=np.float32) / SAMPLE_RATE
    levels = np.linspace(0.1, 0.9, channels, dtype=np.float32)
    samples = levels[:, None] * np.sin(2 * np.pi * 500 * at)
    path = tmp_path / f"sound{suffix}"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=SAMPLE_RATE, layout=layout)
        interleaved = np.ascontiguousarray(samples.T, dtype=np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(interleaved, format="flt", layout=layout)
        frame.sample_rate, frame.pts = SAMPLE_RATE, 0
        container.mux([*stream.encode(frame), *stream.encode(None)])
    blocks = list(audio_blocks(path, **FIRST))
    read = np.concatenate([block.samples for block in blocks], axis=1)
    assert read.shape[0] == channels
    peaks = np.abs(read[:, 9600:38_400]).max(axis=1)
    kept = [index for index, name in enumerate(channel_names(blocks[0].layout)) if not name.startswith("LFE")]
    np.testing.assert_allclose(peaks[kept], levels[kept], atol=0.03)
    loudness = analyze_audio(path, **FIRST).loudness
    assert loudness is not None
    assert loudness.integrated_lufs is not None


@pytest.mark.parametrize(
    "name", ["Vertigo: restored.mkv", "cache:film.mkv", "http:film.mkv", "concat:a|b.mkv", "-.mkv"]
)
def test_a_name_is_a_file_whatever_it_looks_like(
    name: str, make_film: Maker, grey: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_film(tmp_path / "plain.mkv", [grey(90)] * 7)
    (tmp_path / "plain.mkv").rename(tmp_path / name)
    make_film(tmp_path / "film.mkv", [grey(200)] * 20)
    monkeypatch.chdir(tmp_path)
    frames = sum(len(batch.pts_seconds) for batch in CpuDecoder(probe(Path(name))))
    assert frames == 7


def test_a_play_list_reaches_nothing_beyond_files(tmp_path: Path) -> None:
    (tmp_path / "film.m3u8").write_text("#EXTM3U\n#EXTINF:2,\nhttp://127.0.0.1:9/part.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(MediaError):
        probe(tmp_path / "film.m3u8")
