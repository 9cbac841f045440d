"""By example, what would cut together, what comes again: on small films whose pictures and sounds are made here."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from kuleshov.archive import Archive
from kuleshov.errors import MediaError, QueryError
from kuleshov.export.match_cuts import matches_listing
from kuleshov.export.write import listing_content
from kuleshov.pipeline.examples import example_of_file
from kuleshov.pipeline.ingest import ingest
from kuleshov.pipeline.job.settings import Settings
from kuleshov.query import example_at, example_of_frame, matches, repetitions, similar

RATE, FRAMES = 12, 18
WIDTH, HEIGHT = 160, 90
Y, X = np.mgrid[0:HEIGHT, 0:WIDTH]
SETTINGS = Settings(device="cpu", faces="off")


def place(seed, tint=(1.0, 1.0, 1.0)):
    """A picture of its own, soft and wider than the frame, so that a camera can go over it."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(30, 220, (10, 40))
    fine = coarse.repeat(9, axis=0).repeat(9, axis=1)
    return fine[:, :, None] * np.array(tint)


def shot(seed, *, pan=0, tint=(1.0, 1.0, 1.0), disc=None, walk=None):
    """Frames of a place. ``pan`` in pixels a frame; ``disc`` (x, y) a bright round thing; ``walk`` the seed of a way
    that a dark figure goes."""
    frames = []
    ground = place(seed, tint)
    way = None if walk is None else np.random.default_rng(walk).uniform(0.2, 0.7, 3)
    for number in range(FRAMES):
        at = pan * number if pan >= 0 else 180 + pan * number
        picture = ground[:HEIGHT, at : at + WIDTH].copy()
        if disc is not None:
            picture = picture * 0.7
            picture[np.hypot(X - disc[0], Y - disc[1]) < 26] = (235, 225, 190)
        if way is not None:
            x = 80 + 30 * sum(np.sin(2 * np.pi * rate * number / RATE * 1.5) for rate in way)
            picture[np.hypot((X - x) / 14, (Y - 50) / 30) < 1] = 15
        frames.append(np.clip(picture, 0, 255).astype(np.uint8))
    return frames


def tone(hertz, seconds, level=0.1):
    time = np.arange(round(seconds * 48_000)) / 48_000
    return (level * np.sign(np.sin(2 * np.pi * hertz * time)) * (1 + np.sin(2 * np.pi * 3 * time)) / 2).astype(
        np.float32
    )


