"""What the benchmark of drawn digits concludes from records and answers."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.reading.drawing_records import Record, read_records
from benchmarks.reading.drawn_digits import Trained, bootstrap_interval, doubt_rates, score
from benchmarks.reading.fine_tuning import CORRECTIONS, drawn_again, misread_cases, summary
from digits.drawing import prepare
from digits.settings import TrainingSettings

UPRIGHT = [[[0.0, 0.0], [0.0, 100.0]]]
LEVEL = [[[0.0, 0.0], [100.0, 0.0]]]
SETTINGS = TrainingSettings(hidden_layers=())
# A bar at the left of the image is a 1, at the right a 7, for this network without hidden layers.
LEFT, RIGHT = np.zeros((2, 28, 28), np.uint8)
LEFT[:, :8] = RIGHT[:, 20:] = 255


@pytest.fixture
def network() -> Trained:
    kernel = np.zeros((784, 10), np.float32)
    kernel[:, 1], kernel[:, 7] = LEFT.reshape(-1) / 255, RIGHT.reshape(-1) / 255
    return Trained(SETTINGS, [kernel, np.zeros(10, np.float32)], 1.0, 0.9, 2.0)


RECORDS = [
    Record(1, "ann", UPRIGHT),
    Record(1, "ann", UPRIGHT),
    Record(1, "ann", UPRIGHT),
    Record(1, "ann", UPRIGHT),
    Record(7, "ben", UPRIGHT),
    Record(1, "ben", UPRIGHT),
]
IMAGES = np.stack([LEFT, RIGHT, RIGHT, RIGHT, RIGHT, RIGHT])


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_records_are_read_zipped_or_not(pack, tmp_path: Path) -> None:
    lines = [json.dumps({"label": 7, "writer": "ann", "strokes": LEVEL}), "", ""]
    (tmp_path / "records").write_bytes(pack("\n".join(lines).encode()))
    assert read_records(tmp_path / "records") == [Record(7, "ann", LEVEL)]


def test_scores_count_every_writer_the_same(network: Trained) -> None:
    found = score([network, network], IMAGES, RECORDS)
    assert found.accuracy == pytest.approx(2 / 6)
    assert found.writer_mean == pytest.approx((1 / 4 + 1 / 2) / 2)
    assert found.interval[0] <= found.writer_mean <= found.interval[1]
    assert found.confusions == [(1, 7, 8)]
    assert found.test_accuracy == pytest.approx(0.9)
    assert found.per_class == pytest.approx([1 / 5, 1])
    # Every answer is given with certainty, so the error is the share of wrong ones.
    assert found.calibration_error == pytest.approx(4 / 6, abs=1e-3)


def test_an_interval_narrows_with_more_writers() -> None:
    few, many = (bootstrap_interval(np.resize([0.9, 1.0], count)) for count in (10, 1000))
    assert few[1] - few[0] > 5 * (many[1] - many[0]) > 0
    assert many[0] < 0.95 < many[1]


def test_doubts_are_told_by_kind() -> None:
    blank = prepare(np.zeros((320, 320, 4), np.uint8))
    rates = doubt_rates([blank])
    assert rates["false_alarms"] == 1
    assert rates["flagged_by_kind"]["blanks"] == 1
    assert rates["flagged"] == pytest.approx(np.mean(list(rates["flagged_by_kind"].values())))


def test_every_other_misread_digit_is_corrected_and_the_rest_judge(network: Trained) -> None:
    # Ben's misread 1 is his only one, so nothing would be left to judge its lesson by.
    assert misread_cases(network.weights, SETTINGS, RECORDS, IMAGES) == [([1, 3], [0, 2])]


def test_a_correction_is_drawn_again_until_there_are_five() -> None:
    drawings = drawn_again([Record(1, "ann", UPRIGHT), Record(1, "ann", LEVEL)])
    assert drawings.shape == (CORRECTIONS, 28, 28)
    extents = np.array([np.ptp(np.nonzero(image), axis=1) for image in drawings])
    assert (extents[:, 0] > extents[:, 1]).tolist() == [True, False, True, False, True]


def test_lessons_are_summed_up() -> None:
    better = [[0, 1], [0.5, 1], [0.25, 1], [0.99, 0.98]]
    worse = [[0, 0], [1, 0.5], [0.75, 0.5], [0.99, 0.99]]
    found = summary(np.array([better, worse], np.float32))
    assert [found.lessons, found.improved, found.worsened] == [2, 1, 1]
    assert found.corrected == (0.0, 0.5)
    assert found.whole_class == (0.5, 0.75)
    assert found.largest_test_fall == pytest.approx(0.01)
