"""Attributes: nameable qualities as numbers, the measures behind them, and the file that defines them."""

from __future__ import annotations

import math
from dataclasses import replace
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuleshov.cinema.attributes import attributes as module
from kuleshov.cinema.attributes.attributes import (
    ATTRIBUTE_NAMES,
    attribute_table,
    attributes,
    explain,
    load_attributes,
)
from kuleshov.cinema.editing.editing import long_shot_seconds
from kuleshov.errors import GrammarError
from kuleshov.records import (
    SCENE_TYPES,
    Camera,
    CameraAngle,
    Color,
    Dialogue,
    Editing,
    Framing,
    Lighting,
    LightSwitch,
    MatchCut,
    Movement,
    Music,
    Pace,
    PaletteColor,
    People,
    Scene,
    SceneType,
    SceneTypeName,
    Shot,
    ShotScale,
    Sound,
    SoundEvent,
    Timbre,
    Transition,
    Voice,
)

CONTRACT = [
    *("long_take", "short_shot", "fast_cutting", "bright", "high_key", "high_contrast", "warm", "saturated"),
    *("monochrome", "moving", "shaky", "zooming_in", "zooming_out", "panning", "tilting", "loud"),
    *("getting_louder", "silent", "cut_to_silence", "talking", "fast_speech", "brightening", "red", "orange"),
    *("yellow", "green", "cyan", "blue", "purple", "pink", "fade_in", "dissolve_in"),
    *("shot_reverse_shot", "montage", "one_take"),
    *("music", "speech", "whispering", "shouting", "screaming", "loud_burst", "drone", "dissonant", "major_key"),
    *("fast_music", "ends_on_silence"),
    *("arguing", "threatening", "asking", "farewell"),
    *("blank", "title_card", "color_bars"),
    *("colorful", "teal_orange", "tinted", "toned", "warming", "chiaroscuro", "silhouette", "backlit", "hard_light"),
    *("night", "dusk", "day", "light_switch", "jump_cut", "match_cut", "intensifying"),
    *("static_camera", "push_in", "pull_out", "trucking", "rolling", "tracking", "whip_pan", "dolly_zoom"),
    "rack_focus",
    *("faces", "close_up", "extreme_close_up", "medium_shot", "long_shot", "single", "two_shot", "group", "crowd"),
    *("smiling", "sad_face", "angry_face", "fearful_face", "surprised_face", "disgusted_face"),
    *("face_turned_away", "gaze_down", "dutch", "high_angle", "low_angle"),
]

SENSES = {
    "lighting": Lighting(
        *("normal", 0.07, 0.32, 0.2, 0.62, 0.3, 0.05, 0.0, 6.0, 0.15, 0.3, 0.05, 0.18, 0.0, 0.0, 0.3)  # type: ignore[arg-type]
    ),
    "color": Color(
        *(0.10, -0.45, False, [PaletteColor("blue", "#0000ff", 0.4), PaletteColor("grey", "#808080", 0.6)]),
        *(0.0, 40.0, 6000.0, 0.0),
    ),
    "camera": Camera("moderate", 0.05, 0.05, 0.1, 0.0, 0.0, 0.0, 0.002),
    "sound": Sound(-25.0, -20.0, 0.0, 0.05, []),
    "dialogue": Dialogue(1, 5, 2.8, 0.3, 0, 0, "a line of five words", "en"),
}
FRAMING = Framing("MS", 0.2, 0.0, 0.5, 0.4)
PEOPLE = People(
    **{"looks": 10, "face_share": 1.0, "close_share": 0.3, "count": 1, "grouping": "single", "framing": FRAMING},
    **{"smile": 0.1, "sad": 0.1, "angry": 0.1, "fearful": 0.1, "disgusted": 0.1, "surprised": 0.1, "neutral": 0.4},
    **{"valence_derived": 0.0, "arousal_derived": 0.1, "turned_away_share": 0.0, "gaze_down_share": 0.0, "faces": []},
)
VOICE = Voice(4.0, 0.0, 150.0, 6.0, -30.0, 0.1, 0.0)
TIMBRE = Timbre(1500.0, 0.05, 0.12, 0.05, 0.4, 2.0)
LENGTHS = Pace(2.5, 2.5, 3.5, 2.5, 17.0, 60.0)


