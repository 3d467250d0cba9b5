"""Which of two networks is better, and whether that is luck: both have read the same images."""

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.intervals import SIGMAS_OF_95_PERCENT
from digits.settings import CLASSES
from digits.words import counted, percent

# What happens by luck alone in fewer than so many cases is taken for more than luck.
SIGNIFICANCE = 0.05
_HALVINGS = 60
# The test of a pair reckons with other images, not with other seeds: each luck has its name.
OF_THE_IMAGES = "luck with these test images"
OF_THE_SEEDS = "luck with the seeds"
ANOTHER_SEED = "Another seed might change it: five seeds of both would show."
ONLY_THE_SEED = (
    "Same settings, another seed: what differs here is luck with the seed, that of the starting "
    "weights and of the order of the images."
)
SEEDS_DECIDE = "The sentence above says, over all seeds, which settings are better."

Digits = NDArray[np.integer[Any]]


class PairedDifference(NamedTuple):
    """One network beside another, by the images that only one of them reads rightly.

    Attributes:
        only_here, only_there: so many images are read rightly by the one or the other alone.
        difference: of their accuracies, above 0 where the first is better.
        low, high: the 95% interval of that: of the normal distribution or, where few images are
            read differently and that one is too narrow, the one that belongs to the exact test. It
            holds 0 just if `p` is 0.05 or more.
        p: how often luck alone makes so large a difference, from 0 to 1.
    """

    only_here: int
    only_there: int
    difference: float
    low: float
    high: float
    p: float

    @property
    def is_within_noise(self) -> bool:
        """Whether luck alone may well have made the difference."""
        return self.p >= SIGNIFICANCE


def paired_difference(here: Digits, there: Digits, labels: Digits) -> PairedDifference:
    """Compare two networks on the same images.

    Args:
        here: what the first has read, [count].
        there: what the other has read, [count].
        labels: what the images are, [count].

    Raises:
        ValueError: there are no images, or not as many answers as images.
    """
    if not len(here) == len(there) == len(labels) > 0:
        raise ValueError(
            f"expected as many answers as labels, got {len(here)}, {len(there)} and {len(labels)}"
        )
    right_here, right_there = here == labels, there == labels
    only_here = int((right_here & ~right_there).sum())
    only_there = int((right_there & ~right_here).sum())
    differing, count = only_here + only_there, len(labels)
    difference = (only_here - only_there) / count
    spread = SIGMAS_OF_95_PERCENT * math.sqrt((differing / count - difference**2) / count)
    exact = clopper_pearson_interval(only_here, differing) if differing else (0.5, 0.5)
    low, high = ((2 * share - 1) * differing / count for share in exact)
    return PairedDifference(
        only_here,
        only_there,
        difference,
        min(low, difference - spread),
        max(high, difference + spread),
        mcnemar(only_here, only_there),
    )


def mcnemar(only_here: int, only_there: int) -> float:
    """How often luck alone makes so large a difference: the exact two-sided binomial test.

    Args:
        only_here: images that the first network alone reads rightly.
        only_there: images that the other alone reads rightly.

    Source: Q. McNemar, Note on the sampling error of the difference between correlated proportions
    or percentages, Psychometrika 12, 1947; exact, as no other is needed for counts like these.
    """
    count = only_here + only_there
    tail = _cumulative(_log_choices(count), min(only_here, only_there), 0.5)
    return min(1.0, 2 * tail)


def clopper_pearson_interval(right: int, count: int) -> tuple[float, float]:
    """Where the true share lies, with 95% at least: the exact interval of the binomial test.

    Args:
        right: from 0 to `count`.
        count: at least 1.

    Source: C. J. Clopper and E. S. Pearson, The use of confidence or fiducial limits illustrated in
    the case of the binomial, Biometrika 26, 1934.
    """
    logs = _log_choices(count)

    def upper(most: int) -> float:
        """The share with which no more than `most` are right in one of 40 cases."""
        low, high = 0.0, 1.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if _cumulative(logs, most, middle) > SIGNIFICANCE / 2:
                low = middle
            else:
                high = middle
        return high

    return (
        0.0 if right == 0 else 1 - upper(count - right),
        1.0 if right == count else upper(right),
    )


def _log_choices(count: int) -> NDArray[np.float64]:
    """Logarithms of the binomial coefficients, [count + 1]."""
    logs = np.zeros(count + 1)
    logs[1:] = np.cumsum(np.log(np.arange(1, count + 1)))
    return np.asarray(logs[-1] - logs - logs[::-1])


