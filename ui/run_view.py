"""A run as its viewers see it: its state in words, its charts, its result; live while it trains."""

import math
from functools import cache
from secrets import token_hex

import numpy as np
import streamlit as st

from digits import charts
from digits.settings import MAX_EPOCHS, TRAINING_IMAGES, TrainingSettings
from model_store.limits import TooManyRuns
from model_store.records import Epoch, Progress, Run, State, Wish
from ui.metrics import tick_seconds
from ui.plain_text import plain
from ui.plot import FigureData, NewPoints, as_data, show_live_figure
from ui.resources import resources
from ui.session import note_visit, visitor_id
from ui.tick_pace import Pace, is_off
from ui.turns import turn

PACE = Pace()
ICONS = {
    State.QUEUED: ":material/hourglass_top:",
    State.RUNNING: ":material/directions_run:",
    State.PAUSED: ":material/pause_circle:",
    State.FINISHED: ":material/check_circle:",
    State.STOPPED: ":material/stop_circle:",
    State.FAILED: ":material/error:",
}
SECONDS_OF_A_MOMENT = 2.0


def show_run(run: Run) -> None:
    """Show a run, and keep showing it while it goes on."""
    every = _seconds_between_ticks() if run.is_active else None
    st.fragment(_live, run_every=every)(run.id, every)


def _seconds_between_ticks() -> float:
    return PACE.seconds_between_ticks(st.session_state.setdefault("live_page", token_hex(8)))


@tick_seconds.time()
def _live(run_id: str, every: float | None) -> None:
    run = resources().store.runs.get(run_id)
    if run is None:
        st.warning("This run has been deleted.")
        return
    note_visit()
    if every and not run.is_active:
        st.rerun()  # the whole page, so that the clock of this fragment ends
    sent = _sent(run)
    new = resources().store.progress.since(run.id, sent.step)
    with turn, PACE.tick():
        _show_what_is_new(run, every, sent, new)


def _show_what_is_new(run: Run, every: float | None, sent: "_Sent", new: Progress) -> None:
    settings = TrainingSettings.model_validate(run.settings)
    with st.container(key="run_state"):
        st.markdown(f"{ICONS[run.state]} **{run.state}** · {_in_words(run, settings)}")
    st.progress(run.step / run.total_steps if run.total_steps else 0.0)
    _controls(run, settings)
    # Not before, for a button that was pressed is heard only in this run of the script.
    if every and is_off(every, _seconds_between_ticks()):
        st.rerun()  # the whole page, so that it goes at another pace
    loss, accuracy = sent.take(new, settings)
    _numbers(run, sent.last_epoch)
    _figures(run, settings, loss, accuracy)


def _sent(run: Run) -> "_Sent":
    stream = f"{run.id}-{run.settings['epochs']}"
    sent: _Sent | None = st.session_state.get("sent")
    if sent is None or sent.stream != stream:
        sent = st.session_state.sent = _Sent(stream)
    return sent


def _in_words(run: Run, settings: TrainingSettings) -> str:
    """The state of the run in one line."""
    match run.state:
        case State.QUEUED:
            return _waiting(run)
        case State.RUNNING if not run.step:
            return "looking at the untrained network, then off it goes"
        case State.RUNNING:
            left = run.seconds_left
            to_go = f"about {_duration(math.ceil(left))} to go" if left is not None else ""
            return f"{_place(run, settings)} · {_away() or to_go}"
        case State.PAUSED:
            return f"{_place(run, settings)} · press Continue to go on from here"
        case State.STOPPED if not run.step:
            return "ended before it started"
        case State.STOPPED if run.failure:
            return plain(run.failure)
        case State.STOPPED:
            return f"{_place(run, settings)} · what it had learned by then is kept"
        case State.FAILED:
            return plain(run.failure)
        case State.FINISHED:
            return f"{settings.epochs} epochs in {_duration(run.elapsed)}"