def make(*, seconds: float = 2.5, transition: str = "cut", confidence: float = 1.0, **senses) -> Shot:
    return Shot(
        index=0,
        start_frame=0,
        end_frame=round(24 * seconds),
        start_seconds=0.0,
        end_seconds=seconds,
        emotion=None,
        transition_in=Transition(transition, 0, 1, confidence),  # type: ignore[arg-type]
        **{**SENSES, "pace": LENGTHS, **senses},
    )


def with_field(sense: str, **changes) -> Shot:
    return make(**{sense: replace(SENSES[sense], **changes)})  # type: ignore[type-var]


def with_voice(**changes) -> Shot:
    return with_field("sound", voice=replace(VOICE, **changes))


def with_music(*, mode: float = 0.0, tempo_bpm: float = 110.0) -> Shot:
    return with_field("sound", music_share=1.0, music=Music(mode, tempo_bpm, 0.6))


def with_timbre(**changes) -> Shot:
    return with_field("sound", music_share=1.0, timbre=replace(TIMBRE, **changes))


def with_people(**changes) -> Shot:
    return make(people=replace(PEOPLE, **changes))


def with_face(height: float, scale: ShotScale) -> Shot:
    return with_people(framing=replace(FRAMING, face_height=height, scale=scale))


def held(roll: float, pitch: float) -> Shot:
    return make(angle=CameraAngle(roll, pitch, 1.0))


def with_event(name: str, drop_db: float, seconds: float = 0.0) -> Shot:
    event = SoundEvent(name, 1.0, drop_db, seconds)  # type: ignore[arg-type]
    return with_field("sound", events=[event], music_share=0.1, voice_share=0.1)


def matched(confidence: float) -> Shot:
    return replace(make(), jump_cut_in=0.0, match_cut_in=MatchCut(confidence, 0.9, 0.3, None))


def value(name: str, segment: Shot | Scene, shots: list[Shot] | None = None) -> float:
    return attributes(segment, shots=shots or [])[name]


def test_the_names_are_those_that_archives_store() -> None:
    assert tuple(CONTRACT) == ATTRIBUTE_NAMES
    assert tuple(attribute.name for attribute in module.ATTRIBUTES) == tuple(CONTRACT)
    assert list(attributes(make(), shots=[])) == CONTRACT


def test_unknown_module_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'ATTRIBUTE'"):
        module.ATTRIBUTE  # noqa: B018


