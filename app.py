"""The Digit Playground, as an ASGI application: `streamlit run app.py`."""

import gc
import os
import sys

# Before NumPy is imported: the products of one drawing are too small to be shared among threads,
# which would only stand in each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from trainer.logs import configure_logs
from trainer.presence import SECONDS_BETWEEN_LOOKS, Presence
from trainer.steward import Chore
from ui.connections import visitors_here
from ui.errors import apologize
from ui.live import live_route
from ui.no_delay import send_without_delay
from ui.operators import OperatorsOnly, announce_end, operator_routes
from ui.plot import compressed_plotly, plotly_route
from ui.resources import load_ahead, resources
from ui.security import protection

send_without_delay()


def prepare_for_visitors() -> None:
    """Load what pages need, and have the garbage collector stop everybody for less and less often.

    Each time it looked at all there is, nobody was answered for a tenth of a second.
    """
    load_ahead()
    compressed_plotly()
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 50)


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Start the workers with the server, and end them with it."""
    configure_logs()
    announce_end()
    # Threads change five times as often as by default: browsers are answered while scripts run.
    sys.setswitchinterval(0.001)
    store, service = resources().store, resources().service
    presence = Presence(store, visitors_here)
    service.chores.append(Chore(SECONDS_BETWEEN_LOOKS, presence.look))
    service.start()
    Thread(target=prepare_for_visitors, daemon=True).start()
    yield {}
    resources().service.close()


app = st.App(
    "ui/router.py",
    lifespan=lifespan,
    routes=[plotly_route, live_route, *operator_routes],
    middleware=[*protection, Middleware(OperatorsOnly)],
    on_script_error=apologize,
)