WARM, COLD = (1.0, 0.75, 0.5), (0.5, 0.75, 1.0)
FILMS = {
    "one": ([shot(1, walk=1), shot(2, tint=COLD), shot(3, pan=6), shot(4, disc=(50, 40))], 220.0),
    "two": (
        [shot(11, disc=(52, 41), tint=WARM), shot(12, tint=WARM), shot(13, pan=6, tint=COLD), shot(1, walk=1)],
        3000.0,
    ),
    "three": (
        [shot(31, tint=COLD), shot(22, pan=-6), shot(23, tint=WARM), shot(1, walk=9), shot(24, disc=(120, 60))],
        None,
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, make_film):
    folder = tmp_path_factory.mktemp("similar")
    for name, (shots, hertz) in FILMS.items():
        frames = [frame for one in shots for frame in one]
        sound = None if hertz is None else np.stack([tone(hertz, len(frames) / RATE)] * 2)
        make_film(folder / f"{name}.mp4", frames, rate=RATE, options={"crf": "16"}, sound=sound)
    return folder


@pytest.fixture(scope="module")
def archive(folder):
    with Archive.open(folder / "archive", create=True) as store:
        done = list(ingest([folder / f"{name}.mp4" for name in FILMS], store, settings=SETTINGS))
        assert [one.shots for one in done] == [len(shots) for shots, _ in FILMS.values()]
        yield store


def at(archive, film, number):
    """The example of a shot by its number."""
    return example_at(archive, archive.resolve(film), (number + 0.5) * FRAMES / RATE)


def places(found):
    return [(hit.film, hit.index) for hit in found.result.hits]


def test_every_film_has_its_spaces_and_they_are_made_anew_with_its_shots(archive):
    embeddings = {each.space: each for each in archive.embeddings(archive.resolve("one").content_id)}
    assert set(embeddings) == {"look", "sound", "head", "tail"}
    assert embeddings["look"].vectors["shot"].shape[0] == 4
    assert set(embeddings["head"].vectors) == {"shot"}
    assert "sound" not in {each.space for each in archive.embeddings(archive.resolve("three").content_id)}


def test_a_file_of_the_archive_is_found_at_no_distance_and_the_example_itself_is_not(archive, folder):
    found = similar(archive, example_of_file(folder / "two.mp4", at_seconds=2.0, settings=SETTINGS))
    first = found.result.hits[0]
    assert (first.film, first.index) == ("two", 1)
    assert first.score == pytest.approx(1, abs=0.01)
    assert ("two", 1) not in places(similar(archive, at(archive, "two", 1)))
    others = similar(archive, at(archive, "two", 1), own_film=False, k=20)
    assert {film for film, _ in places(others)} == {"one", "three"}
    inside = similar(archive, at(archive, "two", 1), films=[archive.resolve("three").content_id], k=20)
    assert {film for film, _ in places(inside)} == {"three"}


def test_a_smaller_darker_copy_is_nearest_to_its_own_shots(archive, tmp_path, make_film):
    frames = [(220 * (frame[::2, ::2] / 255) ** 1.3).astype(np.uint8) for one in FILMS["one"][0] for frame in one]
    copy = make_film(tmp_path / "copy.mp4", [frame[:44] for frame in frames], rate=RATE, options={"crf": "30"})
    for number in range(4):
        seconds = (number + 0.5) * FRAMES / RATE
        found = similar(archive, example_of_file(copy, at_seconds=seconds, settings=SETTINGS), by={"sight": 1})
        twins = {("one", number), ("two", 3)} if number == 0 else {("one", number)}
        assert places(found)[0] in twins


def test_reasons_add_up_by_space(archive):
    found = similar(archive, at(archive, "one", 1), by={"sight": 2, "sound": 1, "feeling": 1}, but="warmer")
    assert dict(found.weights) == pytest.approx({"look": 0.5, "sound": 0.25, "feeling": 0.25})
    assert found.result.hits
    for hit in found.result.hits:
        assert math.fsum(reason.contribution for reason in hit.reasons) == pytest.approx(hit.score, abs=1e-9)
        assert {reason.cue for reason in hit.reasons} == {"look", "sound", "feeling", "warm than there"}
        assert next(one.value for one in hit.reasons if one.cue == "warm than there") >= 0.05
    assert [hit.score for hit in found.result.hits] == sorted((hit.score for hit in found.result.hits), reverse=True)


def test_a_picture_and_a_frame_look_and_no_more(archive, folder, tmp_path):
    from av import VideoFrame

    picture = tmp_path / "still.png"
    VideoFrame.from_ndarray(FILMS["three"][0][2][5], format="rgb24").to_image().save(picture)
    still = example_of_file(picture, settings=SETTINGS)
    assert set(still.spaces) == {"look", "head", "tail"}
    found = similar(archive, still)
    assert places(found)[0] == ("three", 2)
    assert found.result.hits[0].reasons[0].value > 0.7
    assert [note.split(" does not count")[0] for note in found.notes] == ["sound", "words", "feeling"]
    frame = example_of_frame(archive, archive.resolve("one"), 0.8)
    assert places(similar(archive, frame, k=1))[0] == ("two", 3)  # not its own shot


def test_a_sound_file_is_found_by_its_sound(archive, tmp_path, make_sound):
    for hertz, film in ((220.0, "one"), (3000.0, "two")):
        file = make_sound(tmp_path / f"{hertz:g}.wav", tone(hertz, 4.0)[None])
        found = similar(archive, example_of_file(file, settings=SETTINGS), unit="scene", k=1)
        assert places(found)[0][0] == film
        assert found.result.hits[0].score > 0.8
        assert dict(found.weights) == {"sound": 1.0}


def test_what_can_not_be_compared_is_said(archive, tmp_path):
    with pytest.raises(QueryError, match="there are sight, sound, words, feeling"):
        similar(archive, at(archive, "one", 0), by={"smell": 1})
    with pytest.raises(QueryError, match="nothing to compare by"):
        similar(archive, at(archive, "three", 0), by={"sound": 1})
    with pytest.raises(QueryError, match="not understood: xyzzy"):
        similar(archive, at(archive, "one", 0), but="xyzzy")
    text = tmp_path / "notes.txt"
    text.write_text("no film at all\n" * 50)
    with pytest.raises(MediaError):
        example_of_file(text, settings=SETTINGS)


def all_shots(archive, film):
    return [id for id, _, _ in archive.spans("shot", archive.resolve(film).content_id)]


def test_a_shape_or_a_movement_that_goes_on_in_another_film_is_the_first_match(archive):
    everything = archive.ids("shot")
    shape = matches(archive, [all_shots(archive, "one")[3]], everything)
    assert (shape[0].into.film.title, shape[0].into.shot.index) == ("two", 0)
    assert shape[0].reasons[0].cue == "shape"
    pan = matches(archive, [all_shots(archive, "one")[2]], everything)
    assert (pan[0].into.film.title, pan[0].into.shot.index) == ("two", 2)
    assert pan[0].reasons[0].cue == "movement"
    back = matches(archive, everything, [all_shots(archive, "two")[2]])
    assert (back[0].out.film.title, back[0].out.shot.index) == ("one", 2)
    between = matches(archive, all_shots(archive, "one"), all_shots(archive, "two"), k=2)
    assert {(one.out.shot.index, one.into.shot.index) for one in between} == {(3, 0), (2, 2)}
    for match in (*shape, *pan, *between):
        assert math.fsum(reason.contribution for reason in match.reasons) == pytest.approx(match.score)
        assert match.out.film.content_id != match.into.film.content_id


def test_matches_have_edit_points_and_go_to_editing_programs(archive):
    (match,) = matches(archive, [all_shots(archive, "one")[2]], archive.ids("shot"), k=1)
    assert (match.out.frame, match.into.frame) == (3 * FRAMES, 2 * FRAMES)
    listing = matches_listing(archive, [match], seconds=0.5)
    assert [(clip.start_frame, clip.end_frame) for clip in listing.clips] == [(48, 54), (36, 42)]
    assert b"score +" in listing_content(listing, "edl")
    assert len(json.loads(listing_content(listing, "otio"))["tracks"]["children"][0]["children"]) == 2


def test_the_same_footage_comes_again_in_another_film_and_the_same_setup_beside_it(archive):
    groups = repetitions(archive, archive.films())
    told = [(group.kind, {(shot.film.title, shot.index) for shot in group.shots}) for group in groups]
    assert told[0] == ("footage", {("one", 0), ("two", 3)})
    assert all(kind == "setup" and shots <= {("one", 0), ("two", 3), ("three", 3)} for kind, shots in told[1:])
    assert repetitions(archive, archive.films(), across=False) == []