@pytest.mark.parametrize(
    ("name", "high", "low"),
    [
        ("long_take", make(seconds=20), make(seconds=5)),
        ("short_shot", make(seconds=0.9), make(seconds=3.6)),
        (
            "fast_cutting",
            make(pace=replace(LENGTHS, cuts_per_minute=50)),
            make(pace=replace(LENGTHS, cuts_per_minute=12.5)),
        ),
        ("bright", with_field("lighting", luma_mean=0.45), with_field("lighting", luma_mean=0.15)),
        ("high_key", with_field("lighting", key_value=0.12), with_field("lighting", key_value=0.01)),
        ("high_contrast", with_field("lighting", contrast_range=0.9), with_field("lighting", contrast_range=0.3)),
        ("warm", with_field("color", warmth=0.0), with_field("color", warmth=-1.0)),
        ("saturated", with_field("color", saturation=0.3), with_field("color", saturation=0.02)),
        ("monochrome", with_field("color", monochrome=True), make()),
        ("moving", with_field("camera", motion_mean=0.4), with_field("camera", motion_mean=0.01)),
        ("shaky", with_field("camera", shake=0.01), with_field("camera", shake=0.0005)),
        ("zooming_in", with_field("camera", zoom=0.08), make()),
        ("zooming_out", with_field("camera", zoom=-0.08), make()),
        ("panning", with_field("camera", pan=-0.2), make()),
        ("tilting", with_field("camera", tilt=0.2), make()),
        ("loud", with_field("sound", loudness_lufs=-10.0), with_field("sound", loudness_lufs=-35.0)),
        ("getting_louder", with_field("sound", loudness_slope=3.0), with_field("sound", loudness_slope=-3.0)),
        ("silent", with_field("sound", silence_share=0.8), make()),
        ("music", with_field("sound", music_share=0.9), with_field("sound", music_share=0.0)),
        ("speech", with_field("sound", voice_share=0.9), with_field("sound", voice_share=0.0)),
        ("whispering", with_voice(whisper_share=0.9), with_voice()),
        ("shouting", with_voice(shout_share=0.9), with_voice()),
        ("screaming", with_event("scream", -10.0, 1.0), with_field("sound", voice_share=0.1)),
        ("loud_burst", with_event("burst", -25.0), with_field("sound", music_share=0.1)),
        ("drone", with_timbre(drone_share=0.8), with_timbre()),
        ("dissonant", with_timbre(roughness=0.5), with_timbre()),
        ("major_key", with_music(mode=0.9), with_music(mode=-0.9)),
        ("fast_music", with_music(tempo_bpm=160.0), with_music(tempo_bpm=70.0)),
        ("ends_on_silence", with_field("sound", end_silence_seconds=2.0), make()),
        ("cut_to_silence", with_field("sound", events=[SoundEvent("cut_to_silence", 1.0, 20.0)]), make()),
        ("talking", with_field("dialogue", speech_share=0.8), with_field("dialogue", speech_share=0.0)),
        ("fast_speech", with_field("dialogue", words_per_second=4.0), with_field("dialogue", words_per_second=1.5)),
        ("brightening", with_field("lighting", luma_slope=0.1), with_field("lighting", luma_slope=-0.1)),
        ("blue", make(), with_field("color", palette=[])),
        ("red", with_field("color", palette=[PaletteColor("red", "#ff0000", 0.5)]), make()),
        ("arguing", with_field("dialogue", hostility=0.6), with_field("dialogue", hostility=0.05)),
        ("threatening", with_field("dialogue", threats=1), with_field("dialogue", threats=0)),
        ("asking", with_field("dialogue", questions=2), with_field("dialogue", questions=0)),
        ("farewell", with_field("dialogue", farewells=1), with_field("dialogue", farewells=0)),
        ("blank", replace(make(), matter="blank"), make()),
        ("title_card", replace(make(), matter="card"), replace(make(), matter="bars")),
        ("color_bars", replace(make(), matter="bars"), replace(make(), matter="card")),
        ("fade_in", make(transition="fade_white"), make(transition="dissolve")),
        ("faces", with_people(), with_people(face_share=0.0)),
        ("close_up", with_face(0.5, "CU"), with_face(0.2, "MS")),
        ("extreme_close_up", with_face(0.9, "ECU"), with_face(0.5, "CU")),
        ("medium_shot", with_face(0.2, "MS"), with_face(0.08, "LS")),
        ("long_shot", with_face(0.07, "LS"), with_face(0.2, "MS")),
        ("single", with_people(), with_people(grouping="two_shot")),
        ("two_shot", with_people(grouping="two_shot"), with_people()),
        ("group", with_people(grouping="three_shot"), with_people()),
        ("crowd", with_people(grouping="crowd"), with_people(grouping="group")),
        ("smiling", with_people(smile=0.9), with_people()),
        ("sad_face", with_people(sad=0.9), with_people()),
        ("angry_face", with_people(angry=0.9), with_people()),
        ("fearful_face", with_people(fearful=0.9), with_people()),
        ("surprised_face", with_people(surprised=0.9), with_people()),
        ("disgusted_face", with_people(disgusted=0.9), with_people()),
        ("face_turned_away", with_people(turned_away_share=0.9), with_people()),
        ("gaze_down", with_people(gaze_down_share=0.9), with_people()),
        ("dutch", held(-15.0, 0.0), held(2.0, 0.0)),
        ("high_angle", held(0.0, -25.0), held(0.0, 0.0)),
        ("low_angle", held(0.0, 25.0), held(0.0, 0.0)),
        ("dissolve_in", make(transition="dissolve"), make()),
        ("colorful", with_field("color", colorfulness=70.0), with_field("color", colorfulness=10.0)),
        ("teal_orange", with_field("color", teal_orange=0.6), make()),
        ("tinted", with_field("color", dye="tinted"), with_field("color", dye="toned")),
        ("toned", with_field("color", dye="toned"), make()),
        ("warming", with_field("color", warmth_slope=0.2), with_field("color", warmth_slope=-0.2)),
        ("chiaroscuro", with_field("lighting", chiaroscuro=0.5), make()),
        ("silhouette", with_field("lighting", silhouette=0.6), make()),
        ("backlit", with_field("lighting", backlight_stops=3.0), make()),
        ("hard_light", with_field("lighting", light_edges=0.35), with_field("lighting", light_edges=0.08)),
        ("night", with_field("lighting", night=0.8), make()),
        ("dusk", with_field("lighting", dusk=0.8), make()),
        ("day", with_field("lighting", day=0.8), make()),
        ("light_switch", with_field("lighting", switches=[LightSwitch(1.0, -0.4)]), make()),
        ("jump_cut", replace(make(), jump_cut_in=0.9), replace(make(), jump_cut_in=0.0)),
        ("match_cut", matched(0.9), replace(make(), jump_cut_in=0.0)),
    ],
)
def test_each_quality_has_the_right_sign(name: str, high: Shot, low: Shot) -> None:
    assert value(name, high) > 0.5, name
    assert value(name, low) < -0.5, name


