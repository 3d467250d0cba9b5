import numpy as np
import pytest

from digits.calibration import calibrated, expected_calibration_error, fit_temperature
from digits.inference import softmax


@pytest.fixture(scope="module")
def honest():
    """Probabilities that are right as often as they say, and labels."""
    rng = np.random.default_rng(0)
    probabilities = softmax(rng.normal(0, 2, (20_000, 10)).astype(np.float32))
    chosen = (probabilities.cumsum(axis=1) < rng.random((20_000, 1))).sum(axis=1)
    return probabilities, chosen.clip(0, 9).astype(np.uint8)


@pytest.mark.parametrize("heat", [0.3, 1.0, 3.0])
def test_the_temperature_is_found_again(honest, heat):
    probabilities, labels = honest
    skewed = calibrated(probabilities, 1 / heat)
    assert fit_temperature(skewed, labels) == pytest.approx(heat, rel=0.05)


def test_calibration_mends_overconfidence_and_changes_no_answer(honest):
    probabilities, labels = honest
    sure = calibrated(probabilities, 0.3)
    mended = calibrated(sure, fit_temperature(sure, labels))
    assert np.array_equal(mended.argmax(axis=1), sure.argmax(axis=1))
    assert expected_calibration_error(sure, labels) > 0.15
    assert expected_calibration_error(mended, labels) < 0.02


def test_certainty_stays_finite():
    certain = np.eye(10, dtype=np.float32)
    labels = np.arange(10, dtype=np.uint8)
    heat = fit_temperature(certain, labels)
    shares = calibrated(certain, heat)
    assert np.isfinite(shares).all()
    assert shares.sum(axis=1) == pytest.approx(np.ones(10), abs=1e-5)


def test_the_error_is_the_gap_between_confidence_and_accuracy():
    shares = np.full((100, 10), 0.2 / 9, np.float32)
    shares[:, 3] = 0.8
    labels = np.where(np.arange(100) < 50, 3, 4)
    assert expected_calibration_error(shares, labels) == pytest.approx(0.3, abs=1e-6)
    assert expected_calibration_error(shares[:0], labels[:0]) == 0
