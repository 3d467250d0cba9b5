"""Carrying a run out: train it, report to the store, keep the result.

This is the only part of the trainer that imports TensorFlow; it runs in workers alone.
"""

import logging
import os
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from threading import Lock
from typing import Any

import tensorflow as tf
from pydantic import ValidationError

from config.environment import Config
from config.logs import about, log_context
from digits.dataset import Mnist, load_mnist
from digits.device import prepare_device
from digits.lasting_threads import LastingThreads
from digits.progress import Checkpoint, EpochResult, Progress
from digits.recipes import DEFAULT_RECIPE, NOTEBOOK
from digits.settings import OUTDATED, TrainingSettings, problems
from digits.training import UNCOMPILED_STEPS, Diverged, check_network, train
from digits.words import counted
from model_store.artifacts import ArtifactMissing
from model_store.database import StoreUnavailable
from model_store.limits import Limits
from model_store.progress import Superseded
from model_store.records import Epoch, Run, State, StopRequest
from model_store.records import Progress as StoredProgress
from model_store.store import Store, shared_store
from trainer.checkpoints import CheckpointDamaged, packed, packed_weights, unpacked
from trainer.downsampling import PointDownsampler
from trainer.duration_estimate import Timing
from trainer.evaluation import example_batch, keras_file, measured, origin_of
from trainer.fine_tuning import FineTuningImpossible, execute_fine_tuning
from trainer.heartbeat import (
    SECONDS_OF_FAILING,
    SECONDS_OF_PREPARING,
    SECONDS_OF_TRAINING,
    Watchdog,
    draining,
    heartbeat,
    is_idle,
)
from trainer.retry import retry
from trainer.speed_probe import seconds_to_deform, timed
from trainer.throughput import Throughput
from trainer.worker_health import WorkerHealth

# As often as a page looks for what is new; each report costs the training some milliseconds.
SECONDS_BETWEEN_WRITES = 0.25
SECONDS_BETWEEN_CHECKPOINTS = 10.0
# More points than this cannot be told apart on a chart: longer runs keep means of several batches.
MOST_POINTS = 10_000
# A run that ends its worker each time before it gets on is given up: it would end them for ever.
MOST_ATTEMPTS = 5

BROKE = "Something broke while training. Please press Train again."

# What makes each file's content, by its name.
Files = dict[str, Callable[[], bytes]]

logger = logging.getLogger(__name__)

_loading = Lock()
_writers = LastingThreads("writer")


def dataset(folder: Path) -> Mnist:
    """MNIST, read once a process."""
    with _loading:
        return _read_dataset(folder)


@cache
def _read_dataset(folder: Path) -> Mnist:
    return load_mnist(folder)


def warm_up(config: Config) -> str:
    """Do once what every run needs: device, images, and the two usual networks compiled.

    Returns:
        The line that tells visitors which device trains.
    """
    device = prepare_device()
    for settings in (DEFAULT_RECIPE, NOTEBOOK):
        for progress in train(settings, dataset(config.mnist_folder)):
            if progress.step > UNCOMPILED_STEPS:
                break
    return device.description


def probe(config: Config, settings: TrainingSettings) -> Timing | None:
    """Time this worker with a kind of run, if it has nothing else to do; None if it has.

    Args:
        config: where the images are.
        settings: what is trained for a moment.
    """
    if not is_idle():
        return None
    images = dataset(config.mnist_folder)
    deforming = seconds_to_deform(images, settings) if settings.augment else 0.0
    timing = timed(settings, images)
    return timing._replace(deforming=deforming) if is_idle() else None


def execute_next(ticket: str, config: Config, worker_health: WorkerHealth | None = None) -> bool:
    """Carry out the next run in line, if one waits, to its end or until its owner intervenes.

    Args:
        ticket: names this piece of work.
        config: where the store and the images are.
        worker_health: told how it went, if anybody keeps account of that.

    Returns:
        False if there is nothing to be done.
    """
    if draining.is_set():
        return False
    kept = retry(lambda: shared_store(config.database_url, config.artifacts_url))
    run = retry(lambda: kept.queue.claim(ticket, config.limits))
    if run is None:
        return False
    with log_context(ticket=ticket, **about(run)):
        try:
            with heartbeat(kept, run, ticket) as watchdog:
                is_own_fault = _execute(run, ticket, kept, config, watchdog)
                if worker_health:
                    worker_health.note_fault() if is_own_fault else worker_health.note_success()
        except Superseded:
            logger.warning("run given to another worker")
    return True


