"""Plain data to Plotly figures.

Colours are Okabe and Ito's, told apart by everyone; two lines of one figure differ in dash too.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from digits.course import Course
from digits.live_figures import Curve, LiveFigure, Mark
from digits.settings import CLASSES
from digits.words import brief_probability, probability

BLUE = "#0072B2"
ORANGE = "#D55E00"
GREY = "#7A8794"

# Of an epoch: long enough to be smooth, as it is so many images whatever the batch size, and so
# short that the curve is nowhere far behind, however few epochs and steps a run has.
MEAN_WINDOW = 0.25

# Of a live figure, in pixels; a word at the end of a curve stands to its right.
LIVE_MARGIN = {"l": 44, "t": 16, "b": 40}
ROOM_FOR_LABELS = 80


def live_figure(row: LiveFigure, epochs: int, batches_in_epoch: float) -> go.Figure:
    """A figure without points, to which the browser adds them.

    Args:
        row: what it shows.
        epochs: how far the axis goes.
        batches_in_epoch: with the last one, which may be smaller, as a fraction.
    """
    figure = go.Figure()
    for curve in row.curves:
        # One point of nothing: Plotly adds no points to a trace that has none.
        meta = {"series": curve.series, "label": curve.label, "look": curve.look}
        figure.add_scatter(name=curve.name, x=[None], y=[None], meta=meta, showlegend=False)
        look = _look(curve, _hover(row, curve), epochs)
        look["meta"] = meta | look.get("meta", {})
        figure.data[-1].update(look)
    style(figure, row.height)
    # The browser lets one choose along what curves run (`ui/shared/live_figure.js`).
    figure.update_layout(
        meta={"epochs": epochs, "batches_in_epoch": batches_in_epoch},
        margin=LIVE_MARGIN | {"r": ROOM_FOR_LABELS if any(_labels(row)) else 12},
    )
    figure.update_xaxes(
        range=[0, epochs],
        title="epoch",
        hoverformat=".2f",
        showspikes=True,
        spikemode="across",
        spikethickness=1,
        spikecolor=GREY,
    )
    figure.update_yaxes(tickformat=row.ticks)
    if row.top is not None:
        figure.update_yaxes(range=[0, row.top])
    if row.chance is not None:
        text, level, side = row.chance
        _mark_chance(figure, level, text, side)
    return figure


def _labels(row: LiveFigure) -> list[str]:
    return [curve.label for curve in row.curves]


def _hover(row: LiveFigure, curve: Curve) -> str:
    name = curve.name if curve.look == "rings" else curve.name.partition(",")[0]
    return f"{name} %{{y:{row.hover}}}<extra></extra>"


def add_marks(figure: go.Figure, marks: Sequence[Mark]) -> None:
    """Add traces without points to a live figure, for moments that the browser marks on it."""
    for mark in marks:
        figure.add_scatter(
            name=mark.name,
            x=[None],
            y=[None],
            mode="markers",
            cliponaxis=False,
            marker={"size": 14, "symbol": mark.symbol, "color": BLUE if mark.is_good else ORANGE},
            hovertemplate=f"{mark.name}<extra></extra>",
            meta={"series": mark.series},
            showlegend=False,  # a legend above the loss would make it lower than the accuracy
        )
        figure.data[-1].marker.line = {"width": 1, "color": "#ffffff"}


def _look(curve: Curve, hover: str, epochs: int) -> dict[str, Any]:
    if curve.look in ("batches", "line", "mean"):
        return _line(curve, hover)
    return {"cliponaxis": False, **_marks(curve, hover, are_few=epochs <= 15)}


def _line(curve: Curve, hover: str) -> dict[str, Any]:
    """A curve with a point for each step."""
    width = {"batches": 1, "line": 2, "mean": 2.5}[curve.look]
    look: dict[str, Any] = {"mode": "lines", "line": {"color": BLUE, "width": width}}
    if curve.look == "batches":
        return look | {"opacity": 0.2, "hoverinfo": "skip"}
    if curve.look == "mean":
        look["meta"] = {"window": MEAN_WINDOW}
    return look | {"hovertemplate": hover}


def _marks(curve: Curve, hover: str, are_few: bool) -> dict[str, Any]:
    """What has a mark for each epoch, or one in all."""
    marker: dict[str, Any]
    match curve.look:
        case "epochs":
            line = {"color": ORANGE, "width": 2, "dash": "dash"}
            marker = {"size": 9 if are_few else 5, "symbol": "diamond"}
            look = {"mode": "lines+markers", "line": line, "marker": marker}
            return look | {"hovertemplate": hover}
        case "rings":
            marker = {"size": 8 if are_few else 5, "symbol": "circle-open", "color": BLUE}
            look = {"mode": "markers", "marker": marker | {"line": {"width": 1.5}}}
            return look | {"hovertemplate": hover}
        case _:  # "lowest" or "highest"
            marker = {"size": 15, "symbol": "diamond-open", "color": ORANGE, "line": {"width": 2}}
            look = {
                "mode": "markers+text",
                "marker": marker,
                "textfont": {"size": 11, "color": ORANGE},
            }
            return look | {"hoverinfo": "skip"}


def end_of_curve(steps: NDArray[np.int32], values: NDArray[np.float32], course: Course) -> float:
    """Where the running mean of a live figure ends, as the browser draws it.

    Args:
        steps: that each point ends at, [count]; from those of the last `MEAN_WINDOW` on.
        values: the points' means, [count].
        course: of the run.
    """
    epochs = course.epochs_at(steps)
    # Of the epoch that each point lies in.
    within_epoch = np.clip(np.ceil(epochs).astype(int), 1, len(course.sizes)) - 1
    batches = np.array(course.batches)[within_epoch]
    counts = np.diff(steps, prepend=steps[0] - 1).astype(float)
    counts -= np.isin(steps, course.starts) * (np.ceil(batches) - batches)
    # A step that lies at the very edge is out, whatever its fraction of an epoch is rounded to.
    edge = epochs[-1] - MEAN_WINDOW + 0.5 / np.ceil(batches[-1]) + 1e-9
    within = epochs > edge
    within[-1] = True
    return float(np.average(values[within], weights=(counts / batches)[within]))


def probability_figure(probabilities: NDArray[np.float32], others: str = "") -> dict[str, Any]:
    """Ten class probabilities as bars, the largest marked by colour and by a bold number.

    It is made for every stroke, and therefore as the plain data that Plotly's JavaScript wants: a
    `go.Figure` takes longer than all that the network does.

    Args:
        probabilities: [10], or [2, 10] to set two networks side by side: before and after.
        others: name of the first of two.
    """
    rows = np.atleast_2d(probabilities)
    compared = len(rows) > 1
    names = (others, "afterwards")
    bars = [
        _bars(row, name, muted=compared and number == 0)
        for number, (row, name) in enumerate(zip(rows, names, strict=False))
    ]
    return {"data": bars, "layout": _probability_layout(compared)}


def _bars(row: NDArray[np.float32], name: str, muted: bool) -> dict[str, Any]:
    best = int(row.argmax())
    colors = [GREY if muted or digit != best else BLUE for digit in range(CLASSES)]
    texts = [
        "" if muted else f"<b>{_number(value)}</b>" if digit == best else _share(value)
        for digit, value in enumerate(row)
    ]
    return {
        "type": "bar",
        "x": row.tolist(),
        "y": [str(digit) for digit in range(CLASSES)],
        "orientation": "h",
        "name": name,
        "marker": {
            "color": colors,
            "opacity": 0.45 if muted else 1,
            "pattern": {"shape": "/" if muted else ""},
        },
        "text": texts,
        "textposition": "outside",
        "textfont": {"size": 13},
        "constraintext": "none",
        "cliponaxis": False,
        "hovertext": [probability(value) for value in row],
        "hovertemplate": "digit %{y}: %{hovertext}<extra></extra>",
    }


@cache
def _probability_layout(compared: bool) -> dict[str, Any]:
    figure = go.Figure()
    style(figure, 360)
    figure.update_layout(showlegend=compared, bargap=0.25, hovermode="closest")
    figure.update_xaxes(
        range=[0, 1.25],  # the words beside a whole bar fit on a phone, too
        tickformat=".0%",
        hoverformat=".0%",  # which Plotly takes for chosen ticks
        tickvals=[0, 0.5, 1],
        title="probability",
    )
    figure.update_yaxes(autorange="reversed", type="category", title="digit", showgrid=False)
    layout: dict[str, Any] = json.loads(figure.to_json())["layout"]
    return layout


def _share(value: float) -> str:
    return _number(value) if value >= 0.001 else ""


def _number(value: float) -> str:
    return brief_probability(value).replace("<", "&lt;").replace(">", "&gt;")  # Plotly reads HTML


def _mark_chance(figure: go.Figure, level: float, text: str, side: str) -> None:
    figure.add_hline(
        y=level,
        line={"color": GREY, "width": 1, "dash": "dot"},
        annotation={"text": text, "font": {"size": 11}},
        annotation_position=f"{side} right",
    )


def style(figure: go.Figure, height: int) -> None:
    """Give a figure the look that all figures share, and its height in pixels."""
    figure.update_layout(
        template="none",
        height=height,
        margin={"l": 48, "r": 12, "t": 30, "b": 44},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hovermode="x",
        hoverlabel={"bgcolor": "#16202c", "font": {"color": "#ffffff"}},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
        font={"size": 13},
        uirevision="kept",
    )
    # Under the pointer too, x is said in as many digits as mean something.
    figure.update_xaxes(gridcolor=GREY, zeroline=False, fixedrange=False, hoverformat=".3~f")
    # Ticks that are not seen keep its numbers from those of the other axis.
    unseen = {"ticks": "outside", "ticklen": 5, "tickcolor": "rgba(0,0,0,0)"}
    figure.update_yaxes(gridcolor=GREY, zeroline=False, **unseen)
