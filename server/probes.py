"""What operators and their load balancers ask: `/ready` and `/metrics` (`ui/routes.py`)."""

import logging
from collections.abc import Callable
from typing import TypeVar

from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.bounded_threads import BoundedThreads
from server.metrics import process_figures, readiness_figures, store_figures
from server.resources import resources
from server.shutdown import is_ending
from trainer.ready_made import READY_MADE

SECONDS_FOR_THE_STORE = 2.0
STORE_FAILURES = (SQLAlchemyError, OSError)  # TimeoutError is an OSError

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")


async def ready(request: Request) -> Response:
    """Say whether visitors can be sent here; `?exclude=engine` passes over a part, as often said.

    Without the engine, pages and drawing work and runs wait: where all replicas share one engine, a
    load balancer had better not turn away from all of them. What keeps no visitor from
    anything but needs the operator stands under `warnings`, such as files that are not deleted.
    """
    missing = await _missing()
    for part in request.query_params.getlist("exclude"):
        missing.pop(part, None)
    stopped = resources().store.housekeeping.stopped
    warnings = {"warnings": {"housekeeping": stopped}} if stopped else {}
    answer = {"ready": not missing, "missing": missing, **warnings}
    return JSONResponse(answer, 503 if missing else 200)


async def metrics(request: Request) -> Response:
    """All figures, as Prometheus reads them."""
    missing = await _missing()
    try:
        of_store = await _in_time(lambda: store_figures(resources().store))
    except STORE_FAILURES:
        of_store = b""
    content = await _in_time(process_figures) + readiness_figures(
        not missing, bool(of_store), bool(resources().store.housekeeping.stopped)
    )
    return Response(content + of_store, media_type=CONTENT_TYPE_LATEST)


async def _missing() -> dict[str, str]:
    """What keeps this replica from serving visitors, and why."""
    missing = {}
    if is_ending():
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
    """Ask, and wait no longer than load balancers do."""
    return await _threads.answer(question, SECONDS_FOR_THE_STORE)


# As many as /ready and /metrics need while the store answers.
_threads = BoundedThreads(4)
