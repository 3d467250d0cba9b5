"""Set a network up, press Train, watch it learn."""

from functools import partial

import streamlit as st

from config.environment import retention_from_environment
from digits.setting_row import Group
from digits.settings import TRAINING_IMAGES
from digits.words import counted
from model_store.records import Run
from server.resources import resources
from ui.shared.address_bar import (
    browser_has_moved,
    name_settings,
    names_settings,
    write_address,
)
from ui.shared.drawing_in_session import kept_drawing
from ui.shared.errors import refusals_said
from ui.shared.figure import load_plotly_ahead
from ui.shared.glossary import explain
from ui.shared.session import (
    chosen_settings,
    follow_settings,
    forget_run,
    run_in_view,
    view,
    visitor_id,
)
from ui.shared.throttle import Action, allow
from ui.shared.typed_settings import show_settings
from ui.train.drawing_form import offer_to_follow
from ui.train.empty_state import show_queue_estimate, show_what_is_learned_from
from ui.train.greeting import show_greeting
from ui.train.guess import keep_guess
from ui.train.in_flight import can_be_changed, offer_changes, show_other_settings
from ui.train.result import show_next_steps
from ui.train.run_controls import show_stop
from ui.train.run_heading import (
    keep_focus,
    mark_order,
    show_all_at_once,
    show_heading,
)
from ui.train.settings_form import SettingsForm
from ui.train.task_view import offer_task_link, show_plan, show_task

# By earlier versions; it sounded like a fault.
AS_SAID_BEFORE = ". GPU device not found, running on CPU"


def _show(run: Run) -> None:
    """Show the run in view."""
    # Only here: a newcomer's page comes sooner without Plotly and pandas.
    from ui.train.example import show_example
    from ui.train.run_view import show_run

    show_heading(run)
    show_run(run)
    show_example(run)
    said = [run.origin["device"]] if "device" in run.origin else []
    said = [line.replace(AS_SAID_BEFORE, ", training on the CPU") for line in said]
    if run.visitor:
        days = counted(retention_from_environment().days, "day")
        said.append(f"Kept for up to {days} after it was last trained, its link too")
    if said:
        st.caption(f"{'. '.join(said)}.")
    if not run.is_active:
        with st.container(horizontal=True):
            if run.fine_tuning:
                show_next_steps(run)
            if st.button("Start afresh", key="fresh", type="tertiary"):
                forget_run()
                st.rerun()


st.title("Teach a network to read handwriting")
# Before anything else, because a link may bring a task.
has_moved = browser_has_moved()
plan = show_task()

run = run_in_view()
with st.container(key="workspace"):
    mark_order(run)
    controls, results = st.columns([1, 2.4], gap="large")
# Before the form, above which it stands on a phone.
greeting = results.empty()
is_greeted = show_greeting(greeting, run)
if run is None:
    st.session_state.results_first = is_greeted

with controls, st.container(key="settings"):
    # What an address gets wrong is said here once; what is below stays in its place.
    with st.container():
        if has_moved:
            show_settings(chosen_settings(run))
        follow_settings(run)
        form = SettingsForm(partial(chosen_settings, run))
    form.presets()
    in_sight, *others = Group
    form.group(in_sight)
    train_here = st.container(key="train_here")
    if any(map(form.shows, others)):
        with st.expander("More settings", icon=":material/tune:"):
            for group in others:
                form.group(group)
            offer_task_link()
    settings = form.settings()
if plan and settings:
    show_plan(plan, settings)

mine_is_on = run is not None and run.is_active and run.visitor == visitor_id()
with train_here:
    if settings:
        layers = " → ".join(map(str, settings.layer_widths))
        few = f", from **{settings.images_used:,} images**"
        st.caption(
            f"{layers}: **{settings.parameter_count:,}** weights and biases to learn"
            f"{few if settings.images_used < TRAINING_IMAGES else ''}"
        )
    follows = offer_to_follow()
    with st.container(key="train_or_stop"):
        pressed = False
        if run and mine_is_on and not run.fine_tuning:
            show_stop(run)
        else:
            pressed = st.button(
                "Train",
                key="train",
                type="primary",  # or plain beside the greeting (`ui/shared/look.css`)
                icon=":material/play_arrow:",
                width="stretch",
                disabled=settings is None or mine_is_on,
            )
    if pressed and settings and allow(Action.TRAIN, visitor_id()):
        with refusals_said():
            drawing = kept_drawing() if follows else None
            started = resources().service.submit(visitor_id(), settings, *(drawing or ()))
            if run is None:
                # Back from the run leads to the form as it was, not to a bare address.
                write_address(settings.to_full_query())
            keep_guess(started, settings)
            view(started)
            st.rerun()
    with st.container(key="below_train"):
        may_change = run is not None and can_be_changed(run)
        if run and settings and may_change:
            offer_changes(run, settings)
        if not mine_is_on:
            show_queue_estimate(settings)
        if run and settings and not may_change:
            show_other_settings(run, settings)
    if settings:
        name_settings(settings, run)

with controls:
    explain("MNIST", "Network", "Unit", "Hidden layer", "Weight", "Batch", "Epoch", "Loss")

with results:
    if run is None:
        if is_greeted and names_settings():  # since a moment ago
            is_greeted = False
            greeting.empty()
        show_what_is_learned_from(settings, is_greeted)
    else:
        try:
            _show(run)
        finally:
            show_all_at_once()

keep_focus(run)
if not is_greeted:  # which is to move, while Plotly takes a second of the browser
    load_plotly_ahead()
