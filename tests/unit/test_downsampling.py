"""Points for the charts: where they end, and what they are the mean of."""

import numpy as np
import pytest

from digits.progress import Checkpoint, Progress
from model_store.records import Points
from trainer.downsampling import PointDownsampler


def progress(first: int, last: int) -> Progress:
    steps = np.arange(first, last + 1, dtype=np.float32)
    return Progress(last, {"loss": steps}, None, lambda: Checkpoint(last, [], [], steps, steps))


def collected(reports: list[tuple[int, int, bool]], stride: int = 5) -> Points:
    points = PointDownsampler(stride)
    taken = []
    for first, last, everything in reports:
        points.add(progress(first, last))
        taken.append(points.take(everything))
    return Points.joined(taken)


def test_points_end_at_the_same_steps_however_the_reports_came() -> None:
    once = collected([(1, 20, True)])
    often = collected([(1, 3, False), (4, 11, False), (12, 20, False)])
    assert once.steps.tolist() == often.steps.tolist() == [5, 10, 15, 20]
    assert once.series["loss"].tolist() == often.series["loss"].tolist() == [3, 8, 13, 18]


def test_what_a_checkpoint_asks_for_besides_moves_no_later_point() -> None:
    points = collected([(1, 8, True), (9, 20, False)])
    assert points.steps.tolist() == [5, 8, 10, 15, 20]
    assert points.series["loss"].tolist() == [3, 7, 9.5, 13, 18]


@pytest.mark.parametrize("everything", [False, True])
def test_nothing_collected_is_no_point(everything) -> None:
    assert len(PointDownsampler(5).take(everything)) == 0
