"""A task that a link has brought, and how to make such a link."""

from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from digits.challenges import Challenge, challenge_named, turned_seven
from digits.settings import FIELDS_BY_ALIAS, TrainingSettings
from digits.task import MOST_CHARACTERS, PRESETS, Task
from ui.shared.address_bar import leave_task, task_in_view
from ui.shared.picture import enlarged
from ui.shared.plain_text import plain
from ui.shared.typed_settings import typed_settings


def show_task() -> DeltaGenerator | None:
    """Show the task in view, if there is one, and a way out of it; returns the place of a plan."""
    task, place = task_in_view(), None
    if not task:
        return None
    with st.container(key="task", border=True):
        if task.text:
            st.markdown(f"**Your task:** {plain(task.text)}")
        challenge = challenge_named(task.challenge)
        if challenge:
            _show_challenge(challenge)
            place = st.empty()
            place.caption("&nbsp;")  # nothing moves when the settings have been read
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_said_of(task, challenge))
            what = "task" if task.text else "challenge"
            label = "Show all controls" if task.held else f"Leave the {what}"
            st.button(label, key="leave_task", type="tertiary", on_click=leave_task)
    return place


def show_plan(place: DeltaGenerator, settings: TrainingSettings) -> None:
    """Say beside the goal of a challenge what the settings in the controls would take of it."""
    challenge = challenge_named(task_in_view().challenge)
    planned = challenge.planned(settings) if challenge else ""
    if planned:
        place.caption(f"As it is set now: **{planned}**.")
    else:
        place.empty()


def _show_challenge(challenge: Challenge) -> None:
    """The goal, which stays above the form before, while and after a run tries to reach it."""
    if challenge.digit is not None:
        words = f"A {challenge.digit} with a bar, turned by 30 degrees"
        st.image(enlarged(turned_seven(), 3), width=84, alt=words)
    st.markdown(f"**Challenge “{challenge.name}”:** {challenge.task}")


def _said_of(task: Task, challenge: Challenge | None) -> str:
    if challenge and not (task.text or task.held):
        return challenge.hint
    done = ["sets this task"] * bool(task.text)
    done += ["hides some of the controls"] * bool(task.hidden)
    done += ["locks others" if task.hidden else "locks some of the controls"] * bool(task.locked)
    *first, last = done
    return f"The link that you opened {' and '.join([*[', '.join(first)] * bool(first), last])}."


def offer_task_link() -> None:
    """A button that opens a dialog in which a link with a task is made."""
    if st.button("Make a link for a class", key="task_link", icon=":material/school:"):
        _task_link()


@st.dialog("A link for a class")
def _task_link() -> None:
    """Ask for a task, and for what is hidden and locked; show the link."""
    settings = typed_settings()
    if settings is None:
        st.markdown("First set right what is marked in red; the link holds all settings.")
        return
    st.markdown(
        "Whoever opens it finds the settings as they are now, reads your task, and can change "
        "what you leave free."
    )
    text = st.text_area("Task", max_chars=MOST_CHARACTERS, key="task_text")
    titles = _titles()
    hidden = st.multiselect(
        "Hide", titles, key="task_hidden", format_func=lambda each: titles[each]
    )
    locked = st.multiselect(
        "Lock", titles, key="task_locked", format_func=lambda each: titles[each]
    )
    query = {**settings.to_full_query(), **_task(text, hidden, locked).to_query()}
    st.code(
        f"{str(st.context.url).split('?')[0]}?{urlencode(query)}", language=None, wrap_lines=True
    )


def _task(text: str, hidden: list[str], locked: list[str]) -> Task:
    named = {"task": text, "hide": ",".join(hidden), "lock": ",".join(locked)}
    return Task.from_query(named)[0]


def _titles() -> dict[str, str]:
    """What can be hidden and locked: as an address names it, and as the page does."""
    fields = TrainingSettings.model_fields
    titles = {alias: str(fields[name].title) for alias, name in FIELDS_BY_ALIAS.items()}
    return {PRESETS: "Start from", **titles}
