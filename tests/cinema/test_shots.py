"""From transitions to shots: every frame once, borders where they belong, and bad transitions refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuleshov.cinema.shots.shots import shots_from_transitions
from kuleshov.cinema.span import Span
from kuleshov.records import Transition

START = Transition("start", 0, 0, 1.0)


def cut(frame, confidence=0.9):
    return Transition("cut", frame - 1, frame, confidence)


def borders(transitions, frame_count):
    return [(shot.start_frame, shot.end_frame) for shot in shots_from_transitions(transitions, frame_count=frame_count)]


def test_a_cut_begins_the_new_shot_at_its_end_frame():
    shots = shots_from_transitions([cut(40), cut(41)], frame_count=100)
    assert [(shot.start_frame, shot.end_frame, shot.transition_in) for shot in shots] == [
        (0, 40, START),
        (40, 41, cut(40)),
        (41, 100, cut(41)),
    ]
    assert [shot.clean for shot in shots] == [Span(0, 40), Span(40, 41), Span(41, 100)]


# The mixed frames 40..49 are ten, 40..48 nine: the odd one belongs to the new shot.
@pytest.mark.parametrize(("end_frame", "border"), [(50, 45), (49, 44), (41, 40), (40, 40)])
def test_a_gradual_transition_is_split_in_the_middle_and_measured_outside(end_frame, border):
    dissolve = Transition("dissolve", 39, end_frame, 0.7)
    old, new = shots_from_transitions([dissolve], frame_count=90)
    assert (old.end_frame, new.start_frame) == (border, border)
    assert (old.clean, new.clean) == (Span(0, 40), Span(end_frame, 90))


def test_transitions_that_meet_leave_a_clean_frame_between():
    shots = shots_from_transitions(
        [Transition("dissolve", 10, 30, 0.7), Transition("fade_black", 30, 60, 0.7)], frame_count=61
    )
    assert [shot.clean for shot in shots] == [Span(0, 11), Span(30, 31), Span(60, 61)]


def test_no_frames_make_no_shots_and_one_frame_makes_one():
    assert shots_from_transitions([cut(3)], frame_count=0) == []
    (shot,) = shots_from_transitions([cut(1), cut(0)], frame_count=1)
    assert shot == (0, 1, START, Span(0, 1))


def test_a_negative_frame_count_is_refused():
    with pytest.raises(ValueError, match="frame_count is -1"):
        shots_from_transitions([], frame_count=-1)


def test_order_does_not_matter():
    assert borders([cut(70), cut(20), cut(50)], 100) == [(0, 20), (20, 50), (50, 70), (70, 100)]


@pytest.mark.parametrize(
    "outside",
    [
        cut(0),  # begins before the film
        cut(100),  # no frame follows
        Transition("fade_black", 90, 120, 1.0),
        Transition("dissolve", 60, 50, 1.0),
        Transition("dissolve", 50, 50, 1.0),
        START,
    ],
)
def test_transitions_that_can_not_be_are_ignored(outside):
    assert borders([outside, cut(30)], 100) == [(0, 30), (30, 100)]


@pytest.mark.parametrize("confidence", [0.4, 0.9])
def test_of_two_that_overlap_the_more_confident_counts(confidence):
    dissolve = Transition("dissolve", 20, 40, 0.6)
    shots = shots_from_transitions([dissolve, cut(31, confidence)], frame_count=100)
    assert shots[1].transition_in == (cut(31, confidence) if confidence > 0.6 else dissolve)
    assert len(shots) == 2


TRANSITIONS = st.builds(
    Transition,
    st.sampled_from(["cut", "dissolve", "fade_black", "start"]),
    st.integers(-5, 60),
    st.integers(-5, 60),
    st.floats(0, 1),
)


@given(st.lists(TRANSITIONS, max_size=12), st.integers(1, 50))
def test_shots_partition_the_film_whatever_the_transitions(transitions, frame_count):
    shots = shots_from_transitions(transitions, frame_count=frame_count)
    assert [frame for shot in shots for frame in range(shot.start_frame, shot.end_frame)] == list(range(frame_count))
    assert shots[0].transition_in == START
    for shot in shots:
        assert shot.start_frame <= shot.clean.first < shot.clean.end <= shot.end_frame
        assert shot.transition_in == START or shot.transition_in in transitions
