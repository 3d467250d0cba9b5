"""What a network made of one drawing on the way: the one that lay on the canvas at Train."""

import io
import math
import zipfile
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from digits.drawing import IMAGE_SIDE
from digits.inference import FloatArray
from digits.progress import Progress
from digits.settings import CLASSES, TrainingSettings
from model_store.artifacts import ArtifactMissing
from model_store.records import Run
from model_store.store import Store
from trainer.checkpoints import packed_weights

FILE = "drawing.npz"
# Weights of 16 bits by epoch, for pictures of what they made of the drawing.
MOST_BYTES_OF_EPOCHS = 10 * 2**20
# The loss beside a change is a mean over so many batches: one alone may lie far from the curve.
BATCHES_OF_A_MEAN = 30
# A network that wavers for ever is not followed in all of it.
MOST_ANSWER_CHANGES = 300


class Shares(NamedTuple):
    """The ten shares of a drawing after some of a run's steps: [count] and [count, 10]."""

    steps: NDArray[np.int32]
    shares: FloatArray

    def packed(self) -> bytes:
        """As a file, to be read back by `unpacked_shares`."""
        file = io.BytesIO()
        np.savez(file, steps=self.steps, shares=self.shares)
        return file.getvalue()


NOTHING_YET = Shares(np.empty(0, np.int32), np.empty((0, CLASSES), np.float32))


def unpacked_shares(content: bytes) -> Shares:
    """Read what was kept of a drawing; nothing if it is not what this program writes."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            found = Shares(arrays["steps"], arrays["shares"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return NOTHING_YET
    is_whole = found.shares.shape == (len(found.steps), CLASSES)
    return found if is_whole else NOTHING_YET


def epoch_file(epoch: int) -> str:
    """The name of the file with the weights after an epoch."""
    return f"epoch-{epoch}.npz"


def packed_epoch(weights: Sequence[FloatArray]) -> bytes:
    """Weights as they are kept by epoch: half the bytes change a share by less than 0.1%."""
    with np.errstate(over="ignore"):
        return packed_weights([array.astype(np.float16) for array in weights])


def keeps_epochs(settings: TrainingSettings) -> bool:
    """Whether the weights of all epochs of a run are few enough to be kept."""
    return 2 * settings.parameter_count * settings.epochs <= MOST_BYTES_OF_EPOCHS


class DrawingLog:
    """Collects what a run's reports say of its drawing.

    Args:
        drawing: prepared, as bytes of [28, 28].
        before: what is known of the steps until now, of a run that goes on.
        changes: those that are known, as `Run.drawing_changes`.

    Attributes:
        image: the drawing, [28, 28].
        changes: of the answer, as `Run.drawing_changes`.
    """

    def __init__(self, drawing: bytes, before: Shares, changes: list[list[Any]]) -> None:
        self.image = np.frombuffer(drawing, np.uint8).reshape(IMAGE_SIDE, IMAGE_SIDE)
        self.changes = changes
        self._steps: list[int] = before.steps.tolist()
        self._shares: list[FloatArray] = list(before.shares)

    @classmethod
    def of(cls, run: Run, store: Store, begun: int) -> Self:
        """The log of a run with a drawing, that goes on after the step `begun`."""
        assert run.drawing is not None
        before = shares_of(run, store)
        known = before.steps <= begun if begun else np.zeros(len(before.steps), bool)
        changes = [each for each in run.drawing_changes or [] if begun and each[0] <= begun]
        return cls(run.drawing, Shares(before.steps[known], before.shares[known]), changes)

    def add(self, progress: Progress) -> None:
        """Collect the shares of a report, if it is of steps that are not known yet."""
        shares = progress.shares
        if shares is None or not np.isfinite(shares).all():
            return
        if self._steps and progress.step <= self._steps[-1]:
            return
        self._steps.append(progress.step)
        self._shares.append(shares)
        digit = int(shares.argmax())
        is_new = not self.changes or self.changes[-1][1] != digit
        if is_new and len(self.changes) < MOST_ANSWER_CHANGES:
            self.changes = [*self.changes, [progress.step, digit, _mean_loss(progress)]]

    def taken(self) -> Shares:
        """All that is known."""
        if not self._steps:
            return NOTHING_YET
        return Shares(np.array(self._steps, np.int32), np.stack(self._shares))


def _mean_loss(progress: Progress) -> float | None:
    """The loss where a report ends; None before the first step, and where it is no number."""
    losses = progress.series.get("loss", np.empty(0))[-BATCHES_OF_A_MEAN:]
    mean = float(losses.mean()) if len(losses) else math.nan
    return round(mean, 5) if math.isfinite(mean) else None


def shares_of(run: Run, store: Store) -> Shares:
    """What was kept of a run's drawing; nothing where its file is not there or damaged."""
    reference = run.artifacts.get(FILE)
    if reference is None:
        return NOTHING_YET
    try:
        return unpacked_shares(store.artifacts.load(run.id, reference))
    except ArtifactMissing:
        return NOTHING_YET
