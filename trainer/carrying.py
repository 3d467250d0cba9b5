"""Carrying a run out: train it, report to the store, keep the result.

This is the only part of the trainer that imports TensorFlow; it runs in workers alone.
"""

import logging
import time
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import keras
import numpy as np
from sqlalchemy.exc import DBAPIError

from digits.dataset import Mnist, load_mnist
from digits.device import prepare_device
from digits.progress import Checkpoint, EpochResult, Progress
from digits.recipes import DEFAULT_RECIPE, NOTEBOOK
from digits.settings import TrainingSettings
from digits.training import UNCOMPILED_STEPS, Diverged, train
from model_store.artifacts import ArtifactMissing
from model_store.progress import Superseded
from model_store.records import Epoch, Points, Run, State, Wish
from model_store.records import Progress as StoredProgress
from model_store.store import Store, open_store
from trainer.checkpoints import CheckpointDamaged, packed, packed_weights, unpacked
from trainer.holding import held, leaving
from trainer.measuring import example_batch, keras_file, measured
from trainer.place import Place
from trainer.teaching import carry_out_teaching

SECONDS_BETWEEN_WRITES = 0.1
SECONDS_BETWEEN_CHECKPOINTS = 10.0
# More points than this cannot be told apart on a chart: longer runs keep means of several batches.
MOST_POINTS = 10_000
# A run that ends its worker each time before it gets on is given up: it would end them for ever.
MOST_ATTEMPTS = 5

logger = logging.getLogger(__name__)


_loading = Lock()


def dataset(folder: Path) -> Mnist:
    """MNIST, read once a process."""
    with _loading:
        return _read_dataset(folder)


@cache
def _read_dataset(folder: Path) -> Mnist:
    return load_mnist(folder)


@cache
def store(database_url: str, artifacts_url: str) -> Store:
    """The store, opened once a process."""
    return open_store(database_url, artifacts_url)


def warm_up(place: Place) -> str:
    """Do once what every run needs: device, images, and the two usual networks compiled.

    Returns:
        The line that tells visitors which device trains.
    """
    device = prepare_device()
    for settings in (DEFAULT_RECIPE, NOTEBOOK):
        for progress in train(settings, dataset(place.mnist_folder)):
            if progress.step > UNCOMPILED_STEPS:
                break
    return device.description


def carry_out_next(ticket: str, place: Place) -> None:
    """Carry out the next run in line, if one waits, to its end or until its owner intervenes."""
    if leaving.is_set():
        return
    kept = store(place.database_url, place.artifacts_url)
    run = kept.queue.claim(ticket)
    if run is None:
        return
    try:
        with held(kept, run, ticket):
            _carry_out(run, ticket, kept, place)
    except Superseded:
        logger.warning("run %s was given to another worker", run.id)


def _carry_out(run: Run, ticket: str, kept: Store, place: Place) -> None:
    if run.attempts >= MOST_ATTEMPTS:
        _fail(
            kept,
            run,
            ticket,
            "The process that trained this run died several times. What it "
            "had learned up to its last checkpoint is kept: press Continue.",
        )
        return
    try:
        images = dataset(place.mnist_folder)
        if run.taught:
            carry_out_teaching(run, ticket, kept, images)
        else:
            _CarriedOut(run, ticket, kept, images).to_its_end()
    except Superseded:
        raise
    except Exception as error:
        if _is_away(error):
            raise  # the steward puts the run in line again once the database is back
        logger.exception("run %s failed", run.id)
        broken = "Something broke while training. Please press Train again."
        sentence = _storage_sentence(error) if isinstance(error, OSError) else broken
        _fail(kept, run, ticket, sentence)


def _is_away(error: Exception) -> bool:
    """Whether the database cannot be reached, rather than that it refuses something."""
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or error.statement is None


def _fail(kept: Store, run: Run, ticket: str, sentence: str) -> None:
    nothing_new = StoredProgress(Points.joined([]), [])
    ended = {"state": State.FAILED, "wish": Wish.NOTHING, "failure": sentence}
    kept.progress.append(run.id, ticket, nothing_new, **ended)


