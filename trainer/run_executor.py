"""Carrying a run out: train it, report to the store, keep the result.

This is the only part of the trainer that imports TensorFlow; it runs in workers alone.
"""

import logging
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from config.environment import Config
from config.logs import about, log_context
from digits.changes import MOST_CHANGES, settings_at
from digits.course import Course, with_change
from digits.dataset import Mnist
from digits.divergence import Diverged, check_network
from digits.lasting_threads import LastingThreads
from digits.progress import Checkpoint, Progress
from digits.settings import TrainingSettings
from digits.training import UNCOMPILED_STEPS, train
from model_store.limits import Limits
from model_store.progress import Superseded
from model_store.records import (
    ANSWERS,
    INITIAL_WEIGHTS,
    KERAS_FILE,
    WEIGHTS,
    Run,
    State,
    StopRequest,
    StoredProgress,
)
from model_store.store import Store, shared_store
from trainer.checkpoints import (
    MOST_SECONDS_BETWEEN_CHECKPOINTS,
    kept_checkpoint,
    packed,
    packed_weights,
    seconds_between_checkpoints,
)
from trainer.drawing_log import DrawingLog, epoch_file, keeps_epochs, packed_epoch
from trainer.evaluation import example_batch, keras_file, measured, origin_of
from trainer.failures import BROKE, blameless_failure, check_attempts, out_of_time
from trainer.fine_tuning import execute_fine_tuning
from trainer.heartbeat import (
    SECONDS_OF_FAILING,
    SECONDS_OF_PREPARING,
    SECONDS_OF_TRAINING,
    Watchdog,
    draining,
    heartbeat,
)
from trainer.preparation import dataset
from trainer.report_writer import Files, ReportWriter
from trainer.retry import retry
from trainer.run_settings import as_stored, changes_of
from trainer.slow_motion import SlowMotion
from trainer.worker_health import WorkerHealth

logger = logging.getLogger(__name__)

_writers = LastingThreads("writer")


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
    store = retry(lambda: shared_store(config.database_url, config.artifacts_url))
    run = retry(lambda: store.queue.claim(ticket, config.limits))
    if run is None:
        return False
    with log_context(ticket=ticket, **about(run)):
        try:
            with heartbeat(store, run, ticket) as watchdog:
                is_own_fault = _execute(run, ticket, store, config, watchdog)
                if worker_health:
                    worker_health.note_fault() if is_own_fault else worker_health.note_success()
        except Superseded:
            logger.warning("run given to another worker")
    return True


def _execute(run: Run, ticket: str, store: Store, config: Config, watchdog: Watchdog) -> bool:
    """Carry a run out to its end, whatever that is; True if this worker alone is to blame."""
    try:
        check_attempts(run)
        images = dataset(config.mnist_folder)
        if run.fine_tuning:
            execute_fine_tuning(run, ticket, store, images)
        else:
            RunExecutor(run, ticket, store, images, config.limits, watchdog).execute()
        return False
    except Superseded:
        raise
    except Exception as error:
        watchdog.beat(SECONDS_OF_FAILING)
        sentence = blameless_failure(error)
        _fail(store, run, ticket, sentence or BROKE, error)
        return sentence is None


def _fail(store: Store, run: Run, ticket: str, sentence: str, error: Exception) -> None:
    logger.error("run failed", exc_info=error, extra={"reason": sentence})
    ended = {"state": State.FAILED, "stop_request": StopRequest.NOTHING, "failure": sentence}
    nothing_new = StoredProgress()
    # A full store takes no failure either; without it the run would seem to go on for ever.
    retry(lambda: store.progress.append(run.id, ticket, nothing_new, **ended), patience=20)


