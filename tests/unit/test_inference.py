"""The NumPy forward pass against Keras."""

from typing import Any

import keras
import numpy as np
import pytest

from digits.choices import ACTIVATION_ROWS
from digits.dataset import Mnist
from digits.inference import FloatArray, digit_probabilities, forward, softmax
from digits.network import build_network, dense_layers
from digits.settings import ACTIVATIONS, Activation, TrainingSettings


def spread_network(settings: TrainingSettings) -> Any:
    """Return a network with weights large enough to use every part of an activation."""
    network = build_network(settings)
    network.set_weights([1.5 * weight + 0.01 for weight in network.get_weights()])
    return network


@pytest.mark.parametrize("layers", [(), (128, 64), (32, 32, 32, 32, 32, 32)])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_layer_equals_that_of_keras(
    activation: Activation, layers: tuple[int, ...], small_mnist: Mnist
) -> None:
    network = spread_network(TrainingSettings(hidden_layers=layers, activation=activation))
    images = small_mnist.test_images[:200]
    *hidden, _ = dense_layers(network)
    kept = [layer.output for layer in [network.layers[0], *hidden]]
    inspected = keras.Model(network.inputs[0], [*kept, network.outputs[0]])
    expected = inspected(images.astype(np.float32) / 255)
    found = forward(network.get_weights(), activation, images)
    assert [layer.shape for layer in found] == [layer.shape for layer in expected]
    assert {layer.dtype for layer in found} == {np.dtype(np.float32)}
    for ours, theirs in zip(found[:-1], expected[:-1], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(found[-1], expected[-1], rtol=0, atol=1e-5)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_slopes_are_those_of_the_activations(activation: Activation) -> None:
    row = ACTIVATION_ROWS[activation]
    sums = np.linspace(-6, 6, 400, dtype=np.float64)  # which has no 0, where relus have a kink
    measured = (row.value(sums + 1e-3) - row.value(sums - 1e-3)) / 2e-3
    np.testing.assert_allclose(row.slope(sums), measured, atol=2e-4)


def test_bytes_and_floats_mean_the_same_image(small_mnist: Mnist) -> None:
    weights = build_network(TrainingSettings(hidden_layers=(16,))).get_weights()
    images = small_mnist.test_images[:50]
    from_bytes = digit_probabilities(weights, "relu", images)
    from_floats = digit_probabilities(weights, "relu", images / 255)
    np.testing.assert_allclose(from_bytes, from_floats, atol=1e-6)


def test_no_image_gives_no_row() -> None:
    weights = build_network(TrainingSettings(hidden_layers=(16,))).get_weights()
    assert digit_probabilities(weights, "relu", np.empty((0, 28, 28), np.uint8)).shape == (0, 10)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_huge_values_do_not_overflow(activation: Activation) -> None:
    weights = build_network(TrainingSettings(hidden_layers=(16,))).get_weights()
    with np.errstate(all="raise", under="ignore"):
        found = digit_probabilities(
            [1000 * weight for weight in weights], activation, np.full((3, 28, 28), 255, np.uint8)
        )
    assert np.isfinite(found).all()


def test_softmax_of_equal_and_of_distant_logits() -> None:
    equal = np.full((1, 10), 1e4, np.float32)
    np.testing.assert_allclose(softmax(equal), 0.1, rtol=1e-6)
    distant: FloatArray = np.array([[-1e4, *[0.0] * 8, 1e4]], np.float32)
    assert softmax(distant)[0].tolist() == [*[0.0] * 9, 1.0]
