"""How fast the network trains, side by side with other programs.

    python -m benchmarks.speed.training --json results.json
    python -m benchmarks.speed.training --settings    # what each setting costs, and nothing else

Every program has a process of its own and is warmed up by one epoch. Then they take turns, round by
round, so that whatever else the machine does meets all of them; a figure is the median of the
rounds. All train the notebook's network (784-128-64-10, batch 64, Adam, float32) on all 60,000
images without validation; `numpy_program` has no Adam and uses momentum.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from statistics import median
from typing import Any, NamedTuple

from benchmarks.figures import add_arguments, check_machine, keep, say
from benchmarks.speed.contender import Contender
from benchmarks.speed.measurements import (
    Measurement,
    disagreeing,
    figures,
    print_measurements,
    print_ratios,
    speed_ratios,
    variation_ratios,
)
from digits.settings import ACTIVATIONS, OPTIMIZERS, SCHEDULES, TrainingSettings

EXAMPLES = 60_000
SETTINGS = TrainingSettings(validation_split=0)
ONE_CORE = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)


class Variant(NamedTuple):
    """What one line of a table measures.

    Attributes:
        module: the module in `benchmarks.speed.peers`.
        settings: what is trained.
        environment: variables of its process.
        runs: networks that it trains at the same time.
    """

    module: str
    settings: TrainingSettings = SETTINGS
    environment: Mapping[str, str] = {}
    runs: int = 1


PROGRAMS = {
    "notebook": Variant("notebook"),
    "keras_tuned": Variant("keras_tuned"),
    "torch": Variant("torch"),
    "jax": Variant("jax"),
    "numpy_program": Variant("numpy_program"),
    "ours": Variant("ours"),
    "ours_in_app": Variant("ours_in_app"),
    "floor_one_core": Variant("floor", environment=ONE_CORE),
    "floor_all_cores": Variant("floor"),
}
VARIATIONS = {
    "plain": Variant("ours"),
    "dropout": Variant("ours", SETTINGS.model_copy(update={"dropout": 0.2})),
    "augment": Variant("ours", SETTINGS.model_copy(update={"augment": 1.0})),
    "two_at_once": Variant("ours_twice", runs=2),
}
# Each setting that could cost time, beside the plain run in which it is switched off.
CHANGES: dict[str, dict[str, Any]] = {
    **{name: {"activation": name} for name in ACTIVATIONS if name != "relu"},
    **{name: {"optimizer": name} for name in OPTIMIZERS if name != "adam"},
    **{name: {"schedule": name} for name in SCHEDULES if name != "constant"},
    "initializer": {"initializer": "he"},
    "dropout": {"dropout": 0.2},
    "l1": {"l1": 1e-4},
    "l2": {"l2": 1e-4},
    "label_smoothing": {"label_smoothing": 0.1},
    "squared_error": {"loss": "squared error"},
    "mislabelled": {"mislabelled": 0.1},
}
# Each is a process that holds TensorFlow: so many fit into a small machine's memory.
AT_ONCE = 4


def compare(variants: Mapping[str, Variant], rounds: int, epochs: int) -> dict[str, Contender]:
    """Let variants train in turn.

    Args:
        variants: by name.
        rounds: how often each trains from fresh weights.
        epochs: of each training.

    Returns:
        The contenders by name, with their laps; those that could not take part say why.
    """
    contenders: dict[str, Contender] = {}
    try:
        for name, variant in variants.items():
            say(f"warming up {name}")
            contenders[name] = Contender(variant.module, variant.settings, variant.environment)
            contenders[name].wait_until_warm()
        for number in range(rounds):
            say(f"round {number + 1} of {rounds}")
            for contender in contenders.values():
                contender.train(epochs)
    finally:
        for contender in contenders.values():
            contender.close()
    return contenders


def measurement(contender: Contender, epochs: int, runs: int = 1) -> Measurement:
    """Put the laps of a contender together.

    Args:
        contender: one that took part to the end.
        epochs: of each lap.
        runs: networks that it trained at the same time.
    """
    rounds = [lap.seconds / epochs for lap in contender.laps]
    seconds = median(rounds)
    return Measurement(
        seconds,
        runs * EXAMPLES / seconds,
        contender.laps[0].losses,
        contender.peak_memory_mb,
        rounds,
    )


def setting_ratios(rounds: int, epochs: int) -> dict[str, float]:
    """Time of a run with each of `CHANGES` by that of the plain run which took turns with it."""
    ratios: dict[str, float] = {}
    for names in batched(CHANGES, AT_ONCE):
        changed = {
            name: Variant("ours", SETTINGS.model_copy(update=CHANGES[name])) for name in names
        }
        measured, _ = measure({"plain": Variant("ours"), **changed}, rounds, epochs)
        plain = measured["plain"].seconds_per_epoch
        ratios |= {name: measured[name].seconds_per_epoch / plain for name in names}
    return ratios


def batched(names: Iterable[str], count: int) -> Iterator[tuple[str, ...]]:
    """Tuples of `count` names each, the last perhaps of fewer."""
    rest = iter(names)
    while part := tuple(islice(rest, count)):
        yield part


def measure(
    variants: Mapping[str, Variant], rounds: int, epochs: int
) -> tuple[dict[str, Measurement], dict[str, str]]:
    """Let variants train in turn and print what came of it.

    Returns:
        The measurements by name, and the reasons of those that were skipped.
    """
    contenders = compare(variants, rounds, epochs)
    skipped = {name: one.problem for name, one in contenders.items() if one.problem}
    measured = {
        name: measurement(contender, epochs, variants[name].runs)
        for name, contender in contenders.items()
        if name not in skipped
    }
    print_measurements(measured)
    for name, reason in skipped.items():
        print(f"{name} was skipped: {reason}")
    return measured, skipped


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure all, print the tables and write the JSON file.

    Args:
        arguments: those of the command line.

    Returns:
        The exit status: 1 when losses disagree by more than a tenth.
    """
    options = parsed(arguments)
    if options.settings:
        ratios = setting_ratios(options.rounds, options.epochs)
        print_ratios("Time with each setting, of that without", ratios)
        keep(options, {"setting_ratios": ratios}, "training", [])
        return 0
    chosen = {name: PROGRAMS[name] for name in options.only or PROGRAMS}
    measured, skipped = measure(chosen, options.rounds, options.epochs)
    print_ratios("ours_in_app is so many times as fast as", speed_ratios(measured))
    wrong = disagreeing(measured)
    for name, loss in wrong.items():
        print(f"The last loss of {name}, {loss:.4f}, differs from the others by more than a tenth.")
    results: dict[str, Any] = {
        "rounds": options.rounds,
        "epochs": options.epochs,
        "variants": {name: found._asdict() for name, found in measured.items()},
        "skipped": skipped,
        "losses_agree": not wrong,
        "speed_ratios": speed_ratios(measured),
    }
    if not options.only:
        variations, _ = measure(VARIATIONS, options.rounds, options.epochs)
        print_ratios("Ratios to a plain run", variation_ratios(variations))
        results["variations"] = {name: found._asdict() for name, found in variations.items()}
        results["variation_ratios"] = variation_ratios(variations)
    keep(options, results, "training", figures(results) if options.figures else [])
    return 1 if wrong else 0


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.training", description=__doc__
    )
    add_arguments(parser)
    parser.add_argument("--rounds", type=int, default=5, help="trainings of each (5)")
    parser.add_argument("--epochs", type=int, default=5, help="epochs of each training (5)")
    parser.add_argument(
        "--only", nargs="+", choices=PROGRAMS, help="compare these, and leave out the other tables"
    )
    parser.add_argument(
        "--settings", action="store_true", help="only what each setting costs, beside a plain run"
    )
    options = parser.parse_args(arguments)
    if (options.only or options.settings) and options.figures:
        parser.error("--figures needs all programs: leave --only and --settings out")
    check_machine(parser, options)
    return options


if __name__ == "__main__":
    sys.exit(main())
