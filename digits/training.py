"""Training as a generator: each turn of the loop takes some steps and reports on them.

    for progress in train(settings, load_mnist(folder)):
        print(progress.step, progress.losses.mean())

To pause is not to ask for the next report, to stop is to leave the loop.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cache, partial

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from digits.changes import Change, next_change, settings_at
from digits.choices import SCHEDULE_ROWS
from digits.compiled_loop import CompiledTrainer, DeviceImages, TrainerPool, device_images
from digits.course import Course
from digits.dataset import Mnist
from digits.divergence import IMAGES_TO_LOOK_AT, check_loss, check_steps
from digits.epoch_images import EpochImages
from digits.evaluation import evaluate, logits_of
from digits.inference import FloatArray, softmax
from digits.learned_examples import examples_learned_from
from digits.network import dense_layers
from digits.one_step import one_step
from digits.progress import BestEpoch, Checkpoint, EpochResult, Evaluation, Progress
from digits.settings import TrainingSettings
from digits.trainer_shape import TrainerShape

# The first steps of every run are taken uncompiled, so that the first report comes while a shape
# that was never seen is still to be compiled. Every run does the same number, whether its shape is
# known or not: compiled and uncompiled steps differ in the last digit, and a run has to repeat.
UNCOMPILED_STEPS = 8
SECONDS_PER_REPORT = 0.1

_pool = TrainerPool()


def train(
    settings: TrainingSettings,
    dataset: Mnist,
    checkpoint: Checkpoint | None = None,
    drawing: NDArray[np.uint8] | None = None,
    changes: Sequence[Change] = (),
    until: int | None = None,
    slowly: Sequence[int] = (),
) -> Iterator[Progress]:
    """Train a network and report on the way.

    Args:
        settings: what to train, and how.
        dataset: its training images are used, the last of them for validation.
        checkpoint: where to go on; None starts from the weights of the seed.
        drawing: an image [28, 28] that is read for each report, if there is one. No step is
            taken with it.
        changes: of the settings on the way. A list may get more of them between two reports, at
            the step of the last report; with the same changes the losses are the same again.
        until: how many steps are taken in all, if not those of all epochs.
        slowly: after how many steps the next is reported by itself, with all that happens in it. A
            list may get more of them between two reports.

    Yields:
        First a report without steps, for the untrained network (or the checkpoint's); then one
        about every 100 ms.

    Raises:
        Diverged: the loss became infinite or no number.
    """
    data = device_images(dataset)
    with ExitStack() as lent, EpochImages(settings, dataset, data) as images:
        run = _Run(lent, settings, data, images, checkpoint, drawing, changes, slowly)
        yield run.report({}, None, run.shares())
        while run.step < min(run.last_step, until or run.last_step):
            yield run.advance(until)


class _Run:
    """Where a run is: the next step, and the batches of its epoch so far."""

    def __init__(
        self,
        lent: ExitStack,
        settings: TrainingSettings,
        data: DeviceImages,
        images: EpochImages,
        checkpoint: Checkpoint | None,
        drawing: NDArray[np.uint8] | None,
        changes: Sequence[Change],
        slowly: Sequence[int],
    ) -> None:
        self.step = checkpoint.step if checkpoint else 0
        self.settings_at_first = settings
        self.changes = changes
        self.slowly = slowly
        self.data = data
        self.examples = examples_learned_from(settings, data.labels.numpy())
        self.settings = self._settings_now()
        self.images = images
        self.drawing = drawing
        self.lent = lent
        self.trainer = self._borrow()
        self.losses = self.accuracies = np.empty(0, np.float32)
        self.epoch_seconds = 0.0
        self.steps_per_report = 1
        self.best: BestEpoch | None = None
        self.order: tuple[int, NDArray[np.int32]] | None = None
        if checkpoint:
            self._restore(checkpoint)

    def advance(self, until: int | None = None) -> Progress:
        """Take as many steps as fit into one report, but never beyond the end of the epoch.

        Args:
            until: the step to end with at the latest.
        """
        self._follow_changes()
        compiled = self.step >= UNCOMPILED_STEPS
        epoch, position = self.course.place(self.step)
        wanted = self.steps_per_report if compiled else UNCOMPILED_STEPS - self.step
        slow = [each + (each == self.step) for each in self.slowly if each >= self.step]
        landmark = min(next_change(self.step, self.changes), until or self.last_step, *slow)
        wanted = int(min(wanted, self.trainer.steps_per_call, landmark - self.step))
        batches = self._batches(epoch)[position:][:wanted]
        started = time.perf_counter()
        images = self.images.of(epoch, self.settings.augment)
        waited = time.perf_counter() - started
        rates = self._learning_rates(len(batches))
        look = partial(self.trainer.look, images, batches[0], self.step)
        before = look() if self.step in self.slowly else None
        started = time.perf_counter()
        series = self.trainer.take_steps(images, batches, self.step, rates, compiled)
        series["learning_rate"] = rates
        seconds = time.perf_counter() - started
        self.epoch_seconds += waited + seconds
        self.steps_per_report = max(1, int(len(batches) * SECONDS_PER_REPORT / seconds))
        happened = one_step(self.step + 1, float(rates[0]), before, look()) if before else None
        self._check(series)
        self.step += len(batches)
        self.losses = np.concatenate([self.losses, series["loss"]])
        self.accuracies = np.concatenate([self.accuracies, series["accuracy"]])
        ended = position + len(batches) == self.course.steps_of(epoch)
        result = self._end_epoch(epoch) if ended else None
        shares = self.shares()  # before the network may become that of an earlier epoch
        report = self.report(series, result, shares, self._end_early(result) if result else None)
        report = replace(report, one_step=happened)
        if result:
            self._check_end(report)
        return report

    def report(
        self,
        series: dict[str, FloatArray],
        epoch: EpochResult | None,
        shares: FloatArray | None,
        kept_epoch: int | None = None,
    ) -> Progress:
        report = Progress(self.step, series, epoch, cache(self._checkpoint), kept_epoch, shares)
        if epoch:
            self.losses, self.accuracies = self.losses[:0], self.accuracies[:0]
            self.epoch_seconds = 0.0
        return report

    def shares(self) -> FloatArray | None:
        """Probabilities [10] of the drawing now, if there is one."""
        if self.drawing is None:
            return None
        logits = logits_of(self._variables(), self.settings, self.drawing[np.newaxis])
        return np.asarray(softmax(logits.numpy())[0])

    def _borrow(self) -> CompiledTrainer:
        """Take a trainer for the settings as they are, in place of the one before."""
        self.lent.close()
        return self.lent.enter_context(_pool.borrow(self.settings, self.data))

    def _settings_now(self) -> TrainingSettings:
        """Those of the next step; where the epochs end follows from all that is planned."""
        self.course = Course(self.settings_at_first, self.changes, len(self.examples))
        self.last_step = self.course.last_step
        return self.course.settings_at(self.step)

    def _follow_changes(self) -> None:
        settings = self._settings_now()
        if settings == self.settings:
            return
        self.settings = settings
        if TrainerShape.of(settings) == self.trainer.shape:
            self.trainer.follow(settings)
            return
        state = self._checkpoint()
        self.trainer = self._borrow()
        self._restore(state)

    def _batches(self, epoch: int) -> NDArray[np.int32]:
        """Example numbers [steps, batch] of an epoch in random order; -1 fills the last batch."""
        if self.order is None or self.order[0] != epoch:
            self.order = (epoch, self.course.batches_of(epoch, self.examples, self.settings.seed))
        return self.order[1]

    def _learning_rates(self, steps: int) -> FloatArray:
        """Learning rate of each of the next steps."""
        done = self.course.shares_done(self.step, steps)
        rates = self.settings.learning_rate * SCHEDULE_ROWS[self.settings.schedule](done)
        return np.asarray(rates, np.float32)

    def _check(self, series: dict[str, FloatArray]) -> None:
        taken = self.step + len(series["loss"])
        check_steps(Progress(taken, series, None, self._checkpoint), self.settings)

    def _check_end(self, report: Progress) -> None:
        """Notice what the last step of an epoch has done, before it is reported as a result."""
        assert report.epoch is not None
        seen = report.epoch.validation or self._evaluate(slice(IMAGES_TO_LOOK_AT))
        check_loss(seen.loss, replace(report, epoch=None), self.settings)

    def _end_epoch(self, epoch: int) -> EpochResult:
        # A mean over examples, as Keras takes it: the last batch may be a smaller one.
        sizes = (self._batches(epoch) >= 0).sum(axis=1)
        return EpochResult(
            epoch + 1,
            float(np.average(self.losses, weights=sizes)),
            float(np.average(self.accuracies, weights=sizes)),
            self._validate(),
            self.epoch_seconds,
            self._measure_training(),
        )

    def _end_early(self, result: EpochResult) -> int | None:
        """Go back to the best epoch once the run has waited in vain, or is over; returns which."""
        if not self.settings.patience or result.validation is None:
            return None
        loss = result.validation.loss
        if self.best is None or loss < self.best.loss:
            self.best = BestEpoch(result.epoch, loss, self._weights())
        waited = result.epoch - self.best.epoch
        if waited < self.settings.patience and self.step < self.last_step:
            return None
        kept, self.best = self.best, None
        self._set_weights(kept.weights)
        self.last_step = self.step
        return kept.epoch

    def _validate(self) -> Evaluation | None:
        _, held_back = self.settings.split(len(self.data.labels))
        return self._evaluate(slice(-held_back, None)) if held_back else None

    def _measure_training(self) -> Evaluation | None:
        _, held_back = self.settings.split(len(self.data.labels))
        if not held_back:
            return None
        learned_from = self.examples[:held_back]
        images = tf.gather(self.data.images, learned_from)
        labels = tf.gather(self.trainer.labels, learned_from)
        return evaluate(self._variables(), self.settings, images, labels)

    def _evaluate(self, examples: slice) -> Evaluation:
        images, labels = self.data.images[examples], self.data.labels[examples]
        return evaluate(self._variables(), self.settings, images, labels)

    def _variables(self) -> list[tf.Variable]:
        layers = dense_layers(self.trainer.network)
        return [weight.value for layer in layers for weight in (layer.kernel, layer.bias)]

    def _checkpoint(self) -> Checkpoint:
        return Checkpoint(
            self.step,
            self._weights(),
            [variable.numpy() for variable in self.trainer.optimizer.variables],
            self.losses,
            self.accuracies,
            self.best,
        )

    def _weights(self) -> list[FloatArray]:
        return [variable.numpy() for variable in self._variables()]

    def _set_weights(self, weights: Sequence[FloatArray]) -> None:
        for variable, value in zip(self._variables(), weights, strict=True):
            variable.assign(value)

    def _restore(self, checkpoint: Checkpoint) -> None:
        self.step = checkpoint.step
        self.losses = checkpoint.epoch_losses
        self.accuracies = checkpoint.epoch_accuracies
        self._set_weights(checkpoint.weights)
        before = settings_at(self.step - 1, self.settings_at_first, self.changes)
        # Another activation would read the best epoch's weights otherwise.
        self.best = checkpoint.best if before.activation == self.settings.activation else None
        if before.optimizer != self.settings.optimizer:
            return  # what one remembers means nothing to the other, which begins anew
        memory = zip(self.trainer.optimizer.variables, checkpoint.optimizer, strict=True)
        for variable, remembered in memory:
            variable.assign(remembered)
