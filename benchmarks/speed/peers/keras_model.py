"""What the two peers that use Keras' `fit` share."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import keras
import numpy as np

from benchmarks.speed.peers import BasePeer


class KerasPeer(BasePeer):
    """Trains one model with `fit` over and over: a new one would have to be traced each time.

    Attributes:
        data: what `fit` is given to learn from.
        compile_options: passed on to `compile`.
        fit_options: passed on to `fit`.
    """

    data: tuple[Any, ...]
    compile_options: Mapping[str, Any] = MappingProxyType({})
    fit_options: Mapping[str, Any] = MappingProxyType({})

    def train(self, epochs: int) -> list[float]:
        """Train a fresh network; returns the mean loss of each epoch."""
        model = self._fresh_model()
        history = model.fit(*self.data, epochs=epochs, verbose=0, **self.fit_options)
        return [float(loss) for loss in history.history["loss"]]

    def _fresh_model(self) -> Any:
        if not hasattr(self, "_model"):
            self._model = self._compiled_model()
            variables = [*self._model.trainable_variables, *self._model.optimizer.variables]
            self._start = [(variable, np.array(variable)) for variable in variables]
        for variable, value in self._start:
            variable.assign(value)
        return self._model

    def _compiled_model(self) -> Any:
        hidden = [keras.layers.Dense(units, "relu") for units in self.settings.hidden_layers]
        layers = [keras.Input((28, 28)), keras.layers.Flatten(), *hidden, keras.layers.Dense(10)]
        model = keras.Sequential(layers)
        model.compile(
            keras.optimizers.Adam(self.settings.learning_rate),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=[keras.metrics.SparseCategoricalAccuracy()],
            **self.compile_options,
        )
        model.optimizer.build(model.trainable_variables)
        return model
