"""Dropout by hashing: the share, the mean, and what makes two masks equal or different."""

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from digits.dropout import dropout, random_key

RATES = [0.1, 0.2, 0.5, 0.8]


def dropped(rate: float, seed: int = 42, step: int = 0, use: int = 0) -> np.ndarray[Any, Any]:
    key = random_key(tf.constant(seed), tf.constant(step), use)
    return np.asarray(dropout(tf.ones((256, 512)), tf.constant(rate), key))


@pytest.mark.parametrize("rate", RATES)
def test_the_share_is_dropped_and_the_mean_stays(rate: float) -> None:
    values = dropped(rate)
    # Six standard deviations of the share among 131,072 independent values.
    tolerance = 6 * np.sqrt(rate * (1 - rate) / values.size)
    assert abs((values == 0).mean() - rate) < tolerance
    np.testing.assert_allclose(values[values > 0], 1 / (1 - rate), rtol=1e-6)
    assert abs(values.mean() - 1) < tolerance / (1 - rate)


def test_no_rate_changes_nothing() -> None:
    assert (dropped(0.0) == 1).all()


@pytest.mark.parametrize("axis", [0, 1])
def test_rows_and_columns_are_dropped_evenly(axis: int) -> None:
    shares = (dropped(0.5) == 0).mean(axis=axis)
    assert abs(shares - 0.5).max() < 6 * np.sqrt(0.25 / (131_072 / shares.size))


def test_the_same_place_drops_the_same() -> None:
    np.testing.assert_array_equal(dropped(0.5), dropped(0.5))


@pytest.mark.parametrize("other", [{"step": 1}, {"seed": 43}, {"use": 1}])
def test_another_step_seed_or_layer_is_independent(other: dict[str, int]) -> None:
    both = (dropped(0.5) == 0) & (dropped(0.5, **other) == 0)
    assert abs(both.mean() - 0.25) < 6 * np.sqrt(0.25 * 0.75 / both.size)


def test_seed_and_layer_are_no_neighbours_of_step() -> None:
    keys = {
        key
        for seed in range(5)
        for use in range(3)
        for key in random_key(tf.constant(seed), tf.range(200), use).numpy().tolist()
    }
    # Seed 1 in layer 0 starts like seed 0 in layer 1; beyond these seven starts nothing repeats.
    assert len(keys) == 7 * 200


def test_gradient_flows_through_what_was_kept() -> None:
    values = tf.ones((4, 32))
    key = random_key(tf.constant(1), tf.constant(1), 0)
    with tf.GradientTape() as tape:
        tape.watch(values)
        kept = dropout(values, tf.constant(0.5), key)
    np.testing.assert_array_equal(tape.gradient(kept, values), kept)
