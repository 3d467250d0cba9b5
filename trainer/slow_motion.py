"""Steps of a run that its owner wants in slow motion, and the record of the last one."""

import json
import math
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digits.one_step import BatchImages, OneStep
from digits.progress import Progress
from model_store.artifacts import ArtifactMissing
from model_store.records import Run, StopRequest
from model_store.store import Store

FILE = "slow_motion.json"
# Of the record's form: a record of another one is not shown.
FORM = 1


class SlowMotion:
    """The steps that one worker takes in slow motion.

    Args:
        run: as it was claimed: what its owner asked of a worker that died is still to be done.
        begun: the step from which it goes on.

    Attributes:
        steps: after how many steps the next one is wanted so; more may come on the way.
    """

    def __init__(self, run: Run, begun: int) -> None:
        self.steps = [begun] if run.stop_request == StopRequest.SLOW_STEP else []
        self._seen: OneStep | None = None

    @property
    def is_done(self) -> bool:
        """Whether such a step was taken."""
        return self._seen is not None

    def ask(self, step: int) -> None:
        """Want the step that follows `step` others."""
        if step not in self.steps:
            self.steps.append(step)

    def add(self, progress: Progress) -> None:
        """Keep what a report says of such a step, if it does."""
        self._seen = progress.one_step or self._seen

    def files(self) -> dict[str, Callable[[], bytes]]:
        """The record to be saved, if there is one, as `ReportWriter` takes it."""
        return {FILE: partial(packed, self._seen)} if self._seen else {}


def packed(seen: OneStep) -> bytes:
    """A step as JSON: arrays as Base64, and null for what is no number any more."""
    asked = np.nan_to_num(-seen.slopes)
    most = float(np.abs(asked).max(initial=0))
    shares = asked / most if most else asked
    record = {
        "form": FORM,
        "step": seen.step,
        "batch": seen.batch,
        "right": [seen.right, seen.right_after],
        "learning_rate": seen.learning_rate,
        "loss": [_finite(seen.loss), _finite(seen.loss_after)],
        "made_smaller": [_finite(seen.made_smaller), _finite(seen.made_smaller_after)],
        "first": _images(seen.first),
        "costliest": _images(seen.costliest),
        "layers": [
            {name: _finite(value) for name, value in each._asdict().items()} for each in seen.layers
        ],
        "units": seen.units,
        # From -127, a weight that is asked to shrink most, to 127, one that is asked to grow.
        "asked": _base64(np.round(127 * shares).astype(np.int8)),
    }
    return json.dumps(record, allow_nan=False).encode()


def record_of(run: Run, store: Store) -> dict[str, Any] | None:
    """What was kept of the last step in slow motion; None where there is nothing to be shown."""
    reference = run.artifacts.get(FILE)
    if reference is None:
        return None
    try:
        record: dict[str, Any] = json.loads(store.artifacts.load(run.id, reference))
    except ArtifactMissing:
        return None
    return record if record.get("form") == FORM else None


def _images(images: BatchImages) -> dict[str, Any]:
    return {
        "pixels": _base64(images.images),
        "labels": images.labels.tolist(),
        "answers": images.answers.tolist(),
        "costs": [_finite(float(cost)) for cost in images.costs],
    }


def _base64(array: NDArray[np.generic]) -> str:
    return b64encode(np.ascontiguousarray(array).tobytes()).decode()


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
