"""What the owner of a run can do with it: stop it, pause it, have it go on."""

import math
from collections.abc import Callable
from functools import partial
from typing import Literal

import streamlit as st

from digits.settings import MAX_EPOCHS, TrainingSettings
from digits.words import counted, plain_number
from model_store.records import Run, State, StopRequest
from server.resources import resources
from trainer.run_findings import ran_away
from trainer.run_settings import course_ahead, share_done
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
            _offer_slow_motion(run)
        # A run that ran away would do so again at the same step.
        elif run.state == State.PAUSED or (0 < run.step < run.total_steps and not ran_away(run)):
            rank: Rank = "primary" if run.state == State.PAUSED else "secondary"
            _press("Continue", "resume", "play_arrow", service.go_on, run, visitor, rank=rank)
            if run.state == State.PAUSED:
                _go_on_a_little(run)
        if more := _more_epochs(run, settings):
            label = counted(more, "more epoch")
            _press(label, "more_epochs", "forward", service.go_on, run, visitor, more)


def _more_epochs(run: Run, settings: TrainingSettings) -> int:
    """How many more a run can get now; early stopping has had as many as it needs."""
    if run.state not in (State.FINISHED, State.STOPPED) or settings.patience:
        return 0
    return min(settings.epochs, MAX_EPOCHS - settings.epochs)


def _go_on_a_little(run: Run) -> None:
    """Offer to go on by a step, or to the end of the epoch."""
    _offer_slow_motion(run)
    go_on = partial(resources().service.go_on, run, visitor_id(), 0)
    _press("One step", "one_step", "skip_next", go_on, run.step + 1)
    _press("One epoch", "one_epoch", "redo", go_on, course_ahead(run).end_of_epoch(run.step))


def _offer_slow_motion(run: Run) -> None:
    """Offer to take the next step in slow motion; it is there, but idle, while that is awaited."""
    icon = "slow_motion_video"
    _press("Slow motion", "slow_motion_step", icon, _take_slowly, run, disabled=is_awaited(run))


def offer_next_slow_step(run: Run) -> None:
    """Below a step in slow motion: take the next one so, too, or go on at full speed."""
    visitor = visitor_id()
    if run.visitor != visitor or run.step >= (run.total_steps or math.inf) or ran_away(run):
        return
    icon, go_on = "slow_motion_video", resources().service.go_on
    idle = run.is_active
    with st.container(key="slow_motion_buttons", horizontal=True):
        _press("Next step in slow motion", "slow_next", icon, _take_slowly, run, disabled=idle)
        _press(
            "Go on at full speed", "slow_go_on", "play_arrow", go_on, run, visitor, disabled=idle
        )


def is_awaited(run: Run) -> bool:
    """Whether a step in slow motion was asked for and is still to be taken."""
    return run.is_active and run.stop_request == StopRequest.SLOW_STEP


def was_asked(run: Run) -> bool:
    """Whether this was the last run of which such a step was asked in this session."""
    return bool(st.session_state.get("slow_motion_of") == run.id)


def forget_asked() -> None:
    """Note that the step that was asked for is there."""
    st.session_state.pop("slow_motion_of", None)


def _take_slowly(run: Run) -> None:
    """Ask for the next step; where there is none, the page says so as it is shown anew."""
    st.session_state.slow_motion_of = run.id
    resources().service.step_slowly(run, visitor_id())


def rate_again(run: Run, settings: TrainingSettings) -> str:
    """Say where a schedule begins anew when it goes over more epochs than it did, if it does."""
    more = _more_epochs(run, settings)
    if not more or not run.total_steps or run.visitor != visitor_id():
        return ""
    done = share_done(run)
    again = settings.rate_at(done * settings.epochs / (settings.epochs + more))
    if again == settings.rate_at(done):
        return ""
    rate = plain_number(float(f"{again:.2g}"))
    return f"With {counted(more, 'more epoch')} the learning rate starts again at {rate}."


def _press(
    label: str,
    key: str,
    icon: str,
    action: Callable[..., object],
    *arguments: object,
    width: Literal["content", "stretch"] = "content",
    rank: Rank = "secondary",
    disabled: bool = False,
) -> None:
    shown = f":material/{icon}:"
    if not st.button(label, key=key, icon=shown, width=width, type=rank, disabled=disabled):
        return
    with refusals_said():
        action(*arguments)
        st.rerun()
