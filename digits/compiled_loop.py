"""The compiled training loop: many steps in one call, on data that already lies on the device."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import Lock
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from digits.choices import OPTIMIZER_ROWS
from digits.dataset import Mnist
from digits.device import prepare_device
from digits.dropout import dropout, random_key
from digits.learned_examples import labels_learned_from
from digits.network import build_network, dense_layers, reset_weights
from digits.objective import differs_from_cross_entropy, image_costs, weights_cost_and_slopes
from digits.one_step import Look
from digits.settings import TrainingSettings
from digits.trainer_shape import KNOBS, TrainerShape

MAX_STEPS_PER_CALL = 512
MAX_IDLE_TRAINERS = 12
# Three of the largest shape with Adam, or a dozen of the best reader's.
MAX_IDLE_BYTES = 256 * 2**20


class DeviceImages(NamedTuple):
    """Training images [count, 784] and labels [count] as uint8 on the device."""

    images: tf.Tensor
    labels: tf.Tensor


class CompiledTrainer:
    """A network, its optimizer, and the function that takes many training steps in one call.

    Args:
        settings: the run it is made for first; another of the same shape follows with `reset`.
        data: what `device_images` returned.
    """

    def __init__(self, settings: TrainingSettings, data: DeviceImages) -> None:
        self.shape = TrainerShape.of(settings)
        self.data = data
        self.settings = settings
        self.network = build_network(settings)
        row = OPTIMIZER_ROWS[settings.optimizer]
        self.optimizer = getattr(keras.optimizers, row.keras)(**row.options)
        self.optimizer.build(self.network.trainable_variables)
        self.series = ["loss", "accuracy"]
        self.series += ["objective"] * differs_from_cross_entropy(settings)
        self.series += ["penalty"] * (settings.l1 > 0 or settings.l2 > 0)
        self.steps_per_call = min(MAX_STEPS_PER_CALL, settings.steps_per_epoch(len(data.labels)))
        order = tf.TensorSpec((self.steps_per_call, settings.batch_size), tf.int32)
        images = tf.TensorSpec(data.images.shape, tf.uint8)
        labels = tf.TensorSpec(data.labels.shape, tf.uint8)
        counts = [tf.TensorSpec((), tf.int32)] * 3
        rates = tf.TensorSpec((self.steps_per_call,), tf.float32)
        knobs = {name: tf.TensorSpec((), tf.float32) for name in KNOBS}
        self._signature = [images, labels, order, *counts, rates, knobs]

    @cached_property
    def _plain(self) -> Any:
        return self._traced(jit_compile=False)

    @cached_property
    def _compiled(self) -> Any:
        return self._traced(jit_compile=True)

    def _traced(self, jit_compile: bool) -> Any:
        # A concrete function: looking one up by its arguments would take a millisecond a call.
        function = tf.function(self._steps, autograph=False, jit_compile=jit_compile)
        return function.get_concrete_function(*self._signature)

    @cached_property
    def size(self) -> int:
        """Bytes of the network and of what its optimizer remembers."""
        variables = [*self.network.variables, *self.optimizer.variables]
        return sum(
            variable.value.dtype.size * variable.value.shape.num_elements()
            for variable in variables
        )

    def reset(self, settings: TrainingSettings) -> None:
        """Start over: the weights of `settings.seed`, an optimizer that remembers nothing."""
        self.follow(settings)
        reset_weights(self.network, settings)
        for variable in self.optimizer.variables:
            variable.assign(keras.ops.zeros_like(variable))

    def follow(self, settings: TrainingSettings) -> None:
        """Go on with other settings of the same shape, and the labels that belong to them."""
        self.settings = settings
        with tf.device(prepare_device().name):
            self.labels = tf.constant(labels_learned_from(settings, self.data.labels.numpy()))

    def take_steps(
        self,
        images: tf.Tensor,
        batches: NDArray[np.int32],
        first_step: int,
        learning_rates: NDArray[np.float32],
        compiled: bool,
    ) -> dict[str, NDArray[np.float32]]:
        """Take one training step for each batch.

        Args:
            images: uint8 [count, 784] on the device: the training images, or a deformed copy.
            batches: [steps, batch] example numbers, at most `steps_per_call` steps; -1 is no
                example and fills the last batch of an epoch.
            first_step: number of steps that the run has taken before.
            learning_rates: of each step, [steps].
            compiled: by XLA, which is faster but takes a second to prepare for a new shape.

        Returns:
            Of each batch before its step changed the weights, [steps] each: the cross-entropy
            `loss`, `accuracy`, the `objective` of the images where training makes another than
            the cross-entropy smaller, and the `penalty` on the weights where there is one.
        """
        steps = len(batches)
        missing = self.steps_per_call - steps
        with tf.device(prepare_device().name):
            run = self._compiled if compiled else self._plain
            measured = run(
                images,
                self.labels,
                tf.constant(np.pad(batches, ((0, missing), (0, 0)), constant_values=-1)),
                tf.constant(steps),
                tf.constant(first_step),
                tf.constant(self.settings.seed),
                tf.constant(np.pad(learning_rates, (0, missing))),
                self._knobs(),
            )
        each_step = (values.numpy()[:steps] for values in measured)
        return dict(zip(self.series, each_step, strict=True))

    def look(self, images: tf.Tensor, examples: NDArray[np.int32], step: int) -> Look:
        """What the network makes of a batch now, without taking its step.

        Args:
            images: as for `take_steps`.
            examples: [batch], as one of the batches there.
            step: number of steps that the run has taken before, which says who sits out.
        """
        present = examples >= 0
        with tf.device(prepare_device().name):
            inputs, answers, share = self._batch(images, self.labels, tf.constant(examples))
            seed, taken = tf.constant(self.settings.seed), tf.constant(step)
            measured, slopes, logits = self._measured(
                inputs, answers, share, seed, taken, self._knobs()
            )
            costs = tf.nn.sparse_softmax_cross_entropy_with_logits(answers, logits)
            return Look(
                tf.gather(images, examples[present]).numpy(),
                answers.numpy()[present],
                tf.argmax(logits, 1, tf.int32).numpy()[present],
                costs.numpy()[present],
                {name: float(value) for name, value in measured.items()},
                [variable.numpy() for variable in self.network.trainable_variables],
                [slope.numpy() for slope in slopes],
            )

    def _knobs(self) -> dict[str, tf.Tensor]:
        return {name: tf.constant(getattr(self.settings, name)) for name in KNOBS}

    def _steps(
        self,
        images: tf.Tensor,
        labels: tf.Tensor,
        batches: tf.Tensor,
        count: tf.Tensor,
        first_step: tf.Tensor,
        seed: tf.Tensor,
        learning_rates: tf.Tensor,
        knobs: dict[str, tf.Tensor],
    ) -> list[tf.Tensor]:
        variables = self.network.trainable_variables

        def step(index: tf.Tensor, *series: tf.TensorArray) -> tuple[Any, ...]:
            self.optimizer.learning_rate.assign(learning_rates[index])
            inputs, answers, share = self._batch(images, labels, batches[index])
            taken = first_step + index
            found, slopes, _ = self._measured(inputs, answers, share, seed, taken, knobs)
            self.optimizer.apply(slopes, variables)
            written = zip(series, self.series, strict=True)
            return (index + 1, *(array.write(index, found[name]) for array, name in written))

        # `for index in tf.range(count)` would make XLA compile anew for every count.
        empty = tf.TensorArray(tf.float32, self.steps_per_call, element_shape=())
        start = (tf.constant(0), *[empty] * len(self.series))
        _, *series = tf.while_loop(lambda index, *_: index < count, step, start)
        return [array.stack() for array in series]

    def _measured(
        self,
        inputs: tf.Tensor,
        answers: tf.Tensor,
        share: tf.Tensor,
        seed: tf.Tensor,
        step: tf.Tensor,
        knobs: dict[str, tf.Tensor],
    ) -> tuple[dict[str, tf.Tensor], list[tf.Tensor], tf.Tensor]:
        """What is measured of a batch, the slopes along all weights, and the logits."""
        with tf.GradientTape() as tape:
            logits = self._logits(inputs, knobs["dropout"], seed, step)
            errors = tf.nn.sparse_softmax_cross_entropy_with_logits(answers, logits)
            found = {"loss": tf.reduce_sum(errors * share)}
            if "objective" in self.series:
                smoothing = knobs["label_smoothing"]
                costs = image_costs(self.settings.loss, smoothing, answers, logits)
                found["objective"] = tf.reduce_sum(costs * share)
            made_smaller = found.get("objective", found["loss"])
        slopes = tape.gradient(made_smaller, self.network.trainable_variables)
        if "penalty" in self.series:
            found["penalty"], of_weights = self._penalty(knobs)
            # Kernels and biases take turns.
            slopes[::2] = [one + other for one, other in zip(slopes[::2], of_weights, strict=True)]
        right = tf.cast(tf.equal(tf.argmax(logits, 1, tf.int32), answers), tf.float32)
        found["accuracy"] = tf.reduce_sum(right * share)
        return found, slopes, logits

    def _batch(
        self, images: tf.Tensor, labels: tf.Tensor, examples: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Inputs in 0..1, labels, and the share of each example in the mean (0 for padding)."""
        present = tf.cast(examples >= 0, tf.float32)
        examples = tf.maximum(examples, 0)
        inputs = tf.cast(tf.gather(images, examples), tf.float32) / 255.0
        answers = tf.cast(tf.gather(labels, examples), tf.int32)
        return inputs, answers, present / tf.reduce_sum(present)

    def _logits(
        self, images: tf.Tensor, dropout_rate: tf.Tensor, seed: tf.Tensor, step: tf.Tensor
    ) -> tf.Tensor:
        *hidden, last = dense_layers(self.network)
        values = images
        for index, layer in enumerate(hidden):
            values = layer(values)
            if "dropout" in self.shape.switched_on:
                values = dropout(values, dropout_rate, random_key(seed, step, index))
        return last(values)

    def _penalty(self, knobs: dict[str, tf.Tensor]) -> tuple[tf.Tensor, list[tf.Tensor]]:
        l1, l2 = (knobs[name] if name in self.shape.switched_on else None for name in ("l1", "l2"))
        kernels = [layer.kernel for layer in dense_layers(self.network)]
        return weights_cost_and_slopes(kernels, l1, l2)


