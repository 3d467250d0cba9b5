"""Which rules of `digits.diagnosis` fire on which settings, over several seeds.

    python -m benchmarks.learning.diagnosis [--seeds 5] [--figures]

Every rule has settings on which it has to fire; on healthy ones none may.
"""

import argparse
from collections import Counter
from collections.abc import Sequence

from benchmarks.figures import add_arguments, keep, say
from config.environment import data_folder
from digits.dataset import Mnist, load_mnist
from digits.diagnosis import RULES, EpochFigures, Evidence, diagnosed
from digits.divergence import Diverged
from digits.evaluation import evaluate
from digits.progress import EpochResult, Progress
from digits.recipes import NOTEBOOK, PRESETS, notebook_but
from digits.settings import TrainingSettings
from digits.training import train
from digits.unit_health import unit_health
from trainer.evaluation import IMAGES_FOR_UNITS

RAN_AWAY = "ran away"

# What each is to be said of; None for healthy ones.
CASES: dict[str, tuple[TrainingSettings, str | None]] = {
    "the notebook's recipe": (NOTEBOOK, None),
    "one layer more": (PRESETS["Exercise: one layer more"], None),
    "no hidden layer": (PRESETS["What can no hidden layer do?"], None),
    "one wide layer": (PRESETS["Is one wide layer as good as two?"], None),
    "10 epochs on a cosine schedule": (notebook_but(epochs=10, schedule="cosine"), None),
    "rate 0.3": (PRESETS["What does a rate far too high do?"], "still guessing"),
    "six sigmoid layers": (PRESETS["Can six layers of sigmoids learn?"], "still guessing"),
    "all weights 0": (PRESETS["What if all weights begin at zero?"], "still guessing"),
    "a layer of 1 unit": (notebook_but(hidden_layers=(64, 1)), "too narrow"),
    "tanh, rate 0.03": (notebook_but(activation="tanh", learning_rate=0.03), "saturated units"),
    "relu, rate 0.03": (notebook_but(learning_rate=0.03), "dead units"),
    "500 images, 50 epochs": (PRESETS["Are 500 images enough?"], "overfitting"),
    "30 epochs": (notebook_but(epochs=30), "overfitting"),
    "rate 0.00001": (notebook_but(learning_rate=1e-5), "rate too low"),
    "SGD, rate 0.001": (notebook_but(optimizer="sgd", learning_rate=1e-3), "rate too low"),
    "2 epochs": (notebook_but(epochs=2), "still improving"),
    "batches of 4,096": (PRESETS["Better 4,096 images at a time?"], "still improving"),
    "SGD, rate 5": (notebook_but(optimizer="sgd", learning_rate=5), RAN_AWAY),
}


def found(settings: TrainingSettings, dataset: Mnist) -> list[str]:
    """The names of the rules that fire on a training, the gravest first."""
    try:
        return [finding.rule for finding in diagnosed(evidence_of(settings, dataset))]
    except Diverged:
        return [RAN_AWAY]


def evidence_of(settings: TrainingSettings, dataset: Mnist) -> Evidence:
    """Train, and keep what is known of the run at its end.

    Raises:
        Diverged: it ran away.
    """
    epochs: list[EpochResult] = []
    last: Progress | None = None
    for last in train(settings, dataset):
        if last.epoch:
            epochs.append(last.epoch)
    assert last is not None
    weights = last.checkpoint().weights
    tested = evaluate(weights, settings, dataset.test_images, dataset.test_labels)
    health = unit_health(weights, settings.activation, dataset.test_images[:IMAGES_FOR_UNITS])
    figures = [_figures(epoch) for epoch in epochs]
    return Evidence(settings, figures, True, tested.accuracy, health)


def _figures(epoch: EpochResult) -> EpochFigures:
    unseen = epoch.validation
    return EpochFigures(
        epoch.loss,
        epoch.accuracy,
        unseen.loss if unseen else None,
        unseen.accuracy if unseen else None,
    )


def measure(seeds: int, dataset: Mnist) -> dict[str, dict[str, int]]:
    """How often each rule fired on each case, of so many seeds."""
    counts = {}
    for name, (settings, _) in CASES.items():
        fired: Counter[str] = Counter()
        for seed in range(seeds):
            fired.update(found(settings.model_copy(update={"seed": seed}), dataset))
        counts[name] = dict(fired)
        say(f"{name}: {counts[name] or 'nothing'}")
    return counts


def broken(counts: dict[str, dict[str, int]], seeds: int) -> list[str]:
    """What was promised and did not hold: a rule that kept silent, a word about a healthy run."""
    wrong = []
    for name, (_, expected) in CASES.items():
        if expected is None and counts[name]:
            wrong.append(f"{name}: healthy, and yet {counts[name]}")
        if expected is not None and counts[name].get(expected, 0) < seeds:
            wrong.append(f"{name}: “{expected}” fired {counts[name].get(expected, 0)} of {seeds}")
    return wrong


def figures(counts: dict[str, dict[str, int]], seeds: int) -> list[Sequence[str]]:
    """The rows of `docs/figures/diagnosis.md`."""
    names = [RAN_AWAY, *(rule.name for rule in RULES)]
    rows: list[Sequence[str]] = [[f"fired, of {seeds} seeds", *names]]
    rows += [
        [name, *(str(fired[rule]) if rule in fired else "" for rule in names)]
        for name, fired in counts.items()
    ]
    return rows


def main() -> None:
    """Read the command line, measure, and say what did not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="trainings of each case")
    add_arguments(parser)
    arguments = parser.parse_args()
    counts = measure(arguments.seeds, load_mnist(data_folder() / "mnist"))
    keep(arguments, counts, "diagnosis", figures(counts, arguments.seeds))
    if wrong := broken(counts, arguments.seeds):
        raise SystemExit("\n".join(wrong))


if __name__ == "__main__":
    main()
