"""What visitors are told of a run that failed."""

import os

import tensorflow as tf
from pydantic import ValidationError

from digits.settings import OUTDATED, problems
from digits.words import counted
from model_store.artifacts import ArtifactMissing
from model_store.database import StoreUnavailable
from model_store.records import WEIGHTS, Run
from trainer.checkpoints import CheckpointDamaged
from trainer.fine_tuning import FineTuningImpossible

# A run that ends its worker each time before it gets on is given up: it would end them for ever.
MOST_ATTEMPTS = 5
BROKE = "Something broke while training. Please press Train again."


class WorkersDied(RuntimeError):
    """The run ended its workers again and again; the message is a sentence for visitors."""


def check_attempts(run: Run) -> None:
    """See that a run has not ended its workers too often.

    Raises:
        WorkersDied: it has.
    """
    if run.attempts >= MOST_ATTEMPTS:
        raise WorkersDied(
            "The process that trained this run died several times. What it had learned up to "
            "its last checkpoint is kept, and whoever started it can continue from there."
            if WEIGHTS in run.artifacts
            else "The process that trained this run died several times, before it kept "
            "anything. Please press Train again, perhaps with a smaller network."
        )


def blameless_failure(error: Exception) -> str | None:
    """What to tell the visitor, if another worker would have failed too; None if not."""
    match error:
        case ArtifactMissing() | CheckpointDamaged() | FineTuningImpossible() | WorkersDied():
            return str(error)
        case OSError():
            return storage_failure(error)
        case ValidationError():
            return f"{OUTDATED} {' '.join(problems(error))} Change that and press Train."
        case MemoryError() | tf.errors.ResourceExhaustedError():
            return (
                "There is not enough memory for this network and this batch size. "
                "Please try a smaller batch or smaller layers."
            )
    return None


def storage_failure(error: OSError) -> str:
    """What to tell the visitor where results could not be written."""
    if isinstance(error, StoreUnavailable):
        return str(error)
    # By its number: what others say of themselves names files and servers.
    reason = f" ({os.strerror(error.errno)})" if error.errno else ""
    return (
        f"The results could not be written{reason}. "
        "What was saved before is safe; please go on in a while."
    )


def out_of_time(minutes: float) -> str:
    """What is said of a run that has had all the time that a run has."""
    over = "it is over" if minutes == 1 else "they are over"
    return (
        f"Every run has {counted(minutes, 'minute')} here, and {over}. "
        "What it had learned by then is kept."
    )
