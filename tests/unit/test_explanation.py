from itertools import pairwise

import numpy as np
import pytest

from digits.explanation import explain
from digits.inference import forward
from digits.settings import ACTIVATIONS


def network(widths, activation, seed=0):
    rng = np.random.default_rng(seed)
    weights = []
    for inputs, outputs in pairwise(widths):
        weights.append((rng.normal(size=(inputs, outputs)) / np.sqrt(inputs)).astype(np.float32))
        weights.append(rng.normal(0, 0.1, outputs).astype(np.float32))
    return weights


def lead(weights, activation, image, digit):
    logarithms = np.log(forward(weights, activation, image[None])[-1][0].astype(float))
    return logarithms[digit] - logarithms.mean()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", [(), (20,), (20, 15)])
def test_it_is_the_slope_of_the_lead_times_the_pixel(activation, hidden):
    weights = network((784, *hidden, 10), activation)
    image = np.random.default_rng(1).random((28, 28), dtype=np.float32)
    shares = explain(weights, activation, image, 4)
    for row, column in ((3, 5), (14, 14), (27, 0)):
        step = np.zeros_like(image)
        step[row, column] = 0.02
        slope = lead(weights, activation, image + step, 4) - lead(
            weights, activation, image - step, 4
        )
        expected = slope / 0.04 * image[row, column]
        assert shares[row, column] == pytest.approx(expected, rel=0.05, abs=2e-4)


def test_pixels_without_ink_say_nothing():
    image = np.zeros((28, 28), np.uint8)
    image[10:20, 14] = 255
    shares = explain(network((784, 30, 10), "relu"), "relu", image, 1)
    assert shares.shape == (28, 28)
    assert not shares[image == 0].any()
    assert shares[image > 0].any()


def test_without_biases_a_relu_network_is_explained_to_the_last_bit():
    weights = network((784, 30, 20, 10), "relu")
    weights[1::2] = [np.zeros_like(bias) for bias in weights[1::2]]
    image = np.random.default_rng(1).random((28, 28), dtype=np.float32)
    total = explain(weights, "relu", image, 2).sum()
    assert total == pytest.approx(lead(weights, "relu", image, 2), rel=1e-3)
