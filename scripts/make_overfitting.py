"""Record a run that overfits, and write `shipped/overfitting.json`.

    python -m scripts.make_overfitting [--file FILE]

The Learn page shows it. On another machine the last digits differ.
"""

import argparse
import json
from pathlib import Path

from digits.dataset import DEFAULT_FOLDER, Mnist, load_mnist
from digits.settings import TrainingSettings
from digits.training import train
from lesson.overfitting import OVERFITTING, RECORD

DECIMALS = 4


def make(mnist: Mnist, file: Path = RECORD, settings: TrainingSettings = OVERFITTING) -> None:
    """Train it and write what `lesson.overfitting.overfitting` reads.

    Args:
        mnist: to be trained with.
        file: where to write.
        settings: of the run, which are written too.
    """
    epochs = [report.epoch for report in train(settings, mnist) if report.epoch]
    validations = [epoch.validation for epoch in epochs if epoch.validation]
    record = {
        "settings": settings.to_query(),
        "training": [round(epoch.loss, DECIMALS) for epoch in epochs],
        "validation": [round(validation.loss, DECIMALS) for validation in validations],
        "training_accuracy": round(epochs[-1].accuracy, DECIMALS),
        "validation_accuracy": round(validations[-1].accuracy, DECIMALS),
    }
    file.write_text(json.dumps(record) + "\n", encoding="utf-8")


def main() -> None:
    """Read the command line and make it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--file", type=Path, default=RECORD, help="where to write")
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder with MNIST")
    arguments = parser.parse_args()
    make(load_mnist(arguments.data), arguments.file)


if __name__ == "__main__":
    main()
