"""Record a run that overfits, and write `shipped/overfitting.json`.

    python -m scripts.make_overfitting [--file FILE]

The Learn page shows it. On another machine the last digits differ.
"""

import json
from pathlib import Path

from digits.dataset import Mnist
from digits.settings import TrainingSettings
from digits.training import train
from lesson.overfitting import OVERFITTING, RECORD
from scripts.recording import record

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
    made = {
        "settings": settings.to_query(),
        "training": [round(epoch.loss, DECIMALS) for epoch in epochs],
        "validation": [round(validation.loss, DECIMALS) for validation in validations],
        "training_accuracy": round(epochs[-1].accuracy, DECIMALS),
        "validation_accuracy": round(validations[-1].accuracy, DECIMALS),
    }
    file.write_text(json.dumps(made) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record(__doc__, RECORD, make)
