"""The live part of a run's page: what it looks like, and where it asks for what is new.

The browser asks by plain requests and changes words, numbers and curves itself. To run the page
again for it would cost both of them twice as much.
"""

from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digits.live_figures import LIVE_FIGURES
from digits.settings import TrainingSettings
from model_store.database import StoreUnavailable
from model_store.records import Epoch, Run
from server.addresses import LIVE_ADDRESS
from server.bounded_threads import BoundedThreads
from server.cookies import visitor_of
from server.metrics import tick_seconds
from server.rate_limits import Rate, RateLimit
from server.resources import resources
from trainer.run_settings import course_of, settings_of
from ui.shared.errors import note
from ui.shared.poll_interval import FASTEST_AT_REST, SLOWEST_AT_REST, PollScheduler
from ui.shared.run_updates import Cursor, marks_of, news_of, points_of, so_far

SECONDS_FOR_THE_STORE = 5.0
POLLS = PollScheduler()
POLLS_AT_REST = PollScheduler(fastest=FASTEST_AT_REST, slowest=SLOWEST_AT_REST)
# What a database can compare with, and more than any run has.
MOST = 2**31 - 1

_HERE = Path(__file__).parent
_live = st.components.v2.component(
    "digit_playground_live",
    html="""
    <p class="live-state"><span class="live-icon" aria-hidden="true"></span>
      <strong></strong> · <span class="live-words"></span></p>
    <p class="live-spoken" role="status"></p>
    <div class="live-bar" role="progressbar" aria-label="Progress of the run"><div></div></div>
    <dl class="live-numbers"></dl>""",
    css=(_HERE / "live.css").read_text(),
    js=(_HERE / "live.js").read_text(),
    isolate_styles=False,
)


def show_live(run: Run, settings: TrainingSettings, stream: str, last: Epoch | None) -> None:
    """Show the state of a run, and keep it and its live figures up to date.

    When the run ends or goes on, the page runs again, for then other things are to be seen; what is
    said of it changes with them. A run at rest is asked for now and then: it may go on elsewhere.

    Args:
        run: as it was read just now.
        settings: those of the run.
        stream: names the points of the run, as `show_live_figure` was told.
        last: the last epoch that the run has finished.
    """
    news = news_of(run, settings, last)
    data: dict[str, Any] = {"address": f"{LIVE_ADDRESS}/{run.id}", "stream": stream, "news": news}
    data["figures"] = [figure.name for figure in LIVE_FIGURES]
    data["so_far"] = so_far(settings, last)
    _live(data=data, key="live", on_changed_change=lambda: None)


def show_numbers(run: Run, settings: TrainingSettings, last: Epoch | None) -> None:
    """Give the numbers of a run a place of their own; `show_live` keeps them up to date."""
    numbers = news_of(run, settings, last)["numbers"].items()
    pairs = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in numbers)
    with st.container(key="run_numbers"):
        st.html(f'<dl class="live-numbers">{pairs}</dl>')


def show_so_far(settings: TrainingSettings, last: Epoch | None) -> None:
    """Show how well a run reads before it was tested; `show_live` keeps it up to date."""
    found = "".join(
        f"<div><dt>{name}</dt><dd>{value}<small>{of}</small></dd></div>"
        for name, value, of in so_far(settings, last)
    )
    with st.container(key="so_far"):
        st.html(f"<dl>{found}</dl>")


async def send_news(request: Request) -> Response:
    """Answer a live page: what is new of the run that its address names."""
    try:
        wanted = [int(request.query_params.get(name, 0)) for name in Cursor._fields]
    except ValueError:
        return _refusal(400, "step, points and epochs have to be whole numbers.")
    had = Cursor(*(min(max(number, 0), MOST) for number in wanted))
    address = request.client.host if request.client else ""
    viewer = visitor_of(request.scope) or address
    if _of_viewer.take(viewer) or _of_address.take(address):
        return _refusal(429, "That is too often; it goes on in a moment.")
    ask = partial(_news, request.path_params["run"], had, viewer)
    try:
        return await _threads.answer(ask, SECONDS_FOR_THE_STORE)
    except StoreUnavailable as error:
        return _refusal(503, str(error))
    except TimeoutError:
        return _refusal(503, "The store does not answer. What was saved before is safe.")
    except Exception as error:
        note(error, viewer)
        return _refusal(
            500, "Something went wrong here. Your runs are safe; please reload the page."
        )


# Python runs one thread at a time anyway; strokes and pages want their share.
_threads = BoundedThreads(2)
# A page asks four times a second, and a visitor may have several; a school may share an address.
_of_viewer = RateLimit(Rate(200, 0.03))
_of_address = RateLimit(Rate(5000, 0.002))


def _refusal(status: int, words: str) -> Response:
    return JSONResponse({"words": words}, status)


@tick_seconds.time()
def _news(run_id: str, had: Cursor, viewer: str) -> Response:
    with POLLS.tick(), POLLS_AT_REST.tick():
        # PostgreSQL refuses to look for text with a null character.
        run = resources().store.runs.get(run_id) if run_id.isprintable() else None
        if run is None:
            return _refusal(404, "This run has been deleted.")
        new = resources().store.progress.since(run.id, had.step)
        last = new.epochs[-1] if new.epochs else None
        settings = settings_of(run)
        newer = run
        if len(new.points) and new.points.steps[-1] > run.step:  # and perhaps with other batches
            newer = resources().store.runs.get(run.id) or run
        news = news_of(run, settings, last) | points_of(course_of(newer), new, had)
        news["so_far"] = so_far(settings, last, new.points if len(new.points) else None)
        if run.drawing:
            news["points"].append(marks_of(run))
        polls = POLLS if run.is_active else POLLS_AT_REST
        news["wait"] = polls.seconds_between_ticks(f"{viewer} {run_id}")
        return JSONResponse(news, headers={"Cache-Control": "no-store"})
