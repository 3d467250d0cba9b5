"""What operators and their load balancers ask: `/health`, `/ready` and `/metrics`."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from secrets import compare_digest
from threading import current_thread, main_thread
from types import FrameType
from typing import TypeVar

from anyio import CapacityLimiter, fail_after, to_thread
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from trainer.ready_made import READY_MADE
from ui.metrics import process_figures, readiness_figures, store_figures
from ui.resources import resources

SECONDS_FOR_THE_STORE = 2.0
# Long enough for Kubernetes to take a replica that is ending out of its list.
SECONDS_TO_BE_TURNED_AWAY_FROM = 1.0
STORE_FAILURES = (SQLAlchemyError, OSError)  # TimeoutError is an OSError
PROXY_HEADERS = ("x-forwarded-for", "forwarded", "x-real-ip", "via")

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")
_ending: list[int] = []  # the signals that came; a lock would hang where two come at once


async def _health(request: Request) -> Response:
    """Answer: this process is alive and its event loop turns."""
    return JSONResponse({"status": "ok"})


async def _ready(request: Request) -> Response:
    """Say whether visitors can be sent here; `?exclude=engine` passes over a part, as often said.

    Without the engine, pages and drawing work and runs wait: where all replicas share one engine, a
    load balancer had better not turn away from all of them.
    """
    missing = await _missing()
    for part in request.query_params.getlist("exclude"):
        missing.pop(part, None)
    return JSONResponse({"ready": not missing, "missing": missing}, 503 if missing else 200)


async def _metrics(request: Request) -> Response:
    missing = await _missing()
    try:
        of_store = await _in_time(lambda: store_figures(resources().store))
    except STORE_FAILURES:
        of_store = b""
    content = await _in_time(process_figures) + readiness_figures(not missing, bool(of_store))
    return Response(content + of_store, media_type=CONTENT_TYPE_LATEST)


operator_routes = [
    Route("/health", _health),
    Route("/ready", _ready),
    Route("/metrics", _metrics),
]


async def _missing() -> dict[str, str]:
    """What keeps this replica from serving visitors, and why."""
    missing = {}
    if _ending:
        missing["server"] = "This server is ending."
    try:
        if not await _in_time(_store_answers):
            missing["store"] = "The store lacks the ready-made network."
    except STORE_FAILURES as error:
        logger.warning("store does not answer", extra={"reason": repr(error)})
        missing["store"] = "The store does not answer; the log says why."
    readiness = resources().service.readiness
    if not readiness.is_ready:
        missing["engine"] = readiness.line
    return missing


def _store_answers() -> bool:
    return resources().store.runs.get(READY_MADE) is not None


async def _in_time(question: Callable[[], Answer]) -> Answer:
    """Ask in a thread, so that the event loop turns however long the answer takes."""
    with fail_after(SECONDS_FOR_THE_STORE):
        return await to_thread.run_sync(question, abandon_on_cancel=True, limiter=_threads)


# Threads that wait for a store which does not answer cannot be ended: there are no more than these.
_threads = CapacityLimiter(4)


class OperatorsOnly:
    """Middleware that keeps visitors from `/metrics` and from Streamlit's `/_stcore/metrics`.

    With METRICS_TOKEN set, whoever bears it may read them; otherwise this machine alone may, and
    not through a proxy.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        is_guarded = scope["type"] == "http" and scope["path"].rstrip("/").endswith("/metrics")
        if is_guarded and not _is_operator(scope):
            refusal = PlainTextResponse("For operators only, see docs/operations.md.\n", 403)
            await refusal(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _is_operator(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    token = os.environ.get("METRICS_TOKEN")
    if token:
        shown = headers.get("authorization", "")
        return compare_digest(shown.encode(), f"Bearer {token}".encode())
    came_through_proxy = any(name in headers for name in PROXY_HEADERS)
    return not came_through_proxy and _is_this_machine(scope)


def _is_this_machine(scope: Scope) -> bool:
    if not scope.get("client"):
        return False
    try:
        address = ip_address(scope["client"][0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def announce_end() -> None:
    """From SIGTERM on, let `/ready` say no, and end only when load balancers have seen it.

    To be called in the event loop of the server, once that listens to signals.
    """
    if current_thread() is not main_thread():
        return  # nobody can send a signal to a server that a test runs in a thread
    loop = asyncio.get_running_loop()
    end = signal.getsignal(signal.SIGTERM)
    assert callable(end)

    def on_signal(number: int, frame: FrameType | None) -> None:
        _ending.append(number)
        loop.call_soon_threadsafe(
            loop.call_later, SECONDS_TO_BE_TURNED_AWAY_FROM, end, number, frame
        )

    signal.signal(signal.SIGTERM, on_signal)
