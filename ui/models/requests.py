"""What the table of runs asks of the page, as messages that anybody may have made up."""

import logging
from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any, NamedTuple

import streamlit as st

from config.logs import about
from digits.sweep import MOST_RUNS as MOST_RUNS_AT_ONCE
from digits.sweep import Planned, Refused, grid, other_seeds
from digits.words import counted
from model_store.records import Run, StopRequest
from server.addresses import page_file
from server.resources import resources
from trainer.ready_made import READY_MADE
from trainer.run_settings import settings_of_weights
from ui.models.board import publish, withdraw
from ui.models.repeatable import by_settings, seeds_of
from ui.shared.errors import refusals_said
from ui.shared.in_page.weights import run_by_id
from ui.shared.plain_text import plain
from ui.shared.session import open_run, view, visitor_id
from ui.shared.throttle import Action, allow

KEY = "runs"
MOST_CHARACTERS = 60
MOST_RUNS = 500
MOST_REQUESTS = 20  # that wait
LARGEST_NUMBER = 2**53  # that a browser tells apart
_ASKED = "asked_of_models"
_CARRIED_OUT = "carried_out_for_models"
_DELETED = "deleted_runs"
_STARTED = "started_runs"
MOST_IN_A_RACE = 4

logger = logging.getLogger(__name__)


class Request(NamedTuple):
    """What is asked.

    Attributes:
        what: a name in `ACTIONS`.
        runs: ids, as they were sent: of nobody knows whose runs, or of none.
        name: the new one, where a run is to be called something else; or that of a published run.
        challenge: its name, where a run is to be published for it, or withdrawn.
        axes: values by the name of the setting, where settings are to be varied.
    """

    what: str
    runs: tuple[str, ...]
    name: str = ""
    axes: Mapping[str, str] = MappingProxyType({})
    challenge: str = ""


def parsed(sent: object) -> Request | None:
    """Read a message; None if it is none that the table sends."""
    if not isinstance(sent, dict):
        return None
    what, runs, name = sent.get("what"), sent.get("runs", []), sent.get("name", "")
    axes, challenge = sent.get("axes", {}), sent.get("challenge", "")
    if not isinstance(axes, dict) or not all(isinstance(e, str) for e in chain(*axes.items())):
        return None
    if not all(isinstance(each, str) for each in (what, name, challenge)) or what not in ACTIONS:
        return None
    if not isinstance(runs, list) or not all(isinstance(each, str) for each in runs):
        return None
    # PostgreSQL refuses to look for text with a null character, or to keep it.
    ids = tuple(dict.fromkeys(each for each in runs if each.isprintable()))[:MOST_RUNS]
    name = "".join(each for each in name if each.isprintable()).strip()[:MOST_CHARACTERS]
    return Request(what, ids, name, axes, challenge)


def keep_request() -> None:
    """Keep what the table has sent until the page comes to carry it out.

    Each message holds all that the table does not know to be carried out: Streamlit may drop one
    for the next, and a run of the page may be cut short between here and there.
    """
    state = st.session_state.get(KEY)
    st.session_state[_ASKED] = state.get("asked") if isinstance(state, dict) else None


def carry_out_requests() -> None:
    """Do what was asked, each once; what the store refuses is said in its place."""
    sent = st.session_state.pop(_ASKED, None)
    for each in sent[:MOST_REQUESTS] if isinstance(sent, list) else []:
        number, request = _number(each), parsed(each)
        if request and number > carried_out():
            st.session_state[_CARRIED_OUT] = number
            with refusals_said():
                ACTIONS[request.what](request)


def _number(sent: object) -> int:
    number = sent.get("number") if isinstance(sent, dict) else None
    return number if type(number) is int and number < LARGEST_NUMBER else 0


def carried_out() -> int:
    """The number of what was carried out last."""
    number: int = st.session_state.get(_CARRIED_OUT, 0)
    return number


def deleted() -> dict[str, Any] | None:
    """The runs that the visitor has deleted last and can still bring back, and words about them."""
    if not (times := _deleted()):
        return None
    *before, runs = times
    one = len(runs) == 1
    words = f"“{runs[0].name}” is" if one else f"{counted(len(runs), 'network')} are"
    count = sum(map(len, before))
    also = f", and {counted(count, 'network')} before {'it' if one else 'them'}" if count else ""
    return {"words": f"{words} deleted{also}.", "runs": [run.id for run in runs]}


