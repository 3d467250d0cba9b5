"""The network: a Keras multilayer perceptron whose starting weights depend only on the seed."""

import keras

from digits.choices import INITIALIZER_ROWS
from digits.settings import CLASSES, TrainingSettings


def build_network(settings: TrainingSettings) -> keras.Sequential:
    """Build the network: images [batch, 28, 28] in 0..1 in, ten class probabilities out.

    Args:
        settings: layers, activation, dropout, penalties, starting weights and seed are used.

    Returns:
        An uncompiled model. The layer before the last, named `logits`, is the last with weights.
    """
    layers: list[keras.Layer] = [keras.layers.Flatten()]
    for index, units in enumerate(settings.hidden_layers):
        layers.append(_dense(settings, index, units, settings.activation, f"hidden_{index + 1}"))
        if settings.dropout:
            layers.append(keras.layers.Dropout(settings.dropout))
    layers.append(_dense(settings, len(settings.hidden_layers), CLASSES, None, "logits"))
    layers.append(keras.layers.Softmax(name="probabilities"))
    return keras.Sequential([keras.Input((28, 28)), *layers], name="digit_network")


def dense_layers(network: keras.Sequential) -> list[keras.layers.Dense]:
    """The layers that have weights, from the input to the logits."""
    return [layer for layer in network.layers if isinstance(layer, keras.layers.Dense)]


def reset_weights(network: keras.Sequential, settings: TrainingSettings) -> None:
    """Give a network of the same shape the starting weights that belong to `settings.seed`."""
    for index, layer in enumerate(dense_layers(network)):
        layer.kernel.assign(_initializer(settings, index)(layer.kernel.shape))
        layer.bias.assign(keras.ops.zeros_like(layer.bias))


def name_seed(network: keras.Sequential, settings: TrainingSettings) -> None:
    """Have a network of the same shape, when it is saved, name `settings.seed` as its own."""
    for index, layer in enumerate(dense_layers(network)):
        layer.kernel_initializer = _initializer(settings, index)


def _dense(
    settings: TrainingSettings, index: int, units: int, activation: str | None, name: str
) -> keras.layers.Dense:
    return keras.layers.Dense(
        units,
        activation=activation,
        kernel_initializer=_initializer(settings, index),
        kernel_regularizer=_regularizer(settings),
        name=name,
    )


def _regularizer(settings: TrainingSettings) -> keras.regularizers.Regularizer | None:
    if settings.l1:
        return keras.regularizers.L1L2(l1=settings.l1, l2=settings.l2)
    return keras.regularizers.L2(settings.l2) if settings.l2 else None


def _initializer(settings: TrainingSettings, index: int) -> keras.initializers.Initializer:
    row = INITIALIZER_ROWS[settings.initializer]
    # Each layer needs a seed of its own: layers of one shape would start with the same weights.
    seed = {"seed": settings.seed + index} if row.is_random else {}
    return getattr(keras.initializers, row.keras)(**row.options, **seed)