def test_centre_is_zero_and_one_spread_is_tanh_of_one() -> None:
    for attribute in load_attributes():
        at_centre = attribute.reading.scaled(attribute.centre)
        assert math.isfinite(at_centre)
    assert value("bright", with_field("lighting", luma_mean=0.30)) == 0
    assert value("bright", with_field("lighting", luma_mean=0.43)) == pytest.approx(math.tanh(1))
    assert value("long_take", make(seconds=10)) == pytest.approx(0)
    assert value("long_take", make(seconds=20)) == pytest.approx(math.tanh(1))
    assert value("long_take", make(seconds=5)) == pytest.approx(-math.tanh(1))


def test_a_long_take_is_long_for_its_film_and_for_any_film() -> None:
    logs = np.random.default_rng(0).normal(math.log(8), 0.6, 40)
    slow_film = [make(seconds=math.exp(log)) for log in logs]
    long_here = math.exp(logs.mean() + 1.645 * logs.std())
    assert long_shot_seconds([(0.0, shot.duration_seconds) for shot in slow_film]) == pytest.approx(long_here, abs=0.05)
    assert value("long_take", make(seconds=math.sqrt(10 * long_here)), slow_film) == pytest.approx(0, abs=0.01)
    assert value("long_take", make(seconds=10), slow_film) < -0.1  # ten seconds are not long in this film
    assert value("long_take", make(seconds=10), slow_film[:19]) == 0  # too few shots for the film's own: 10 s
    fast_film = [make(seconds=1 + 0.01 * step) for step in range(40)]
    assert value("long_take", make(seconds=9), fast_film) > 0.3  # very long for this film
    assert value("long_take", make(seconds=5), fast_film) < 0  # but not a long take in general


def test_a_scene_is_judged_by_its_shots() -> None:
    shots = [make(seconds=1), make(seconds=1, transition="dissolve"), make(seconds=25)]
    pace = Pace(9.0, 25.0, 9.0, 1.0, 7.0, 27.0)
    fields = {**SENSES, "pace": pace}
    scene = Scene(
        index=0,
        start_frame=0,
        end_frame=648,
        start_seconds=0,
        end_seconds=27,
        emotion=None,
        first_shot=1,
        end_shot=3,
        **fields,
    )
    assert value("long_take", scene, shots) == pytest.approx(math.tanh(math.log(2.5) / math.log(2)))
    assert value("short_shot", scene, shots) < -0.9
    assert value("dissolve_in", scene, shots) > 0.9
    assert math.isnan(value("dissolve_in", scene))  # the shots were not given
    assert explain("long_take", scene) == ("pace.longest_shot_seconds", 25.0, "s", "shot length 25 s")
    assert explain("dissolve_in", scene, shots=shots).value == 1.0


@pytest.mark.parametrize("name", SCENE_TYPES)
def test_the_type_of_a_scene_is_its_own_and_no_shot_has_one(name: SceneTypeName) -> None:
    pace = Pace(9.0, 25.0, 9.0, 1.0, 7.0, 27.0)
    where = {"index": 0, "start_frame": 0, "end_frame": 648, "start_seconds": 0.0, "end_seconds": 27.0}
    plain = Scene(**where, emotion=None, first_shot=0, end_shot=3, **{**SENSES, "pace": pace})
    scene = replace(plain, type=SceneType(name, 0.9, "because"))
    assert value(name, scene) == pytest.approx(math.tanh(1.6))
    assert all(value(other, scene) < -0.9 for other in SCENE_TYPES if other != name)
    assert all(value(other, plain) < -0.9 for other in SCENE_TYPES)
    assert math.isnan(value(name, make()))
    assert explain(name, scene).text.endswith(", confidence 0.9")