def _away() -> str:
    """What there is to say while the workers are away."""
    readiness = resources().service.readiness
    return "" if readiness.is_ready else f"{readiness.line} Your run goes on by itself."


def _waiting(run: Run) -> str:
    service = resources().service
    if not service.readiness.is_ready:
        return f"{service.readiness.line} Your run starts by itself."
    ahead, seconds = service.outlook(run.visitor, run.id)
    if not ahead and seconds < SECONDS_OF_A_MOMENT:
        return "next in line, starting in a moment"
    return f"{in_line(ahead)} ahead of it, starting in about {_duration(math.ceil(seconds))}"


def show_outlook() -> None:
    """Say before Train is pressed how long a run would have to wait, if it would."""
    ahead, seconds = resources().service.outlook(visitor_id())
    if seconds > SECONDS_OF_A_MOMENT:
        wait = _duration(math.ceil(seconds))
        st.caption(
            f":material/hourglass_top: {in_line(ahead).capitalize()} before yours; "
            f"it would start in about {wait}."
        )


def in_line(runs: int) -> str:
    """So many runs, in words."""
    return "no run" if not runs else "1 run" if runs == 1 else f"{runs} runs"


def _place(run: Run, settings: TrainingSettings) -> str:
    steps = settings.steps_per_epoch(settings.split(TRAINING_IMAGES)[0])
    epoch = min(run.step // steps + 1, settings.epochs)
    return f"epoch {epoch} of {settings.epochs}, step {run.step:,} of {run.total_steps:,}"


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
        elif run.step < run.total_steps and run.step:
            _press("Continue", "resume", "play_arrow", service.go_on, run, visitor)
        if run.state in (State.FINISHED, State.STOPPED):
            more = min(settings.epochs, MAX_EPOCHS - settings.epochs)
            if more:
                label = f"{more} more epoch{'s' if more > 1 else ''}"
                _press(label, "more_epochs", "forward", service.go_on, run, visitor, more)


def _press(label: str, key: str, icon: str, action: object, *arguments: object) -> None:
    if not st.button(label, key=key, icon=f":material/{icon}:"):
        return
    try:
        action(*arguments)  # type: ignore[operator]
    except TooManyRuns as error:
        st.warning(str(error), icon=":material/hourglass_top:")
    else:
        st.rerun()


def _numbers(run: Run, last: Epoch | None) -> None:
    """The figures of the moment; those that are not known yet keep their place."""
    with st.container(key="run_numbers", horizontal=True):
        st.metric("Before training", _loss_and_accuracy(run.first_batch), help=BATCH_HELP)
        st.metric("Training, last epoch", _percent(last.accuracy if last else None))
        if run.settings["validation_split"]:
            validation = last.validation_accuracy if last else None
            st.metric("Validation", _percent(validation), help=VALIDATION_HELP)
        st.metric("Images a second", _rate(run))
        st.metric("Elapsed", _duration(run.elapsed))
    # The container is there from the start: what comes after it would be mounted anew otherwise.
    with st.container(key="test_accuracy"):
        if run.test:
            st.metric(
                "Accuracy on 10,000 test images it has never seen",
                f"{run.test['accuracy']:.2%}",
                help="Measured once, at the end. The test images take no part in training.",
            )


BATCH_HELP = "Loss and accuracy of 64 test images before the first step: as good as guessing."
VALIDATION_HELP = (
    "Accuracy on the images held back, after the last epoch. It may lie above the training "
    "accuracy: that one is a mean over the epoch, while the network was still getting better, and "
    "it is taken on images made harder where dropout or augmentation is on."
)


def _figures(
    run: Run, settings: TrainingSettings, loss: list[NewPoints], accuracy: list[NewPoints]
) -> None:
    """The two live charts, fed with what is new since the tick before."""
    stream = st.session_state.sent.stream
    description = _description(run)
    loss_figure, accuracy_figure = _empty_figures(settings.epochs)
    left, right = st.columns(2)
    with left, st.container(key="loss_figure"):
        st.markdown("**Loss** · how wrong it is; lower is better")
        lacks_loss = show_live_figure(loss_figure, "loss", f"Loss. {description}", stream, loss)
    with right, st.container(key="accuracy_figure"):
        st.markdown("**Accuracy** · the share it gets right")
        lacks_accuracy = show_live_figure(
            accuracy_figure, "accuracy", f"Accuracy. {description}", stream, accuracy
        )
    if lacks_loss or lacks_accuracy:
        del st.session_state.sent
        st.rerun(scope="fragment")


@cache
def _empty_figures(epochs: int) -> tuple[FigureData, FigureData]:
    """Loss and accuracy without points; made once, as every tick shows them."""
    return as_data(charts.loss_figure(epochs)), as_data(charts.accuracy_figure(epochs))


class _Sent:
    """How much of a run this browser has been sent."""

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.step = 0
        self.points = 0
        self.epochs = 0
        self.last_epoch: Epoch | None = None

    def take(
        self, new: Progress, settings: TrainingSettings
    ) -> tuple[list[NewPoints], list[NewPoints]]:
        """New points of the loss and of the accuracy: of every batch, then of the validation."""
        steps = settings.steps_per_epoch(settings.split(TRAINING_IMAGES)[0])
        epochs = np.round(new.points.steps / steps, 4)
        checked = [epoch for epoch in new.epochs if epoch.validation_loss is not None]
        ends = np.array([epoch.epoch for epoch in checked])
        losses = np.array([epoch.validation_loss for epoch in checked], np.float64)
        accuracies = np.array([epoch.validation_accuracy for epoch in checked], np.float64)
        series = (new.points.losses, losses), (new.points.accuracies, accuracies)
        loss, accuracy = [
            [
                NewPoints(self.points, epochs, np.round(batches.astype(float), 4)),
                NewPoints(self.epochs, ends, np.round(validation, 5)),
            ]
            for batches, validation in series
        ]
        if len(new.points):
            self.step = int(new.points.steps[-1])
        self.points += len(new.points)
        self.epochs += len(checked)
        self.last_epoch = new.epochs[-1] if new.epochs else self.last_epoch
        return loss, accuracy


def _description(run: Run) -> str:
    if not run.step:
        return "No steps taken yet."
    return f"Step {run.step} of {run.total_steps}. The table below has the figures by epoch."


def _loss_and_accuracy(batch: dict[str, float] | None) -> str:
    return f"{batch['loss']:.3f} · {batch['accuracy']:.1%}" if batch else "-"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.2%}"


def _rate(run: Run) -> str:
    rate = run.steps_per_second * run.settings["batch_size"]
    return f"{round(rate, -3):,.0f}" if rate >= 10_000 else f"{rate:,.0f}" if rate else "-"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s" if isinstance(seconds, float) else f"{seconds} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02} s"


def show_epochs(run: Run) -> None:
    """The figures by epoch as a table, which screen readers can read and anyone can copy."""
    epochs = resources().store.progress.epochs(run.id)
    if not epochs or run.is_active:
        return
    with st.expander("Epoch by epoch", icon=":material/table_rows:"):
        st.table(
            {
                "Epoch": [epoch.epoch for epoch in epochs],
                "Training loss": [f"{epoch.loss:.4f}" for epoch in epochs],
                "Training accuracy": [_percent(epoch.accuracy) for epoch in epochs],
                "Validation loss": [
                    "-" if epoch.validation_loss is None else f"{epoch.validation_loss:.4f}"
                    for epoch in epochs
                ],
                "Validation accuracy": [_percent(epoch.validation_accuracy) for epoch in epochs],
                "Seconds": [f"{epoch.seconds:.2f}" for epoch in epochs],
            }
        )
