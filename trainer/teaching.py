"""Teaching in a worker: a copy of a network learns what its visitor has corrected."""

import logging

import numpy as np

from digits.dataset import Mnist
from digits.settings import TrainingSettings
from digits.teaching import teach
from model_store.records import Points, Progress, Run, State
from model_store.store import Store
from trainer.checkpoints import packed_weights, unpacked_weights
from trainer.measuring import keras_file, measured

logger = logging.getLogger(__name__)


def carry_out_teaching(run: Run, ticket: str, store: Store, dataset: Mnist) -> None:
    """Teach the network that `run.taught` names, and keep the result as this run's.

    Args:
        run: the run to be filled; its owner's corrections are taught.
        ticket: the piece of work that reports.
        store: where the network and the corrections are.
        dataset: MNIST, to be rehearsed.
    """
    assert run.taught is not None
    source = store.runs.get(run.taught["from"])
    corrections = store.corrections.of_visitor(run.visitor)
    if source is None or not corrections:
        missing = "The network to be taught" if source is None else "What it should be taught"
        failure = f"{missing} has been deleted."
        store.runs.change(run.id, state=State.FAILED, failure=failure)
        logger.warning("run failed", extra={"reason": failure})
        return
    logger.info("teaching started", extra={"source": source.id, "drawings": len(corrections)})
    weights = unpacked_weights(store.artifacts.load(source.id, source.artifacts["checkpoint.npz"]))
    settings = TrainingSettings.model_validate(run.settings)
    drawings = np.stack([np.frombuffer(each.image, np.uint8) for each in corrections])
    labels = np.array([each.label for each in corrections], np.uint8)
    lesson = teach(weights, settings, drawings.reshape(-1, 28, 28), labels, dataset)
    contents = {
        "checkpoint.npz": packed_weights(lesson.weights),
        "untrained.npz": packed_weights(weights),
        "model.keras": keras_file(settings, lesson.weights),
    }
    references = {
        name: store.artifacts.save(run.id, name, content) for name, content in contents.items()
    }
    results = {name: value for name, value in vars(lesson).items() if name != "weights"}
    store.progress.append(
        run.id,
        ticket,
        Progress(Points.joined([]), []),
        state=State.FINISHED,
        test=measured(settings, lesson.weights, dataset),
        taught={**run.taught, **results, "drawings": len(corrections)},
        artifacts=references,
    )
    logger.info("run finished", extra={"accuracy": lesson.test_after})
