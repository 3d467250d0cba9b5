"""Two networks side by side: the figures are SciPy's, and the words agree with them."""

import numpy as np
import pytest
from scipy.stats import binomtest, ttest_rel
from scipy.stats import permutation_test as permutation_test_of_scipy

from digits.comparison import (
    clopper_pearson_interval,
    disagreements,
    in_words,
    mcnemar,
    once_in_words,
    paired_difference,
    permutation_test,
    settings_in_words,
    vote,
)
from digits.sweep import spread_in_words


@pytest.mark.parametrize(
    ("only_here", "only_there"),
    [(0, 1), (3, 3), (5, 0), (12, 30), (90, 61), (400, 399), (1, 700), (3000, 2800), (0, 10_000)],
)
def test_the_paired_test_is_scipys(only_here: int, only_there: int) -> None:
    found = binomtest(only_here, only_here + only_there, 0.5)
    assert mcnemar(only_here, only_there) == pytest.approx(found.pvalue, rel=1e-7, abs=1e-300)
    low, high = found.proportion_ci(0.95, method="exact")
    assert clopper_pearson_interval(only_here, only_here + only_there) == pytest.approx(
        (low, high), abs=1e-9
    )


def test_the_words_about_noise_agree_with_scipy_over_1000_pairs() -> None:
    dice = np.random.default_rng(3)
    seen = set()
    for _ in range(1000):
        count = int(dice.integers(20, 2000))
        labels = dice.integers(0, 10, count)
        better, worse = dice.uniform(0.6, 1, 2)
        here, there = (
            np.where(dice.random(count) < share, labels, (labels + 1) % 10)
            for share in (better, worse if dice.random() < 0.5 else better)
        )
        pair = paired_difference(here, there, labels)
        right, wrong = here == labels, there == labels
        only_here, only_there = (right & ~wrong).sum(), (wrong & ~right).sum()
        assert (pair.only_here, pair.only_there) == (only_here, only_there)
        differing = int(only_here + only_there)
        p = binomtest(int(only_here), differing).pvalue if differing else 1.0
        assert pair.p == pytest.approx(p, rel=1e-7)
        assert pair.difference == pytest.approx(right.mean() - wrong.mean())
        said = in_words(pair, count)
        assert ("more than luck" in said) == (p < 0.05), said
        assert (pair.low <= 0 <= pair.high) == (p >= 0.05), "the interval says the same"
        seen.add("more than luck" in said)
    assert seen == {True, False}


@pytest.mark.parametrize("shares", [(0.98, 0.9), (0.98, 0.975), (0.7, 0.75)])
def test_where_many_are_read_differently_the_interval_is_that_of_the_paired_t_test(shares) -> None:
    dice = np.random.default_rng(5)
    labels = dice.integers(0, 10, 10_000)
    here, there = (np.where(dice.random(10_000) < each, labels, 10) for each in shares)
    pair = paired_difference(here, there, labels)
    found = ttest_rel((here == labels) * 1.0, (there == labels) * 1.0).confidence_interval(0.95)
    assert (pair.low, pair.high) == pytest.approx((found.low, found.high), abs=3e-4)


@pytest.mark.parametrize("shift", [0.0, 0.001, 0.004])
def test_seeds_are_compared_as_scipys_exact_permutation_test_does(shift: float) -> None:
    dice = np.random.default_rng(7)
    for sizes in ((5, 5), (2, 3), (3, 6)):
        here, there = (np.round(0.97 + dice.normal(0, 0.001, size), 4) for size in sizes)
        here = here + shift
        found = permutation_test_of_scipy(
            (here, there), lambda one, other: one.mean() - other.mean(), n_resamples=10**6
        )
        # SciPy doubles the smaller tail, which is the same where both parts are as large.
        if sizes[0] == sizes[1]:
            assert permutation_test(list(here), list(there)) == pytest.approx(found.pvalue)
        assert permutation_test(list(here), list(there)) == permutation_test(
            list(there), list(here)
        )


def test_the_words_about_settings_name_the_better_one() -> None:
    low, high = [0.95, 0.951, 0.952, 0.953], [0.96, 0.961, 0.962, 0.963]
    assert settings_in_words(("a", "b"), low, high).startswith(
        "Every run with b beats every run with a, by 1.00 points on average: more than luck with "
        "the seeds, which alone makes such a difference in 3 of 100 cases, the smallest figure "
        "that 4 and 4 runs can give."
    )
    mixed = [0.954, *high[1:], 0.964, 0.965]
    assert settings_in_words(("a", "b"), [*low, 0.955], mixed) == (
        "b is 0.93 points better than a on average: more than luck with the seeds, which alone "
        "makes such a difference in 6 of 1,000 cases."
    )
    close = settings_in_words(("a", "b"), [0.951, 0.953], [0.952, 0.953])
    assert "Between b and a lie 0.05 points on average: that may be luck with the seeds" in close


