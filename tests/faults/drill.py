"""Kill a part of the app in the middle of a run, many times, and see whether anything is lost.

    python -m tests.faults.drill --kill worker --times 20 [--seed 1]

Every run must finish with the losses and weights of an undisturbed run of the same seed, and all
runs that had finished before must stay as they were. Ends with 1 if anything was lost.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple, Protocol

from digits.settings import TrainingSettings
from model_store.records import Run, State
from model_store.store import Store
from tests.faults.app_process import AppProcess

# About 6 seconds of training, with a checkpoint every quarter of a second; 8,440 single points.
SETTINGS = TrainingSettings(hidden_layers=(96, 48), batch_size=128, epochs=20, seed=7)
SECONDS_FOR_A_RUN = 240


class System(Protocol):
    """What is drilled."""

    store: Store


class Outcome(NamedTuple):
    """What must be the same however a run was disturbed."""

    state: State
    failure: str
    steps: bytes
    losses: bytes
    accuracies: bytes
    epochs: tuple[tuple[float, ...], ...]
    test: tuple[tuple[str, float], ...]
    weights: str


def submitted(system: System) -> Run:
    """Put a run in line, as a web process that died just afterwards would have left it."""
    settings = SETTINGS.model_dump(mode="json")
    return system.store.runs.create("drill", settings, SETTINGS.architecture)


def found(system: System, run: Run) -> Run:
    """The run as it is now."""
    now = system.store.runs.get(run.id)
    assert now is not None
    return now


def wait_until(system: System, run: Run, condition: Callable[[Run], bool]) -> Run:
    """Wait for a run to be as it should."""
    until = time.monotonic() + SECONDS_FOR_A_RUN
    while time.monotonic() < until:
        now = found(system, run)
        if condition(now):
            return now
        time.sleep(0.02)
    raise TimeoutError(f"run {run.id} is {now.state} at step {now.step}: {now}")


def outcome(system: System, run: Run) -> Outcome:
    """Wait for the end of a run, and say what came of it."""
    ended = wait_until(system, run, lambda now: not now.is_active)
    points = system.store.progress.since(run.id).points
    epochs = [asdict(epoch) for epoch in system.store.progress.epochs(run.id)]
    return Outcome(
        ended.state,
        ended.failure,
        points.steps.tobytes(),
        points.losses.tobytes(),
        points.accuracies.tobytes(),
        tuple(tuple(v for name, v in epoch.items() if name != "seconds") for epoch in epochs),
        tuple((ended.test or {}).items()),
        ended.artifacts.get("checkpoint.npz", ""),  # its name holds its checksum
    )


class Record(NamedTuple):
    """A finished run, and the checksums of its files, which loading compares."""

    run: Run
    outcome: Outcome


def keep(system: System, run: Run) -> Record:
    """Note all of a finished run, reading every file that it has."""
    now = found(system, run)
    for reference in now.artifacts.values():
        system.store.artifacts.load(now.id, reference)
    return Record(now, outcome(system, run))


class Drill:
    """Disturbs runs one after the other, and counts what became of them."""

    def __init__(self, system: System, seed: int) -> None:
        self._system = system
        self._random = random.Random(seed)
        self._records: list[Record] = []
        self.resumed = 0
        run = submitted(system)
        self._undisturbed = outcome(system, run)
        assert self._undisturbed.state == State.FINISHED, self._undisturbed.failure
        self._records.append(keep(system, run))

    def disturb(self, kill: Callable[[], None]) -> bool:
        """Let a run begin, kill at a random moment of it, and compare its end.

        Returns:
            Whether it ended just as the undisturbed one.
        """
        run = submitted(self._system)
        at_step = self._random.randrange(1, SETTINGS.epochs * 422 * 9 // 10)
        before = wait_until(self._system, run, lambda now: now.step >= at_step)
        kill()
        after = outcome(self._system, run)
        now = found(self._system, run)
        self._records.append(keep(self._system, run))
        same = after == self._undisturbed
        self.resumed += now.started_at == before.started_at and before.state == State.RUNNING
        print(
            f"  killed at step {before.step:5}: {now.state}, {'same' if same else 'NOT the same'}"
        )
        return same

    def unchanged(self) -> int:
        """How many of the finished runs are still what they were."""
        return sum(keep(self._system, record.run) == record for record in self._records)

    @property
    def finished(self) -> int:
        """How many runs were carried out in all."""
        return len(self._records)


def main() -> None:
    """Run one kind of drill from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kill", choices=["worker", "web"], required=True)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = AppProcess(Path(folder))
        try:
            drill = Drill(app, options.seed)
            kill = getattr(app, f"kill_{options.kill}")
            started = time.monotonic()
            same = sum(drill.disturb(kill) for _ in range(options.times))
            unchanged = drill.unchanged()
            print(
                f"{options.kill} killed {options.times} times (seed {options.seed}): {same} runs "
                f"ended as the undisturbed one, {unchanged} of {drill.finished} finished runs "
                f"unchanged, {time.monotonic() - started:.0f} s"
            )
        except BaseException:
            print(app.log()[-6000:], file=sys.stderr)
            raise
        finally:
            app.terminate()
    sys.exit(same < options.times or unchanged < drill.finished)


if __name__ == "__main__":
    main()
