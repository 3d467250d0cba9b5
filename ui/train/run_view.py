"""A run as its viewers see it: its state, its charts, its result; live while it trains."""

import math
from collections.abc import Sequence
from functools import lru_cache

import streamlit as st

from digits import charts
from digits.course import Course
from digits.live_figures import (
    CHANCE_LOSS,
    DRAWING_MARKS,
    DRAWING_MARKS_IN_WORDS,
    LIVE_FIGURES,
    LiveFigure,
)
from digits.settings import TRAINING_IMAGES, TrainingSettings
from digits.settings_in_words import objective_in_words
from digits.verdict import why_validation_is_better
from digits.words import percent, plain_number
from model_store.records import Epoch, Points, Run
from server.resources import resources
from trainer.run_findings import findings_of
from trainer.run_settings import (
    changes_of,
    course_of,
    settings_now,
    settings_of,
    settings_of_weights,
)
from ui.shared.fine_tuning_view import show_fine_tuning
from ui.shared.live import show_live, show_numbers
from ui.shared.plot import FigureData, as_data, show_live_figure
from ui.shared.session import visitor_id
from ui.train.branching import offer_branch, with_parent
from ui.train.curve_tools import show_curve_tools
from ui.train.drawing_view import has_epochs, show_drawing
from ui.train.findings import show_findings
from ui.train.network_picture import show_network
from ui.train.result import show_result
from ui.train.slow_motion import last_record, show_earlier, show_slow_motion

# Headings of Learn.
ON_VALIDATION = "learn#why-validation-can-look-better-than-training"
ON_CROSS_ENTROPY = "learn#a-loss-for-choosing"


def show_run(run: Run) -> None:
    """Show a run; while it goes on, the browser keeps it up to date."""
    settings = settings_of(run)
    if run.fine_tuning:
        show_fine_tuning(run, settings)
        return
    epochs = resources().store.progress.epochs(run.id)
    # A run goes over a wider axis when it gets more epochs.
    stream = f"{run.id}-{settings.epochs}"
    if run.drawing:
        stream += f"-{run.drawing_label}"  # what is right depends on it
    last_epoch = epochs[-1] if epochs else None
    findings = [] if run.is_active else findings_of(run, epochs)
    with st.container(key="run_panel"):
        state = st.container(key="run_state")
        show_result(run, settings, last_epoch, findings)
        with state:  # last: it never says of a run what the rest of the panel does not know yet
            show_live(run, settings, stream, last_epoch)
    slow_step = last_record(run)
    show_slow_motion(run, settings, slow_step)
    last = None if run.is_active or not run.step else _last_points(run)
    figures = _figures(run, settings, last)
    _curves(run, settings, figures[:2], stream)
    with st.container():  # a place of its own, so that what follows keeps its place
        accuracy = run.test["accuracy"] if run.test else None
        show_findings(findings, settings, run.visitor == visitor_id(), accuracy)
    with st.container(key="network_below_curves"):
        if not has_epochs(run):
            show_network(settings_of_weights(run), run)
    _in_columns(figures[2:], stream)
    show_numbers(run, settings, last_epoch)
    if last_epoch and not run.is_active:
        _why_validation_is_better(settings, last_epoch)
    if run.step and not run.is_active:
        offer_branch(run)
    show_drawing(run, settings)
    if epochs and not run.is_active:
        _epochs(run, epochs, settings, last)
    show_earlier(run, settings, slow_step)


def _why_validation_is_better(settings: TrainingSettings, last: Epoch) -> None:
    if why := why_validation_is_better(settings, last.accuracy, last.validation_accuracy):
        st.caption(f"{why} [More on Learn]({ON_VALIDATION})")


def _batches(settings: TrainingSettings) -> float:
    """Batches in an epoch, the last one as the fraction that it is."""
    return settings.split(TRAINING_IMAGES)[0] / settings.batch_size


def _figures(
    run: Run, settings: TrainingSettings, last: Points | None
) -> list[tuple[LiveFigure, FigureData]]:
    """The charts that are shown of a run, to which the browser adds the points."""
    figures = _empty_figures(settings.epochs, _batches(settings), _marks(run))
    figures = with_parent(run, figures)
    changes = _rate_changes(run, settings)
    return [
        (row, figure)
        for row, figure in zip(LIVE_FIGURES, figures, strict=True)
        if (changes or not row.with_changing_rate) and _has_series(row, last)
    ]


def _curves(
    run: Run,
    settings: TrainingSettings,
    figures: Sequence[tuple[LiveFigure, FigureData]],
    stream: str,
) -> None:
    """The loss and the accuracy, and what their colours and marks are."""
    _in_columns(figures, stream)
    show_curve_tools(stream)
    st.caption(_legend(settings, _marks(run)))
    if objective := objective_in_words(settings_now(run)):
        st.caption(objective)


def _in_columns(figures: Sequence[tuple[LiveFigure, FigureData]], stream: str) -> None:
    """Figures side by side."""
    for column, (row, figure) in zip(st.columns(2), figures, strict=False):
        with column, st.container(key=f"{row.name}_figure"):
            show_live_figure(figure, row, stream)


