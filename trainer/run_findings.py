"""What is to be said of a stored run's learning."""

from collections.abc import Sequence

from digits.diagnosis import EpochFigures, Evidence, Finding, diagnosed
from digits.remedy import RAN_AWAY, after_running_away
from digits.unit_health import UnitHealth
from model_store.records import Epoch, Run, State
from trainer.run_settings import settings_now


def ran_away(run: Run) -> bool:
    """Whether the run failed because its loss grew beyond all bounds."""
    return run.state == State.FAILED and run.failure.startswith(RAN_AWAY)


def findings_of(run: Run, epochs: Sequence[Epoch]) -> list[Finding]:
    """What the rules of `digits.diagnosis` see in a run, the gravest first.

    Args:
        run: not one of fine-tuning, of which they know nothing.
        epochs: all that it has finished.
    """
    if run.fine_tuning:
        return []
    settings = settings_now(run)
    if ran_away(run):
        return [Finding("ran away", "", after_running_away(settings))]
    if run.state in (State.FAILED, State.QUEUED):
        return []
    test = run.test or {}
    health = None
    if "dead_units" in test:  # which runs of an earlier version have not
        health = UnitHealth(test["dead_units"], test["saturated_units"])
    figures = [
        EpochFigures(each.loss, each.accuracy, each.validation_loss, each.validation_accuracy)
        for each in epochs
    ]
    ended = not run.is_active
    return diagnosed(Evidence(settings, figures, ended, test.get("accuracy"), health))
