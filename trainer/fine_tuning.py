"""Teaching in a worker: a copy of a network learns what its visitor has corrected."""

import logging
import time
from functools import partial
from typing import Any

import numpy as np

from digits.dataset import Mnist
from digits.fine_tuning import FineTunedNetwork, teach
from model_store.records import (
    ANSWERS,
    INITIAL_WEIGHTS,
    KERAS_FILE,
    WEIGHTS,
    FineTuningResult,
    LabelledDrawing,
    Requests,
    Run,
    State,
    StopRequest,
    StoredProgress,
)
from model_store.store import Store
from trainer.checkpoints import packed_weights, unpacked_weights
from trainer.evaluation import keras_file, measured, origin_of
from trainer.heartbeat import draining
from trainer.retry import retry
from trainer.run_settings import settings_of

SECONDS_BETWEEN_REPORTS = 0.25

logger = logging.getLogger(__name__)


class FineTuningImpossible(RuntimeError):
    """What the fine-tuning needs is not there any more; the message is a sentence for visitors."""


class _BrokenOff(Exception):
    """It ends before all is learned: its owner wants it so, or its worker leaves."""


def execute_fine_tuning(run: Run, ticket: str, store: Store, dataset: Mnist) -> None:
    """Teach the network that `run.fine_tuning` names, and keep the result as this run's.

    Args:
        run: the run to be filled; its owner's corrections are taught.
        ticket: the piece of work that reports.
        store: where the network and the corrections are.
        dataset: MNIST, to be rehearsed.

    Raises:
        FineTuningImpossible: the network is not there.
    """
    assert run.fine_tuning is not None
    _Teaching(run, run.fine_tuning.source, ticket, store, dataset).execute()


class _Teaching:
    """A fine-tuning on its way through this worker."""

    def __init__(self, run: Run, source: str, ticket: str, store: Store, dataset: Mnist) -> None:
        self.run = run
        self.source = source
        self.ticket = ticket
        self.store = store
        self.dataset = dataset
        self.settings = settings_of(run)
        self.started = time.monotonic()
        self.reported = 0.0
        self.stop_request = StopRequest.NOTHING

    def execute(self) -> None:
        source = self.store.runs.get(self.source)
        if source is None or WEIGHTS not in source.artifacts:
            raise FineTuningImpossible("The network to be taught has been deleted.")
        corrections = self.store.corrections.of_visitor(self.run.visitor)
        if not corrections:
            reason = "There was nothing to teach: what you had named was taken back before."
            self._report(state=State.STOPPED, failure=reason, stop_request=StopRequest.NOTHING)
            return
        logger.info("teaching started", extra={"source": source.id, "drawings": len(corrections)})
        reference = source.artifacts[WEIGHTS]
        weights = unpacked_weights(self.store.artifacts.load(source.id, reference))
        drawings = np.stack([np.frombuffer(each.image, np.uint8) for each in corrections])
        labels = np.array([each.label for each in corrections], np.uint8)
        images = drawings.reshape(-1, 28, 28)
        self._report(origin=origin_of(self.dataset))
        try:
            taught = teach(weights, self.settings, images, labels, self.dataset, self._watch)
        except _BrokenOff:
            self._break_off()
        else:
            self._keep(weights, taught, corrections)

    def _watch(self, step: int, steps: int) -> None:
        """Report how far it is, now and then, and end it where that is wished."""
        now = time.monotonic()
        if 0 < step < steps and now - self.reported < SECONDS_BETWEEN_REPORTS:
            return
        self.reported = now
        self.stop_request = self._report(step=step, total_steps=steps).stop
        # What takes a few seconds is not paused: it could only begin anew.
        if self.stop_request == StopRequest.STOP or draining.is_set():
            raise _BrokenOff

    def _break_off(self) -> None:
        """Leave without a result; another worker begins anew where the owner has not stopped it."""
        state = State.STOPPED if self.stop_request == StopRequest.STOP else State.QUEUED
        self._report(state=state, stop_request=StopRequest.NOTHING, attempts=0)
        logger.info("run %s", state)

    def _keep(
        self,
        weights: list[np.ndarray],
        taught: FineTunedNetwork,
        corrections: list[LabelledDrawing],
    ) -> None:
        measurement = measured(self.settings, taught.weights, self.dataset)
        contents = {
            ANSWERS: measurement.answers.tobytes(),
            WEIGHTS: packed_weights(taught.weights),
            INITIAL_WEIGHTS: packed_weights(weights),
            KERAS_FILE: keras_file(self.settings, taught.weights),
        }
        save = self.store.artifacts.save
        references = {
            name: retry(partial(save, self.run.id, name, content))
            for name, content in contents.items()
        }
        results = {name: value for name, value in vars(taught).items() if name != "weights"}
        labels = tuple(each.label for each in corrections)
        self._report(
            state=State.FINISHED,
            stop_request=StopRequest.NOTHING,
            test=measurement.figures,
            fine_tuning=FineTuningResult(self.source, len(corrections), **results, labels=labels),
            artifacts=references,
        )
        logger.info("run finished", extra={"accuracy": taught.test_after})

    def _report(self, **values: Any) -> Requests:
        nothing_new = StoredProgress()
        values["elapsed"] = time.monotonic() - self.started
        append = self.store.progress.append
        return retry(lambda: append(self.run.id, self.ticket, nothing_new, **values))
