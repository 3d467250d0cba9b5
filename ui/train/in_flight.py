"""Below Train, beside a run: what its controls can change in flight, or that they differ."""

from functools import partial

import streamlit as st

from digits.changes import IN_FLIGHT, MOST_CHANGES, settings_at
from digits.course import with_change
from digits.settings import TrainingSettings, contradictions
from digits.settings_in_words import differences
from model_store.records import Run, State
from server.resources import resources
from trainer.run_settings import changes_of, settings_now, settings_of
from ui.shared.errors import refusals_said
from ui.shared.plain_text import plain
from ui.shared.session import visitor_id
from ui.shared.throttle import Action, allow
from ui.shared.typed_settings import set_free_settings


def can_be_changed(run: Run) -> bool:
    """Whether the visitor's run has not ended yet, and so can go on with other settings."""
    is_on_its_way = run.is_active or run.state == State.PAUSED
    return is_on_its_way and run.visitor == visitor_id() and not run.fine_tuning


def offer_changes(run: Run, settings: TrainingSettings) -> None:
    """Below Train, until the visitor's run has ended: have it go on with what the controls say.

    Args:
        run: the one in view.
        settings: those of the controls.
    """
    now = settings_now(run)
    wanted = {name: getattr(settings, name) for name in IN_FLIGHT}
    changes = with_change(run.step, wanted, settings_of(run), changes_of(run))
    in_flight = settings_at(float("inf"), settings_of(run), changes)
    if in_flight == now:
        st.caption(
            "Until it ends you can change: "
            + ", ".join(TrainingSettings.model_fields[name].title or name for name in IN_FLIGHT)
            + ". The batch size changes with the next epoch."
        )
        return
    refused = [*contradictions(in_flight).values()]
    is_full = len(changes) > MOST_CHANGES
    st.button(
        "Change the run as it trains" if run.is_active else "Change the run before it goes on",
        key="change_run",
        type="primary",  # or plain beside Continue (`ui/shared/look.css`)
        icon=":material/alt_route:",
        width="stretch",
        disabled=is_full or bool(refused),
        on_click=partial(_change, run, in_flight),
    )
    said = f"From its next step on: {', '.join(differences(in_flight, now))}."
    if in_flight.batch_size != now.batch_size:
        said += " The batch size from the next epoch on."
    if settings != in_flight:
        said += " What else you have set can only be chosen before the start."
    if refused:
        said = plain(" ".join(refused))
    st.caption(f"A run can be changed {MOST_CHANGES} times." if is_full else said)


def show_other_settings(run: Run, chosen: TrainingSettings) -> None:
    """Once the run has ended: say that the controls are set otherwise, in the line kept for it.

    Args:
        run: the one in view.
        chosen: what stands in the controls beside it.
    """
    settings = settings_now(run)
    if chosen == settings:
        return
    with (
        st.container(key="other_settings"),
        st.popover("Other settings than this run's", icon=":material/tune:", type="tertiary"),
    ):
        changed = ", ".join(differences(chosen, settings))
        st.caption(
            f"The controls show other settings now: {changed}. "
            "What you see of the run was trained with its own."
        )
        st.button(
            "Set them like this run",
            key="like_this",
            on_click=set_free_settings,
            args=(settings,),
        )


def _change(run: Run, settings: TrainingSettings) -> None:
    with refusals_said():
        if allow(Action.CHANGE, visitor_id()):
            resources().service.change_settings(run.id, visitor_id(), settings)
