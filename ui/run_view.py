"""A run as its viewers see it: its state, its charts, its result; live while it trains."""

from functools import cache

import streamlit as st

from digits import charts
from digits.settings import MAX_EPOCHS, TrainingSettings
from digits.words import counted, percent
from model_store.records import Epoch, Run, State, Wish
from ui.errors import refusals_said
from ui.live import show_live
from ui.plot import FigureData, as_data, show_live_figure
from ui.resources import resources
from ui.session import visitor_id
from ui.teaching_view import show_teaching


def show_run(run: Run) -> None:
    """Show a run; while it goes on, the browser keeps it up to date."""
    settings = TrainingSettings.stored(run.settings)
    if run.taught:
        show_teaching(run, settings)
        return
    epochs = resources().store.progress.epochs(run.id)
    # A run goes over a wider axis when it gets more epochs.
    stream = f"{run.id}-{settings.epochs}"
    with st.container(key="run_state"):
        show_live(run, settings, stream, epochs[-1] if epochs else None)
    _controls(run, settings)
    # The container is there from the start: what comes after it would be mounted anew otherwise.
    with st.container(key="test_accuracy"):
        if run.test:
            st.metric(
                "Accuracy on 10,000 test images it has never seen",
                f"{run.test['accuracy']:.2%}",
                help="Measured once, at the end. The test images take no part in training.",
            )
    _figures(settings.epochs, stream)
    if epochs and not run.is_active:
        _epochs(epochs, settings)


def _controls(run: Run, settings: TrainingSettings) -> None:
    """What the owner can do with the run now."""
    visitor = visitor_id()
    service = resources().service
    with st.container(key="controls", horizontal=True):
        if run.visitor != visitor:
            return
        if run.state in (State.QUEUED, State.RUNNING):
            _press("Stop and keep", "stop", "stop", service.ask, run.id, visitor, Wish.STOP)
            _press("Pause", "pause", "pause", service.ask, run.id, visitor, Wish.PAUSE)
        elif run.state == State.PAUSED or 0 < run.step < run.total_steps:
            _press("Continue", "resume", "play_arrow", service.go_on, run, visitor)
        if run.state in (State.FINISHED, State.STOPPED):
            more = min(settings.epochs, MAX_EPOCHS - settings.epochs)
            if more > 0:
                label = counted(more, "more epoch")
                _press(label, "more_epochs", "forward", service.go_on, run, visitor, more)


def _press(label: str, key: str, icon: str, action: object, *arguments: object) -> None:
    if not st.button(label, key=key, icon=f":material/{icon}:"):
        return
    with refusals_said():
        action(*arguments)  # type: ignore[operator]
        st.rerun()


def _figures(epochs: int, stream: str) -> None:
    """The two charts, to which the browser adds the points."""
    loss, accuracy = _empty_figures(epochs)
    said = "of every batch, and its running mean. A table has the figures by epoch at the end."
    left, right = st.columns(2)
    with left, st.container(key="loss_figure"):
        st.markdown("**Loss** · how wrong it is; lower is better")
        show_live_figure(loss, "loss", f"Loss {said}", stream)
    with right, st.container(key="accuracy_figure"):
        st.markdown("**Accuracy** · the share it gets right")
        show_live_figure(accuracy, "accuracy", f"Accuracy {said}", stream)


@cache
def _empty_figures(epochs: int) -> tuple[FigureData, FigureData]:
    """Loss and accuracy without points; made once."""
    return as_data(charts.loss_figure(epochs)), as_data(charts.accuracy_figure(epochs))


def _epochs(epochs: list[Epoch], settings: TrainingSettings) -> None:
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
