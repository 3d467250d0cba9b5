"""Record the first epoch of the notebook's network, and write `shipped/first_epoch.json`.

    python -m scripts.make_first_epoch [--file FILE]

The Learn page shows it. On another machine the last digits differ.
"""

import json
from pathlib import Path

import numpy as np

from digits.dataset import Mnist
from digits.recipes import NOTEBOOK
from digits.training import train
from lesson.arithmetic import RECORD
from scripts.recording import record

DECIMALS = 4


def make(mnist: Mnist, file: Path = RECORD) -> None:
    """Train one epoch and write what `lesson.arithmetic.first_epoch` reads.

    Args:
        mnist: to be trained with.
        file: where to write.
    """
    reports = list(train(NOTEBOOK.model_copy(update={"epochs": 1}), mnist))
    epoch = reports[-1].epoch
    assert epoch is not None
    assert epoch.validation is not None
    accuracies = np.concatenate([report.accuracies for report in reports])
    made = {
        "accuracy": round(epoch.accuracy, DECIMALS),
        "validation_accuracy": round(epoch.validation.accuracy, DECIMALS),
        "accuracies": [round(float(accuracy), DECIMALS) for accuracy in accuracies],
    }
    file.write_text(json.dumps(made) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record(__doc__, RECORD, make)
