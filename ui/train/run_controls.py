"""What the owner of a run can do with it: stop it, pause it, have it go on."""

from collections.abc import Callable
from functools import partial
from typing import Literal

import streamlit as st

from digits.settings import MAX_EPOCHS, TrainingSettings
from digits.words import counted
from model_store.records import Run, State, StopRequest
from server.resources import resources
from trainer.run_findings import ran_away
from ui.shared.errors import refusals_said
from ui.shared.session import visitor_id

# Of a button: what is most likely to be wanted is foremost.
Rank = Literal["primary", "secondary"]


def show_stop(run: Run) -> None:
    """In the place of Train: end the viewer's own run, and keep what it has learned.

    Args:
        run: the viewer's, on its way.
    """
    ask = partial(resources().service.ask, run.id, visitor_id(), StopRequest.STOP)
    _press("Stop and keep", "stop", "stop", ask, width="stretch")


def show_controls(run: Run, settings: TrainingSettings) -> None:
    """What else the owner can do with the run now."""
    visitor = visitor_id()
    service = resources().service
    with st.container(key="controls", horizontal=True, width="content"):
        if run.visitor != visitor:
            return
        if run.is_active:
            _press("Pause", "pause", "pause", service.ask, run.id, visitor, StopRequest.PAUSE)
        # A run that ran away would do so again at the same step.
        elif run.state == State.PAUSED or (0 < run.step < run.total_steps and not ran_away(run)):
            rank: Rank = "primary" if run.state == State.PAUSED else "secondary"
            _press("Continue", "resume", "play_arrow", service.go_on, run, visitor, rank=rank)
            _go_on_a_little(run, settings)
        if run.state in (State.FINISHED, State.STOPPED):
            more = min(settings.epochs, MAX_EPOCHS - settings.epochs)
            # Early stopping has had as many as it needs.
            if more > 0 and not settings.patience:
                label = counted(more, "more epoch")
                _press(label, "more_epochs", "forward", service.go_on, run, visitor, more)
                _say_rate_again(run, settings, more)


def _go_on_a_little(run: Run, settings: TrainingSettings) -> None:
    """Offer to go on by a step, or to the end of the epoch."""
    epoch = run.total_steps // settings.epochs
    if not run.step or not epoch:
        return
    go_on = partial(resources().service.go_on, run, visitor_id(), 0)
    _press("One step", "one_step", "skip_next", go_on, run.step + 1)
    _press("One epoch", "one_epoch", "redo", go_on, (run.step // epoch + 1) * epoch)


def _say_rate_again(run: Run, settings: TrainingSettings, more: int) -> None:
    """Say where a schedule begins anew when it goes over more epochs than it did."""
    if not run.total_steps:
        return
    done = run.step / run.total_steps
    again = settings.rate_at(done * settings.epochs / (settings.epochs + more))
    if again != settings.rate_at(done):
        st.caption(f"The learning rate starts again at {again:.2g} then.")


def _press(
    label: str,
    key: str,
    icon: str,
    action: Callable[..., object],
    *arguments: object,
    width: Literal["content", "stretch"] = "content",
    rank: Rank = "secondary",
) -> None:
    if not st.button(label, key=key, icon=f":material/{icon}:", width=width, type=rank):
        return
    with refusals_said():
        action(*arguments)
        st.rerun()
