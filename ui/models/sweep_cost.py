"""How long a sweep takes, said beside the button that starts it."""

from collections.abc import Mapping
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digits.sweep import Refused, grid
from server.guarded_answers import GuardedAnswers, NotHere
from server.rate_limits import Rate
from server.resources import resources
from trainer.run_settings import settings_of_weights
from ui.shared.errors import note
from ui.shared.in_page.weights import run_by_id

# It is asked while somebody types.
_guard = GuardedAnswers(
    1, Rate(200, 0.25), Rate(2000, 0.05), "The time cannot be estimated at the moment.", note
)


async def send_sweep_cost(request: Request) -> Response:
    """Send the expected seconds of a sweep: of `run`, and the values of each setting named."""
    query = dict(request.query_params)
    return await _guard.answer(request, partial(_cost, query.pop("run", ""), query))


def _cost(run_id: str, axes: Mapping[str, str]) -> Response:
    run = run_by_id(run_id)
    if run is None:
        raise NotHere("This run has been deleted.")
    try:
        wanted = grid(settings_of_weights(run), axes)
    except Refused as error:
        return JSONResponse({"seconds": None, "trouble": str(error)})
    expected = [resources().service.expected_seconds(each.settings) for each in wanted]
    known = [seconds for seconds in expected if seconds is not None]
    return JSONResponse({"seconds": sum(known) if len(known) == len(expected) else None})
