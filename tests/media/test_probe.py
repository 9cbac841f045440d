"""Probing: what a file is, and one clear line for what is no film."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kuleshov.errors import MediaError
from kuleshov.media.color import color_spec
from kuleshov.media.identity import content_id
from kuleshov.media.probe import probe
from kuleshov.media.timeline import Timeline


def test_a_film_is_read_from_its_headers(tmp_path, make_film, grey):
    film = make_film(tmp_path / "film.mp4", [grey(90, width=320, height=180)] * 10, rate=Fraction(24000, 1001))
    info = probe(film)
    assert (info.codec, info.pixel_format, info.bit_depth) == ("h264", "yuv420p", 8)
    assert (info.coded_width, info.coded_height, info.display_size) == (320, 180, (320, 180))
    assert info.frame_rate == Fraction(24000, 1001)
    assert info.audio_tracks == ()


def test_streams_of_a_broadcast_file(data):
    info = probe(data / "odd/torchcodec/nasa_13013_2audio_2subs.mp4")
    assert info.video_stream_count == 2
    assert info.display_size == (480, 270)
    assert [track.layout for track in info.audio_tracks] == ["stereo", "stereo"]
    assert [track.codec for track in info.subtitle_tracks] == ["mov_text", "mov_text"]
    assert all(track.text for track in info.subtitle_tracks)


@pytest.mark.parametrize(
    ("name", "size", "rotation", "interlaced", "depth"),
    [
        ("decord/video_90.mov", (320, 568), 90, False, 8),
        ("decord/video_180.mov", (568, 320), 180, False, 8),
        ("debian/base_pal.mpg", (768, 576), 0, False, 8),
        ("libopenshot/test1.mp4", (660, 480), 0, True, 8),
        ("torchcodec/h264_10bits.mp4", (200, 200), 0, False, 10),
        ("torchcodec/av1_video.mkv", (640, 360), 0, False, 8),
    ],
)
def test_odd_files(name, size, rotation, interlaced, depth, data):
    info = probe(data / "odd" / name)
    assert info.display_size == size
    assert (info.rotation_degrees, info.interlaced, info.bit_depth) == (rotation, interlaced, depth)


def test_metadata_in_a_forgotten_encoding_is_no_obstacle(data):
    name = "video/torchvision/hmdb51_Turnk_r_Pippi_Michel_cartwheel_f_cm_np2_le_med_6.avi"
    assert probe(data / name).codec == "mpeg4"


def refused(path):
    with pytest.raises(MediaError) as caught:
        probe(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    assert "\n" not in text
    return text


def test_what_is_no_film_is_refused_in_one_line(tmp_path):
    assert "no such file" in refused(tmp_path / "missing.mp4")
    assert "is a folder" in refused(tmp_path)
    empty = tmp_path / "empty.mp4"
    empty.touch()
    assert "the file is empty" in refused(empty)
    noise = tmp_path / "noise.mp4"
    noise.write_bytes(bytes(range(256)) * 64)
    assert "not a readable media file" in refused(noise)
    text = tmp_path / "letter.txt"
    text.write_text("Dear archive,\n" * 200)
    refused(text)


def test_sound_alone_is_refused(tmp_path):
    import wave

    path = tmp_path / "song.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000))
    assert "no video stream" in refused(path)


def test_a_film_whose_index_was_lost_is_refused(data):
    assert "not a readable media file" in refused(data / "odd/MADE_truncated_bigbuckbunny.mp4")


def test_identity_is_the_content(tmp_path):
    first, copy, other = (tmp_path / name for name in ("a.mp4", "b.mkv", "c.mp4"))
    first.write_bytes(b"film" * 3_000_000)
    copy.write_bytes(b"film" * 3_000_000)
    other.write_bytes(b"film" * 2_999_999 + b"fiml")
    assert content_id(first) == content_id(copy) != content_id(other)
    assert len(content_id(first)) == 32


def test_time_is_rational_until_the_end():
    ntsc = Timeline(Fraction(1001, 30000))
    assert ntsc.seconds(30000) == 1001.0
    late = Timeline(Fraction(1, 90000), Fraction(1, 2))
    assert late.seconds(45000) == 0.0
    assert late.ticks(late.seconds(123_456)) == 123_456


def test_what_the_file_does_not_say_about_colour_is_guessed_as_players_do():
    silent = {"matrix": 2, "range": 0, "transfer": 2, "pixel_format": "yuv420p"}
    assert color_spec(**silent, height=576).matrix == "bt601"
    high = color_spec(**silent, height=720)
    assert (high.matrix, high.range, high.guessed) == ("bt709", "limited", ("matrix", "range", "transfer"))
    assert color_spec(matrix=9, range=2, transfer=16, pixel_format="yuv420p10le", height=2160).transfer == "pq"
    assert color_spec(**{**silent, "pixel_format": "yuvj420p"}, height=480).range == "full"
