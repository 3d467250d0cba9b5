"""A run as one card in a list."""

import logging
from datetime import UTC, datetime

import streamlit as st

from digits.settings import TrainingSettings
from model_store.records import Run
from trainer.logs import about
from ui.addresses import page_file
from ui.errors import refusals_said
from ui.news import ICONS, lesson_in_words
from ui.plain_text import plain
from ui.resources import resources
from ui.session import show_settings_of, view, visitor_id
from ui.taking_home import keras_address

MOST_CHARACTERS = 60

logger = logging.getLogger(__name__)


def show_run_card(run: Run) -> None:
    """Show what a run was and how it ended, with what can be done with it."""
    settings = TrainingSettings.model_validate(run.settings)
    with st.container(border=True, key=f"card_{run.id}"):
        words, result, actions = st.columns([3, 1.2, 2], vertical_alignment="center")
        with words:
            st.markdown(f"**{plain(run.name)}**  :material/{ICONS[run.state]}: {run.state}")
            what = lesson_in_words(run.taught) if run.taught else _differences(settings)
            st.caption(f"{_when(run)} · {what}")
        result.metric("Test accuracy", f"{run.test['accuracy']:.2%}" if run.test else "-")
        with actions.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Open", key=f"open_{run.id}", icon=":material/open_in_new:"):
                view(run)
                show_settings_of(run)
                st.switch_page(page_file("train"))
            _rename(run)
            _take_home(run)
            if not run.is_active and st.button(
                "Delete", key=f"delete_{run.id}", icon=":material/delete:"
            ):
                _delete(run)


def _rename(run: Run) -> None:
    with st.popover("Rename", icon=":material/edit:"):
        name = st.text_input("Name", run.name, max_chars=MOST_CHARACTERS, key=f"name_{run.id}")
        if st.button("Save", key=f"rename_{run.id}") and name.strip():
            with refusals_said():
                resources().store.runs.rename(run.id, visitor_id(), name.strip()[:MOST_CHARACTERS])
                st.rerun()


def _take_home(run: Run) -> None:
    """Offer the `.keras` file; it is read when somebody asks for it."""
    address = keras_address(run)
    if address:
        st.link_button("Keras file", address, icon=":material/download:", key=f"download_{run.id}")


def _delete(run: Run) -> None:
    store = resources().store
    with refusals_said():
        if store.runs.delete(run.id, visitor_id()):
            store.artifacts.delete(run.id)
            logger.info("run deleted", extra=about(run))
        st.rerun()


def _when(run: Run) -> str:
    return datetime.fromtimestamp(run.created_at, UTC).strftime("%d %b %Y, %H:%M UTC")


def _differences(settings: TrainingSettings) -> str:
    query = settings.to_query()
    query.pop("layers", None)
    named = ", ".join(f"{name} {value}" for name, value in query.items())
    return named or "the notebook's settings"
