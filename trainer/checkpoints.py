"""Checkpoints as bytes: NumPy's own zip format, read without pickle."""

import io
import logging
import zipfile
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from digits.inference import FloatArray
from digits.progress import BestEpoch, Checkpoint
from digits.settings import TrainingSettings
from model_store.artifacts import ArtifactMissing
from model_store.records import WEIGHTS, Run
from model_store.store import Store

LEAST_SECONDS_BETWEEN_CHECKPOINTS, MOST_SECONDS_BETWEEN_CHECKPOINTS = 1.0, 10.0
# Of weights, to every browser that watches; to keep them costs the training 0.6% at this rate.
BYTES_A_SECOND = 500_000
CANNOT_BE_READ = (
    "This network's weights cannot be read: their file is not what this program writes. "
    "Train it again; its settings are still here."
)

logger = logging.getLogger(__name__)


class CheckpointDamaged(ValueError):
    """The bytes are no checkpoint; the message is a sentence for visitors."""


def seconds_between_checkpoints(settings: TrainingSettings) -> float:
    """How often weights are kept within an epoch: about once a second, of large networks less."""
    seconds = 4 * settings.parameter_count / BYTES_A_SECOND
    return min(max(seconds, LEAST_SECONDS_BETWEEN_CHECKPOINTS), MOST_SECONDS_BETWEEN_CHECKPOINTS)


def kept_checkpoint(run: Run, store: Store) -> Checkpoint | None:
    """Where a run goes on; None where it starts over, as nothing was kept or it cannot be read."""
    reference = run.artifacts.get(WEIGHTS)
    if reference is None:
        return None
    try:
        return unpacked(store.artifacts.load(run.id, reference))
    except (ArtifactMissing, CheckpointDamaged):
        logger.warning("run starts over: its checkpoint cannot be read")
        return None


def packed_weights(weights: Sequence[FloatArray]) -> bytes:
    """Write weights alone."""
    return _packed(_numbered("weight", weights))


def packed(checkpoint: Checkpoint) -> bytes:
    """Write a checkpoint."""
    arrays = {
        "step": np.array(checkpoint.step),
        "epoch_losses": checkpoint.epoch_losses,
        "epoch_accuracies": checkpoint.epoch_accuracies,
        **_numbered("weight", checkpoint.weights),
        **_numbered("optimizer", checkpoint.optimizer),
    }
    if checkpoint.best:
        arrays["best_epoch"] = np.array([checkpoint.best.epoch, checkpoint.best.loss])
        arrays |= _numbered("best_weight", checkpoint.best.weights)
    return _packed(arrays)


def unpacked_weights(content: bytes) -> list[FloatArray]:
    """Read only the weights of a checkpoint: kernel, bias, kernel, bias, ...

    Raises:
        CheckpointDamaged: the bytes are no checkpoint.
    """
    return _read(content, "weight")["weight"]


def unpacked_step(content: bytes) -> int | None:
    """Read only the step of a checkpoint; None for weights alone.

    Raises:
        CheckpointDamaged: the bytes are no checkpoint.
    """
    steps = _read(content, "step", optional=("step",))["step"]
    return int(steps[0]) if steps else None


def unpacked(content: bytes) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        CheckpointDamaged: the bytes are no checkpoint.
    """
    kinds = ("weight", "step", "epoch_losses", "epoch_accuracies")
    optional = ("optimizer", "best_epoch", "best_weight")
    arrays = _read(content, *kinds, *optional, optional=optional)
    best = None
    if arrays["best_epoch"]:
        epoch, loss = arrays["best_epoch"][0]
        best = BestEpoch(int(epoch), float(loss), arrays["best_weight"])
    return Checkpoint(
        int(arrays["step"][0]),
        arrays["weight"],
        list(arrays["optimizer"]),
        arrays["epoch_losses"][0],
        arrays["epoch_accuracies"][0],
        best,
    )


def _numbered(
    kind: str, arrays: Sequence[NDArray[np.generic]]
) -> Mapping[str, NDArray[np.generic]]:
    return {f"{kind}_{index:03}": array for index, array in enumerate(arrays)}


def _packed(arrays: Mapping[str, NDArray[np.generic]]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _read(
    content: bytes, *kinds: str, optional: tuple[str, ...] = ("optimizer",)
) -> dict[str, list[FloatArray]]:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            names = sorted(archive.files)
            found = {
                kind: [archive[name] for name in names if name.startswith(kind)] for kind in kinds
            }
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise CheckpointDamaged(CANNOT_BE_READ) from error
    if not all(found[kind] for kind in kinds if kind not in optional):
        raise CheckpointDamaged(CANNOT_BE_READ)
    return found
