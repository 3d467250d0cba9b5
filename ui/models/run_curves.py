"""The curves of a run, thinned, for a chart of several: sent to whoever has the run's link."""

import math
from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digits.overlay import seconds_at, thinned
from model_store.records import Run
from server.guarded_answers import GuardedAnswers, NotHere
from server.rate_limits import Rate
from server.resources import resources
from trainer.run_settings import course_of
from ui.shared.errors import note
from ui.shared.in_page.weights import run_by_id

# As many as a chart has pixels for.
MOST_POINTS = 300
SERIES = ("loss", "accuracy")

# Twenty curves come at once, and those of four runs that train each second or so.
_guard = GuardedAnswers(
    2, Rate(300, 0.2), Rate(3000, 0.03), "The curves cannot be read at the moment.", note
)


async def send_curves(request: Request) -> Response:
    """Send the curves of the run that the address names."""
    return await _guard.answer(request, partial(_response, request.path_params["run"]))


def _response(run_id: str) -> Response:
    run = run_by_id(run_id)
    if run is None:
        raise NotHere("This run has been deleted.")
    return JSONResponse(curves_of(run), headers={"Cache-Control": "no-store"})


def curves_of(run: Run) -> dict[str, Any]:
    """The curves of a run's batches and of its epochs, each with the axes it can lie along."""
    progress = resources().store.progress.since(run.id)
    course = course_of(run)
    epochs = progress.epochs
    ends, took = [each.last_step for each in epochs], [each.seconds for each in epochs]

    def axes(steps: NDArray[Any]) -> dict[str, list[float]]:
        return {
            "step": _listed(steps),
            "epoch": _listed(course.epochs_at(steps)),
            "seconds": _listed(seconds_at(steps, ends, took, run.steps_per_second)),
        }

    steps = progress.points.steps
    thin = {name: thinned(steps, progress.points[name], MOST_POINTS) for name in SERIES}
    return {
        "training": {
            "x": axes(thin["loss"][0]),
            **{name: _listed(values) for name, (_, values) in thin.items()},
        },
        "validation": {
            "x": axes(np.array(ends, int)),
            "loss": _listed(each.validation_loss for each in epochs),
            "accuracy": _listed(each.validation_accuracy for each in epochs),
        },
    }


def _listed(numbers: Iterable[float | None]) -> list[Any]:
    """Numbers as JSON can say them."""
    return [
        round(float(each), 5) if each is not None and math.isfinite(each) else None
        for each in numbers
    ]
