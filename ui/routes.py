"""Every address beside the pages. What answers is imported only once it is loaded, or is light."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.addresses import (
    ANSWERS_ADDRESS,
    KERAS_ADDRESS,
    LIVE_ADDRESS,
    TEST_IMAGES_ADDRESS,
    WEIGHTS_ADDRESS,
)
from ui.shared.figure import plotly_route
from ui.shared.javascript_modules import modules_route
from ui.startup import is_open


async def _health(request: Request) -> Response:
    """Answer: this process is alive and its event loop turns."""
    return JSONResponse({"status": "ok"})


async def _ready(request: Request) -> Response:
    if not is_open():
        return _not_yet()
    from server.probes import ready

    return await ready(request)


async def _metrics(request: Request) -> Response:
    if not is_open():
        return _not_yet()
    from server.probes import metrics

    return await metrics(request)


async def _live(request: Request) -> Response:
    if not is_open():
        return JSONResponse({"words": "The server is starting."}, 503)
    from ui.shared.live import send_news

    return await send_news(request)


async def _keras_file(request: Request) -> Response:
    if not is_open():
        return _not_yet()
    from ui.models.keras_download import send_keras_file

    return await send_keras_file(request)


async def _weights(request: Request) -> Response:
    if not is_open():
        return _not_yet()
    from ui.shared.in_page.weights import send_weights

    return await send_weights(request)


async def _test_images(request: Request) -> Response:
    if not is_open():
        return _not_yet()
    from ui.shared.in_page.test_images import send_test_images

    return await send_test_images(request)


async def _answers(request: Request) -> Response:
    if not is_open():
        return _not_yet()
    from ui.inside.answers import send_answers

    return await send_answers(request)


def _not_yet() -> Response:
    missing = {"server": "This server is starting."}
    return JSONResponse({"ready": False, "missing": missing}, 503)


routes = [
    plotly_route,
    modules_route,
    Route("/health", _health),
    Route("/ready", _ready),
    Route("/metrics", _metrics),
    Route(LIVE_ADDRESS + "/{run}", _live),
    Route(KERAS_ADDRESS + "/{run}", _keras_file),
    Route(WEIGHTS_ADDRESS + "/{run}/{checksum}", _weights),
    Route(TEST_IMAGES_ADDRESS + "/{digest}", _test_images),
    Route(ANSWERS_ADDRESS + "/{run}/{checksum}", _answers),
]