def _cumulative(log_choices: NDArray[np.float64], most: int, share: float) -> float:
    """How probable it is that no more than `most` of all are right, each with chance `share`."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return float(most >= len(log_choices) - 1)
    right = np.arange(most + 1)
    wrong = len(log_choices) - 1 - right
    logs = log_choices[: most + 1] + right * math.log(share) + wrong * math.log1p(-share)
    return float(np.exp(logs).sum())


def permutation_test(here: Sequence[float], there: Sequence[float]) -> float:
    """How often luck alone makes the means of two settings differ so much, from 0 to 1.

    All ways to deal the results to the two are tried.

    Args:
        here: what the one has reached, from several seeds.
        there: what the other has reached.

    Source: R. A. Fisher, The Design of Experiments, 1935, section 21.
    """
    return _permutation_test(tuple(here), tuple(there))


@lru_cache(maxsize=64)  # twice ten results can be dealt in 184,756 ways
def _permutation_test(here: tuple[float, ...], there: tuple[float, ...]) -> float:
    together = [*here, *there]
    total, size = math.fsum(together), len(here)
    # Means go with sums: those of one part tell those of the other.
    middle = total * size / len(together)
    found = abs(math.fsum(here) - middle) * (1 - 1e-12) - 1e-12
    parts = [abs(math.fsum(part) - middle) for part in combinations(together, size)]
    return sum(each >= found for each in parts) / len(parts)


def settings_in_words(names: tuple[str, str], here: Sequence[float], there: Sequence[float]) -> str:
    """Which of two settings is better over several seeds, for somebody who knows no statistics.

    Args:
        names: of the two.
        here: accuracies of the one, of two seeds or more.
        there: accuracies of the other.
    """
    p = permutation_test(here, there)
    difference = mean_in_points(here) - mean_in_points(there)
    better, worse = names if difference >= 0 else names[::-1]
    points = f"{abs(difference):.2f} points"
    if min(here) > max(there) or min(there) > max(here):
        said = f"Every run with {better} beats every run with {worse}, by {points} on average"
        enough = "more than" if p < SIGNIFICANCE else "too few runs to rule out"
    elif p < SIGNIFICANCE:
        said, enough = f"{better} is {points} better than {worse} on average", "more than"
    else:
        said, enough = f"Between {better} and {worse} lie {points} on average", "that may be"
    utmost = f", the smallest figure that {len(here)} and {len(there)} runs can give"
    luck = f"{enough} {OF_THE_SEEDS}, {_how_often(p)}"
    return f"{said}: {luck}{utmost * _is_utmost(here, there)}."


def once_in_words(names: tuple[str, str], once: float, several: Sequence[float]) -> str:
    """How the one run of a setting lies to what several seeds of another have reached.

    Args:
        names: of the setting that was trained once, and of the other.
        once: the accuracy of the one run.
        several: accuracies of the other.
    """
    low, high = min(several), max(several)
    place = "above" if once > high else "below" if once < low else "within"
    return (
        f"{names[0]} reads {percent(once)}, {place} what {len(several)} seeds of {names[1]} gave "
        f"({percent(low)} to {percent(high)}). It is one run: other seeds of it would tell more."
    )


def _is_utmost(here: Sequence[float], there: Sequence[float]) -> bool:
    """Whether no other way to deal the results would set the two means further apart."""
    together, size = sorted([*here, *there]), len(here)
    middle = math.fsum(together) * size / len(together)
    ends = together[:size], together[-size:]
    furthest = max(abs(math.fsum(end) - middle) for end in ends)
    return abs(math.fsum(here) - middle) >= furthest * (1 - 1e-12)


def mean_in_points(accuracies: Sequence[float]) -> float:
    """The mean as it is shown, in percent: what lies between two of these is what readers get."""
    return float(f"{100 * math.fsum(accuracies) / len(accuracies):.2f}")


def in_words(
    pair: PairedDifference,
    images: int,
    differ_in_seed_alone: bool = False,
    seeds_decide: bool = False,
) -> str:
    """What a difference means, for somebody who knows no statistics.

    Args:
        pair: the difference.
        images: how many both have read.
        differ_in_seed_alone: whether both were trained with the same settings.
        seeds_decide: whether several seeds of two settings are compared, and both are among them:
            then one pair of them is no verdict.
    """
    if not pair.only_here + pair.only_there:
        return "Both are right and wrong on the very same images."
    more = pair.only_here - pair.only_there
    if not more:
        alone = counted(pair.only_here, "image")
        return f"As many right, but not the same ones: each reads {alone} that the other misreads."
    verb = "more" if more > 0 else "fewer"
    said = f"{counted(abs(more), 'image')} {verb} right of {images:,}"
    if seeds_decide:
        return f"{said}. {'Same settings, another seed.' if differ_in_seed_alone else SEEDS_DECIDE}"
    if differ_in_seed_alone:
        return f"{said}. {ONLY_THE_SEED}"
    enough = "that may be" if pair.is_within_noise else "more than"
    return f"{said}: {enough} {OF_THE_IMAGES}, {_how_often(pair.p)}."


def _how_often(p: float) -> str:
    if p >= 0.995:
        return "which alone makes such a difference nearly always"
    cases = "fewer than 1 of 1,000"
    if p >= 0.01:
        cases = f"{round(100 * p)} of 100"
    elif p >= 0.001:
        cases = f"{round(1000 * p)} of 1,000"
    return f"which alone makes such a difference in {cases} cases"


def disagreements(answers: Sequence[Digits]) -> NDArray[np.int64]:
    """Which images are not read as the same digit by all networks.

    Args:
        answers: what each has read, [count] each.
    """
    together = np.stack(answers)
    return np.flatnonzero((together != together[0]).any(axis=0))


def vote(answers: Sequence[Digits]) -> NDArray[np.uint8]:
    """What the networks say together: the digit that most of them read, [count].

    Where as many say one as another, the network counts that stands first.

    Args:
        answers: what each has read, [count] each.
    """
    count = len(answers[0])
    votes = np.zeros((count, CLASSES))
    for place, digits in enumerate(answers):
        # Less for each later one, but never as much as a whole vote in all.
        votes[np.arange(count), digits] += 1 - place / (len(answers) + 1) ** 2
    return np.asarray(votes.argmax(axis=1), np.uint8)