class RunExecutor:
    """One run on its way through this worker."""

    def __init__(
        self, run: Run, ticket: str, store: Store, images: Mnist, limits: Limits, watchdog: Watchdog
    ) -> None:
        self.run = run
        self.ticket = ticket
        self.store = store
        self.images = images
        self.watchdog = watchdog
        self.most_seconds = 60 * limits.minutes_a_run
        self.settings = TrainingSettings.model_validate(run.settings)
        self.changes = changes_of(run)
        self.examples, _ = self.settings.split(len(images.train_labels))
        self.total_steps = Course(self.settings, self.changes, self.examples).last_step
        self.checkpointed = time.monotonic()

    def execute(self) -> None:
        """Train and report until the run ends, in whatever way."""
        with _writers.borrow() as self.thread:
            self.writer = ReportWriter(
                self.run, self.ticket, self.store, self.total_steps, self.thread
            )
            self._train_and_report()

    def _train_and_report(self) -> None:
        checkpoint = kept_checkpoint(self.run, self.store)
        if checkpoint:
            logger.info("run resumed", extra={"step": checkpoint.step})
        else:
            logger.info("run started")
        begun = checkpoint.step if checkpoint else 0
        retry(lambda: self.store.progress.rewind(self.run.id, begun))
        self.slow_motion = slow = SlowMotion(self.run, begun)
        try:
            drawing = self._drawing(begun)
            wanted = (drawing, self.changes, self.run.pause_at, slow.steps)
            for progress in train(self.settings, self.images, checkpoint, *wanted):
                self._on_report(progress)
                self._change_settings(progress.step)
                if self._is_to_leave(progress.step):
                    break
            self._on_finish(progress)
        except Diverged as error:
            self.writer.points.add(error.last)
            ended: dict[str, Any] = {"state": State.FAILED, "stop_request": StopRequest.NOTHING}
            slow.add(error.last)
            self.writer.write(error.last.step, slow.files(), True, failure=str(error), **ended)
            self.writer.flush()
            logger.warning("run failed", extra={"reason": str(error)})

    def _drawing(self, begun: int) -> NDArray[np.uint8] | None:
        """The drawing that is read at each report, if there is one; its past is known then."""
        if self.run.drawing is None:
            return None
        self.writer.drawing = log = DrawingLog.of(self.run, self.store, begun)
        return log.image

    def _on_report(self, progress: Progress) -> None:
        """Collect a report, and have it written when it is time."""
        changes = {name for each in self.changes if each.step == progress.step for name in each[1]}
        # A shape that was never seen is compiled after the uncompiled steps, or after a change.
        is_compiled = len(progress) and progress.step > UNCOMPILED_STEPS and not changes
        self.watchdog.beat(SECONDS_OF_TRAINING if is_compiled else SECONDS_OF_PREPARING)
        self.writer.add(progress)
        self.slow_motion.add(progress)
        if not len(progress):
            self._on_start(progress)
        # Weights kept before would be read with the activation that holds from here on.
        elif progress.epoch or "activation" in changes or self._is_checkpoint_due():
            files = self._checkpoint_file(progress.checkpoint()) | self._epoch_file(progress)
            self.writer.write(progress.step, files, True)
        # The very first steps are written at once: somebody has just pressed Train.
        elif progress.step == len(progress) or self.writer.is_due():
            self.writer.write(progress.step)
        self.writer.look_for_requests()

    def _change_settings(self, step: int) -> None:
        """Have the steps to come follow what the owner wants of the settings."""
        wanted = dict(self.writer.requests.settings)
        changes = with_change(step, wanted, self.settings, self.changes, self.examples)
        if changes == self.changes or len(changes) > MOST_CHANGES or step >= self.total_steps:
            return
        self.changes[:] = changes
        self.total_steps = Course(self.settings, changes, self.examples).last_step
        self.watchdog.beat(SECONDS_OF_PREPARING)  # another shape may have to be compiled
        self.writer.write(step, changes=as_stored(changes), total_steps=self.total_steps)
        logger.info("settings changed", extra={"step": step})

    def _is_to_leave(self, step: int) -> bool:
        """Whether this worker takes no further step."""
        if self.slow_motion.is_done or draining.is_set() or self._is_out_of_time():
            return True
        if self.writer.requests.stop == StopRequest.SLOW_STEP:
            self.slow_motion.ask(step)
            return False
        return bool(self.writer.requests.stop)

    def _on_start(self, progress: Progress) -> None:
        """Note what is known before the first step, and what the untrained network can do."""
        values: dict[str, Any] = {}
        files: Files = {}
        if progress.step == 0:
            weights = progress.checkpoint().weights
            files[INITIAL_WEIGHTS] = lambda: packed_weights(weights)
            settings = settings_at(0, self.settings, self.changes)
            values["first_batch"] = example_batch(settings, weights, self.images)
        values["origin"] = origin_of(self.images)
        self.writer.write(progress.step, files, total_steps=self.total_steps, **values)

    def _on_finish(self, progress: Progress) -> None:
        """Write what is left, keep the network, and measure it unless it is to go on later."""
        if progress.step and not progress.epoch:  # `train` looks itself at the end of an epoch
            check_network(progress, self.settings, self.images)
        self.watchdog.beat(SECONDS_OF_PREPARING)
        if progress.kept_epoch:
            self.total_steps = progress.step  # the run has ended by itself
        checkpoint = progress.checkpoint()
        files = {} if progress.epoch else self._checkpoint_file(checkpoint)
        files |= self.slow_motion.files()
        time_is_up = self._is_out_of_time()
        state = self._state_after(progress.step, time_is_up)
        values: dict[str, Any] = {"attempts": 0, "state": state}
        if state != State.QUEUED:  # else the next worker hears what is wished meanwhile
            values["stop_request"] = StopRequest.NOTHING
        if state == State.STOPPED and time_is_up:
            values["failure"] = out_of_time(self.most_seconds / 60)
        if state in (State.FINISHED, State.STOPPED):
            values["requested_settings"] = {}  # those that came too late
            # Made by the writing thread, after what it still has to write, while this one measures.
            settings = settings_at(progress.step, self.settings, self.changes)
            exported = self.thread.submit(keras_file, settings, checkpoint.weights)
            files[KERAS_FILE] = exported.result
            measurement = measured(settings, checkpoint.weights, self.images)
            values["test"] = measurement.figures
            # By them runs are compared.
            files[ANSWERS] = measurement.answers.tobytes
            if progress.kept_epoch:
                values["test"]["best_epoch"] = progress.kept_epoch
                values["total_steps"] = self.total_steps
            values["last_batch"] = example_batch(settings, checkpoint.weights, self.images)
        self.writer.write(progress.step, files, True, **values)
        self.writer.flush()
        logger.info("run %s", state, extra={"step": progress.step, **values.get("test", {})})

    def _state_after(self, last_step: int, time_is_up: bool) -> State:
        """What becomes of the run after the last step that this worker takes."""
        if last_step >= self.total_steps:
            return State.FINISHED
        if time_is_up or self.writer.requests.stop == StopRequest.STOP:
            return State.STOPPED
        is_there = self.slow_motion.is_done or last_step >= (self.run.pause_at or self.total_steps)
        if is_there or self.writer.requests.stop == StopRequest.PAUSE:
            return State.PAUSED
        return State.QUEUED  # the worker is leaving, and another goes on from here

    def _is_checkpoint_due(self) -> bool:
        """Whether the weights are to be kept now; seldom while the disk is slow."""
        age = time.monotonic() - self.checkpointed
        is_old = age > seconds_between_checkpoints(self.settings) and self.writer.is_due()
        return is_old or age > MOST_SECONDS_BETWEEN_CHECKPOINTS

    def _checkpoint_file(self, checkpoint: Checkpoint) -> Files:
        self.checkpointed = time.monotonic()
        logger.debug("run checkpointed", extra={"step": checkpoint.step})
        return {WEIGHTS: lambda: packed(checkpoint)}

    def _epoch_file(self, progress: Progress) -> Files:
        """The weights after an epoch, where the run has a drawing that they are looked at with."""
        is_of_epoch = progress.epoch and not progress.kept_epoch  # or they are an earlier epoch's
        if not is_of_epoch or self.run.drawing is None or not keeps_epochs(self.settings):
            return {}
        assert progress.epoch
        weights = progress.checkpoint().weights
        return {epoch_file(progress.epoch.epoch): lambda: packed_epoch(weights)}

    def _is_out_of_time(self) -> bool:
        return self.writer.elapsed() > self.most_seconds
