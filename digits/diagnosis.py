"""What is to be seen of a run's learning: a table of rules, each with what helps.

    for finding in diagnosed(Evidence(settings, epochs, ended=True, test_accuracy=0.97)):
        print(finding.saw, finding.remedy.why, finding.remedy.changes)

`python -m benchmarks.learning.diagnosis` measures which rules fire on which presets.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from digits.remedy import (
    Remedy,
    after_guessing,
    after_narrowing,
    after_overfitting,
    usual_rate,
    with_changes,
)
from digits.settings import MAX_EPOCHS, TrainingSettings
from digits.unit_health import UnitHealth
from digits.verdict import GOOD
from digits.words import counted, percent, plain_number


class EpochFigures(NamedTuple):
    """How an epoch went; the validation figures are None where no images were held back."""

    loss: float
    accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None


class Evidence(NamedTuple):
    """What is known of a run.

    Attributes:
        settings: what it trains, and how.
        epochs: those that it has finished, in order, since it was changed last.
        ended: no further epoch comes.
        test_accuracy: once that was measured.
        health: of its hidden units, once that was measured.
        before: how many epochs it had finished with other settings.
    """

    settings: TrainingSettings
    epochs: Sequence[EpochFigures]
    ended: bool
    test_accuracy: float | None = None
    health: UnitHealth | None = None
    before: int = 0

    @property
    def epochs_in_all(self) -> int:
        """How many it has finished."""
        return self.before + len(self.epochs)

    @property
    def accuracy(self) -> float | None:
        """The best that is known of unseen images, or else of those that it learns from."""
        if self.test_accuracy is not None:
            return self.test_accuracy
        if not self.epochs:
            return None
        last = self.epochs[-1]
        return last.accuracy if last.validation_accuracy is None else last.validation_accuracy

    @property
    def validation_losses(self) -> list[float]:
        """By epoch; empty where no images were held back."""
        losses = [epoch.validation_loss for epoch in self.epochs]
        return [loss for loss in losses if loss is not None]


class Finding(NamedTuple):
    """The rule that fired; what it saw, with the number; why that may be, and what helps."""

    rule: str
    saw: str
    remedy: Remedy


class Rule(NamedTuple):
    """A row of the table.

    Attributes:
        name: as the documentation calls it.
        look: what it sees, and what helps; None where there is nothing to be said.
        source: where the rule comes from, or the measurement that it stands on.
    """

    name: str
    look: Callable[[Evidence], tuple[str, Remedy] | None]
    source: str


# A validation loss that much above its lowest of so many epochs before does not come back.
RISEN = 1.1
EPOCHS_SINCE_BEST = 3
# Two accuracies on some thousand images that are nearer to each other tell nothing apart.
LEVEL = 0.003
# Whoever still lost so much of the loss in two epochs gains more in the next.
STILL_FALLING = 0.82
# Of all hidden units. Healthy runs had up to 4% dead and none saturated, relu at a rate of 0.03
# had 68% dead.
MANY_DEAD = 0.2
MANY_SATURATED = 0.2
# The plain recipe ends below. Whoever reads better has lost nothing by its dead units: the best
# recipe reads 99.3% with 30% of them dead.
READS_WELL = 0.98
SLOW = 0.9
# With so small a share of the usual rate a run passes SLOW on its way, and ends before it reads
# well: it was slow all the same.
TINY_SHARE = 0.1


def diagnosed(evidence: Evidence) -> list[Finding]:
    """What the rules say of a run, the gravest first; empty for a healthy one."""
    found = []
    for rule in RULES:
        if seen := rule.look(evidence):
            found.append(Finding(rule.name, *seen))
            if rule in GRAVE:
                break
    return found


def _still_guessing(evidence: Evidence) -> tuple[str, Remedy] | None:
    accuracy = evidence.accuracy
    remedy = None if accuracy is None else after_guessing(accuracy, evidence.settings)
    if accuracy is None or remedy is None:
        return None
    saw = f"With {percent(accuracy)} right it still guesses: one digit in ten is right by chance."
    return saw, remedy


def _too_narrow(evidence: Evidence) -> tuple[str, Remedy] | None:
    accuracy = evidence.accuracy
    remedy = None if accuracy is None else after_narrowing(accuracy, evidence.settings)
    if accuracy is None or remedy is None:
        return None
    return f"It reads {percent(accuracy)} of the digits, and no more.", remedy


def _rate_too_low(evidence: Evidence) -> tuple[str, Remedy] | None:
    settings, accuracy = evidence.settings, evidence.accuracy
    usual = usual_rate(settings)
    if accuracy is None or settings.learning_rate >= usual:
        return None
    is_tiny = settings.learning_rate <= TINY_SHARE * usual
    if accuracy >= (GOOD if is_tiny else SLOW):
        return None
    if len(evidence.epochs) > 1 and evidence.epochs[-1].loss > evidence.epochs[-2].loss:
        return None
    saw = f"It learns, but slowly: {percent(accuracy)} after {_epochs(evidence)}."
    rate = plain_number(settings.learning_rate)
    why = f"The learning rate {rate} is small for {settings.optimizer}."
    return saw, with_changes(why, settings, {"learning_rate": usual})


def _saturated(evidence: Evidence) -> tuple[str, Remedy] | None:
    settings, health = evidence.settings, evidence.health
    if settings.activation not in ("sigmoid", "tanh") or health is None:
        return None
    if health.saturated < MANY_SATURATED:
        return None
    saw = f"{health.saturated:.0%} of the hidden units say nearly the same of nine images in ten."
    why = (
        f"Their sums are so large that {settings.activation} is flat there, and what is flat "
        "hardly learns."
    )
    return saw, with_changes(why, settings, {"activation": "relu"})


def _dead(evidence: Evidence) -> tuple[str, Remedy] | None:
    settings, health = evidence.settings, evidence.health
    reads_well = (evidence.accuracy or 0.0) >= READS_WELL
    if health is None or health.dead < MANY_DEAD or reads_well:
        return None
    usual = usual_rate(settings)
    too_large = settings.learning_rate > usual
    saw = f"{health.dead:.0%} of the hidden units are dead: 0 for every image."
    why = "What is 0 for every image has no slope, and stays as it is."
    if too_large:
        rate = plain_number(settings.learning_rate)
        why = f"Steps of the learning rate {rate} threw them too far. {why}"
    changes = {"learning_rate": usual} if too_large else {"activation": "leaky_relu"}
    return saw, with_changes(why, settings, changes)


def _overfitting(evidence: Evidence) -> tuple[str, Remedy] | None:
    losses, settings = evidence.validation_losses, evidence.settings
    # The images held back ask for a digit left out all the same; early stopping keeps the best.
    if len(losses) <= EPOCHS_SINCE_BEST or settings.left_out != "none" or settings.patience:
        return None
    best = min(range(len(losses)), key=losses.__getitem__)
    if len(losses) - 1 - best < EPOCHS_SINCE_BEST or losses[-1] < RISEN * losses[best]:
        return None
    then, now = evidence.epochs[best], evidence.epochs[-1]
    if now.loss >= then.loss:  # of its own images it knows no more either
        return None
    epoch = evidence.before + best + 1
    fell, seen, why = _accuracies(then.validation_accuracy or 0.0, now.validation_accuracy or 0.0)
    remedy = after_overfitting(why, settings)
    if not remedy.changes and not fell:  # nothing is lost, and nothing helps
        return None
    saw = (
        f"Overfitting: the validation loss was lowest after epoch {epoch}, with "
        f"{losses[best]:.3f}, and is {losses[-1]:.3f} now, while the training loss fell to "
        f"{now.loss:.3f}. The validation accuracy {seen}."
    )
    return saw, remedy


def _accuracies(then: float, now: float) -> tuple[bool, str, str]:
    """Whether the accuracy fell while the loss rose, what is to be seen, and how the two agree."""
    if now < then - LEVEL:
        return (
            True,
            f"fell too, from {percent(then)} to {percent(now)}",
            "It learns its own images by heart, and reads others less well.",
        )
    if now > then + LEVEL:
        return (
            False,
            f"rose all the same, from {percent(then)} to {percent(now)}",
            "It is wrong less often, but surer of its mistakes: so they cost more.",
        )
    return (
        False,
        f"stayed level: {percent(then)} then, {percent(now)} now",
        "It is wrong as often as before, but surer of its mistakes: so they cost more.",
    )


def _still_improving(evidence: Evidence) -> tuple[str, Remedy] | None:
    settings, losses = evidence.settings, evidence.validation_losses[-3:]
    more = min(2 * settings.epochs, MAX_EPOCHS)
    is_whole = evidence.ended and evidence.epochs_in_all == settings.epochs < more
    if not is_whole or len(losses) < 2 or losses[-1] > STILL_FALLING * losses[0]:
        return None
    fell, last = 1 - losses[-1] / losses[0], counted(len(losses) - 1, "epoch")
    saw = f"It was still getting better: the validation loss fell by {fell:.0%} in {last}."
    return saw, with_changes("It had not seen the images often enough.", settings, {"epochs": more})


def _epochs(evidence: Evidence) -> str:
    return counted(evidence.epochs_in_all, "epoch")


_GUESSING = Rule(
    "still guessing",
    _still_guessing,
    "One digit said of every image is right for 9% to 11.4% of the test images.",
)
_NARROW = Rule(
    "too narrow",
    _too_narrow,
    "Layers of one or two units ended an epoch at 19% to 53%, of 32 at 91% to 94%.",
)
# Where one of these holds, the others follow from it.
GRAVE = (_GUESSING, _NARROW)
RULES = (
    *GRAVE,
    Rule(
        "saturated units",
        _saturated,
        "X. Glorot and Y. Bengio, Understanding the difficulty of training deep feedforward "
        "neural networks, AISTATS 2010.",
    ),
    Rule(
        "dead units",
        _dead,
        "L. Lu et al., Dying ReLU and Initialization, Communications in Computational Physics 28, "
        "2020.",
    ),
    Rule(
        "overfitting",
        _overfitting,
        "L. Prechelt, Early Stopping - But When?, Neural Networks: Tricks of the Trade, 1998: the "
        "generalization loss.",
    ),
    Rule("rate too low", _rate_too_low, "I. Goodfellow et al., Deep Learning, 2016, section 11.4."),
    Rule("still improving", _still_improving, "The measurement in the documentation."),
)
