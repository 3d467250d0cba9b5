"""What helps against overfitting: each run again with the remedy that the page offers for it.

    python -m benchmarks.learning.remedies [--seeds 3] [--figures]

Each case is trained from several seeds.
"""

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.figures import add_arguments, keep, say
from benchmarks.learning.diagnosis import evidence_of
from config.environment import data_folder
from digits.dataset import Mnist, load_mnist
from digits.diagnosis import Evidence, diagnosed
from digits.recipes import PRESETS, notebook_but
from digits.words import percent

CASES = {
    "the plain recipe, 30 epochs": notebook_but(epochs=30),
    "the same, its images deformed": notebook_but(epochs=30, augment=0.4),
    "500 images, 50 epochs": PRESETS["Are 500 images enough?"],
}


def measure(seeds: int, dataset: Mnist) -> dict[str, list[dict[str, Any]]]:
    """The runs of each case, and those with what helps: one for each seed."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, settings in CASES.items():
        for seed in range(seeds):
            before = evidence_of(settings.model_copy(update={"seed": seed}), dataset)
            remedies = [each.remedy for each in diagnosed(before) if each.rule == "overfitting"]
            for remedy in remedies:
                after = evidence_of(remedy.settings, dataset)
                row = {"remedy": remedy.changes, "before": _ends(before), "after": _ends(after)}
                found.setdefault(name, []).append(row)
                say(f"{name}, seed {seed}: {row}")
    return found


def _ends(evidence: Evidence) -> dict[str, Any]:
    return {
        "validation_loss": evidence.validation_losses[-1],
        "accuracy": evidence.test_accuracy,
        "overfits": "overfitting" in [each.rule for each in diagnosed(evidence)],
    }


def figures(found: dict[str, list[dict[str, Any]]]) -> list[Sequence[str]]:
    """The rows of `docs/figures/remedies.md`."""
    heads = ["what overfits", "what helps", "validation loss", "test accuracy", "overfits then"]
    rows: list[Sequence[str]] = [heads]
    for name, runs in found.items():
        losses, accuracies = (_means(runs, what) for what in ("validation_loss", "accuracy"))
        rows.append(
            [
                name,
                " or ".join(sorted({run["remedy"] for run in runs})),
                " to ".join(f"{loss:.3f}" for loss in losses),
                " to ".join(percent(accuracy) for accuracy in accuracies),
                f"{sum(run['after']['overfits'] for run in runs)} of {len(runs)}",
            ]
        )
    return rows


def _means(runs: list[dict[str, Any]], what: str) -> list[float]:
    return [float(np.mean([run[when][what] for run in runs])) for when in ("before", "after")]


def main() -> None:
    """Read the command line, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each case")
    add_arguments(parser)
    arguments = parser.parse_args()
    found = measure(arguments.seeds, load_mnist(data_folder() / "mnist"))
    keep(arguments, found, "remedies", figures(found))


if __name__ == "__main__":
    main()
