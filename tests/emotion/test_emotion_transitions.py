"""The next state: probabilities that add up to 1, and a known chain that is learned better than by plain shares."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kuleshov.emotion.transitions import STATES, StateSpace, TransitionModel


def chain_of(seed: int) -> dict[tuple[str, str], np.ndarray]:
    rng = np.random.default_rng(seed)
    return {(one, two): rng.dirichlet(np.full(8, 0.3)) for one in STATES for two in STATES}


def draw(chain, steps: int, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    sequence = list(STATES[:2])
    while len(sequence) < steps:
        sequence.append(str(rng.choice(STATES, p=chain[sequence[-2], sequence[-1]])))
    return sequence


@pytest.fixture(scope="module")
def chain():
    return chain_of(1)


@pytest.fixture(scope="module")
def learned(chain):
    return [draw(chain, 300, seed) for seed in range(12)]


@pytest.mark.parametrize("history", [(), ("lively",), ("lively", "serene"), ("rough",) * 9, ("never seen", "lively")])
def test_probabilities_add_up_to_one_and_none_is_nothing(learned, history) -> None:
    chances = TransitionModel().learn(learned[:1]).probabilities(history)
    assert set(chances) == set(STATES)
    assert math.fsum(chances.values()) == pytest.approx(1.0)
    assert min(chances.values()) > 0


def test_what_was_never_learned_is_an_even_chance() -> None:
    assert set(TransitionModel().probabilities(("lively",)).values()) == {0.125}


def test_a_history_that_was_seen_once_counts_a_little() -> None:
    model = TransitionModel(("a", "b"), 1).learn([["a", "a", "a", "b"]])
    # Shares: a 3 of 4, blended with the even chance by 2 kinds: (3 + 2 * .5) / 6; after a: 2 of 3 stay, 2 kinds.
    assert model.probabilities(())["a"] == pytest.approx(4 / 6)
    assert model.probabilities(("a",))["a"] == pytest.approx((2 + 2 * 4 / 6) / 5)


def test_a_known_chain_is_predicted_better_than_by_shares_and_no_better_than_possible(chain, learned) -> None:
    unseen = [draw(chain, 300, seed) for seed in (101, 102)]
    losses = [TransitionModel(STATES, order).learn(learned).log_loss(unseen) for order in (0, 1, 2)]
    least = np.mean([-np.log(chain[s[n - 2], s[n - 1]][STATES.index(s[n])]) for s in unseen for n in range(2, len(s))])
    assert losses[2] < losses[1] < losses[0]
    assert least < losses[2] < least + 0.35
    assert losses[0] > least + 0.7


def test_sequences_without_order_gain_nothing() -> None:
    rng = np.random.default_rng(3)
    sequences = [rng.choice(STATES, 400).tolist() for _ in range(10)]
    plain, model = (TransitionModel(STATES, order).learn(sequences[:8]).log_loss(sequences[8:]) for order in (0, 2))
    assert model > plain


def test_states_are_told_from_the_middle_of_the_archive() -> None:
    points = np.array([[-0.2, 0.1, 0.3], [0.1, -0.2, 0.0], [0.0, 0.0, 0.1], [np.nan, 0, 0]])
    space = StateSpace.of(points)
    assert space.middle == (0.0, 0.0, 0.1)
    assert space.states(points) == ["threatening", "serene", "subdued"]
    assert StateSpace.of(np.zeros((0, 3))).middle == (0.0, 0.0, 0.0)


def test_a_sequence_of_one_has_no_loss() -> None:
    assert math.isnan(TransitionModel().learn([["lively"]]).log_loss([["lively"]]))
