"""What fine-tuning does for those who corrected: on their own digits and on MNIST's test set."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from benchmarks.reading.drawing_records import Record, draw
from digits.dataset import Mnist
from digits.drawing import Pixels, prepare
from digits.fine_tuning import teach
from digits.inference import FloatArray, digit_probabilities
from digits.settings import TrainingSettings

CORRECTIONS = 5

BeforeAfter = tuple[float, float]


@dataclass(frozen=True)
class FineTuningScore:
    """What lessons of five corrections did; accuracies before and after, means over lessons.

    Attributes:
        lessons: how many there were, one for each writer and class that was misread.
        corrected: accuracy on the digits that were corrected, as first drawn.
        others: on the writer's other digits of the class, which the lesson did not show.
        whole_class: on both together.
        improved: how many lessons raised the accuracy on the whole class.
        worsened: how many lowered it.
        test_accuracy: on MNIST's test set.
        largest_test_fall: the most that a lesson took from it.
    """

    lessons: int
    corrected: BeforeAfter
    others: BeforeAfter
    whole_class: BeforeAfter
    improved: int
    worsened: int
    test_accuracy: BeforeAfter
    largest_test_fall: float


class Case(NamedTuple):
    """A writer's digits of one class, as numbers of records: those corrected, and the others."""

    corrected: list[int]
    others: list[int]


def measure_fine_tuning(
    weights: Sequence[FloatArray],
    settings: TrainingSettings,
    records: Sequence[Record],
    images: Pixels,
    mnist: Mnist,
) -> FineTuningScore:
    """Teach copies of a network each writer's corrections of each class that it misread.

    Args:
        weights: of the network.
        settings: that it was trained with.
        records: what was written.
        images: their prepared drawings [count, 28, 28].
        mnist: to be rehearsed, and tested with.
    """
    labels = np.array([record.label for record in records], np.uint8)

    def reading(state: Sequence[FloatArray], numbers: list[int]) -> float:
        answers = digit_probabilities(state, settings.activation, images[numbers]).argmax(axis=1)
        return float(np.mean(answers == labels[numbers]))

    rows = []
    for case in misread_cases(weights, settings, records, images):
        drawings = drawn_again([records[number] for number in case.corrected])
        label = labels[case.corrected[0]]
        taught = teach(weights, settings, drawings, np.full(CORRECTIONS, label), mnist)
        states = (weights, taught.weights)
        parts = (case.corrected, case.others, case.corrected + case.others)
        own = [[reading(state, part) for state in states] for part in parts]
        rows.append([*own, [taught.test_before, taught.test_after]])
    return summary(np.array(rows))


def misread_cases(
    weights: Sequence[FloatArray],
    settings: TrainingSettings,
    records: Sequence[Record],
    images: Pixels,
) -> list[Case]:
    """Each writer's class with a misread digit and at least one more to judge the lesson by.

    Of several misread digits every other one is corrected, so that those left show whether the
    lesson goes beyond what it was told.
    """
    answers = digit_probabilities(weights, settings.activation, images).argmax(axis=1)
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    for number, record in enumerate(records):
        groups[record.writer, record.label].append(number)
    cases = []
    for (_, label), numbers in groups.items():
        corrected = [number for number in numbers if answers[number] != label][::2]
        others = [number for number in numbers if number not in corrected]
        if corrected and others:
            cases.append(Case(corrected, others))
    return cases


def drawn_again(records: Sequence[Record]) -> Pixels:
    """Five drawings of these records in turn at sizes and places of their own, prepared."""
    rng = np.random.default_rng(2)
    turns = (records[turn % len(records)] for turn in range(CORRECTIONS))
    return np.stack([prepare(draw(record.strokes, rng)).image for record in turns])


def summary(rows: FloatArray) -> FineTuningScore:
    """Means over lessons.

    Args:
        rows: [lessons, 4, 2], accuracies before and after on the corrected digits, on the others,
            on both together, and on MNIST's test set.
    """
    corrected, others, whole_class, test = ((float(b), float(a)) for b, a in rows.mean(axis=0))
    gain = rows[:, 2, 1] - rows[:, 2, 0]
    return FineTuningScore(
        len(rows),
        corrected,
        others,
        whole_class,
        int((gain > 0).sum()),
        int((gain < 0).sum()),
        test,
        float((rows[:, 3, 0] - rows[:, 3, 1]).max()),
    )