def _execute(run: Run, ticket: str, kept: Store, config: Config, watchdog: Watchdog) -> bool:
    """Carry a run out to its end, whatever that is; True if this worker alone is to blame."""
    try:
        if run.attempts >= MOST_ATTEMPTS:
            raise WorkersDied(
                "The process that trained this run died several times. What it had learned up to "
                "its last checkpoint is kept, and whoever started it can continue from there."
                if "checkpoint.npz" in run.artifacts
                else "The process that trained this run died several times, before it kept "
                "anything. Please press Train again, perhaps with a smaller network."
            )
        images = dataset(config.mnist_folder)
        if run.fine_tuning:
            execute_fine_tuning(run, ticket, kept, images)
        else:
            RunExecutor(run, ticket, kept, images, config.limits, watchdog).execute()
        return False
    except Superseded:
        raise
    except Exception as error:
        watchdog.beat(SECONDS_OF_FAILING)
        sentence = _blameless(error)
        _fail(kept, run, ticket, sentence or BROKE, error)
        return sentence is None


def _blameless(error: Exception) -> str | None:
    """What to tell the visitor, if another worker would have failed too; None if not."""
    match error:
        case ArtifactMissing() | CheckpointDamaged() | FineTuningImpossible() | WorkersDied():
            return str(error)
        case OSError():
            return _storage_sentence(error)
        case ValidationError():
            return f"{OUTDATED} {' '.join(problems(error))} Change that and press Train."
        case MemoryError() | tf.errors.ResourceExhaustedError():
            return (
                "There is not enough memory for this network and this batch size. "
                "Please try a smaller batch or smaller layers."
            )
    return None


def _fail(kept: Store, run: Run, ticket: str, sentence: str, error: Exception) -> None:
    logger.error("run failed", exc_info=error, extra={"reason": sentence})
    ended = {"state": State.FAILED, "stop_request": StopRequest.NOTHING, "failure": sentence}
    nothing_new = StoredProgress()
    # A full store takes no failure either; without it the run would seem to go on for ever.
    retry(lambda: kept.progress.append(run.id, ticket, nothing_new, **ended), patience=20)


class WorkersDied(RuntimeError):
    """The run ended its workers again and again; the message is a sentence for visitors."""


