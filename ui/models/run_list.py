"""A run as one card in a list."""

import logging

import streamlit as st

from config.logs import about
from digits.keras_export import EXAMPLE, OLDEST_KERAS
from digits.settings_in_words import described
from digits.words import counted, moment
from model_store.limits import Retention
from model_store.records import FineTuningResult, LabelledDrawing, Run, State, StopRequest
from server.resources import resources
from trainer.run_settings import settings_of
from ui.models.keras_download import file_name, keras_address
from ui.models.time_zone import visitor_zone
from ui.shared.errors import refusals_said
from ui.shared.own_digits import answers_of, score_in_words
from ui.shared.plain_text import plain
from ui.shared.run_updates import ICONS, OF_AN_EARLIER_VERSION, lesson_in_words, news_of
from ui.shared.session import open_run, visitor_id

MOST_CHARACTERS = 60
SECONDS_BETWEEN_LOOKS = 2.0

logger = logging.getLogger(__name__)


def show_retention(retention: Retention, runs: int) -> None:
    """Say how long networks are kept, and when the next one pushes one out.

    Args:
        retention: what the operator has set.
        runs: how many the visitor has.
    """
    st.caption(
        f"A network is forgotten {counted(retention.days, 'day')} after it was last trained, when "
        f"you have {retention.runs_per_visitor} newer ones, or when those of all visitors together "
        f"need more than {retention.total_bytes / 2**30:g} GB. Take home what you would miss."
    )
    if runs >= retention.runs_per_visitor:
        st.warning(
            f"You have {counted(runs, 'network')}. With the next one, the oldest is forgotten.",
            icon=":material/inventory_2:",
        )


def show_use_at_home(run: Run) -> None:
    """How to open a network that was taken home, by the example of one."""
    with st.expander("What to do with a network at home", icon=":material/home:"):
        st.markdown(
            f"Keras {OLDEST_KERAS} and every newer version opens it. It takes images of 28 by 28 "
            "numbers from 0 to 1, the digit white (1) on black (0), brought to size and centred as "
            "Draw does it. The temperature makes it as sure as this page says, no surer."
        )
        code = EXAMPLE.format(
            file_name=file_name(run), temperature=round(_temperature(run) or 1, 4)
        )
        st.code(code, language="python")


def show_run_card(run: Run, own_digits: list[LabelledDrawing]) -> None:
    """Show what a run was and how it ended, and what can be done with it; live while it lasts.

    Args:
        run: one of the visitor's.
        own_digits: that the visitor has drawn to test networks with.
    """
    with st.container(border=True, key=f"card_{run.id}"):
        if run.is_active:
            st.fragment(_live_card, run_every=SECONDS_BETWEEN_LOOKS)(run.id)
        else:
            _card(run, own_digits)


def _live_card(run_id: str) -> None:
    run = resources().store.runs.get(run_id)
    if run is None or not run.is_active:
        st.rerun()
    _card(run, [])


def _card(run: Run, own_digits: list[LabelledDrawing]) -> None:
    settings = settings_of(run)
    words, result, actions = st.columns([3, 1.2, 2], vertical_alignment="center")
    with words:
        st.markdown(f"**{plain(run.name)}**  :material/{ICONS[run.state]}: {run.state}")
        if run.is_active:
            st.markdown(plain(news_of(run, settings, None)["words"]))
        what = plain(described(settings))
        if run.fine_tuning:
            is_old = run.state == State.FINISHED and not isinstance(
                run.fine_tuning, FineTuningResult
            )
            lesson = OF_AN_EARLIER_VERSION if is_old else lesson_in_words(run.fine_tuning)
            what = f"{lesson} · {settings.architecture}"
        st.caption(f"{moment(run.created_at, visitor_zone())} · {what}")
        if keras_address(run):
            st.caption(_at_home(run))
    result.metric("Test accuracy", f"{run.test['accuracy']:.2%}" if run.test else "-")
    answers = answers_of(run, own_digits) if run.test else None
    if answers is not None:
        score, interval = score_in_words(answers, own_digits)
        result.caption(f"{score} own digits ({interval})")
    with actions.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Open", key=f"open_{run.id}", icon=":material/open_in_new:"):
            open_run(run)
        if run.is_active:
            _stop(run)
        _rename(run)
        _take_home(run)
        if not run.is_active:
            _delete(run)


def _at_home(run: Run) -> str:
    """What the file needs and what it is fed, in one line."""
    temperature = _temperature(run)
    said = f"At home: Keras {OLDEST_KERAS} or newer · images 28 by 28, 0 to 1, white on black"
    return f"{said} · temperature {temperature:.3f}" if temperature else said


def _temperature(run: Run) -> float | None:
    return (run.test or {}).get("temperature")


def _stop(run: Run) -> None:
    label = "Stop the lesson" if run.fine_tuning else "Stop and keep"
    if st.button(label, key=f"stop_{run.id}", icon=":material/stop:"):
        with refusals_said():
            resources().service.ask(run.id, visitor_id(), StopRequest.STOP)
            st.rerun()


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
    """Delete the run once the visitor has said so twice: there is no way back."""
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown(f"Delete **{plain(run.name)}**, its curves and its file? There is no way back.")
        if not st.button("Delete it for good", key=f"delete_{run.id}", icon=":material/delete:"):
            return
    store = resources().store
    with refusals_said():
        if store.runs.delete(run.id, visitor_id()):
            store.artifacts.delete(run.id)
            logger.info("run deleted", extra=about(run))
        st.rerun()