class _CarriedOut:
    """One run on its way through this worker."""

    def __init__(self, run: Run, ticket: str, kept: Store, images: Mnist) -> None:
        self.run = run
        self.ticket = ticket
        self.kept = kept
        self.images = images
        self.settings = TrainingSettings.model_validate(run.settings)
        examples, _ = self.settings.split(len(images.train_labels))
        self.epoch_steps = self.settings.steps_per_epoch(examples)
        self.total_steps = self.epoch_steps * self.settings.epochs
        self.points = _PointCollector(-(-self.total_steps // MOST_POINTS))
        self.epochs: list[Epoch] = []
        self.artifacts = dict(run.artifacts)
        self.started = self.written = self.checkpointed = time.monotonic()
        self.speed = _Speed()

    def to_its_end(self) -> None:
        checkpoint = self._checkpoint()
        self.kept.progress.rewind(self.run.id, checkpoint.step if checkpoint else 0)
        wish = Wish.NOTHING
        try:
            for progress in train(self.settings, self.images, checkpoint):
                wish = self._take(progress)
                if wish or leaving.is_set():
                    break
            self._end(progress, wish)
        except Diverged as error:
            self.points.add(error.last)
            self._write(error.last.step, everything=True, state=State.FAILED, failure=str(error))

    def _checkpoint(self) -> Checkpoint | None:
        reference = self.artifacts.get("checkpoint.npz")
        if reference is None:
            return None
        try:
            return unpacked(self.kept.artifacts.load(self.run.id, reference))
        except (ArtifactMissing, CheckpointDamaged):
            logger.warning("run %s starts over: its checkpoint cannot be read", self.run.id)
            return None

    def _take(self, progress: Progress) -> Wish:
        """Collect a report; write to the store when it is time."""
        now = time.monotonic()
        self.speed.note(progress.step, now)
        self.points.add(progress)
        if progress.epoch:
            self.epochs.append(_epoch_record(progress.epoch, progress.step))
        if not len(progress.losses):
            return self._begin(progress)
        if progress.epoch or now - self.checkpointed > SECONDS_BETWEEN_CHECKPOINTS:
            self._save_checkpoint(progress.checkpoint())
            return self._write(progress.step, everything=True, artifacts=self.artifacts, attempts=0)
        if now - self.written > SECONDS_BETWEEN_WRITES:
            return self._write(progress.step)
        return Wish.NOTHING

    def _begin(self, progress: Progress) -> Wish:
        """Note what is known before the first step, and what the untrained network can do."""
        values: dict[str, Any] = {}
        if progress.step == 0:
            untrained = progress.checkpoint()
            self._save("untrained.npz", packed_weights(untrained.weights))
            values["first_batch"] = example_batch(self.settings, untrained.weights, self.images)
        origin = {
            "device": prepare_device().description,
            "keras": keras.__version__,
            "data": self.images.fingerprint,
        }
        return self._write(
            progress.step,
            total_steps=self.total_steps,
            origin=origin,
            artifacts=self.artifacts,
            **values,
        )

    def _end(self, progress: Progress, wish: Wish) -> None:
        """Write what is left, keep the network, and measure it unless it is to go on later."""
        checkpoint = progress.checkpoint()
        if not progress.epoch:
            self._save_checkpoint(checkpoint)
        complete = progress.step >= self.total_steps
        values: dict[str, Any] = {}
        if not complete and not wish:
            values["state"] = State.QUEUED  # the worker is leaving: another goes on from here
        elif not complete and wish == Wish.PAUSE:
            values.update(state=State.PAUSED, wish=Wish.NOTHING)
        else:
            self._save("model.keras", keras_file(self.settings, checkpoint.weights))
            values.update(state=State.FINISHED if complete else State.STOPPED, wish=Wish.NOTHING)
            values["test"] = measured(self.settings, checkpoint.weights, self.images)
            values["last_batch"] = example_batch(self.settings, checkpoint.weights, self.images)
        self._write(
            progress.step,
            everything=True,
            attempts=0,
            artifacts=self.artifacts,
            **values,
        )
        self.kept.artifacts.delete(self.run.id, keep=frozenset(self.artifacts.values()))

    def _write(self, step: int, *, everything: bool = False, **values: Any) -> Wish:
        now = time.monotonic()
        new = StoredProgress(self.points.take(everything), self.epochs)
        self.epochs = []
        self.written = now
        return self.kept.progress.append(
            self.run.id,
            self.ticket,
            new,
            step=step,
            steps_per_second=self.speed.steps_per_second,
            elapsed=self.run.elapsed + now - self.started,
            **values,
        )

    def _save_checkpoint(self, checkpoint: Checkpoint) -> None:
        self._save("checkpoint.npz", packed(checkpoint))
        self.checkpointed = time.monotonic()

    def _save(self, name: str, content: bytes) -> None:
        self.artifacts[name] = self.kept.artifacts.save(self.run.id, name, content)


class _PointCollector:
    """Collects batches for the charts; of long runs, the mean of every `stride` batches."""

    def __init__(self, stride: int) -> None:
        self.stride = stride
        self.steps = np.empty(0, np.int32)
        self.losses = np.empty(0, np.float32)
        self.accuracies = np.empty(0, np.float32)

    def add(self, progress: Progress) -> None:
        first = progress.step - len(progress.losses)
        new = np.arange(first + 1, progress.step + 1, dtype=np.int32)
        self.steps = np.concatenate([self.steps, new])
        self.losses = np.concatenate([self.losses, progress.losses])
        self.accuracies = np.concatenate([self.accuracies, progress.accuracies])

    def take(self, everything: bool) -> Points:
        """Hand over what makes whole points, or all that is there."""
        length = len(self.steps)
        whole = length if everything else length - length % self.stride
        starts = np.arange(0, whole, self.stride)
        if not whole:
            return Points.joined([])
        ends = np.minimum(starts + self.stride, whole)
        counts = (ends - starts).astype(np.float32)
        taken = Points(
            self.steps[ends - 1],
            (np.add.reduceat(self.losses[:whole], starts) / counts).astype(np.float32),
            (np.add.reduceat(self.accuracies[:whole], starts) / counts).astype(np.float32),
        )
        self.steps = self.steps[whole:]
        self.losses = self.losses[whole:]
        self.accuracies = self.accuracies[whole:]
        return taken


class _Speed:
    """Steps a second over the last seconds, as a visitor's ETA needs it."""

    def __init__(self) -> None:
        self.steps_per_second = 0.0
        self._marks: list[tuple[float, int]] = []

    def note(self, step: int, now: float) -> None:
        if step <= UNCOMPILED_STEPS:
            return  # what comes next includes compiling, which happens only once
        self._marks.append((now, step))
        while len(self._marks) > 2 and now - self._marks[0][0] > 3:
            del self._marks[0]
        (then, before), (now, step) = self._marks[0], self._marks[-1]
        if step > before:
            self.steps_per_second = (step - before) / (now - then)


def _epoch_record(result: EpochResult, last_step: int) -> Epoch:
    validation = result.validation
    return Epoch(
        result.epoch,
        last_step,
        result.loss,
        result.accuracy,
        validation.loss if validation else None,
        validation.accuracy if validation else None,
        result.seconds,
    )


def _storage_sentence(error: OSError) -> str:
    return (
        f"The results could not be written to the store ({error.strerror or error}). "
        "What was saved before is still there; press Train again in a while."
    )
