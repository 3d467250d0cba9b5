"""The icon of each state of a run."""

from digits.verdict import FAIR
from model_store.records import Run, State

ICONS = {
    State.QUEUED: "hourglass_top",
    State.RUNNING: "directions_run",
    State.PAUSED: "pause_circle",
    State.FINISHED: "check_circle",
    State.STOPPED: "stop_circle",
    State.FAILED: "error",
}


def icon_of(run: Run) -> str:
    """The icon of a run's state; no tick where it has ended and reads badly."""
    if run.state == State.FINISHED and run.test and run.test["accuracy"] < FAIR:
        return "flag"
    return "schedule" if is_planned(run) else ICONS[run.state]


def is_planned(run: Run) -> bool:
    """Whether it waits until another run of its visitor has ended."""
    return run.state == State.PAUSED and run.planned_at is not None
