"""Whether a ticket can be lost: many short runs come, some are stopped, and none is left over."""

import random
import time
from contextlib import suppress

import pytest

from digits.settings import TrainingSettings
from model_store.limits import TooManyRuns
from model_store.records import Run, State, StopRequest
from tests.faults.test_workers import TIMES, Machines, machines

__all__ = ["machines"]

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900 + 120 * TIMES)]

SHORT = TrainingSettings(hidden_layers=(), batch_size=4096, epochs=1)
VISITORS = 8
RUNS = 20 * TIMES
# A run whose ticket is lost never ends. Two looks of the supervisor, a start and an end of one take
# seconds, or minutes on a machine that does many other things too.
SECONDS_UNTIL_ONE_ENDS = 300.0


def test_whatever_waits_is_carried_out(machines: Machines) -> None:
    random.seed(20)
    machines.worker()
    machines.worker()
    machines.service.start()
    machines.wait(lambda: machines.service.readiness.is_ready)
    runs: list[Run] = []
    while len(runs) < RUNS:
        visitor = f"visitor-{random.randrange(VISITORS)}"
        with suppress(TooManyRuns):
            another = SHORT.model_copy(update={"seed": len(runs)})  # the same is a double tap
            runs.append(machines.service.submit(visitor, another))
        for wish, share in ((StopRequest.STOP, 0.1), (StopRequest.PAUSE, 0.1)):
            if runs and random.random() < share:
                disturbed = random.choice(runs)
                machines.service.ask(disturbed.id, disturbed.visitor, wish)
        time.sleep(random.choice((0, 0, 0.05, 0.5, 1.0)))
    ended, last = 0, time.monotonic()
    while active := [run for run in map(machines.found, runs) if run.is_active]:
        if len(runs) - len(active) > ended:
            ended, last = len(runs) - len(active), time.monotonic()
        assert time.monotonic() - last < SECONDS_UNTIL_ONE_ENDS, (active, machines.said())
        time.sleep(0.1)
    states = {machines.found(run).state for run in runs}
    assert states <= {State.FINISHED, State.STOPPED, State.PAUSED}
    assert State.FINISHED in states
