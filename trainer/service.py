"""What pages call to have runs carried out. Importing this imports neither TensorFlow nor Dask."""

import logging
import time
from collections.abc import Sequence
from typing import Any

from config.environment import Config, retention_from_environment
from config.logs import about
from digits.changes import IN_FLIGHT
from digits.recipes import name_for
from digits.settings import TrainingSettings
from model_store.limits import TooManyRuns
from model_store.records import PlannedFineTuning, Run, State, StopRequest
from model_store.store import Store
from trainer.duration_estimate import seconds_beside_others
from trainer.presence import SECONDS_UNTIL_WAITING_RUNS_GO
from trainer.queue_estimate import QueueEstimate, cheapest_first, estimate_wait, seconds_left
from trainer.run_names import untaken
from trainer.run_settings import changes_of_branch, settings_to_teach, with_more_epochs
from trainer.supervisor import PeriodicTask, Readiness, Supervisor

SECONDS_FOR_GRADIENTS = 5
SECONDS_BETWEEN_PRUNINGS = 600.0

logger = logging.getLogger(__name__)


class WorkersBusy(RuntimeError):
    """The workers could not answer in time; the message is a sentence for visitors."""


class TrainingService:
    """Hands runs to Dask workers: on this machine, or on the cluster of `config.scheduler`.

    Args:
        store: where runs are kept.
        config: passed on to the workers.
    """

    def __init__(self, store: Store, config: Config) -> None:
        self._store = store
        self._config = config
        self._supervisor = Supervisor(store, config)
        retention = retention_from_environment()
        prune = PeriodicTask(SECONDS_BETWEEN_PRUNINGS, lambda: store.housekeeping.prune(retention))
        # Before tickets are issued: what is put in line later would wait for the next look.
        self._supervisor.periodic_tasks.insert(1, PeriodicTask(0, self.start_planned))
        self._supervisor.periodic_tasks.append(prune)

    @property
    def readiness(self) -> Readiness:
        """Whether runs can be carried out now, and a line about it for visitors."""
        return self._supervisor.readiness

    @property
    def periodic_tasks(self) -> list[PeriodicTask]:
        """What is done every now and then while the service runs; to be added to before `start`."""
        return self._supervisor.periodic_tasks

    def start(self) -> None:
        """Start or find the workers and warm them up, in the background."""
        self._supervisor.start()

    def submit(
        self,
        visitor: str,
        settings: TrainingSettings,
        drawing: bytes | None = None,
        drawing_label: int | None = None,
    ) -> Run:
        """Put a run in line; it starts when a worker is free.

        Args:
            visitor: whose it is.
            settings: what is trained.
            drawing: that is read at each report, prepared, as bytes of [28, 28].
            drawing_label: the digit that it is, if the visitor has said so.

        Returns:
            The run as it was stored.

        Raises:
            TooManyRuns: the visitor has as many in line as they may.
        """
        values, limits = settings.model_dump(mode="json"), self._config.limits
        (name,) = self._names(visitor, [name_for(settings)])
        run = self._store.runs.create(visitor, values, name, None, limits, drawing, drawing_label)
        logger.info("run submitted", extra={"layers": settings.architecture, **about(run)})
        self._supervisor.wake()
        return run

    def plan(self, visitor: str, wanted: Sequence[tuple[str, TrainingSettings]]) -> list[Run]:
        """Have several runs carried out: as many are put in line as there is room for, then more.

        Args:
            visitor: who wants them.
            wanted: what people call each, and its settings.

        Raises:
            TooManyRuns: the visitor would have more planned than they may.
        """
        names = self._names(visitor, [name for name, _ in wanted])
        values = [settings.model_dump(mode="json") for _, settings in wanted]
        runs = self._store.planned.add(visitor, [*zip(names, values, strict=True)])
        self._store.visitors.touch([visitor])  # who is back after a while is not noted yet
        logger.info("runs planned", extra={"runs": len(runs), **about(runs[0])})
        self.start_planned()
        self._supervisor.wake()
        return runs

    def start_planned(self) -> None:
        """Put planned runs in line, the cheap first, if their visitors are here and have room."""
        planned = cheapest_first(self._store.planned.waiting(), self._supervisor.estimator)
        seen = self._store.visitors.last_seen({run.visitor for run in planned})
        gone = time.time() - SECONDS_UNTIL_WAITING_RUNS_GO
        full = {visitor for visitor, seen_at in seen.items() if seen_at < gone}
        for run in planned:
            if run.visitor in full:
                continue
            try:
                limits = self._config.limits
                self._store.runs.requeue(run.id, run.visitor, run.settings, limits)
            except TooManyRuns:
                full.add(run.visitor)

    def branch(self, visitor: str, run: Run, step: int, settings: TrainingSettings) -> Run:
        """Put in line a run that takes the steps of another, and from `step` on goes its own way.

        Args:
            visitor: whose it will be.
            run: the one that it branches from, which stays as it is.
            step: up to which both are the same.
            settings: those it goes on with, of the ones that a branch can change.

        Returns:
            The new run. It takes the first steps again, so it needs nothing of the other any more.

        Raises:
            pydantic.ValidationError: the other was made under other limits.
            TooManyRuns: the visitor has as many in line as they may.
        """
        first = TrainingSettings.model_validate(run.settings)
        (name,) = self._names(visitor, [f"{run.name}, branch"])
        branch = self._store.runs.create(
            visitor,
            first.model_dump(mode="json"),
            name,
            limits=self._config.limits,
            changes=changes_of_branch(run, step, settings),
            branch={"run": run.id, "step": step},
        )
        logger.info("branch submitted", extra={"source": run.id, **about(branch)})
        self._supervisor.wake()
        return branch

    def teach(self, visitor: str, run: Run) -> Run:
        """Put in line that a copy of a network is taught what the visitor has corrected.

        Returns:
            The new run, which belongs to the visitor; the one it comes from stays as it is.

        Raises:
            TooManyRuns: the visitor has as many in line as they may.
        """
        (name,) = self._names(visitor, [run.name if run.fine_tuning else f"{run.name}, taught"])
        plan, limits = PlannedFineTuning(run.id), self._config.limits
        taught = self._store.runs.create(visitor, settings_to_teach(run), name, plan, limits)
        logger.info("teaching submitted", extra={"source": run.id, **about(taught)})
        self._supervisor.wake()
        return taught

    def _names(self, visitor: str, wanted: Sequence[str]) -> list[str]:
        """What new runs are called, so that their visitor tells them from all others."""
        return untaken(wanted, self._store.runs.names_of(visitor))

    def queue_estimate(self, visitor: str, run_id: str = "") -> QueueEstimate:
        """When a run that waits will start, or one that the visitor puts in line now.

        Args:
            visitor: whose run it is.
            run_id: the run; without one, it is one that would be put in line now.
        """
        running = [run for run in self._store.runs.active() if run.state == State.RUNNING]
        waiting = self._store.queue.waiting()
        client = self._supervisor.dask_client
        slots = client.slots if client else 1
        limits = self._config.limits
        return estimate_wait(running, waiting, slots, limits, visitor, self.seconds_left, run_id)

    def expected_seconds(self, settings: TrainingSettings) -> float | None:
        """How long a run takes from its start to its result; None while nothing was measured."""
        alone = self._supervisor.estimator.seconds(settings)
        client = self._supervisor.dask_client
        if alone is None or client is None or client.slots == 1:
            return alone
        return seconds_beside_others(
            alone, sum(self.seconds_left(run) or 0.0 for run in self._supervisor.active)
        )

    @property
    def is_measured(self) -> bool:
        """Whether the workers were timed with all that idle workers are timed with."""
        return self._supervisor.estimator.due() is None

    def seconds_left(self, run: Run) -> float | None:
        """How long an active run takes from now or from its start; None while nobody can know."""
        return seconds_left(run, self._supervisor.estimator)

    def ask(self, run_id: str, visitor: str, request: StopRequest) -> bool:
        """Stop or pause a run at its next report; False if the visitor may not, or it has ended."""
        return self._store.runs.request_stop(run_id, visitor, request)

    def change_settings(self, run_id: str, visitor: str, settings: TrainingSettings) -> bool:
        """Have an unfinished run go on with other settings, of those that can change in flight.

        Returns:
            False if the visitor may not, or it has ended.
        """
        values = {name: getattr(settings, name) for name in IN_FLIGHT}
        return self._store.runs.request_settings(run_id, visitor, values)

    def go_on(
        self,
        run: Run,
        visitor: str,
        more_epochs: int = 0,
        pause_at: int | None = None,
        request: StopRequest = StopRequest.NOTHING,
    ) -> bool:
        """Let a run at rest go on from where it is, for some epochs more than it had.

        Fine-tuning that did not come to its end begins anew; one that did has no more epochs.

        Args:
            run: the run.
            visitor: who wants it.
            more_epochs: than it had.
            pause_at: the step after which it rests again; None for its end.
            request: what else is asked of its worker.

        Returns:
            False if the visitor may not, or the run is active or fine-tuning that came to its end.

        Raises:
            pydantic.ValidationError: it would have more epochs than a run may have, or was made
                under other limits.
            TooManyRuns: the visitor has as many in line as they may.
        """
        values = run.settings if run.fine_tuning else with_more_epochs(run, more_epochs)
        limits = self._config.limits
        again = self._store.runs.requeue(run.id, visitor, values, limits, pause_at, request)
        if again:
            self._supervisor.wake()
        return again

    def step_slowly(self, run: Run, visitor: str) -> bool:
        """Have a run take its next step in slow motion, and rest after it.

        Returns:
            False if the visitor may not, or there is no such step: it has ended or is deleted.
        """
        now = self._store.runs.get(run.id)
        if now is None or now.fine_tuning or (now.step and now.step >= now.total_steps):
            return False
        if now.is_active:
            return self.ask(run.id, visitor, StopRequest.SLOW_STEP)
        return self.go_on(now, visitor, request=StopRequest.SLOW_STEP)

    def gradients(self, numbers: dict[str, float]) -> dict[str, float]:
        """Let TensorFlow find the slopes of the Learn page's graph, in a worker.

        Args:
            numbers: `x`, `target`, `w1` and `w2`.

        Returns:
            The slopes along `w1` and `w2`.

        Raises:
            WorkersBusy: no answer within a few seconds, or the workers are not there yet.
        """
        from trainer.gradients import gradients

        dask_client = self._supervisor.dask_client
        if dask_client is None:
            raise WorkersBusy(f"{self.readiness.line} Please try again in a few seconds.")
        future: Any = dask_client.client.submit(gradients, numbers, pure=False, priority=10)
        try:
            slopes: dict[str, float] = future.result(timeout=SECONDS_FOR_GRADIENTS)
        except TimeoutError as error:
            future.cancel()
            raise WorkersBusy(
                "Every worker is training at the moment. Please try again when a run has ended."
            ) from error
        return slopes

    def close(self) -> None:
        """End the workers that were started here; what they had in hand is handed over."""
        self._supervisor.close()