def _deleted() -> list[list[Run]]:
    """What the visitor has deleted and not brought back, one time after the other."""
    times: list[list[Run]] = st.session_state.get(_DELETED, [])
    return times


def started() -> list[str]:
    """The runs that were started together last, which are compared from now on."""
    found: list[str] = st.session_state.get(_STARTED, [])
    return found


def _own(request: Request) -> list[Run]:
    """The runs that are asked about, as far as they are this visitor's."""
    found = map(resources().store.runs.get, request.runs)
    return [run for run in found if run and run.visitor == visitor_id()]


def _open(request: Request) -> None:
    for run in _own(request):
        open_run(run)


def _draw(request: Request) -> None:
    for run in _own(request):
        view(run)
        st.switch_page(page_file("draw"))


def _stop(request: Request) -> None:
    for run_id in request.runs:
        resources().service.ask(run_id, visitor_id(), StopRequest.STOP)


def _rename(request: Request) -> None:
    if request.name:
        for run_id in request.runs[:1]:
            resources().store.runs.rename(run_id, visitor_id(), request.name)


def _delete(request: Request) -> None:
    store = resources().store
    gone = [run for run in _own(request) if store.runs.delete(run.id, visitor_id())]
    for run in gone:
        logger.info("run deleted", extra=about(run))
    if gone:
        st.session_state[_DELETED] = [*_deleted(), gone]


def _restore(request: Request) -> None:
    """Bring runs back; a second press on the same button finds nothing left to do."""
    times = _deleted()
    back = [run.id for runs in times for run in runs if run.id in request.runs]
    missing = sum(not resources().store.runs.restore(each, visitor_id()) for each in back)
    left = [[run for run in runs if run.id not in back] for runs in times]
    st.session_state[_DELETED] = [runs for runs in left if runs]
    if missing:
        st.warning(f"{counted(missing, 'network')} could not be brought back: gone for good.")


def _repeat(request: Request) -> None:
    """Train what is asked about from five seeds in all; the ready-made network takes too long."""
    there = seeds_of(resources().store.runs.of_visitor(visitor_id()))
    asked = by_settings(run for run in _found(request) if run.id != READY_MADE)
    wanted, beside = [], []
    for settings, runs in asked.items():
        # Of a run that was stopped or changed its own seed is yet to be trained.
        seeds = there.get(settings, {}) | seeds_of(runs.values()).get(settings, {})
        first = next(iter(runs.values()))
        wanted += other_seeds(settings_of_weights(first), seeds)
        beside += [first, *(run for run in seeds.values() if run is not first)]
    _plan(wanted, beside)


def _race(request: Request) -> None:
    """Train the settings of some runs anew, all of them from the start."""
    runs = _found(request)[:MOST_IN_A_RACE]
    _plan([Planned(run.name, settings_of_weights(run)) for run in runs], [])


def _sweep(request: Request) -> None:
    """Vary one or two settings of a run."""
    for run in _found(request)[:1]:
        try:
            _plan(grid(settings_of_weights(run), request.axes), [])
        except Refused as error:
            st.warning(plain(str(error)))


def _found(request: Request) -> list[Run]:
    """The runs that are asked about, whoever's they are: they were trained, not taught."""
    found = map(run_by_id, request.runs[:MOST_RUNS_AT_ONCE])
    return [run for run in found if run and not run.fine_tuning]


def _plan(wanted: list[Planned], beside: list[Run]) -> None:
    if wanted and not allow(Action.PLAN, visitor_id()):
        return
    runs = resources().service.plan(visitor_id(), wanted) if wanted else []
    st.session_state[_STARTED] = [run.id for run in [*beside, *runs]]


def _publish(request: Request) -> None:
    for run in _own(request)[:1]:
        publish(run, request.challenge, request.name)


def _withdraw(request: Request) -> None:
    withdraw(request.challenge)


def _look(_: Request) -> None:
    """The page has been run again by now, which is all that was asked."""


ACTIONS = {
    "open": _open,
    "draw": _draw,
    "stop": _stop,
    "rename": _rename,
    "delete": _delete,
    "restore": _restore,
    "repeat": _repeat,
    "race": _race,
    "sweep": _sweep,
    "publish": _publish,
    "withdraw": _withdraw,
    "look": _look,
}
