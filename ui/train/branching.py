"""A second run that grows out of the one in view, and both curves in one chart."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from digits import charts
from digits.changes import IN_FLIGHT, settings_at
from digits.live_figures import LIVE_FIGURES
from digits.settings import TrainingSettings
from digits.settings_in_words import differences
from model_store.records import Epoch, Run
from server.resources import resources
from trainer.run_settings import changes_of, settings_of
from ui.shared.errors import refusals_said
from ui.shared.plot import FigureData
from ui.shared.session import open_run, visitor_id
from ui.shared.throttle import Action, allow
from ui.shared.typed_settings import typed_settings

MOST_POINTS = 400
COLOR = "#888888"


def offer_branch(run: Run, epochs: list[Epoch]) -> None:
    """Let the viewer have a run that goes another way from the end of one of its epochs on.

    Args:
        run: the one in view, which has come to rest.
        epochs: those that it has finished.
    """
    settings = settings_of(run)
    ends = [0, *(epoch.last_step for epoch in epochs if epoch.epoch < settings.epochs)]
    with st.popover("Branch here", icon=":material/fork_right:", key="branching"):
        st.markdown(
            "Another run takes the same steps up to a point of the curve, and goes on from there "
            "as the controls say. Both curves are shown."
        )
        after = st.number_input(
            "After epoch", 0, len(ends) - 1, len(ends) // 2, key=f"branch_at_{run.id}"
        )
        step = ends[int(after)]
        chosen = typed_settings()
        before = settings_at(step, settings, changes_of(run))
        if chosen:
            st.caption(_what_differs(chosen, before))
        if st.button("Branch", key="branch", type="primary", disabled=chosen is None) and chosen:
            _branch(run, step, chosen)


def _what_differs(chosen: TrainingSettings, before: TrainingSettings) -> str:
    wanted = before.model_copy(update={name: getattr(chosen, name) for name in IN_FLIGHT})
    said = f"From there on: {', '.join(differences(wanted, before))}."
    if wanted == before:
        said = (
            "The controls are as the run was then, so the branch will be the same run again, to "
            "the last digit. Change the learning rate, dropout, a penalty or label smoothing first."
        )
    if chosen != wanted:
        said += " What else you have set cannot change on the way and is left out."
    return said


def _branch(run: Run, step: int, settings: TrainingSettings) -> None:
    if not allow(Action.TRAIN, visitor_id()):
        return
    with refusals_said():
        if resources().store.runs.get(run.id) is None:
            st.warning("This run has been deleted meanwhile. Press Train to start one instead.")
            return
        open_run(resources().service.branch(visitor_id(), run, step, settings))


def with_parent(run: Run, figures: list[FigureData], batches: float) -> list[FigureData]:
    """The charts of a run with the curves of the one that it branches from, if that is there.

    Args:
        run: the one in view.
        figures: one for each row of `LIVE_FIGURES`.
        batches: in an epoch.
    """
    parent = resources().store.runs.get(run.branch["run"]) if run.branch else None
    if parent is None:
        return figures
    points = resources().store.progress.since(parent.id).points
    if not len(points):
        return figures
    x = points.steps / np.ceil(batches)
    window = round(charts.MEAN_WINDOW * len(points) / float(x[-1]))
    shown = slice(None, None, -(-len(points) // MOST_POINTS))
    found = []
    for row, figure in zip(LIVE_FIGURES, figures, strict=True):
        means = _running_mean(points[row.name], window)
        trace = _trace(x[shown].round(4).tolist(), means[shown].round(5).tolist())
        found.append({**figure, "data": [*figure["data"], trace]})
    return found


def _running_mean(values: NDArray[np.float32], window: int) -> NDArray[np.float64]:
    """The mean of the last `window` values up to each, [count]."""
    sums = np.cumsum(np.insert(values.astype(float), 0, 0.0))
    last = np.arange(1, len(sums))
    first = np.maximum(last - max(window, 1), 0)
    return np.asarray((sums[last] - sums[first]) / (last - first))


def _trace(x: list[float], y: list[float]) -> dict[str, Any]:
    """A curve that does not grow; like all others it begins with a point of nothing."""
    return {
        "type": "scatter",
        "name": "the run it branched from",
        "mode": "lines",
        "showlegend": True,
        "line": {"color": COLOR, "width": 1.5},
        "hovertemplate": "before branching %{y:.3~g}<extra></extra>",
        "x": [None, *x],
        "y": [None, *(None if np.isnan(value) else value for value in y)],
        "meta": {"series": "of another run"},
    }
