"""What a run is trained with."""

from typing import Any

from digits.changes import AT_A_BRANCH, Change, settings_at
from digits.course import Course, with_change
from digits.settings import TrainingSettings
from model_store.records import Run


def settings_of(run: Run) -> TrainingSettings:
    """The settings of a run, read leniently: it is shown as it was trained."""
    return TrainingSettings.stored(run.settings)


def changes_of(run: Run) -> list[Change]:
    """What was changed while it trained."""
    return [
        Change(each["step"], {name: value for name, value in each.items() if name != "step"})
        for each in run.changes
    ]


def settings_of_weights(run: Run) -> TrainingSettings:
    """The settings that the newest weights of a run are to be read with: those of its last step."""
    return settings_at(run.step, settings_of(run), changes_of(run))


def as_stored(changes: list[Change]) -> list[dict[str, Any]]:
    """Changes as the record of a run keeps them."""
    return [{"step": change.step, **change.values} for change in changes]


def changes_of_branch(run: Run, step: int, settings: TrainingSettings) -> list[dict[str, Any]]:
    """What a branch of a run changes, as its record keeps it: `settings` hold from `step` on."""
    before = [change for change in changes_of(run) if change.step <= step]
    wanted = {name: getattr(settings, name) for name in AT_A_BRANCH}
    return as_stored(with_change(step, wanted, settings_of(run), before))


def settings_now(run: Run) -> TrainingSettings:
    """The settings of a run after all that was changed on its way, or is about to be."""
    now = settings_at(float("inf"), settings_of(run), changes_of(run))
    return now.model_copy(update=run.requested_settings)


def with_more_epochs(run: Run, epochs: int) -> dict[str, Any]:
    """The settings of a run to be trained on, as plain JSON; refused where a limit is passed."""
    stored = dict(settings_of(run))
    stored["epochs"] += epochs
    return TrainingSettings.model_validate(stored).model_dump(mode="json")


def settings_to_teach(run: Run) -> dict[str, Any]:
    """The settings of a run that goes on from the weights of another, as plain JSON."""
    now = settings_of_weights(run)
    return run.settings if now == settings_of(run) else now.model_dump(mode="json")


def course_of(run: Run) -> Course:
    """Which steps make up which epoch of a run."""
    return Course(settings_of(run), changes_of(run))


def course_ahead(run: Run) -> Course:
    """Which steps make up which epoch, with what its owner wants from the next step on."""
    settings, wanted = settings_of(run), run.requested_settings
    return Course(settings, with_change(run.step, wanted, settings, changes_of(run)))


def share_done(run: Run) -> float:
    """How far a run is, from 0 to 1, by the images that it has looked at."""
    if not run.total_steps:
        return 0.0
    course = course_of(run)
    if run.fine_tuning or course.is_even or run.step >= run.total_steps:
        return run.step / run.total_steps
    return float(course.epochs_at(run.step)) / len(course.sizes)
