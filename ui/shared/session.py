"""Who the visitor is, which run they look at, and which settings they have chosen."""

import logging
from secrets import token_hex
from typing import NoReturn

import streamlit as st

from config.logs import hashed
from digits.settings import TrainingSettings
from model_store.records import Run
from server.addresses import page_file
from server.connections import SECONDS_BETWEEN_SIGNS, mark_present
from server.cookies import VISITOR_COOKIE, visitor_ids
from server.resources import resources
from trainer.run_settings import settings_now
from ui.shared.address_bar import names_settings, settings_of_address, write_address
from ui.shared.plain_text import plain
from ui.shared.typed_settings import show_settings, typed_settings

MOST_REFUSALS_SAID = 5

logger = logging.getLogger(__name__)


def visitor_id() -> str:
    """The visitor's id: of their account if they have signed in, or else of their browser.

    Where cookies are refused, it is an id for this session alone.
    """
    if st.user.get("is_logged_in"):
        return visitor_ids().of_account(str(st.user["iss"]), str(st.user["sub"]))
    visitor = _visitor_by_cookie()
    if visitor:
        return visitor
    if "visitor" not in st.session_state:
        st.session_state.visitor = token_hex(16)
    return str(st.session_state.visitor)


def _visitor_by_cookie() -> str | None:
    return visitor_ids().read(st.context.cookies.get(VISITOR_COOKIE))


def touch_visitor() -> None:
    """Note that the visitor is here, so that their runs go on; log it once a session.

    It is kept in memory and written by the supervisor: no page waits for the store because of it.
    """
    visitor = visitor_id()
    if "noted" not in st.session_state:
        st.session_state.noted = True
        logger.info("visitor came", extra={"visitor": hashed(visitor)})
    if visitor != _visitor_by_cookie():
        # The others are known by the cookie of their connection as long as it is open.
        st.fragment(_mark_present, run_every=SECONDS_BETWEEN_SIGNS)()


def _mark_present() -> None:
    mark_present(visitor_id())


def run_in_view() -> Run | None:
    """The run that the address names, or else the one this visitor looked at last.

    An address that names settings alone asks for no run. One that names a run that is not there is
    said to the visitor.
    """
    wanted = wanted_run()
    run = resources().store.runs.get(wanted) if wanted else None
    if run:
        view(run)
    elif st.query_params.get("run"):
        st.warning(
            "There is no run under this address. It may have been deleted or, after a while, "
            "forgotten, or the link is not complete. Here is a fresh start instead."
        )
    return run


def wanted_run() -> str:
    """The id of the run that the address asks for, whether it is there or not; empty for none."""
    named = st.query_params.get("run")
    if named:
        # PostgreSQL refuses to look for text with a null character.
        return named if named.isprintable() else ""
    return "" if names_settings() else str(st.session_state.get("run", ""))


def view(run: Run) -> None:
    """Make `run` the one in view, also after a refresh and on the other pages."""
    st.session_state.run = run.id
    st.session_state.pop("chose_ready_made", None)
    if st.query_params.get("run") != run.id:
        write_address({"run": run.id})


def open_run(run: Run) -> NoReturn:
    """Go to the Train page, with `run` in view and its settings in the controls."""
    view(run)
    show_settings(settings_now(run))
    st.switch_page(page_file("train"))


def forget_run() -> None:
    """Look at no run any more."""
    st.session_state.pop("run", None)
    st.session_state.pop("chose_ready_made", None)
    write_address({})


def chosen_settings(run: Run | None) -> TrainingSettings:
    """The settings that the controls start with: the address', the run's or the defaults.

    What the address gets wrong is said to the visitor and left at its default.
    """
    settings, refused = settings_of_address(run)
    if refused:
        more = len(refused) - MOST_REFUSALS_SAID
        said = [*refused[:MOST_REFUSALS_SAID], *([f"So do {more} more."] if more > 0 else [])]
        st.warning(f"The address asks for something that cannot be set. {plain(' '.join(said))}")
    return settings


def follow_settings(run: Run | None) -> None:
    """Let the controls go on saying what the run in view has when it is given more epochs."""
    seen: Run | None = st.session_state.get("seen_run")
    if run and seen and seen.id == run.id and seen.settings != run.settings:
        settings = settings_now(seen)
        if typed_settings() == settings:
            show_settings(settings_now(run))
    st.session_state.seen_run = run
