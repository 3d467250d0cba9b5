"""Whether the time that the Train page announces is the time that a run then takes.

    python -m benchmarks.hosting.estimates [--json FILE] [--rounds 1]

A service with a worker of its own is asked before each run, and each runs alone. Of a kind that the
worker has never seen the first round tells most, in later ones it knows how fast the last one was.
Ends with 1 if an announced time was off by more than 30%.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.figures import add_arguments, check_machine, keep
from benchmarks.hosting.service import measured_service
from digits.recipes import BEST_READER, DEFAULT_RECIPE, NOTEBOOK
from digits.settings import TrainingSettings
from model_store.store import Store
from trainer.service import TrainingService

MOST_OFF = 0.3
SECONDS_FOR_A_RUN = 1800.0
RUNS = {
    "784-128-64-10": DEFAULT_RECIPE,
    "notebook": NOTEBOOK,
    "best reader": BEST_READER.model_copy(update={"epochs": 10}),
    "no hidden layer": NOTEBOOK.model_copy(update={"hidden_layers": (), "epochs": 20}),
    "1024-1024": NOTEBOOK.model_copy(update={"hidden_layers": (1024, 1024), "epochs": 3}),
    "batch 1": NOTEBOOK.model_copy(update={"batch_size": 1, "epochs": 1}),
    "batch 4096": NOTEBOOK.model_copy(update={"batch_size": 4096, "epochs": 40}),
}


class Comparison(NamedTuple):
    """Seconds that were announced before a run, and seconds that it took."""

    name: str
    announced: float
    took: float

    @property
    def off(self) -> float:
        """How far the announcement was off, as a share of what it took."""
        return self.announced / self.took - 1


def compare(
    service: TrainingService, store: Store, name: str, settings: TrainingSettings
) -> Comparison:
    """Ask how long a run will take, and let it run.

    Raises:
        TimeoutError: it did not end.
    """
    announced = service.expected_seconds(settings)
    assert announced is not None
    run_id = service.submit("benchmark", settings).id
    until = time.monotonic() + SECONDS_FOR_A_RUN
    while time.monotonic() < until:
        run = store.runs.get(run_id)
        if run and not run.is_active:
            return Comparison(name, announced, run.elapsed)
        time.sleep(0.2)
    raise TimeoutError(f"{name} did not end within {SECONDS_FOR_A_RUN:g} s")


def say(latest: Comparison) -> None:
    """Print a line."""
    times = f"announced {latest.announced:6.1f} s, took {latest.took:6.1f} s"
    print(f"{latest.name:16} {times}, {latest.off:+.0%}", flush=True)


def figures(found: Sequence[Comparison]) -> list[list[str]]:
    """The rows of `docs/figures/estimates.md`."""
    head = ["a run of", "announced, seconds", "took", "off"]
    return [
        head,
        *(
            [one.name, f"{one.announced:.1f}", f"{one.took:.1f}", f"{one.off:+.0%}"]
            for one in found
        ),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, print a line a run, and write the JSON file.

    Args:
        arguments: those of the command line.

    Returns:
        The exit status: 1 if an announced time was off by more than 30%.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hosting.estimates", description=__doc__
    )
    parser.add_argument("--rounds", type=int, default=1, help="how often all of them run (1)")
    add_arguments(parser)
    options = parser.parse_args(arguments)
    check_machine(parser, options)
    found: list[Comparison] = []
    with measured_service() as (service, store):
        for _ in range(options.rounds):
            for name, settings in RUNS.items():
                found.append(compare(service, store, name, settings))
                say(found[-1])
    keep(options, [each._asdict() for each in found], "estimates", figures(found))
    return int(any(abs(each.off) > MOST_OFF for each in found))


if __name__ == "__main__":
    sys.exit(main())
