"""How well the recipes read digits that people drew.

    python -m benchmarks.reading.drawn_digits --strokes FILE --json FILE

Each stroke record is drawn with the canvas' brush at a random size and place, prepared as the page
prepares it, and read by the network. What `doubt` flags and what fine-tuning does are measured too.
A record is one JSON object a line: `label`, `writer`, and `strokes`, a list of pen-downs, each a
list of [x, y] with y downwards. The file may be gzipped.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import add_arguments, check_machine, keep
from benchmarks.reading.drawing_records import Record, draw, read_records
from benchmarks.reading.fine_tuning import FineTuningScore, measure_fine_tuning
from benchmarks.reading.not_digits import held_out
from benchmarks.reading.scores import Score, figures, show, show_doubts, show_fine_tuning
from digits.calibration import calibrated, expected_calibration_error, fit_temperature
from digits.dataset import DEFAULT_FOLDER, Mnist, load_mnist
from digits.drawing import Pixels, Preparation, prepare, squeeze
from digits.evaluation import evaluate
from digits.inference import FloatArray, digit_probabilities
from digits.outlier_detection import doubt
from digits.recipes import BEST_READER, DEFAULT_RECIPE, NOTEBOOK
from digits.settings import TrainingSettings
from digits.training import train
from model_store.records import WEIGHTS
from trainer.checkpoints import unpacked_weights
from trainer.ready_made import FOLDER, RECORD

RESAMPLES = 2000
REPEATS = 3
STRANGE_DRAWINGS = 250


class Trained(NamedTuple):
    """A trained network: its settings, weights, temperature, test accuracy, training seconds."""

    settings: TrainingSettings
    weights: list[FloatArray]
    temperature: float
    test_accuracy: float
    seconds: float


def train_network(settings: TrainingSettings, mnist: Mnist) -> Trained:
    """Train to the end, then fit the temperature on the images that were held back."""
    started = time.perf_counter()
    *_, last = train(settings, mnist)
    final = last.checkpoint().weights
    seconds = time.perf_counter() - started
    _, held_back = settings.split(len(mnist.train_labels))
    temperature = 1.0
    if held_back:
        images = mnist.train_images[-held_back:]
        probabilities = digit_probabilities(final, settings.activation, images)
        temperature = fit_temperature(probabilities, mnist.train_labels[-held_back:])
    test = evaluate(final, settings, mnist.test_images, mnist.test_labels)
    return Trained(settings, final, temperature, test.accuracy, seconds)


def shipped_network() -> Trained:
    """The network that greets visitors, as it lies in the repository."""
    record = json.loads((FOLDER / RECORD).read_text())
    return Trained(
        TrainingSettings.model_validate(record["settings"]),
        unpacked_weights((FOLDER / WEIGHTS).read_bytes()),
        record["test"]["temperature"],
        record["test"]["accuracy"],
        record["elapsed"],
    )


def score(networks: Sequence[Trained], images: Pixels, records: Sequence[Record]) -> Score:
    """Let networks of one recipe read prepared drawings [count, 28, 28] of the records."""
    labels = np.array([record.label for record in records])
    writers = np.array([record.writer for record in records])
    answers = [
        digit_probabilities(net.weights, net.settings.activation, images) for net in networks
    ]
    predictions = np.array([shares.argmax(axis=1) for shares in answers])
    right = (predictions == labels).mean(axis=0)
    by_writer = np.array([right[writers == writer].mean() for writer in np.unique(writers)])
    wrong = Counter(
        (int(was), int(read))
        for row in predictions
        for was, read in zip(labels[row != labels], row[row != labels], strict=True)
    )
    errors = [
        [
            expected_calibration_error(calibrated(shares, heat), labels)
            for heat in (net.temperature, 1.0)
        ]
        for shares, net in zip(answers, networks, strict=True)
    ]
    calibrated_error, uncalibrated_error = np.mean(errors, axis=0)
    return Score(
        float(right.mean()),
        float(by_writer.mean()),
        bootstrap_interval(by_writer),
        float(np.mean([net.test_accuracy for net in networks])),
        float(calibrated_error),
        float(uncalibrated_error),
        [float(right[labels == digit].mean()) for digit in range(10) if (labels == digit).any()],
        [(was, read, count) for (was, read), count in wrong.most_common(8)],
        float(np.mean([net.seconds for net in networks])),
    )


def doubt_rates(digits: Sequence[Preparation]) -> dict[str, Any]:
    """How often real digits are flagged as none, and each kind of drawing that is none."""

    def flagged(drawings: Iterable[Preparation]) -> float:
        return float(np.mean([doubt(drawing) is not None for drawing in drawings]))

    strange = held_out(STRANGE_DRAWINGS, np.random.default_rng(1))
    kinds = {kind: flagged(map(prepare, drawings)) for kind, drawings in strange.items()}
    return {
        "false_alarms": flagged(digits),
        "flagged": float(np.mean(list(kinds.values()))),
        "flagged_by_kind": kinds,
    }


def bootstrap_interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """95% interval of the mean: percentile bootstrap, Efron 1979."""
    rng = np.random.default_rng(0)
    means = rng.choice(values, (RESAMPLES, len(values))).mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def measure(
    records: Sequence[Record], recipes: dict[str, TrainingSettings], mnist: Mnist
) -> dict[str, Any]:
    """Train every recipe and let it read all records; measure `doubt` and fine-tuning."""
    canvases = [
        draw(record.strokes, np.random.default_rng((0, number)))
        for number, record in enumerate(records)
    ]
    preparations = [prepare(canvas) for canvas in canvases]
    prepared = np.stack([preparation.image for preparation in preparations])
    squeezed = np.stack([squeeze(canvas) for canvas in canvases])
    scores: dict[str, Score] = {}
    shipped = shipped_network()
    taught = {"ready_made": shipped}
    for name, settings in recipes.items():
        seeds = range(settings.seed, settings.seed + REPEATS)
        networks = [
            train_network(settings.model_copy(update={"seed": seed}), mnist) for seed in seeds
        ]
        scores[name] = score(networks, prepared, records)
        show(name, scores[name])
        if name == "default_shape":
            taught[name] = networks[0]
        if name == "notebook":
            scores["squeezed"] = score(networks, squeezed, records)
            show("squeezed", scores["squeezed"])
    scores["ready_made"] = score([shipped], prepared, records)
    show("ready_made", scores["ready_made"])
    doubts = doubt_rates(preparations)
    show_doubts(doubts)
    fine_tuned: dict[str, FineTuningScore] = {}
    for name, network in taught.items():
        fine_tuned[name] = measure_fine_tuning(
            network.weights, network.settings, records, prepared, mnist
        )
        show_fine_tuning(name, fine_tuned[name])
    return {
        "recipes": {name: asdict(result) for name, result in scores.items()},
        "doubt": doubts,
        "teaching": {name: asdict(result) for name, result in fine_tuned.items()},
        "settings": {name: settings.to_query() for name, settings in recipes.items()},
    }


def main() -> None:
    """Read the command line, measure, print, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strokes", type=Path, required=True, help="JSON lines of drawn digits")
    add_arguments(parser)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder with MNIST")
    parser.add_argument("--settings", help="measure only these, in URL form: layers=512&augment=1")
    arguments = parser.parse_args()
    check_machine(parser, arguments)
    recipes = {
        "best_reader": BEST_READER,
        "default_shape": DEFAULT_RECIPE,
        "notebook": NOTEBOOK,
    }
    if arguments.settings is not None and arguments.figures:
        parser.error("--figures needs all recipes: leave --settings out")
    if arguments.settings is not None:
        settings, refused = TrainingSettings.from_query(dict(parse_qsl(arguments.settings)))
        if refused:
            parser.error(" ".join(refused))
        recipes = {"settings": settings}
    found = measure(read_records(arguments.strokes), recipes, load_mnist(arguments.data))
    keep(arguments, found, "reading", figures(found))


if __name__ == "__main__":
    main()
