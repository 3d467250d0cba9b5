"""How long a sweep of 16 small runs takes on the service, beside the same runs by a script.

    python -m benchmarks.hosting.sweep [--json FILE] [--rounds 2]

The script trains one run after the other and reads the test images after each, all in one process.
The two take turns; the service's worker waits while the script runs. The clock of the sweep starts
when it is asked for, and stops when its last run can be seen in the store.
"""

import argparse
import sys
import time
from collections import deque
from collections.abc import Sequence
from statistics import median

from benchmarks.figures import add_arguments, check_machine, keep, say
from benchmarks.hosting.service import measured_service
from config.environment import data_folder
from digits.dataset import Mnist, load_mnist
from digits.evaluation import evaluate
from digits.recipes import notebook_but
from digits.settings import TrainingSettings
from digits.sweep import Planned, grid
from digits.training import train
from model_store.records import State
from model_store.store import Store
from trainer.service import TrainingService

AXES = {"batch": "32, 64, 128, 256", "rate": "0.0005, 0.001, 0.002, 0.004"}
EPOCHS = 3
MOST_TIMES_SCRIPT = 1.15
SECONDS_FOR_A_SWEEP = 900.0
# As seldom as a page does: what asks often takes time from the training.
LOOK_EVERY, TOUCH_EVERY = 0.5, 60.0


def seconds_of_script(wanted: Sequence[Planned], dataset: Mnist) -> float:
    """Train all of them in this process, and see what each reads of the test images."""
    started = time.perf_counter()
    for _, settings in wanted:
        (last,) = deque(train(settings, dataset), maxlen=1)
        evaluate(last.checkpoint().weights, settings, dataset.test_images, dataset.test_labels)
    return time.perf_counter() - started


def seconds_of_sweep(
    service: TrainingService, store: Store, visitor: str, wanted: Sequence[Planned]
) -> float:
    """Plan all of them for a visitor who stays, until the last one is there.

    Raises:
        RuntimeError: one did not finish well.
        TimeoutError: they did not all end.
    """
    started = time.perf_counter()
    waiting = [run.id for run in service.plan(visitor, wanted)]
    touched = started
    while time.perf_counter() - started < SECONDS_FOR_A_SWEEP:
        waiting = [run_id for run_id in waiting if not _has_finished(store, run_id)]
        if not waiting:
            return time.perf_counter() - started
        if time.perf_counter() - touched > TOUCH_EVERY:
            touched = time.perf_counter()
            store.visitors.touch([visitor])
        time.sleep(LOOK_EVERY)
    raise TimeoutError(f"the sweep did not end within {SECONDS_FOR_A_SWEEP:g} s")


def _has_finished(store: Store, run_id: str) -> bool:
    run = store.runs.get(run_id)
    if run is None or run.state in (State.FAILED, State.STOPPED):
        raise RuntimeError(f"a run of the sweep did not finish: {run and run.failure}")
    return run.state == State.FINISHED


def figures(sweep: Sequence[float], script: Sequence[float]) -> list[list[str]]:
    """The rows of `docs/figures/sweep.md`."""
    return [
        ["16 runs of 784-128-64-10, 3 epochs each", "seconds, median"],
        ["a sweep on the service, one worker", f"{median(sweep):.1f}"],
        ["the same runs by a script", f"{median(script):.1f}"],
        ["ratio", f"{median(sweep) / median(script):.2f}"],
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the figures and write the JSON file.

    Args:
        arguments: those of the command line.

    Returns:
        The exit status: 1 if the sweep took more than 1.15 times as long as the script.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hosting.sweep", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2, help="how often both run (2)")
    add_arguments(parser)
    options = parser.parse_args(arguments)
    check_machine(parser, options)
    base: TrainingSettings = notebook_but(epochs=EPOCHS)
    wanted = grid(base, AXES)
    dataset = load_mnist(data_folder() / "mnist")
    sweep, script = [], []
    with measured_service() as (service, store):
        for number in range(options.rounds):
            sweep.append(seconds_of_sweep(service, store, f"visitor-{number}", wanted))
            script.append(seconds_of_script(wanted, dataset))
            say(f"sweep {sweep[-1]:.1f} s, script {script[-1]:.1f} s")
    results = {"sweep_seconds": sweep, "script_seconds": script}
    keep(options, results, "sweep", figures(sweep, script))
    return int(median(sweep) > MOST_TIMES_SCRIPT * median(script))


if __name__ == "__main__":
    sys.exit(main())
