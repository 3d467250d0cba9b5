"""The Digit Playground, as an ASGI application: `streamlit run app.py`."""

import os
import sys

# Before NumPy is imported: the products of one drawing are too small to be shared among threads,
# which would only stand in each other's way.
os.environ["OPENBLAS_NUM_THREADS"] = os.environ.get("OPENBLAS_NUM_THREADS") or "1"

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from config.environment import (
    config_from_environment,
    retention_from_environment,
    source_address,
    unset_if_empty,
)
from config.logs import configure_logs
from server.frontend_files import FrontendFiles
from server.operators_only import OperatorsOnly
from server.page_head import PageHead
from server.security import protection
from server.shutdown import announce_shutdown
from server.tcp_nodelay import send_without_delay
from server.theme_options import read_theme_once
from ui.routes import routes
from ui.shared.javascript_modules import HEAD_SCRIPTS, module_address
from ui.shared.style import MARK, STYLE
from ui.startup import close, open_in_background

# Before the server of Streamlit reads it.
unset_if_empty("FORWARDED_ALLOW_IPS")
# Before a browser connects; the port is open already.
send_without_delay()
read_theme_once()


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Start the workers with the server, and end them with it."""
    configure_logs()
    announce_shutdown()
    # Threads change five times as often as by default: browsers are answered while scripts run.
    sys.setswitchinterval(0.001)
    # What is wrong in the environment is said before anything else is done.
    config_from_environment()
    retention_from_environment()
    source_address()
    open_in_background()
    yield {}
    close()


def show_error(error: Exception) -> bool:
    """Log the error, and tell the visitor in words."""
    from ui.shared.errors import show_error  # by now it is loaded

    return show_error(error)


app = st.App(
    "ui/router.py",
    lifespan=lifespan,
    routes=routes,
    middleware=[
        *protection,
        Middleware(FrontendFiles),
        Middleware(OperatorsOnly),
        Middleware(
            PageHead,
            style_address=STYLE.address,
            icon=MARK,
            script_addresses=[module_address(name) for name in HEAD_SCRIPTS],
        ),
    ],
    on_script_error=show_error,
)
