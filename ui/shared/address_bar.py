"""The address of the page: which run is in view, and which settings stand in the controls.

A reload, a copied address and the browser's Back and Forward bring both again.
"""

from pathlib import Path

import streamlit as st

from digits.recipes import DEFAULT_RECIPE
from digits.settings import TrainingSettings
from digits.task import Task, unknown_parameters
from model_store.records import Run
from trainer.run_settings import settings_now

_history = st.components.v2.component(
    "digit_playground_history",
    js=(Path(__file__).parent / "address_bar.js").read_text(),
)


def keep_history_short() -> None:
    """Have only pages and runs be steps of Back and Forward; nothing is seen of it."""
    with st.container(key="history"):
        _history(key="history_script")


def names_settings() -> bool:
    """Whether the address says anything about settings."""
    query = st.query_params.to_dict()
    return any(field.alias in query for field in TrainingSettings.model_fields.values())


def settings_of_address(run: Run | None) -> tuple[TrainingSettings, list[str]]:
    """The settings that the address asks for; where it names none, those of the run or the start.

    Args:
        run: the one in view, if there is one.

    Returns:
        The settings, and a sentence for each parameter that was refused.
    """
    query = st.query_params.to_dict()
    ignored = Task.from_query(query)[1] + unknown_parameters(query)
    if names_settings():
        settings, refused = TrainingSettings.from_query(query)
        return settings, refused + ignored
    return (settings_now(run) if run else DEFAULT_RECIPE), ignored


def task_in_view() -> Task:
    """What the link that was opened last says beside its settings."""
    task: Task = st.session_state.get("task", Task())
    return task


def leave_task() -> None:
    """Have all controls again; the words of a task go last."""
    task = task_in_view()
    words = Task(task.text, challenge=task.challenge)
    st.session_state.task = words if task.held else Task()


def browser_has_moved() -> bool:
    """Whether the browser has come to another address since it was last asked, by Back, say.

    A bare address is none: it means whatever the visitor saw last.
    """
    query = st.query_params.to_dict()
    moved = bool(query) and query != st.session_state.get("address")
    st.session_state.address = query
    if moved:
        st.session_state.task, _ = Task.from_query(query)
    return moved


def name_settings(settings: TrainingSettings, run: Run | None) -> None:
    """Let the address ask for the settings in the controls, if it does not do so already."""
    names_task = Task.from_query(st.query_params.to_dict())[0] == task_in_view()
    if settings_of_address(run)[0] == settings and names_task:
        return
    if run and settings_now(run) == settings:
        write_address({"run": run.id})
    else:
        write_address({**({"run": run.id} if run else {}), **settings.to_full_query()})


def write_address(query: dict[str, str]) -> None:
    """Put `query`, and the task in view, into the address, in place of what is there."""
    query = {**query, **task_in_view().to_query()}
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
    st.session_state.address = query