def test_patterns_of_editing_are_read_where_they_are() -> None:
    shots = [matched(0.9), replace(make(), jump_cut_in=0.1), replace(make(), jump_cut_in=0.8), matched(0.9)]
    pace = Pace(2.5, 2.5, 2.5, 2.5, 24.0, 10.0)
    editing = Editing(3, 2.5, 2.5, 2.5, 2.5, 24.0, 0, None, None, None, None, None, 0.8)
    where = {"index": 0, "start_frame": 0, "end_frame": 180, "start_seconds": 0.0, "end_seconds": 7.5}
    senses = {**SENSES, "pace": pace}
    scene = Scene(**where, emotion=None, first_shot=0, end_shot=3, editing=editing, **senses)  # type: ignore[arg-type]
    assert value("match_cut", scene, shots) > 0.9  # it begins with one
    assert value("jump_cut", scene, shots) == pytest.approx(math.tanh(1.2))  # the one with the highest confidence
    assert value("intensifying", scene, shots) > 0.9
    assert math.isnan(value("intensifying", shots[0]))
    assert math.isnan(value("jump_cut", scene))  # the shots were not given
    assert math.isnan(value("match_cut", replace(make(), jump_cut_in=None)))  # an older film, or its first shot


def test_what_an_older_film_was_not_looked_at_for_is_nan() -> None:
    older = make(lighting=Lighting("normal", 0.07, 0.32, 0.2, 0.62, 0.3, 0.05, 0.0), color=Color(0.1, 0.0, False, []))
    named = attributes(older, shots=[])
    new = {"colorful", "teal_orange", "tinted", "toned", "warming", "chiaroscuro", "silhouette", "backlit"}
    new |= {"hard_light", "night", "dusk", "day", "light_switch"}
    assert all(math.isnan(named[name]) for name in new)


def moving(*movements: Movement) -> Shot:
    return make(seconds=4.0, camera=replace(SENSES["camera"], movements=list(movements)))  # type: ignore[type-var]


def test_movements_count_by_how_long_they_last() -> None:
    still = Movement("static", 0.0, 1.0, None, 1.0)
    assert value("push_in", moving(Movement("dolly_in", 0.0, 3.2, 0.1, 0.75), still)) == pytest.approx(math.tanh(2))
    assert value("push_in", moving(Movement("dolly_in", 0.0, 0.4, 0.1, 0.75), still)) < 0
    assert value("push_in", moving(Movement("zoom_in", 0.0, 3.2, 0.1, 0.9), still)) == pytest.approx(math.tanh(-1))
    assert value("trucking", moving(Movement("truck_left", 0.0, 2.0, 0.1, 0.8))) > 0.7
    assert value("trucking", moving(Movement("truck_right", 0.0, 2.0, 0.1, 0.8))) > 0.7


def test_what_is_over_at_once_counts_by_its_confidence() -> None:
    assert value("whip_pan", moving(Movement("whip_pan", 1.0, 1.2, 3.0, 0.9))) > 0.9
    assert value("whip_pan", moving(Movement("static", 0.0, 4.0, None, 1.0))) < 0
    assert math.isnan(value("whip_pan", make()))  # no camera measurements: an older archive, or a blank picture


def test_an_unsure_dissolve_is_neither() -> None:
    assert value("dissolve_in", make(transition="dissolve", confidence=0.5)) == 0


def test_a_missing_sense_is_nan_and_quiet_is_not_missing() -> None:
    named = attributes(make(sound=None, dialogue=None, camera=None), shots=[])
    missing = {name for name, number in named.items() if math.isnan(number)}
    camera = {"moving", "shaky", "zooming_in", "zooming_out", "panning", "tilting"}
    of_scenes = {"shot_reverse_shot", "montage", "one_take", "intensifying"}
    of_cuts = {"jump_cut", "match_cut"}
    audible = {
        "music",
        "speech",
        "whispering",
        "shouting",
        "screaming",
        "loud_burst",
        "drone",
        "dissonant",
        "major_key",
    }
    from_sound = audible | {"loud", "getting_louder", "silent", "cut_to_silence", "fast_music", "ends_on_silence"}
    words = {"talking", "fast_speech", "arguing", "threatening", "asking", "farewell"}
    camera |= {"static_camera", "push_in", "pull_out", "trucking", "rolling", "tracking", "whip_pan", "dolly_zoom"}
    camera |= {"rack_focus"}
    people = set(CONTRACT[CONTRACT.index("faces") : CONTRACT.index("low_angle") + 1])  # not looked for
    assert missing == camera | from_sound | words | of_scenes | of_cuts | people
    nobody = with_people(face_share=0.0, count=0, grouping="nobody", framing=None)
    assert math.isnan(value("long_shot", nobody))  # no face, no scale
    assert value("single", nobody) < -0.9
    assert value("loud", with_field("sound", loudness_lufs=None)) < -0.99
    assert math.isnan(value("fast_speech", with_field("dialogue", words=0, words_per_second=0.0)))
    assert math.isnan(value("brightening", make(seconds=0.5)))


