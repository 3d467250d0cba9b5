"""Runs that are disturbed, compared with one that is not."""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import NamedTuple

from digits.settings import TrainingSettings
from model_store.artifacts import ArtifactMissing
from model_store.database import StoreUnavailable
from model_store.records import Run, State
from model_store.store import Store
from trainer.checkpoints import unpacked

# About 6 seconds of training, with a checkpoint every quarter of a second; 8,440 single points.
SETTINGS = TrainingSettings(hidden_layers=(96, 48), batch_size=128, epochs=20, seed=7)
SECONDS_FOR_A_RUN = 240

# Disturbs a run; how and when exactly is up to the dice.
Kill = Callable[[random.Random], None]


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


def submitted(store: Store) -> Run:
    """Put a run in line, as a web process that died just afterwards would have left it."""
    settings = SETTINGS.model_dump(mode="json")
    return store.runs.create("drill", settings, SETTINGS.architecture)


def found(store: Store, run: Run) -> Run:
    """The run as it is now."""
    now = store.runs.get(run.id)
    assert now is not None
    return now


def wait_until(store: Store, run: Run, condition: Callable[[Run], bool]) -> Run:
    """Wait for a run to be as it should."""
    until = time.monotonic() + SECONDS_FOR_A_RUN
    while time.monotonic() < until:
        with suppress(StoreUnavailable):  # the database may be what was killed
            if condition(now := found(store, run)):
                return now
        time.sleep(0.02)
    raise TimeoutError(f"after {SECONDS_FOR_A_RUN} s it is {found(store, run)}")


def outcome(store: Store, run: Run) -> Outcome:
    """Wait for the end of a run, and say what came of it."""
    ended = wait_until(store, run, lambda now: not now.is_active)
    points = store.progress.since(run.id).points
    epochs = [asdict(epoch) for epoch in store.progress.epochs(run.id)]
    return Outcome(
        ended.state,
        ended.failure,
        points.steps.tobytes(),
        points["loss"].tobytes(),
        points["accuracy"].tobytes(),
        tuple(tuple(v for name, v in epoch.items() if name != "seconds") for epoch in epochs),
        tuple((ended.test or {}).items()),
        ended.artifacts.get("checkpoint.npz", ""),  # its name holds its checksum
    )


def checkpoint_step(store: Store, run: Run) -> int:
    """The step of a run's last checkpoint; 0 before there is one."""
    reference = run.artifacts.get("checkpoint.npz")
    try:
        return unpacked(store.artifacts.load(run.id, reference)).step if reference else 0
    except ArtifactMissing:  # a newer one took its place this moment
        return checkpoint_step(store, found(store, run))


class Record(NamedTuple):
    """A finished run, and the checksums of its files, which loading compares."""

    run: Run
    outcome: Outcome


def keep(store: Store, run: Run) -> Record:
    """Note all of a finished run, reading every file that it has."""
    now = found(store, run)
    for reference in now.artifacts.values():
        store.artifacts.load(now.id, reference)
    return Record(now, outcome(store, run))


class Drill:
    """Disturbs runs one after the other, and counts what became of them."""

    def __init__(self, store: Store, seed: int) -> None:
        self._store = store
        self._random = random.Random(seed)
        self._records: list[Record] = []
        run = submitted(store)
        self._undisturbed = outcome(store, run)
        assert self._undisturbed.state == State.FINISHED, self._undisturbed.failure
        self._records.append(keep(store, run))

    def disturb(self, kill: Kill) -> bool:
        """Let a run begin, kill at a random moment of it, and follow it to its end.

        Returns:
            Whether it went on from its last checkpoint and ended just as the undisturbed one.
        """
        run = submitted(self._store)
        at_step = self._random.randrange(1, SETTINGS.epochs * 422 * 9 // 10)
        before = wait_until(self._store, run, lambda now: now.step >= at_step)
        saved = checkpoint_step(self._store, before)
        killed = time.monotonic()
        kill(self._random)
        lowest = before.total_steps

        def has_ended(now: Run) -> bool:
            nonlocal lowest
            lowest = min(lowest, now.step)
            return not now.is_active

        now = wait_until(self._store, run, has_ended)
        same = self.ends_undisturbed(run)
        print(
            f"  killed at step {before.step}, checkpoint at {saved}, went on from {lowest}: "
            f"{now.state} {time.monotonic() - killed:.0f} s later, "
            f"{'same' if same else 'NOT the same'}",
            flush=True,
        )
        return same and lowest >= saved

    def ends_undisturbed(self, run: Run) -> bool:
        """Whether a run ends just as the undisturbed one."""
        same = outcome(self._store, run) == self._undisturbed
        self._records.append(keep(self._store, run))
        return same

    def unchanged(self) -> int:
        """How many of the finished runs are still what they were."""
        return sum(keep(self._store, record.run) == record for record in self._records)

    @property
    def last(self) -> Run:
        """The run that finished last."""
        return self._records[-1].run

    @property
    def finished(self) -> int:
        """How many runs were carried out in all."""
        return len(self._records)
