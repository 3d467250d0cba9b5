"""What the store holds, as plain values."""

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray


class State(StrEnum):
    """Where a run is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


class StopRequest(StrEnum):
    """What a visitor has asked of a run and its worker has not yet done."""

    NOTHING = ""
    STOP = "stop"
    PAUSE = "pause"


ACTIVE = (State.QUEUED, State.RUNNING)


@dataclass(frozen=True)
class PlannedFineTuning:
    """A lesson that was asked for.

    Attributes:
        source: the run a copy of whose network is taught what its visitor has corrected.
    """

    source: str


@dataclass(frozen=True)
class FineTuningResult:
    """A lesson that was given, and what it did.

    Attributes:
        source: as of the lesson that was planned.
        drawings: how many corrected drawings were taught.
        own_before, own_after: accuracy (0 to 1) on them, before and after.
        test_before, test_after: accuracy (0 to 1) on the test images, before and after.
        labels: the digits that were taught, in the order in which they were corrected; empty
            where an older version of this program has not kept them.
    """

    source: str
    drawings: int
    own_before: float
    own_after: float
    test_before: float
    test_after: float
    labels: tuple[int, ...] = ()


Lesson = PlannedFineTuning | FineTuningResult


def lesson_as_json(lesson: Lesson) -> dict[str, Any]:
    """A lesson as the store keeps it."""
    values = dict(vars(lesson))
    return {"from": values.pop("source"), **values}


def lesson_from_json(kept: object) -> Lesson | None:
    """Read a lesson that any version of this program has kept; one not yet given is a plan."""
    if not isinstance(kept, dict):
        return None
    values = {**kept, "source": kept.get("from", ""), "labels": tuple(kept.get("labels", ()))}
    try:
        return FineTuningResult(
            **{field.name: values[field.name] for field in fields(FineTuningResult)}
        )
    except KeyError:
        return PlannedFineTuning(values["source"])


@dataclass(frozen=True)
class Run:
    """One training run, as of its last report.

    Attributes:
        settings: hyperparameters by name, as plain JSON.
        ticket: the piece of work that carries the run out; empty while it waits.
        attempts: how often it was taken up since it last got on, that is, saved a checkpoint.
        step, total_steps: batches done, and batches in all.
        elapsed: seconds of training so far; time in the queue does not count.
        first_batch, last_batch: loss and accuracy of one batch before and after training.
        test: loss and accuracy on the test images, once the run has ended.
        origin: what is needed to repeat the run: versions, device, data fingerprint.
        failure: for a failed run, a sentence that says what happened and what to try.
        taught: for a network that is taught a visitor's corrections instead of being trained: the
            lesson, planned at first and then given.
        artifacts: reference of each file that was kept, by its name.
    """

    id: str
    visitor: str
    name: str
    created_at: float
    state: State
    settings: dict[str, Any]
    wish: StopRequest = StopRequest.NOTHING
    ticket: str = ""
    started_at: float | None = None
    reported_at: float | None = None
    attempts: int = 0
    step: int = 0
    total_steps: int = 0
    steps_per_second: float = 0.0
    elapsed: float = 0.0
    first_batch: dict[str, float] | None = None
    last_batch: dict[str, float] | None = None
    test: dict[str, float] | None = None
    origin: dict[str, str] = field(default_factory=dict)
    failure: str = ""
    taught: Lesson | None = None
    artifacts: dict[str, str] = field(default_factory=dict)

    @property
    def is_active(self) -> bool:
        """Whether the run waits for a worker or is being carried out."""
        return self.state in ACTIVE

    @property
    def seconds_left(self) -> float | None:
        """Expected seconds until the last step, or None before there is a speed to judge by."""
        if not self.steps_per_second:
            return None
        return (self.total_steps - self.step) / self.steps_per_second


@dataclass(frozen=True)
class Correction:
    """A drawing that was misread, prepared as bytes of [28, 28], and the digit that it is.

    Attributes:
        id: names it in the store; 0 as long as it is not kept there.
    """

    image: bytes
    label: int
    id: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Points:
    """Points of the charts: the step each ends at, its mean loss and its mean accuracy, [count]."""

    steps: NDArray[np.int32]
    losses: NDArray[np.float32]
    accuracies: NDArray[np.float32]

    @classmethod
    def joined(cls, parts: "list[Points]") -> "Points":
        """Put parts that follow each other into one; no parts give no points."""
        empty = cls(np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.float32))
        return cls(
            np.concatenate([part.steps for part in [empty, *parts]]),
            np.concatenate([part.losses for part in [empty, *parts]]),
            np.concatenate([part.accuracies for part in [empty, *parts]]),
        )

    def __len__(self) -> int:
        return len(self.steps)


@dataclass(frozen=True)
class Epoch:
    """How one epoch of a run went; the validation figures are None where none was held back."""

    epoch: int
    last_step: int
    loss: float
    accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    seconds: float


@dataclass(frozen=True)
class Progress:
    """What a run has reported since a point in time."""

    points: Points
    epochs: list[Epoch]
