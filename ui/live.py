"""The live part of a run's page: what it looks like, and where it asks for what is new.

The browser asks by plain requests and changes words, numbers and curves itself. To run the page
again for it would cost the server ten times as much, and the browser twice.
"""

from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from model_store.database import StoreUnavailable
from model_store.records import Epoch, Run
from ui.metrics import tick_seconds
from ui.news import Cursor, news_of, points_of
from ui.resources import resources
from ui.tick_pace import Pace
from ui.visitors import visitor_of

PATH = "/live"  # of `send_news`, see ui/routes.py
PACE = Pace()
# What a database can compare with, and more than any run has.
MOST = 2**31 - 1

_FRONTEND = Path(__file__).parent / "frontend"
_live = st.components.v2.component(
    "digit_playground_live",
    html="""
    <p class="live-state"><span class="live-icon" aria-hidden="true"></span>
      <strong role="status"></strong> · <span class="live-words"></span></p>
    <div class="live-bar" role="progressbar" aria-label="Progress of the run"><div></div></div>
    <dl class="live-numbers"></dl>""",
    css=(_FRONTEND / "live.css").read_text(),
    js=(_FRONTEND / "live.js").read_text(),
    isolate_styles=False,
)


def show_live(run: Run, stream: str, last: Epoch | None) -> None:
    """Show the state of a run, and keep it and its live figures up to date.

    When the run starts or ends, the page runs again, for then other things are to be seen.

    Args:
        run: as it was read just now.
        stream: names the points of the run, as `show_live_figure` was told.
        last: the last epoch that the run has finished.
    """
    data = {"address": _address(run), "stream": stream, "news": news_of(run, last)}
    _live(data=data, key="live", on_changed_change=lambda: None)


def _address(run: Run) -> str:
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}{PATH}/{run.id}" if base else f"{PATH}/{run.id}"


async def send_news(request: Request) -> Response:
    """Answer a live page: what is new of the run that its address names."""
    try:
        wanted = [int(request.query_params.get(name, 0)) for name in Cursor._fields]
    except ValueError:
        return JSONResponse({"words": "step, points and epochs have to be whole numbers."}, 400)
    had = Cursor(*(min(max(number, 0), MOST) for number in wanted))
    viewer = visitor_of(request.scope) or (request.client.host if request.client else "")
    ask = partial(_news, request.path_params["run"], had, viewer)
    try:
        news = await to_thread.run_sync(ask, limiter=_threads)
    except StoreUnavailable as error:
        return JSONResponse({"words": str(error)}, 503)
    if news is None:
        return JSONResponse({"words": "This run has been deleted."}, 404)
    return JSONResponse(news, headers={"Cache-Control": "no-store"})


# Python runs one thread at a time anyway; strokes and pages want their share.
_threads = CapacityLimiter(2)


@tick_seconds.time()
def _news(run_id: str, had: Cursor, viewer: str) -> dict[str, Any] | None:
    with PACE.tick():
        # PostgreSQL refuses to look for text with a null character.
        run = resources().store.runs.get(run_id) if run_id.isprintable() else None
        if run is None:
            return None
        new = resources().store.progress.since(run.id, had.step)
        last = new.epochs[-1] if new.epochs else None
        wait = PACE.seconds_between_ticks(f"{viewer} {run_id}")
        return news_of(run, last) | points_of(run, new, had) | {"wait": wait}
