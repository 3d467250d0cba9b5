"""What a run reports, collected and written by a thread.

Training waits for the disk only where one report is still to be written when the next is due.
"""

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial
from typing import Any

from digits.progress import EpochResult, Progress
from model_store.records import WEIGHTS, Epoch, Requests, Run, StoredProgress
from model_store.store import Store
from trainer.downsampling import PointDownsampler
from trainer.drawing_log import FILE as DRAWING
from trainer.drawing_log import DrawingLog
from trainer.retry import retry
from trainer.throughput import Throughput

# As often as a page looks for what is new; each report costs the training some milliseconds.
SECONDS_BETWEEN_WRITES = 0.25
# More points than this cannot be told apart on a chart: longer runs keep means of several batches.
MOST_POINTS = 10_000

# What makes each file's content, by its name.
Files = dict[str, Callable[[], bytes]]


class ReportWriter:
    """The reports of one run on their way to the store.

    Args:
        run: as it was claimed.
        ticket: it was claimed with.
        store: where it is kept.
        total_steps: that it takes from its first to its last.
        thread: writes, one report after the other.

    Attributes:
        points: what was reported of every step.
        requests: what the owner wants, as the store said with the last report.
        drawing: what the network made of the run's drawing, if it has one.
    """

    def __init__(
        self, run: Run, ticket: str, store: Store, total_steps: int, thread: Executor
    ) -> None:
        self._run = run
        self._ticket = ticket
        self._store = store
        self._thread = thread
        self._epochs: list[Epoch] = []
        self._artifacts = dict(run.artifacts)
        self._throughput = Throughput(run.steps_per_second)
        self._started = self._written = time.monotonic()
        self._writing: Future[Requests] = thread.submit(Requests)
        self.points = PointDownsampler(_stride(total_steps))
        self.requests = Requests()
        self.drawing: DrawingLog | None = None

    def elapsed(self) -> float:
        """Seconds of training, with those before it was paused."""
        return self._run.elapsed + time.monotonic() - self._started

    def add(self, progress: Progress) -> None:
        """Collect a report."""
        # Before its first step a run gets ready, and one in slow motion is taken apart.
        if len(progress) and not progress.one_step:
            self._throughput.note(progress.step, time.monotonic())
        self.points.add(progress)
        if self.drawing:
            self.drawing.add(progress)
        if progress.epoch:
            self._epochs.append(_epoch_record(progress.epoch, progress.step))

    def is_due(self) -> bool:
        """Whether what was collected is to be written, and can be without a wait."""
        is_old = time.monotonic() - self._written > SECONDS_BETWEEN_WRITES
        return is_old and self._writing.done()

    def write(
        self, step: int, files: Files | None = None, everything: bool = False, **values: Any
    ) -> None:
        """Have what was collected written, once what came before is.

        Args:
            step: the last one that was taken.
            files: to be saved with it.
            everything: also the points of steps that are to become one with those to come.
            values: of the run's record that change.
        """
        self.flush()
        self._written = time.monotonic()
        new = StoredProgress(self.points.take(everything), self._epochs)
        self._epochs = []
        values["step"] = step
        if "total_steps" in values:
            self.points.stride = _stride(values["total_steps"])
        if self.drawing:
            values["drawing_changes"] = self.drawing.changes
            if files:  # as often as the weights
                files = {**files, DRAWING: self.drawing.taken().packed}
        values["steps_per_second"] = self._throughput.steps_per_second
        self._writing = self._thread.submit(self._save, new, files or {}, values)

    def look_for_requests(self) -> None:
        """See what the owner wants, unless the last report is still being written."""
        if self._writing.done():
            self.requests = self._writing.result()

    def flush(self) -> None:
        """Wait until all is written.

        Raises:
            Superseded: another worker has the run.
            OSError: the store could not be written.
        """
        self.requests = self._writing.result()

    def _save(self, new: StoredProgress, files: Files, values: dict[str, Any]) -> Requests:
        """Save files, then the report that names them; runs in the thread."""
        save, append = self._store.artifacts.save, self._store.progress.append
        for name, make in files.items():
            content = make()
            self._artifacts[name] = retry(partial(save, self._run.id, name, content))
        if WEIGHTS in files:
            values["attempts"] = 0
        values["artifacts"] = dict(self._artifacts)
        values["elapsed"] = self.elapsed()
        requests = retry(lambda: append(self._run.id, self._ticket, new, **values))
        if files:
            self._clear_out()
        return requests

    def _clear_out(self) -> None:
        """Delete the files that the run's record does not name any more."""
        with suppress(OSError):  # what stays is taken by the next time, or by housekeeping
            self._store.artifacts.delete(self._run.id, keep=frozenset(self._artifacts.values()))


def _stride(total_steps: int) -> int:
    return -(-total_steps // MOST_POINTS)


def _epoch_record(result: EpochResult, last_step: int) -> Epoch:
    validation, training = result.validation, result.training
    return Epoch(
        result.epoch,
        last_step,
        result.loss,
        result.accuracy,
        validation.loss if validation else None,
        validation.accuracy if validation else None,
        result.seconds,
        training.loss if training else None,
        training.accuracy if training else None,
    )