def test_explanations_name_the_number_and_its_unit() -> None:
    shot = make(seconds=23.4, sound=None)
    assert explain("long_take", shot) == ("duration_seconds", 23.4, "s", "shot length 23.4 s")
    assert explain("fast_cutting", shot).text == "cuts 17/min"
    assert explain("moving", shot).text == "picture movement 0.05 of the picture's width a second"
    assert explain("zooming_in", shot).text == "picture growth 0/s"
    assert explain("monochrome", shot).text == "monochrome no"
    assert explain("blue", shot).text == "share of blue 0.4"
    assert explain("long_take", make(seconds=1234.5)).text == "shot length 1234 s"
    loud = explain("loud", shot)
    assert (loud.measure, loud.unit, loud.text) == ("sound.loudness_lufs", "LUFS", "loudness not measured")
    assert math.isnan(loud.value)
    with pytest.raises(KeyError, match="no attribute 'blurry'; there are: long_take, "):
        explain("blurry", shot)


def test_tables_hold_one_row_a_segment() -> None:
    shots = [make(seconds=2.0 + number) for number in range(30)]
    table = attribute_table(shots, shots=shots)
    assert table.shape == (30, len(CONTRACT))
    assert table.dtype == np.float64
    np.testing.assert_array_equal(table[7], list(attributes(shots[7], shots=shots).values()))
    assert attribute_table([], shots=[]).shape == (0, len(CONTRACT))


number = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=60, deadline=None)
@given(number, number, number, st.floats(0, 1e6))
def test_attributes_stay_inside_their_range(luma: float, motion: float, loudness: float, seconds: float) -> None:
    shot = make(
        seconds=seconds,
        lighting=replace(SENSES["lighting"], luma_mean=luma),  # type: ignore[type-var]
        camera=replace(SENSES["camera"], motion_mean=motion, pan=motion),  # type: ignore[type-var]
        sound=replace(SENSES["sound"], loudness_lufs=loudness, loudness_slope=loudness),  # type: ignore[type-var]
    )
    named = attributes(shot, shots=[shot] * 25)
    assert all(math.isnan(one) or -1 <= one <= 1 for one in named.values())
    assert math.isnan(named["bright"]) == math.isnan(luma)


def edited(tmp_path: Path, old: str, new: str) -> Path:
    text = resources.files("kuleshov.cinema.attributes").joinpath("attributes.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_an_own_file_moves_the_centre(tmp_path: Path) -> None:
    mine = load_attributes(edited(tmp_path, "centre = 0.30", "centre = 0.20"))
    (bright,) = [attribute for attribute in mine if attribute.name == "bright"]
    assert bright.value(with_field("lighting", luma_mean=0.20)) == 0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[attributes.pink]", "[attributes.rose]", "attributes: 'rose' is unknown; allowed: long_take, "),
        ("spread = 0.13", "spread = 0", "attributes.bright.spread: must be a number above 0, got 0"),
        ("centre = 10.0", "centre = 0.01", "attributes.long_take.centre: must be at least the floor 0.04 because"),
        ("centre = 10.0", "center = 10.0", "attributes.long_take.centre: is missing; it must be a number"),
        (
            "relative = true\nsource",
            "relative = 1\nsource",
            "attributes.long_take.relative: must be true or false, got 1",
        ),
        ('toward = "low"', 'toward = "down"', "attributes.short_shot.toward: 'down' is unknown; allowed: high, low"),
        ("at_least = 1.0", "at_most = 1.0", "attributes.getting_louder.only_where.at_least: is missing"),
        ("floor = 0.04", "floor = 0.04\nunit = 's'", "attributes.long_take.unit: unknown setting; allowed: measure, "),
    ],
)
def test_a_broken_file_names_entry_and_rule(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = edited(tmp_path, old, new)
    with pytest.raises(GrammarError) as error:
        load_attributes(path)
    assert str(error.value).startswith(f"{path}: {message}")


def test_a_file_without_an_attribute_is_refused(tmp_path: Path) -> None:
    text = resources.files("kuleshov.cinema.attributes").joinpath("attributes.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    last = ATTRIBUTE_NAMES[-1]
    path.write_text(text[: text.index(f"[attributes.{last}]")], encoding="utf-8")
    with pytest.raises(GrammarError, match=rf"attributes: {last} missing; every attribute needs an entry"):
        load_attributes(path)
