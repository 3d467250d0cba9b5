"""When a training has lost all that it knew, and what is said of it."""

from dataclasses import replace

import numpy as np

from digits.dataset import Mnist
from digits.evaluation import evaluate
from digits.progress import Progress
from digits.remedy import RAN_AWAY
from digits.settings import TrainingSettings
from digits.words import plain_number

# Guessing gives ln 10 = 2.3; a network this far beyond has lost all it knew and does not come back.
HOPELESS_LOSS = 1e4
# What a step has done shows only in the next one. Where none follows, these images are looked at.
IMAGES_TO_LOOK_AT = 1_000


class Diverged(RuntimeError):
    """The loss is no number any more, or so large that further steps would learn nothing.

    Attributes:
        last: report on the steps up to there.
    """

    def __init__(self, last: Progress, sentence: str) -> None:
        super().__init__(sentence)
        self.last = last


def check_steps(seen: Progress, settings: TrainingSettings) -> None:
    """Look whether all steps of a report were sound.

    Raises:
        Diverged: one was not; `last` reports on those before it.
    """
    # Also true where one of them is no number.
    hopeless = ~((seen.losses < HOPELESS_LOSS) & (seen.series["loss"] < HOPELESS_LOSS))
    if hopeless.any():
        sound = int(np.argmax(hopeless))
        step = seen.step - len(seen) + sound
        until = {name: values[:sound] for name, values in seen.series.items()}
        last = replace(seen, step=step, series=until, one_step=None)
        raise Diverged(last, _sentence(step + 1, settings))


def check_network(progress: Progress, settings: TrainingSettings, dataset: Mnist) -> None:
    """Look whether a network that is to be kept still knows anything.

    Args:
        progress: the newest report of the run.
        settings: those of the run.
        dataset: MNIST.

    Raises:
        Diverged: the very last step has ruined it.
    """
    images = dataset.train_images[:IMAGES_TO_LOOK_AT]
    labels = dataset.train_labels[:IMAGES_TO_LOOK_AT]
    seen = evaluate(progress.checkpoint().weights, settings, images, labels)
    check_loss(seen.loss, Progress(progress.step, {}, None, progress.checkpoint), settings)


def check_loss(loss: float, last: Progress, settings: TrainingSettings) -> None:
    """Look whether a network with this loss still knows anything.

    Args:
        loss: of images, after the last step.
        last: what is reported if it does not.
        settings: those of the run.

    Raises:
        Diverged: the last step has ruined it.
    """
    if not loss < HOPELESS_LOSS:  # also true where the loss is no number
        raise Diverged(last, _sentence(last.step, settings))


def _sentence(step: int, settings: TrainingSettings) -> str:
    """What is said of a run whose loss grew beyond all bounds in this step."""
    or_adam = "" if settings.optimizer == "adam" else ", or the optimizer Adam"
    return (
        f"{RAN_AWAY} at step {step:,}: each step overshot the valley and the loss grew "
        f"beyond {HOPELESS_LOSS:,.0f}, where guessing gives 2.3. Try a learning rate a tenth of "
        f"{plain_number(settings.learning_rate)}{or_adam}."
    )