@pytest.mark.parametrize(("once", "place"), [(0.98, "within"), (0.991, "above"), (0.9, "below")])
def test_one_run_is_set_beside_the_range_of_several(once: float, place: str) -> None:
    said = once_in_words(("a", "b"), once, [0.975, 0.98, 0.99])
    assert f", {place} what 3 seeds of b gave (97.50% to 99.00%). It is one run" in said


@pytest.mark.parametrize("sizes", [(2, 2), (2, 5), (5, 3), (3, 5), (5, 5)])
def test_where_every_run_beats_every_other_the_words_say_that_first(sizes) -> None:
    dice = np.random.default_rng(11)
    for _ in range(30):
        here, there = (list(0.9 + 0.01 * dice.random(size)) for size in sizes)
        there = [each + 0.04 for each in there]
        said = settings_in_words(("a", "b"), here, there)
        assert said.startswith("Every run with b beats every run with a, by ")
        p = permutation_test(here, there)
        assert ("more than luck" in said) == (p < 0.05)
        assert ("too few runs to rule out luck with the seeds" in said) == (p >= 0.05)
        dealt = [sorted([*here, *there])[: sizes[0]], sorted([*here, *there])[-sizes[0] :]]
        rest = [sorted([*here, *there])[sizes[0] :], sorted([*here, *there])[: -sizes[0]]]
        smallest = min(map(permutation_test, dealt, rest))
        assert ("the smallest figure that" in said) == (p == smallest)


def test_each_luck_is_called_by_its_name_and_none_speaks_against_the_verdict_over_seeds() -> None:
    labels = np.zeros(10_000, int)
    here, there = labels.copy(), labels.copy()
    here[:135], there[135:225] = 1, 1
    pair = paired_difference(here, there, labels)
    assert (pair.only_here, pair.only_there) == (90, 135)
    said = "45 images fewer right of 10,000"
    assert in_words(pair, 10_000) == (
        f"{said}: more than luck with these test images, which alone makes such a difference in "
        "3 of 1,000 cases."
    )
    assert in_words(pair, 10_000, differ_in_seed_alone=True) == (
        f"{said}. Same settings, another seed: what differs here is luck with the seed, that of "
        "the starting weights and of the order of the images."
    )
    for is_another_seed in (True, False):
        words = in_words(pair, 10_000, is_another_seed, seeds_decide=True)
        assert words.startswith(f"{said}. ")
        assert "luck" not in words


def test_what_lies_between_two_means_is_what_lies_between_the_shown_ones() -> None:
    here, there = [0.97942, 0.97944], [0.97575, 0.97576]
    assert "97.94%" in spread_in_words(here)
    assert "97.58%" in spread_in_words(there)
    assert ", by 0.36 points on average" in settings_in_words(("a", "b"), here, there)


def test_networks_that_answer_alike_have_nothing_between_them() -> None:
    labels = np.arange(10) % 10
    pair = paired_difference(labels, labels, labels)
    assert list(pair) == [0, 0, 0, 0, 0, 1]
    assert in_words(pair, 10) == "Both are right and wrong on the very same images."
    other = np.array([*labels[:8], 0, 9])
    another = np.array([*labels[:9], 0])
    assert in_words(paired_difference(other, another, labels), 10) == (
        "As many right, but not the same ones: each reads 1 image that the other misreads."
    )


def test_answers_to_other_images_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="expected as many answers as labels, got 3, 2 and 3"):
        paired_difference(np.zeros(3, int), np.zeros(2, int), np.zeros(3, int))
    nothing = np.zeros(0, int)
    with pytest.raises(ValueError, match="got 0, 0 and 0"):
        paired_difference(nothing, nothing, nothing)


def test_one_image_is_one_image() -> None:
    labels = np.zeros(100, int)
    worse = labels.copy()
    worse[0] = 1
    pair = paired_difference(worse, labels, labels)
    said = in_words(pair, 100)
    assert said.startswith(
        "1 image fewer right of 100: that may be luck with these test images, which"
    )
    assert said.endswith("nearly always.")


def test_a_vote_is_that_of_most_and_the_first_decides_a_draw() -> None:
    answers = [np.array(each) for each in ([1, 2, 3, 4], [1, 5, 3, 6], [7, 5, 3, 8])]
    assert vote(answers).tolist() == [1, 5, 3, 4]
    assert disagreements(answers).tolist() == [0, 1, 3]
    assert vote(answers[:1]).tolist() == [1, 2, 3, 4]
