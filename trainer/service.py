"""What pages call to have runs carried out. Importing this imports neither TensorFlow nor Dask."""

import logging
from dataclasses import dataclass
from secrets import token_hex
from threading import Thread
from typing import TYPE_CHECKING, Any

from digits.settings import TrainingSettings
from model_store.records import Run, State, Wish
from model_store.store import Store
from trainer.logs import about
from trainer.place import Place
from trainer.ready_made import install

if TYPE_CHECKING:
    from distributed import Client

SECONDS_FOR_GRADIENTS = 5

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Readiness:
    """Whether runs can be carried out now, and a line about it for visitors."""

    is_ready: bool
    line: str


class EngineBusy(RuntimeError):
    """The workers could not answer in time; the message is a sentence for visitors."""


class TrainingService:
    """Hands runs to Dask workers: on this machine, or on the cluster of `place.scheduler`.

    Args:
        store: where runs are kept.
        place: passed on to the workers.
    """

    def __init__(self, store: Store, place: Place) -> None:
        self.readiness = Readiness(False, "The training engine is warming up.")
        self._store = store
        self._place = place
        self._client: Client | None = None

    def start(self) -> None:
        """Start or find the workers and warm them up, in the background."""
        install(self._store)
        Thread(target=self._connect, name="training-service", daemon=True).start()

    def submit(self, visitor: str, settings: TrainingSettings) -> Run:
        """Put a run in line; it starts when a worker is free.

        Returns:
            The run as it was stored.
        """
        values = settings.model_dump(mode="json")
        run = self._store.runs.create(visitor, values, settings.architecture)
        logger.info("run submitted", extra={"layers": settings.architecture, **about(run)})
        self._issue_ticket()
        return run

    def teach(self, visitor: str, run: Run) -> Run:
        """Put in line that a copy of a network is taught what the visitor has corrected.

        Returns:
            The new run, which belongs to the visitor; the one it comes from stays as it is.
        """
        name = run.name if run.taught else f"{run.name}, taught"
        taught = self._store.runs.create(visitor, run.settings, name, {"from": run.id})
        logger.info("teaching submitted", extra={"source": run.id, **about(taught)})
        self._issue_ticket()
        return taught

    def ask(self, run_id: str, visitor: str, wish: Wish) -> bool:
        """Stop or pause a run at its next report; False if the visitor may not, or it has ended."""
        return self._store.runs.wish(run_id, visitor, wish)

    def go_on(self, run: Run, visitor: str, more_epochs: int = 0) -> bool:
        """Let a run at rest go on from where it is, for some epochs more than it had.

        Returns:
            False if the visitor may not, or the run is active.

        Raises:
            pydantic.ValidationError: it would have more epochs than a run may have.
        """
        epochs = run.settings["epochs"] + more_epochs
        settings = TrainingSettings.model_validate({**run.settings, "epochs": epochs})
        again = self._store.runs.requeue(run.id, visitor, settings.model_dump(mode="json"))
        if again:
            self._issue_ticket()
        return again

    def gradients(self, numbers: dict[str, float]) -> dict[str, float]:
        """Let TensorFlow find the slopes of the Learn page's graph, in a worker.

        Args:
            numbers: `x`, `target`, `w1` and `w2`.

        Returns:
            The slopes along `w1` and `w2`.

        Raises:
            EngineBusy: no answer within a few seconds, or the workers are not there yet.
        """
        from trainer.gradients import gradients

        client = self._client
        if client is None:
            raise EngineBusy(f"{self.readiness.line} Please try again in a few seconds.")
        future: Any = client.submit(gradients, numbers, pure=False, priority=10)
        try:
            slopes: dict[str, float] = future.result(timeout=SECONDS_FOR_GRADIENTS)
        except TimeoutError as error:
            future.cancel()
            raise EngineBusy(
                "Every worker is training at the moment. Please try again when a run has ended."
            ) from error
        return slopes

    def close(self) -> None:
        """End the workers that were started here; runs that were going on can be resumed."""
        client, self._client = self._client, None
        if client is None:
            return
        cluster = client.cluster
        client.close()
        if cluster is not None:
            cluster.close()

    def _connect(self) -> None:
        from trainer.cluster import connect
        from trainer.worker import warm_up

        try:
            client = connect(self._place.scheduler)
            line = client.submit(warm_up, self._place, pure=False).result()
        except Exception as error:
            logger.exception("the training engine did not start")
            sentence = f"Training is not possible at the moment. {error}"
            self.readiness = Readiness(False, sentence)
            return
        self._client = client
        self.readiness = Readiness(True, line)
        self._take_up_runs()

    def _take_up_runs(self) -> None:
        """Issue tickets for what waits and for what an earlier process left unfinished."""
        for run in self._store.runs.active():
            if run.state == State.RUNNING and not self._place.scheduler:
                self._store.runs.change(run.id, state=State.QUEUED, ticket="")
            self._issue_ticket()

    def _issue_ticket(self) -> None:
        """Ask for one piece of work; whoever gets it takes the run that is next in line then."""
        from trainer.cluster import TRAINER
        from trainer.worker import work

        if self._client is None:
            return  # `_take_up_runs` will see it
        ticket = token_hex(8)
        future: Any = self._client.submit(
            work, ticket, self._place, key=ticket, pure=False, resources=TRAINER
        )
        future.add_done_callback(self._ticket_done)

    def _ticket_done(self, future: Any) -> None:
        if future.status != "error":
            return
        logger.error("ticket %s was lost: %s", future.key, future.exception())
        for run in self._store.runs.active():
            if run.ticket == future.key:
                self._store.runs.change(
                    run.id,
                    state=State.FAILED,
                    failure="The process that trained this run died several times. What it had "
                    "learned up to its last checkpoint is kept: press Continue.",
                )
