"""The interval of a share, against what the literature gives and against drawn samples."""

import numpy as np
import pytest

from digits.intervals import wilson_interval


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [  # R. G. Newcombe, Two-sided confidence intervals for the single proportion, 1998, table I
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilsons(right: int, count: int, low: float, high: float) -> None:
    assert wilson_interval(right, count) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.97])
def test_about_95_of_100_intervals_hold_the_true_share(share: float) -> None:
    samples = np.random.default_rng(1).binomial(30, share, 4000)
    intervals = [wilson_interval(int(right), 30) for right in samples]
    assert 0.92 < np.mean([low <= share <= high for low, high in intervals]) < 0.98


def test_all_right_is_not_said_to_be_certain() -> None:
    assert wilson_interval(10, 10) == pytest.approx((0.7225, 1), abs=1e-4)


@pytest.mark.parametrize(("right", "count"), [(0, 0), (3, 2), (-1, 5)])
def test_what_cannot_be_counted_is_refused(right: int, count: int) -> None:
    with pytest.raises(ValueError, match="right of at least 1 example"):
        wilson_interval(right, count)
