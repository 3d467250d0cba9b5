"""The visitor's runs that are in work, said on every page, so that none is out of sight."""

import math
import time

import streamlit as st

from model_store.database import StoreUnavailable
from model_store.records import Run, State
from server.resources import resources
from ui.shared.plain_text import plain
from ui.shared.session import open_run, visitor_id

SECONDS_AFTER_TROUBLE = 10.0
SECONDS_BETWEEN_LOOKS = 5.0

_quiet_until = -math.inf


def show_active_runs(in_view: str) -> None:
    """One line with a link for the runs of this visitor that wait or train; often there is none.

    While there is one, it is looked at again and again, so that it goes when the runs have ended.

    Args:
        in_view: the id of the run that the page shows anyway, or no id.
    """
    with st.container(key="in_work"):
        if _out_of_sight(in_view):
            st.fragment(_line, run_every=SECONDS_BETWEEN_LOOKS)(in_view)


def _line(in_view: str) -> None:
    runs = _out_of_sight(in_view)
    if runs and st.button(
        _in_words(runs), key="watch", type="tertiary", icon=":material/directions_run:"
    ):
        open_run(_first(runs))


def _out_of_sight(in_view: str) -> list[Run]:
    return [run for run in _runs_in_work() if run.id != in_view]


def _runs_in_work() -> list[Run]:
    """Read them, unless the store is in trouble: the page is more than this line."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return []
    try:
        return resources().store.runs.in_work(visitor_id())
    except StoreUnavailable:
        _quiet_until = time.monotonic() + SECONDS_AFTER_TROUBLE
        return []


def _first(runs: list[Run]) -> Run:
    return next((run for run in runs if run.state == State.RUNNING), runs[0])


def _in_words(runs: list[Run]) -> str:
    first = _first(runs)
    doing = "is training" if first.state == State.RUNNING else "waits in line"
    others = len(runs) - 1
    more = f", and {others} more" if others else ""
    return f"Your run **{plain(first.name)}** {doing}{more} · watch it"
