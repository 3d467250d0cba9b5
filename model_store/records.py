"""What the store holds, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# The files of a run, by name.
WEIGHTS = "checkpoint.npz"  # its newest, with what the optimizer keeps of them
INITIAL_WEIGHTS = "untrained.npz"
ANSWERS = "answers.bin"  # to the test images
KERAS_FILE = "model.keras"
MOST_CHARACTERS_OF_A_NAME = 80


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
    SLOW_STEP = "slow step"  # one that is taken in slow motion; then the run is paused


class Requests(NamedTuple):
    """What the owner of a run has asked of it.

    Attributes:
        stop: what its worker has not yet done.
        settings: those that are to hold from now on, of the ones that can change in flight.
    """

    stop: StopRequest = StopRequest.NOTHING
    settings: Mapping[str, float] = MappingProxyType({})


ACTIVE = (State.QUEUED, State.RUNNING)


@dataclass(frozen=True)
class PlannedFineTuning:
    """A fine-tuning that was asked for.

    Attributes:
        source: the run a copy of whose network is taught what its visitor has corrected.
    """

    source: str


@dataclass(frozen=True)
class FineTuningResult:
    """A fine-tuning that was carried out, and what it did.

    Attributes:
        source: as of the fine-tuning that was planned.
        drawings: how many corrected drawings were taught.
        own_before, own_after: accuracy (0 to 1) on them, before and after.
        test_before, test_after: accuracy (0 to 1) on the test images, before and after.
        labels: the digits that were taught, in the order in which they were corrected.
    """

    source: str
    drawings: int
    own_before: float
    own_after: float
    test_before: float
    test_after: float
    labels: tuple[int, ...] = ()


FineTuning = PlannedFineTuning | FineTuningResult


def fine_tuning_from_json(kept: object) -> FineTuning | None:
    """Read the `vars` of a fine-tuning; one whose result is not whole is a plan."""
    if not isinstance(kept, dict):
        return None
    values = {**kept, "labels": tuple(kept.get("labels", ()))}
    try:
        return FineTuningResult(
            **{field.name: values[field.name] for field in fields(FineTuningResult)}
        )
    except KeyError:
        return PlannedFineTuning(kept.get("source", ""))


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
        branch: for a run that takes the steps of another up to one and then goes on otherwise, if
            its settings do: `run`, the other one's id, and `step`.
        changes: of settings while it trained: `step`, and the new values by name.
        requested_settings: what its owner wants the settings to be that can change in flight.
        stop_request: what its owner has asked and its worker has not yet done.
        pause_at: the step after which it is paused, if its owner wanted no more.
        failure: for a failed run, a sentence that says what happened and what to try.
        fine_tuning: for a network that is taught a visitor's corrections instead of being trained:
            planned at first, then with its result.
        artifacts: reference of each file that was kept, by its name.
        drawing: what its owner had drawn when they pressed Train, prepared, as bytes of [28, 28].
        drawing_label: the digit that it is, if its owner has said so.
        drawing_changes: for each report after which the network read another digit in it than
            before: the step, the digit, and the mean loss at that time (None before the first
            step). What it read at first is there too.
        planned_at: for a run that is to be put in line as soon as its visitor has room there, since
            when; until then its state is `paused`.
    """

    id: str
    visitor: str
    name: str
    created_at: float
    state: State
    settings: dict[str, Any]
    branch: dict[str, Any] | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)
    requested_settings: dict[str, float] = field(default_factory=dict)
    stop_request: StopRequest = StopRequest.NOTHING
    pause_at: int | None = None
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
    fine_tuning: FineTuning | None = None
    artifacts: dict[str, str] = field(default_factory=dict)
    drawing: bytes | None = None
    drawing_label: int | None = None
    drawing_changes: list[list[Any]] | None = None
    planned_at: float | None = None

    @property
    def is_active(self) -> bool:
        """Whether the run waits for a worker or is being carried out."""
        return self.state in ACTIVE

    @property
    def temperature(self) -> float:
        """What its logits are divided by; 1 before that was measured."""
        return float((self.test or {}).get("temperature", 1.0))

    @property
    def seconds_left(self) -> float | None:
        """Expected seconds until the last step, or None before there is a speed to judge by."""
        if not self.steps_per_second:
            return None
        return (self.total_steps - self.step) / self.steps_per_second


@dataclass(frozen=True)
class LabelledDrawing:
    """A drawing, prepared as bytes of [28, 28], and the digit that its visitor says it is.

    Attributes:
        id: names it in the store; 0 as long as it is not kept there.
    """

    image: bytes
    label: int
    id: int = field(default=0, compare=False)


@dataclass(frozen=True)
class BoardEntry:
    """What a visitor has published: how well which settings did a challenge.

    Attributes:
        challenge: its name.
        visitor: whose entry it is; nobody else is told.
        name: under which it is shown.
        settings: hyperparameters, as plain JSON.
        steps: of the run.
        accuracy: on the test images, from 0 to 1.
        published_at: seconds since 1970.
    """

    challenge: str
    visitor: str
    name: str
    settings: dict[str, Any]
    steps: int
    accuracy: float
    published_at: float


@dataclass(frozen=True)
class Points:
    """Points of the charts.

    Attributes:
        steps: that each point ends at, [count].
        series: means over the steps of each point, [count], by the name of what is measured, such
            as `loss`.
    """

    steps: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    series: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    @classmethod
    def joined(cls, parts: "list[Points]") -> "Points":
        """Put parts that follow each other into one; no parts give no points."""
        found = [part for part in parts if len(part)]
        if not found:
            return cls()
        names = dict.fromkeys(name for part in found for name in part.series)
        return cls(
            np.concatenate([part.steps for part in found]),
            {name: np.concatenate([part[name] for part in found]) for name in names},
        )

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        """A series by its name; not a number where it was not measured."""
        unknown = np.full(len(self), np.nan, np.float32)
        return self.series.get(name, unknown)

    def __len__(self) -> int:
        return len(self.steps)


@dataclass(frozen=True)
class Epoch:
    """How one epoch of a run went.

    The validation figures are None where no images were held back, and those of the training
    images after the epoch where they were not measured.
    """

    epoch: int
    last_step: int
    loss: float
    accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    seconds: float
    training_loss: float | None = None
    training_accuracy: float | None = None


@dataclass(frozen=True)
class StoredProgress:
    """What a run has reported since a point in time."""

    points: Points = field(default_factory=Points)
    epochs: list[Epoch] = field(default_factory=list)
