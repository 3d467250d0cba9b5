"""Record one network with three learning rates, and write `shipped/learning_rates.json`.

    python -m scripts.make_learning_rates [--file FILE]

The Learn page shows it. On another machine the last digits differ.
"""

import json
from pathlib import Path

import numpy as np

from digits.dataset import Mnist
from digits.settings import TrainingSettings
from digits.training import train
from lesson.learning_rates import RATES, RECORD, START, STEPS_OF_A_POINT, settings_with
from scripts.recording import record

DECIMALS = 3


def make(mnist: Mnist, file: Path = RECORD, start: TrainingSettings = START) -> None:
    """Train it with each rate and write what `lesson.learning_rates.learning_rates` reads.

    Args:
        mnist: to be trained with.
        file: where to write.
        start: the settings but for the rate, which are written too.
    """
    losses = {name: _means(settings_with(name, start), mnist) for name in RATES}
    points = len(losses["right"])
    made = {
        "settings": start.to_query(),
        "rates": RATES,
        "steps": [STEPS_OF_A_POINT * (number + 1) for number in range(points)],
        "losses": losses,
    }
    file.write_text(json.dumps(made) + "\n", encoding="utf-8")


def _means(settings: TrainingSettings, mnist: Mnist) -> list[float]:
    """The mean loss of every so many steps."""
    reports = [report.series["loss"] for report in train(settings, mnist) if len(report)]
    losses = np.concatenate(reports)
    whole = losses[: len(losses) // STEPS_OF_A_POINT * STEPS_OF_A_POINT]
    return [round(float(mean), DECIMALS) for mean in whole.reshape(-1, STEPS_OF_A_POINT).mean(1)]


if __name__ == "__main__":
    record(__doc__, RECORD, make)
