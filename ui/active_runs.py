"""The visitor's runs that are in work, said on every page, so that none is out of sight."""

import math
import time
from threading import Lock
from typing import NamedTuple

import streamlit as st

from model_store.database import StoreUnavailable
from model_store.records import Run, State
from server.resources import resources
from ui.shared.plain_text import plain
from ui.shared.session import open_run, visitor_id
from ui.shared.state_icons import icon_of

CLOSE = ":material/close:"
SECONDS_AFTER_TROUBLE = 10.0
SECONDS_BETWEEN_LOOKS = 5.0

# A reload begins a new session, which is to hear how a run ended all the same.
MOST_REMEMBERED = 1000

_quiet_until = -math.inf


class _Known(NamedTuple):
    """What this session knows of its visitor's runs: their ids.

    Attributes:
        in_work: those that waited or trained when they were last looked for.
        ended: those that have come to rest since, newest last, until they are looked at.
        closed: those that were in work or planned when their line was closed.
    """

    in_work: frozenset[str] = frozenset()
    ended: tuple[str, ...] = ()
    closed: frozenset[str] = frozenset()


_remembered: dict[str, _Known] = {}  # by visitor, the one that was noted last at the end
_lock = Lock()


class _Runs(NamedTuple):
    """The same with their records, and the ids of those that are planned."""

    in_work: list[Run]
    ended: list[Run]
    planned: frozenset[str] = frozenset()

    @property
    def going_on(self) -> frozenset[str]:
        return frozenset(run.id for run in self.in_work) | self.planned


def show_active_runs(in_view: str) -> None:
    """One line with a link for the runs of this visitor that wait or train; often there is none.

    While there is one, it is looked at again and again. Once its run has come to rest it says how
    that went, until the run is looked at, another one is begun, or the line is closed. It lies
    over the page: whatever comes and goes here must not move what is under a finger.

    Args:
        in_view: the id of the run that the page shows anyway, or no id.
    """
    with st.container(key="in_work"):
        runs = _out_of_sight(in_view)
        if runs.in_work or runs.ended:
            st.fragment(_line, run_every=SECONDS_BETWEEN_LOOKS)(in_view)
    st.session_state.pop("shown_network", None)  # the page says anew which one it is about


def _line(in_view: str) -> None:
    before = _known()
    runs = _out_of_sight(in_view)
    if set(_known().ended) - set(before.ended):
        st.rerun()  # the rest of the page speaks of that run, too
    if runs.ended:
        last = runs.ended[-1]
        icon = f":material/{icon_of(last)}:"
        _offer(last, _end_in_words(last, len(runs.ended) - 1), "see_ended", icon)
        st.button("Close", "close_line", type="tertiary", icon=CLOSE, on_click=_forget_ended)
    elif runs.in_work and not runs.going_on <= _known().closed:
        first = next((run for run in runs.in_work if run.state == State.RUNNING), runs.in_work[0])
        _offer(
            first, _in_words(first, len(runs.going_on) - 1), "watch", ":material/directions_run:"
        )
        st.button(
            "Close",
            "close_line",
            type="tertiary",
            icon=CLOSE,
            on_click=_close,
            args=(runs.going_on,),
        )


def _offer(run: Run, words: str, key: str, icon: str) -> None:
    if st.button(words, key=key, type="tertiary", icon=icon):
        open_run(run)


def _forget_ended() -> None:
    _note(_known()._replace(ended=()))


def _close(going_on: frozenset[str]) -> None:
    """Say no more of these until they have ended; a run that is begun later is said."""
    _note(_known()._replace(closed=going_on))


def _known() -> _Known:
    known: _Known | None = st.session_state.get("own_runs")
    return known or _remembered.get(visitor_id(), _Known())


def _note(known: _Known) -> None:
    st.session_state.own_runs = known
    with _lock:
        _remembered.pop(visitor_id(), None)
        if any(known):
            _remembered[visitor_id()] = known
        if len(_remembered) > MOST_REMEMBERED:
            del _remembered[next(iter(_remembered))]


def _out_of_sight(in_view: str) -> _Runs:
    """Read them, unless the store is in trouble: the page is more than these lines."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return _Runs([], [])
    try:
        store = resources().store.runs
        in_work = store.in_work(visitor_id())
        planned = resources().store.planned.ids_of(visitor_id()) if in_work else set()
        now, before = frozenset(run.id for run in in_work), _known()
        ended = [*before.ended, *sorted(before.in_work - now)] if now <= before.in_work else []
        seen = {in_view, st.session_state.get("shown_network")}
        rest = [run for each in ended if each not in seen and (run := store.get(each))]
    except StoreUnavailable:
        _quiet_until = time.monotonic() + SECONDS_AFTER_TROUBLE
        return _Runs([], [])
    rest = [run for run in rest if not run.is_active]
    _note(_Known(now, tuple(run.id for run in rest), before.closed & (now | planned)))
    return _Runs(
        [run for run in in_work if run.id != in_view], rest, frozenset(planned - {in_view})
    )


# What is emphasised is left out where there is no room for it (`active_runs.css`).
def _in_words(first: Run, others: int) -> str:
    doing = "is training" if first.state == State.RUNNING else "waits in line"
    return f"*Your run* **{plain(first.name)}** {doing}{_more(others)} · watch it"


def _end_in_words(last: Run, others: int) -> str:
    ways = {State.FINISHED: "has finished", State.STOPPED: "was stopped", State.PAUSED: "is paused"}
    how = ways.get(last.state, "has failed")
    reads = f" *and reads {last.test['accuracy']:.2%} of the test images*" if last.test else ""
    return f"*Your run* **{plain(last.name)}** {how}{reads}{_more(others)} · see it"


def _more(others: int) -> str:
    return f", and {others} more" if others else ""