class RunExecutor:
    """One run on its way through this worker.

    What is reported is written by a thread of its own, so that training does not wait for the disk.
    """

    def __init__(
        self, run: Run, ticket: str, kept: Store, images: Mnist, limits: Limits, watchdog: Watchdog
    ) -> None:
        self.run = run
        self.watchdog = watchdog
        self.ticket = ticket
        self.kept = kept
        self.images = images
        self.most_seconds = 60 * limits.minutes_a_run
        self.settings = TrainingSettings.model_validate(run.settings)
        examples, _ = self.settings.split(len(images.train_labels))
        self.epoch_steps = self.settings.steps_per_epoch(examples)
        self.total_steps = self.epoch_steps * self.settings.epochs
        self.points = PointDownsampler(-(-self.total_steps // MOST_POINTS))
        self.epochs: list[Epoch] = []
        self.artifacts = dict(run.artifacts)
        self.started = self.written = self.checkpointed = time.monotonic()
        self.speed = Throughput()
        self.writer: Executor
        self.writing: Future[StopRequest]
        self.stop_request = StopRequest.NOTHING

    def execute(self) -> None:
        """Train and report until the run ends, in whatever way."""
        with _writers.borrow() as self.writer:
            self.writing = self.writer.submit(lambda: StopRequest.NOTHING)
            self._train_and_report()

    def _train_and_report(self) -> None:
        checkpoint = self._checkpoint()
        if checkpoint:
            logger.info("run resumed", extra={"step": checkpoint.step})
        else:
            logger.info("run started")
        begun = checkpoint.step if checkpoint else 0
        retry(lambda: self.kept.progress.rewind(self.run.id, begun))
        try:
            for progress in train(self.settings, self.images, checkpoint):
                self._take(progress)
                if self.stop_request or draining.is_set() or self._elapsed() > self.most_seconds:
                    break
            self._end(progress)
        except Diverged as error:
            self.points.add(error.last)
            ended: dict[str, Any] = {"state": State.FAILED, "stop_request": StopRequest.NOTHING}
            self._write(error.last.step, everything=True, failure=str(error), **ended)
            self.writing.result()
            logger.warning("run failed", extra={"reason": str(error)})

    def _checkpoint(self) -> Checkpoint | None:
        reference = self.artifacts.get("checkpoint.npz")
        if reference is None:
            return None
        try:
            return unpacked(self.kept.artifacts.load(self.run.id, reference))
        except (ArtifactMissing, CheckpointDamaged):
            logger.warning("run starts over: its checkpoint cannot be read")
            return None

    def _take(self, progress: Progress) -> None:
        """Collect a report, and have it written when it is time."""
        # After the uncompiled steps a shape that was never seen is compiled.
        is_compiled = len(progress) and progress.step > UNCOMPILED_STEPS
        self.watchdog.beat(SECONDS_OF_TRAINING if is_compiled else SECONDS_OF_PREPARING)
        now = time.monotonic()
        self.speed.note(progress.step, now)
        self.points.add(progress)
        if progress.epoch:
            self.epochs.append(_epoch_record(progress.epoch, progress.step))
        if not len(progress):
            self._begin(progress)
        elif progress.epoch or now - self.checkpointed > SECONDS_BETWEEN_CHECKPOINTS:
            self._write(progress.step, self._checkpoint_file(progress.checkpoint()), True)
        elif self._is_time_to_write(progress, now):
            self._write(progress.step)
        if self.writing.done():
            self.stop_request = self.writing.result()

    def _is_time_to_write(self, progress: Progress, now: float) -> bool:
        if progress.step == len(progress):
            return True  # the very first steps: somebody has just pressed Train
        return now - self.written > SECONDS_BETWEEN_WRITES and self.writing.done()

    def _begin(self, progress: Progress) -> None:
        """Note what is known before the first step, and what the untrained network can do."""
        values: dict[str, Any] = {}
        files: Files = {}
        if progress.step == 0:
            weights = progress.checkpoint().weights
            files["untrained.npz"] = lambda: packed_weights(weights)
            values["first_batch"] = example_batch(self.settings, weights, self.images)
        values["origin"] = origin_of(self.images)
        self._write(progress.step, files, total_steps=self.total_steps, **values)

    def _end(self, progress: Progress) -> None:
        """Write what is left, keep the network, and measure it unless it is to go on later."""
        if progress.step and not progress.epoch:  # `train` looks itself at the end of an epoch
            check_network(progress, self.settings, self.images)
        self.watchdog.beat(SECONDS_OF_PREPARING)
        checkpoint = progress.checkpoint()
        weights = checkpoint.weights
        files = {} if progress.epoch else self._checkpoint_file(checkpoint)
        complete = progress.step >= self.total_steps
        values: dict[str, Any] = {"attempts": 0, "stop_request": StopRequest.NOTHING}
        out_of_time = not complete and self._elapsed() > self.most_seconds
        if out_of_time:
            minutes = self.most_seconds / 60
            over = "it is over" if minutes == 1 else "they are over"
            values["failure"] = (
                f"Every run has {counted(minutes, 'minute')} here, and {over}. "
                "What it had learned by then is kept."
            )
        if not complete and not self.stop_request and not out_of_time:
            # The worker is leaving: another goes on from here, with what is wished meanwhile.
            values = {"attempts": 0, "state": State.QUEUED}
        elif not complete and self.stop_request == StopRequest.PAUSE and not out_of_time:
            values["state"] = State.PAUSED
        else:
            # Made by the writing thread, after what it still has to write, while this one measures.
            exported = self.writer.submit(keras_file, self.settings, weights)
            files["model.keras"] = exported.result
            values["state"] = State.FINISHED if complete else State.STOPPED
            values["test"] = measured(self.settings, weights, self.images)
            values["last_batch"] = example_batch(self.settings, weights, self.images)
        self._write(progress.step, files, True, **values)
        self.writing.result()
        logger.info(
            "run %s", values["state"], extra={"step": progress.step, **values.get("test", {})}
        )

    def _checkpoint_file(self, checkpoint: Checkpoint) -> Files:
        self.checkpointed = time.monotonic()
        logger.debug("run checkpointed", extra={"step": checkpoint.step})
        return {"checkpoint.npz": lambda: packed(checkpoint)}

    def _write(
        self, step: int, files: Files | None = None, everything: bool = False, **values: Any
    ) -> None:
        """Have a report written, once the one before it is."""
        self.stop_request = self.writing.result()
        self.written = time.monotonic()
        new = StoredProgress(self.points.take(everything), self.epochs)
        self.epochs = []
        values["step"] = step
        values["steps_per_second"] = self.speed.steps_per_second
        self.writing = self.writer.submit(self._store, new, files or {}, values)

    def _store(self, new: StoredProgress, files: Files, values: dict[str, Any]) -> StopRequest:
        """Save files, then the report that names them; runs in the writing thread."""
        save, append = self.kept.artifacts.save, self.kept.progress.append
        for name, make in files.items():
            content = make()
            self.artifacts[name] = retry(partial(save, self.run.id, name, content))
        if "checkpoint.npz" in files:
            values["attempts"] = 0
        values["artifacts"] = dict(self.artifacts)
        values["elapsed"] = self._elapsed()
        request = retry(lambda: append(self.run.id, self.ticket, new, **values))
        if files:
            self._clear_out()
        return request

    def _elapsed(self) -> float:
        """Seconds of training, with those before it was paused."""
        return self.run.elapsed + time.monotonic() - self.started

    def _clear_out(self) -> None:
        """Delete the files that the run's record does not name any more."""
        with suppress(OSError):  # what stays is taken by the next time, or by housekeeping
            self.kept.artifacts.delete(self.run.id, keep=frozenset(self.artifacts.values()))


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
    if isinstance(error, StoreUnavailable):
        return str(error)
    # By its number: what others say of themselves names files and servers.
    reason = f" ({os.strerror(error.errno)})" if error.errno else ""
    return (
        f"The results could not be written{reason}. "
        "What was saved before is safe; please go on in a while."
    )
