"""A second run that grows out of the one in view, and both curves in one chart."""

from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from digits import charts
from digits.changes import AT_A_BRANCH, HELD, settings_at
from digits.live_figures import LIVE_FIGURES
from digits.settings import TrainingSettings, contradictions
from digits.settings_in_words import differences
from model_store.records import Run
from server.resources import resources
from trainer.run_settings import changes_of, course_of, settings_of
from ui.shared.errors import refusals_said
from ui.shared.plain_text import plain
from ui.shared.plot import FigureData
from ui.shared.session import open_run, visitor_id
from ui.shared.throttle import Action, allow
from ui.shared.typed_settings import typed_settings

MOST_POINTS = 400
COLOR = "#888888"
# A point is the mean of some steps, and a schedule may jump among them.
NEAR_ENOUGH, FEW, LOOKED_AT = 0.05, 0.1, 200


def offer_branch(run: Run) -> None:
    """Let the viewer have a run that goes another way from one of its steps on.

    Args:
        run: the one in view, which has come to rest.
    """
    settings = settings_of(run)
    course = course_of(run)
    last = min(run.step, course.last_step - 1)
    with st.popover("Branch here", icon=":material/fork_right:", key="branching"):
        st.markdown(
            "Another run takes the same steps up to a point of the curve, and goes on from there "
            "as the controls say. Both curves are shown."
        )
        half_way = course.starts[course.place(last)[0] // 2] or last // 2
        epoch = course.steps_of(0)
        step = int(
            st.number_input("After step", 0, last, half_way, step=epoch, key=f"branch_at_{run.id}")
        )
        st.caption(
            f"That is epoch {course.epochs_at(step):.4g}. It begins exactly there, also within an "
            "epoch, for it takes all steps before once more. The arrows go by an epoch."
        )
        chosen = typed_settings()
        if chosen is None:
            return
        before = settings_at(step, settings, changes_of(run))
        wanted = before.model_copy(update={name: getattr(chosen, name) for name in AT_A_BRANCH})
        refused = [*contradictions(wanted).values()]
        for sentence in refused:
            st.warning(plain(sentence))
        is_whole = before.schedule == "constant" or _kept_to_one_schedule(run.id, run.step)
        st.caption(_what_differs(wanted, before, is_whole))
        if not is_whole:
            st.warning(
                "This run was given more epochs after its schedule had been over. A branch takes "
                f"its steps with one schedule over all {settings.epochs} epochs, so its learning "
                "rate, and with it the losses, are others from the start."
            )
        elif before.schedule != "constant":
            st.caption("Its schedule goes over all of its epochs, from the start on.")
        if held := _what_is_held(chosen, before):
            st.caption(held)
        if st.button("Branch", key="branch", type="primary", disabled=bool(refused)):
            _branch(run, step, chosen)


@lru_cache(maxsize=256)
def _kept_to_one_schedule(run_id: str, steps: int) -> bool:
    """Whether the learning rates are those of a schedule over all epochs, as a branch takes them.

    Args:
        run_id: of the run.
        steps: that it has taken; with more, it is looked at anew.
    """
    run = resources().store.runs.get(run_id)
    points = resources().store.progress.since(run_id).points
    if run is None or not len(points) or "learning_rate" not in points.series:
        return True  # of an earlier version, which did not keep them
    some = slice(None, None, -(-len(points) // LOOKED_AT))
    taken, rates = points.steps[some], points["learning_rate"][some]
    course = course_of(run)
    shares = course.epochs_at(taken) / len(course.sizes)
    planned = [course.settings_at(int(step) - 1) for step in taken]
    expected = [each.rate_at(float(share)) for each, share in zip(planned, shares, strict=True)]
    highest = np.array([each.learning_rate for each in planned])
    return bool(np.mean(np.abs(rates - expected) > NEAR_ENOUGH * highest) < FEW)


def _what_differs(wanted: TrainingSettings, before: TrainingSettings, is_whole: bool) -> str:
    if wanted == before and not is_whole:
        return "The controls are as the run was then."
    if wanted == before:
        return (
            "The controls are as the run was then, so the branch will be the same run again, to "
            "the last digit. Change something first: the learning rate, the optimizer, dropout …"
        )
    said = f"From there on: {', '.join(differences(wanted, before))}."
    if wanted.batch_size != before.batch_size:
        said += " The batch size with the first epoch that begins there or later."
    if wanted.optimizer != before.optimizer:
        said += (
            " What an optimizer remembers of earlier steps means nothing to another one: it begins "
            "anew there, with the weights as they are."
        )
    return said


def _what_is_held(chosen: TrainingSettings, before: TrainingSettings) -> str:
    """Of what stands otherwise in the controls: what a branch has as its run, and why."""
    reasons = [
        f"{TrainingSettings.model_fields[name].title} {reason}"
        for name, reason in HELD.items()
        if getattr(chosen, name) != getattr(before, name)
    ]
    return f"Left as this run has it: {'; '.join(reasons)}." if reasons else ""


def _branch(run: Run, step: int, settings: TrainingSettings) -> None:
    if not allow(Action.TRAIN, visitor_id()):
        return
    with refusals_said():
        if resources().store.runs.get(run.id) is None:
            st.warning("This run has been deleted meanwhile. Press Train to start one instead.")
            return
        open_run(resources().service.branch(visitor_id(), run, step, settings))


def with_parent(run: Run, figures: list[FigureData]) -> list[FigureData]:
    """The charts of a run with the curves of the one that it branches from, if that is there.

    Args:
        run: the one in view.
        figures: one for each row of `LIVE_FIGURES`.
    """
    parent = resources().store.runs.get(run.branch["run"]) if run.branch else None
    if parent is None:
        return figures
    points = resources().store.progress.since(parent.id).points
    if not len(points):
        return figures
    x = course_of(parent).epochs_at(points.steps)
    window = round(charts.MEAN_WINDOW * len(points) / float(x[-1]))
    shown = slice(None, None, -(-len(points) // MOST_POINTS))
    found = []
    for row, figure in zip(LIVE_FIGURES, figures, strict=True):
        means = _running_mean(points[row.curves[0].series], window)
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
