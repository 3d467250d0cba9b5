"""Every address beside the pages. What answers is imported only once it is loaded, or is light."""

from collections.abc import Awaitable, Callable
from importlib import import_module

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.addresses import (
    ANSWERS_ADDRESS,
    COMPARISON_ADDRESS,
    CURVES_ADDRESS,
    DETECTOR_ADDRESS,
    DISAGREEMENTS_ADDRESS,
    KERAS_ADDRESS,
    LIVE_ADDRESS,
    NEIGHBOURS_ADDRESS,
    SWEEP_COST_ADDRESS,
    TEST_IMAGES_ADDRESS,
    WEIGHTS_ADDRESS,
)
from ui.shared.figure import plotly_route
from ui.shared.javascript_modules import modules_route
from ui.shared.style import STYLE
from ui.startup import is_open


async def _health(request: Request) -> Response:
    """Answer: this process is alive and its event loop turns."""
    return JSONResponse({"status": "ok"})


def _not_yet() -> Response:
    missing = {"server": "This server is starting."}
    return JSONResponse({"ready": False, "missing": missing}, 503)


def _once_open(
    module: str, function: str, before: Callable[[], Response] = _not_yet
) -> Callable[[Request], Awaitable[Response]]:
    """What answers once the app is loaded, by the names of its module and its function."""

    async def answer(request: Request) -> Response:
        if not is_open():
            return before()
        send: Callable[[Request], Awaitable[Response]] = getattr(import_module(module), function)
        return await send(request)

    return answer


def _no_news_yet() -> Response:
    return JSONResponse({"words": "The server is starting."}, 503)


routes = [
    plotly_route,
    modules_route,
    STYLE.route,
    Route("/health", _health),
    Route("/ready", _once_open("server.probes", "ready")),
    Route("/metrics", _once_open("server.probes", "metrics")),
    Route(LIVE_ADDRESS + "/{run}", _once_open("ui.shared.live", "send_news", _no_news_yet)),
    Route(KERAS_ADDRESS + "/{run}", _once_open("ui.models.keras_download", "send_keras_file")),
    Route(
        WEIGHTS_ADDRESS + "/{run}/{checksum}",
        _once_open("ui.shared.in_page.weights", "send_weights"),
    ),
    Route(
        DETECTOR_ADDRESS + "/{checksum}",
        _once_open("ui.shared.in_page.detector", "send_detector"),
    ),
    Route(
        TEST_IMAGES_ADDRESS + "/{digest}",
        _once_open("ui.shared.in_page.test_images", "send_test_images"),
    ),
    Route(ANSWERS_ADDRESS + "/{run}/{checksum}", _once_open("ui.inside.answers", "send_answers")),
    Route(COMPARISON_ADDRESS, _once_open("ui.models.comparison", "send_comparison")),
    Route(CURVES_ADDRESS + "/{run}", _once_open("ui.models.run_curves", "send_curves")),
    Route(DISAGREEMENTS_ADDRESS, _once_open("ui.models.comparison", "send_disagreements")),
    Route(SWEEP_COST_ADDRESS, _once_open("ui.models.sweep_cost", "send_sweep_cost")),
    Route(NEIGHBOURS_ADDRESS + "/{run}", _once_open("ui.draw.neighbours", "send_neighbours")),
]
