"""The Keras network: its shape, its size, and starting weights that depend only on the seed."""

from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from digits.network import build_network, dense_layers, reset_weights
from digits.settings import ACTIVATIONS, Activation, TrainingSettings

shapes = st.lists(st.integers(1, 96), max_size=6).map(tuple)


def weights_of(network: Any) -> list[np.ndarray[Any, Any]]:
    return [np.asarray(weight) for weight in network.get_weights()]


@given(shapes, st.sampled_from([0.0, 0.3]))
@hypothesis_settings(max_examples=15, deadline=None)
def test_parameter_count_is_that_of_keras(shape: tuple[int, ...], dropout: float) -> None:
    settings = TrainingSettings(hidden_layers=shape, dropout=dropout)
    network = build_network(settings)
    assert network.count_params() == settings.parameter_count
    assert [layer.units for layer in dense_layers(network)] == list(settings.layer_widths[1:])


def test_images_go_in_and_probabilities_come_out() -> None:
    network = build_network(TrainingSettings(hidden_layers=(8,)))
    probabilities = network(np.random.default_rng(0).random((5, 28, 28), np.float32)).numpy()
    assert probabilities.shape == (5, 10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_hidden_layers_have_the_activation(activation: Activation) -> None:
    network = build_network(TrainingSettings(hidden_layers=(8, 8), activation=activation))
    *hidden, logits = dense_layers(network)
    assert [layer.activation.__name__ for layer in hidden] == [activation] * 2
    assert (logits.name, logits.activation.__name__) == ("logits", "linear")


def test_dropout_follows_each_hidden_layer() -> None:
    network = build_network(TrainingSettings(hidden_layers=(8, 8), dropout=0.4))
    rates = [layer.rate for layer in network.layers if isinstance(layer, keras.layers.Dropout)]
    assert rates == [0.4, 0.4]


def test_starting_weights_depend_only_on_the_seed() -> None:
    settings = TrainingSettings(hidden_layers=(16, 16))
    keras.utils.set_random_seed(1)
    first = weights_of(build_network(settings))
    keras.utils.set_random_seed(2)
    second = weights_of(build_network(settings))
    other = weights_of(build_network(settings.model_copy(update={"seed": 43})))
    assert all(map(np.array_equal, first, second))
    assert not np.array_equal(first[0], other[0])


def test_layers_of_one_shape_start_differently() -> None:
    weights = weights_of(build_network(TrainingSettings(hidden_layers=(16, 16, 16))))
    assert not np.array_equal(weights[2], weights[4])


def test_reset_gives_the_weights_of_a_new_network() -> None:
    settings = TrainingSettings(hidden_layers=(16, 16))
    other = settings.model_copy(update={"seed": 7})
    network = build_network(settings)
    network.set_weights([weight + 1 for weight in network.get_weights()])
    reset_weights(network, other)
    assert all(map(np.array_equal, weights_of(network), weights_of(build_network(other))))