def _marks(run: Run) -> str:
    """Which moments of its drawing are marked on the loss."""
    return "" if run.drawing is None else "change" if run.drawing_label is None else "right"


def _legend(settings: TrainingSettings, marks: str) -> str:
    """What the colours and the marks of the charts stand for."""
    held_back = "Orange: images held back from learning, read after each epoch. "
    return (
        "Blue: images that it learns from, averaged over ¼ epoch (faint: each batch by itself). "
        f"{held_back if settings.validation_split else ''}"
        "Rings: images that it learns from, read once more after each epoch. "
        f"{DRAWING_MARKS_IN_WORDS[marks] + ' ' if marks else ''}"
        f"[Why guessing costs {CHANCE_LOSS:.2f}]({ON_CROSS_ENTROPY})"
    )


def _has_series(row: LiveFigure, last: Points | None) -> bool:
    """Whether there is something to show: runs of an earlier version did not keep all series."""
    return last is None or not last.series or row.curves[0].series in last.series


def _last_points(run: Run) -> Points:
    """The end of the curves of a run at rest."""
    enough = 2 * math.ceil(charts.MEAN_WINDOW * max(course_of(run).batches))
    return resources().store.progress.since(run.id, run.step - enough).points


def _rate_changes(run: Run, settings: TrainingSettings) -> bool:
    """Whether the learning rate of a run has a curve that is no straight line."""
    changed = any({"learning_rate", "schedule"} & {*change.values} for change in changes_of(run))
    is_about_to = settings_now(run).learning_rate != settings.learning_rate
    return settings.schedule != "constant" or changed or is_about_to


@lru_cache(maxsize=64)
def _empty_figures(epochs: int, batches: float, marks: str) -> list[FigureData]:
    """The charts without points; made once.

    Args:
        epochs: how far their axes go.
        batches: in an epoch.
        marks: what is marked on the loss of what was read in a drawing, if anything: moments of a
            `change`, or where it became `right` and wrong.
    """
    figures = {row.name: charts.live_figure(row, epochs, batches) for row in LIVE_FIGURES}
    if marks:
        charts.add_marks(figures["loss"], DRAWING_MARKS[marks])
    return [as_data(figure) for figure in figures.values()]


def _epochs(run: Run, epochs: list[Epoch], settings: TrainingSettings, last: Points | None) -> None:
    """The figures by epoch as a table, which screen readers can read and anyone can copy."""
    with st.expander("Epoch by epoch", icon=":material/table_rows:"):
        st.table(
            {
                "Epoch": [epoch.epoch for epoch in epochs],
                "Training loss": [f"{epoch.loss:.4f}" for epoch in epochs],
                "Training accuracy": [percent(epoch.accuracy) for epoch in epochs],
                "Validation loss": [
                    "-" if epoch.validation_loss is None else f"{epoch.validation_loss:.4f}"
                    for epoch in epochs
                ],
                "Validation accuracy": [percent(epoch.validation_accuracy) for epoch in epochs],
                "Seconds": [f"{epoch.seconds:.2f}" for epoch in epochs],
            }
        )
        if settings.validation_split:
            st.caption(
                "Validation is on images held back, after the epoch. Its accuracy may lie above "
                "the training accuracy: that one is a mean over the epoch, while the network was "
                "still getting better, and it is taken on images made harder where dropout or "
                "augmentation is on."
            )
        if run.test and "best_epoch" in run.test:
            st.caption(
                f"Epoch {run.test['best_epoch']:.0f} had the lowest validation loss: its weights "
                "are the ones that were kept and measured."
            )
        if settings.l1 or settings.l2:
            st.caption(_about_penalty(run, settings))
        if last is not None and len(last):
            _end_of_curves(last, course_of(run))


def _about_penalty(run: Run, settings: TrainingSettings) -> str:
    """What weights add to what training makes smaller, and where it is not among the losses."""
    if run.test and "penalty" not in run.test:
        return (
            "This run is of an earlier version of this program: its training loss has the L2 "
            "penalty in it, its validation loss has not."
        )
    at_the_end = f": {run.test['penalty']:.4f} at the end" if run.test else ""
    sums = [f"{plain_number(settings.l1)} times the sum of the sizes of all weights"] * (
        settings.l1 > 0
    )
    sums += [f"{plain_number(settings.l2)} times the sum of all squared weights"] * (
        settings.l2 > 0
    )
    return (
        f"Training makes a penalty smaller too, {' and '.join(sums)}{at_the_end}. It is in none of "
        "these losses, so that they can be compared."
    )


def _end_of_curves(points: Points, course: Course) -> None:
    """Say what the charts end with, beside the means of whole epochs in the table."""
    loss, accuracy = (
        charts.end_of_curve(points.steps, points[name], course) for name in ("loss", "accuracy")
    )
    st.caption(
        "The training figures are means over whole epochs. The curves in the charts are means over "
        f"a quarter of an epoch, and so a little ahead: they end at {loss:.4f} and {accuracy:.2%}."
    )
