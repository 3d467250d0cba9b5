"""Curves thinned for an overlay, along seconds too."""

import numpy as np
import pytest

from digits.overlay import seconds_at, thinned


def test_means_of_neighbours_keep_the_mean_and_the_end() -> None:
    steps = np.arange(1, 1001)
    values = np.sin(steps / 50)
    ends, means = thinned(steps, values, 100)
    assert len(ends) == 100
    assert ends[-1] == 1000
    np.testing.assert_allclose(means, values.reshape(100, 10).mean(axis=1))


@pytest.mark.parametrize("count", [0, 1, 2, 99, 100, 101])
def test_few_points_stay_as_they_are(count: int) -> None:
    steps = np.arange(1, count + 1)
    ends, means = thinned(steps, steps / 2, 100)
    assert len(ends) == min(count, 100)
    if count <= 100:
        np.testing.assert_array_equal(ends, steps)
        np.testing.assert_allclose(means, steps / 2)


def test_what_is_no_number_is_left_out_and_a_gap_stays_one() -> None:
    values = np.array([1, np.nan, 3, 5, np.nan, np.inf])
    _, means = thinned(np.arange(6), values, 3)
    np.testing.assert_array_equal(means, [1, 4, np.nan])


def test_seconds_follow_the_epochs_and_then_the_speed() -> None:
    found = seconds_at([5, 10, 15, 20, 25], [10, 20], [1.0, 3.0], steps_per_second=10)
    np.testing.assert_allclose(found, [0.5, 1, 2.5, 4, 4.5])
    np.testing.assert_allclose(seconds_at([5, 10], [], [], 10), [0.5, 1])
    np.testing.assert_allclose(seconds_at([5, 10], [], [], 0), [0, 0])
    assert len(seconds_at([], [], [], 0)) == 0
