"""Figures of a network and its scores on the Learn page: an epoch, certainty, weights."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from digits.charts import BLUE, ORANGE, style
from lesson.arithmetic import likely_range
from lesson.figures import GREEN


def epoch_figure(accuracies: NDArray[np.float32], validation: float) -> go.Figure:
    """One epoch as it went: what its mean says, and how good the network was by then.

    Args:
        accuracies: of each batch, [steps].
        validation: accuracy on the images held back, after the last step.
    """
    steps = np.arange(1, len(accuracies) + 1)
    mean = np.cumsum(accuracies) / steps
    window = min(100, len(accuracies))
    recent = np.convolve(accuracies, np.ones(window) / window, "valid")
    figure = go.Figure()
    for name, x, y, color, dash in (
        ("mean since the start", steps, mean, ORANGE, "dash"),
        (f"last {window} batches", steps[window - 1 :], recent, BLUE, "solid"),
    ):
        figure.add_scatter(
            name=name,
            x=x.tolist(),
            y=y.tolist(),
            mode="lines",
            line={"color": color, "width": 2.5, "dash": dash},
            hovertemplate="step %{x}: %{y:.1%}",
        )
    figure.add_scatter(
        name="validation",
        x=[len(accuracies)],
        y=[validation],
        mode="markers",
        cliponaxis=False,
        marker={"color": GREEN, "size": 12, "symbol": "diamond"},
        hovertemplate="validation: %{y:.2%}<extra></extra>",
    )
    style(figure, 290)
    figure.update_xaxes(range=[0, len(accuracies)], title="step of the first epoch")
    figure.update_yaxes(range=[0.4, 1], tickformat=".0%")
    return figure


def certainty_figure(scores: Sequence[tuple[int, int]]) -> go.Figure:
    """The accuracies that fit to each score, as bars from the lowest to the highest.

    Args:
        scores: right answers and their count.
    """
    shares = [right / count for right, count in scores]
    ranges = [likely_range(right, count) for right, count in scores]
    figure = go.Figure()
    figure.add_scatter(
        x=shares,
        y=[f"{right:,} of {count:,}" for right, count in scores],
        mode="markers",
        marker={"color": BLUE, "size": 11},
        error_x={
            "array": [high - share for share, (_, high) in zip(shares, ranges, strict=True)],
            "arrayminus": [share - low for share, (low, _) in zip(shares, ranges, strict=True)],
            "color": BLUE,
            "thickness": 2.5,
            "width": 7,
        },
        hovertemplate="%{y}: %{x:.1%}<extra></extra>",
    )
    style(figure, 210)
    figure.update_layout(showlegend=False, hovermode="closest", margin={"l": 118, "t": 12})
    figure.update_xaxes(range=[0.88, 1.005], tickformat=".0%", dtick=0.04, title="accuracy")
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False, ticksuffix=" ")
    return figure


def weights_figure(widths: Sequence[int]) -> go.Figure:
    """Number of weights and biases between each two layers, as bars.

    Args:
        widths: of every layer, from the pixels to the classes.
    """
    pairs = list(pairwise(widths))
    counts = [(inputs + 1) * outputs for inputs, outputs in pairs]
    figure = go.Figure()
    figure.add_bar(
        x=counts,
        y=[f"{inputs} → {outputs}" for inputs, outputs in pairs],
        orientation="h",
        marker={"color": BLUE},
        text=[f"{count:,}" for count in counts],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    style(figure, 210)
    figure.update_layout(showlegend=False, bargap=0.3, margin={"l": 88, "t": 6, "r": 70, "b": 30})
    figure.update_xaxes(tickformat="~s", nticks=4)
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False, ticksuffix=" ")
    return figure
