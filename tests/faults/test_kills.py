"""Kill parts of the app in the middle of runs; tests/faults/drill.py does it many times."""

import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from model_store.records import State
from tests.faults.app_process import AppProcess
from tests.faults.disturbed_runs import Drill, found, submitted, wait_until
from tests.faults.drill import DAY, HOUR, app_kills

pytestmark = pytest.mark.timeout(400)

SECONDS_UNTIL_KILLED = 15  # by what deploy/ sets up
SEED = 14  # `python -m tests.faults.drill` tries many others


@pytest.fixture(scope="module")
def app() -> Iterator[AppProcess]:
    """The app, whose first worker was killed while it warmed up."""
    folder = Path(tempfile.mkdtemp(prefix="kills-"))
    app = AppProcess(folder, clock_can_jump=True)
    try:
        first = app.worker()
        time.sleep(random.Random(SEED).uniform(0, 3))
        first.kill()
        yield app
    finally:
        app.close()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def drill(app: AppProcess) -> Drill:
    return Drill(app.store, SEED)


@pytest.mark.parametrize("killed", ["worker", "warming", "web"])
def test_a_killed_process_changes_nothing(app: AppProcess, drill: Drill, killed: str) -> None:
    assert drill.disturb(app_kills(app)[killed])
    assert drill.unchanged() == drill.finished


def jump(app: AppProcess, seconds_wrong: float, _: random.Random) -> None:
    app.set_clock(seconds_wrong)


def test_a_clock_that_jumps_changes_nothing(app: AppProcess, drill: Drill) -> None:
    for seconds_wrong in (DAY, -HOUR, 0.0):
        assert drill.disturb(partial(jump, app, seconds_wrong))
        reported = drill.last.reported_at
        assert reported is not None
        assert abs(reported - time.time() - seconds_wrong) < HOUR / 4, "the clock did not jump"
    assert drill.unchanged() == drill.finished


def test_sigterm_hands_runs_over_in_time(app: AppProcess, drill: Drill) -> None:
    run = submitted(app.store)
    before = wait_until(app.store, run, lambda now: now.step > 1000)
    seconds = app.terminate()
    after = found(app.store, run)
    print(f"ended {seconds:.1f} s after SIGTERM, from step {before.step} to {after.step}")
    assert seconds < SECONDS_UNTIL_KILLED
    assert after.state == State.QUEUED
    assert after.step >= before.step
    app.start()
    assert drill.ends_undisturbed(run)
