"""What is to be said of a stored run's learning."""

from collections.abc import Sequence

from digits.diagnosis import EpochFigures, Evidence, Finding, diagnosed
from digits.remedy import RAN_AWAY, after_running_away
from digits.unit_health import UnitHealth
from model_store.records import Epoch, Run, State
from trainer.run_settings import changes_of, settings_now

# So many whole epochs have to follow a change in flight before a run that goes on is judged.
EPOCHS_TO_SETTLE = 3


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
    since = _since_the_last_change(run, epochs)
    before = len(epochs) - len(since)
    if run.is_active and before and len(since) < EPOCHS_TO_SETTLE:
        return []
    figures = [
        EpochFigures(each.loss, each.accuracy, each.validation_loss, each.validation_accuracy)
        for each in since
    ]
    ended = not run.is_active
    return diagnosed(Evidence(settings, figures, ended, test.get("accuracy"), health, before))


def _since_the_last_change(run: Run, epochs: Sequence[Epoch]) -> Sequence[Epoch]:
    """The epochs that were trained as the run is now from their first step on."""
    changed = max((change.step for change in changes_of(run)), default=0)
    if not changed:
        return epochs
    starts = [0, *(epoch.last_step for epoch in epochs)]
    return [each for start, each in zip(starts, epochs, strict=False) if start >= changed]