class TrainerPool:
    """Keeps compiled trainers, so that a second run of the same shape starts at once."""

    def __init__(self) -> None:
        self._idle: list[CompiledTrainer] = []
        self._lock = Lock()

    @contextmanager
    def borrow(self, settings: TrainingSettings, data: DeviceImages) -> Iterator[CompiledTrainer]:
        """Lend a trainer of the shape of `settings`, reset to its seed, until the block ends."""
        trainer = self._take(TrainerShape.of(settings), data) or CompiledTrainer(settings, data)
        trainer.reset(settings)
        try:
            yield trainer
        finally:
            with self._lock:
                self._idle.append(trainer)
                del self._idle[:-MAX_IDLE_TRAINERS]
                while sum(idle.size for idle in self._idle) > MAX_IDLE_BYTES:
                    del self._idle[0]

    def _take(self, shape: TrainerShape, data: DeviceImages) -> CompiledTrainer | None:
        with self._lock:
            for index, trainer in enumerate(self._idle):
                if trainer.shape == shape and trainer.data is data:
                    return self._idle.pop(index)
        return None


_on_device: dict[str, DeviceImages] = {}
_on_device_lock = Lock()


def device_images(dataset: Mnist) -> DeviceImages:
    """The training images of `dataset` on the device; the same tensors for every run."""
    with _on_device_lock, tf.device(prepare_device().name):
        if dataset.fingerprint not in _on_device:
            flat = dataset.train_images.reshape(len(dataset.train_images), -1)
            _on_device[dataset.fingerprint] = DeviceImages(
                tf.constant(flat), tf.constant(dataset.train_labels)
            )
        return _on_device[dataset.fingerprint]
