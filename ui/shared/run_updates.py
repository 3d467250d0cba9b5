"""What is new of a run, as plain data: in words, in numbers, and in points for its charts.

A live page asks for it several times a second without being run again (`ui/shared/live.py`).
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.course import Course
from digits.settings import TrainingSettings
from digits.settings_in_words import change_in_words
from digits.words import duration, percent
from model_store.records import Epoch, Points, Run, State, StoredProgress
from trainer.drawing_log import MOST_ANSWER_CHANGES
from trainer.run_settings import changes_of, course_of, settings_of_weights, share_done
from ui.shared.in_page.weights import weights_address
from ui.shared.state_icons import icon_of
from ui.shared.state_in_words import called, state_in_words

# Of the newest steps, over which the training accuracy of the moment is a mean.
NEWEST_POINTS = 100
# What a live chart can show of an epoch's record.
EPOCH_SERIES = (
    *("validation_loss", "validation_accuracy"),
    *("training_loss", "training_accuracy", "seconds"),
)


# As many as `run.first_batch` is of.
BEFORE_TRAINING = "Before training, on 64 images"


class Cursor(NamedTuple):
    """How much of a run a browser has: up to which step, and how many points of each kind."""

    step: int = 0
    points: int = 0
    epochs: int = 0


def news_of(run: Run, settings: TrainingSettings, last: Epoch | None) -> dict[str, Any]:
    """The state of a run in words and numbers.

    Args:
        run: as it was read just now.
        settings: those of the run.
        last: the last epoch that it has finished, if that is known.
    """
    return {
        "state": called(run),
        "icon": icon_of(run),
        "words": state_in_words(run, settings),
        "said": _spoken(run, last),
        "active": run.is_active,
        # What the rest of the page depends on: where and when it came to rest, if it did.
        "rest": "" if run.is_active else f"{called(run)} {run.elapsed}",
        "run": run.id,
        "weights": weights_address(run),
        "activation": settings_of_weights(run).activation,
        "seconds_per_epoch": _seconds_per_epoch(run),
        "changes": _marks(run),
        "share": share_done(run),
        "numbers": {"Elapsed": duration(run.elapsed)}
        if run.fine_tuning
        else _numbers(run, settings, last),
    }


def so_far(
    settings: TrainingSettings, last: Epoch | None, newest: Points | None = None
) -> list[list[str]]:
    """How well a run reads before it was tested.

    Args:
        settings: those of the run.
        last: the last epoch that it has finished, if that is known.
        newest: points of its newest steps, if there are any.

    Returns:
        For each kind of images their name, the accuracy, a dash while nothing new is known of it,
        and what it is of.
    """
    accuracy = newest["accuracy"][-NEWEST_POINTS:] if newest is not None else np.empty(0)
    accuracy = accuracy[np.isfinite(accuracy)]
    training = ["Training images, just now", "-", "in the newest steps"]
    if len(accuracy):
        training[1] = f"{accuracy.mean():.1%}"
    elif last:
        training[1:] = [f"{last.accuracy:.1%}", f"in epoch {last.epoch}"]
    if not settings.validation_split:
        return [training]
    held_back = ["Images held back, so far", "-", "after the first epoch"]
    if last:
        held_back[1:] = [percent(last.validation_accuracy), f"after epoch {last.epoch}"]
    return [held_back, training]


def _spoken(run: Run, last: Epoch | None) -> str:
    """What a screen reader says of a run: how well it reads, or what it failed of."""
    if run.is_active:
        seen = last.validation_accuracy if last else None
        return "" if seen is None else f"It reads {percent(seen)} of the images held back."
    if run.test:
        return f"The training has ended. It reads {run.test['accuracy']:.2%} of the test images."
    return f"The training stands still. {run.failure}".strip()


def _marks(run: Run) -> list[dict[str, Any]]:
    """Where on the curves settings were changed, in epochs, and what they became."""
    epochs_at = course_of(run).epochs_at
    return [
        {"epoch": round(float(epochs_at(change.step)), 4), "said": change_in_words(change)}
        for change in changes_of(run)
    ]


def _seconds_per_epoch(run: Run) -> float:
    """How long an epoch takes now; 0 while that is not known."""
    steps = (course := course_of(run)).steps_of(course.place(run.step)[0])
    return round(steps / run.steps_per_second, 3) if run.steps_per_second else 0.0


def points_of(course: Course, new: StoredProgress, had: Cursor) -> dict[str, Any]:
    """New points of all series, by name.

    Args:
        course: of the run, as it was read after `new`, if it was not known before.
        new: what was reported since `had`.
        had: what the browser has.

    Returns:
        `points`, those of batches and those of epochs, the `cursor` of a browser that has them, and
        how many `batches` each epoch has where they differ.
    """
    batches = {
        "from": had.points,
        "x": np.round(course.epochs_at(new.points.steps), 4).tolist(),
        "series": {name: _rounded(values) for name, values in new.points.series.items()},
    }
    epochs = {
        "from": had.epochs,
        "x": [epoch.epoch for epoch in new.epochs],
        "series": {
            name: [_finite(getattr(epoch, name)) for epoch in new.epochs] for name in EPOCH_SERIES
        },
    }
    cursor = Cursor(
        int(new.points.steps[-1]) if len(new.points) else had.step,
        had.points + len(new.points),
        had.epochs + len(new.epochs),
    )
    uneven = [] if course.is_even else course.batches
    return {"points": [batches, epochs], "cursor": list(cursor), "batches": uneven}


def marks_of(run: Run) -> dict[str, Any]:
    """The moments of what the network read in the run's drawing, as points on the loss.

    They are when it first came to the right answer, and when its answer changed for the last time:
    a `whole` group, in place of what a browser has, as a later change is the last one then.
    """
    changes = run.drawing_changes or []
    label = run.drawing_label
    found: list[tuple[int, str, float | None]] = []
    if len(changes) > 1:
        last, answer, loss = changes[-1]
        right = answer if label is None else label
        if changes[0][1] != right:
            came_right = [(step, loss) for step, digit, loss in changes if digit == right]
            found = [(step, "read_first", loss) for step, loss in came_right[:1]]
        is_known = len(changes) < MOST_ANSWER_CHANGES  # those that followed were not noted
        if is_known and last not in [step for step, _, _ in found]:
            found.append((last, "read_last" if answer == right else "read_wrong", loss))
    series = {
        name: [loss if name == of else None for _, of, loss in found]
        for name in ("read_first", "read_last", "read_wrong")
    }
    x = course_of(run).epochs_at([step for step, _, _ in found]).round(4).tolist()
    return {"whole": True, "from": 0, "x": x, "series": series}


def _rounded(values: NDArray[np.float32]) -> list[float | None]:
    """Numbers as JSON can say them, in four digits of the largest at least."""
    finite = np.abs(values[np.isfinite(values)]).max(initial=0)
    decimals = 4 if not finite else max(4, 4 - math.ceil(math.log10(finite)))
    rounded: list[float] = np.round(values.astype(float), decimals).tolist()
    return [number if math.isfinite(number) else None for number in rounded]


def _finite(number: float | None) -> float | None:
    """A number as JSON can say it; a gap in the curve where the loss is none any more."""
    return round(number, 5) if number is not None and math.isfinite(number) else None


def _numbers(run: Run, settings: TrainingSettings, last: Epoch | None) -> dict[str, str]:
    """The figures of the moment; those that are not known yet keep their place."""
    numbers = {
        BEFORE_TRAINING: _loss_and_accuracy(run.first_batch),
        "Training, last epoch": percent(last.accuracy if last else None),
    }
    if settings.validation_split:
        numbers["Validation, last epoch"] = percent(last.validation_accuracy if last else None)
    return numbers | {"Images a second": _images_a_second(run), "Elapsed": duration(run.elapsed)}


def _images_a_second(run: Run) -> str:
    """How fast it learns now; of a run at rest, its images by the time that it took in all."""
    if run.state == State.RUNNING:
        rate, when = run.steps_per_second * settings_of_weights(run).batch_size, "just now"
    else:
        course = course_of(run)
        images = course.images * float(course.epochs_at(run.step))
        rate, when = images / run.elapsed if run.elapsed else 0.0, "on average"
    return f"{_rate(rate)} {when}" if rate else "-"


def _loss_and_accuracy(batch: dict[str, float] | None) -> str:
    return f"loss {batch['loss']:.3f} · {batch['accuracy']:.1%} right" if batch else "-"


def _rate(rate: float) -> str:
    return f"{round(rate, -3):,.0f}" if rate >= 10_000 else f"{rate:,.0f}"
