"""Figures of losses and of descent on the Learn page, for Plotly."""

import numpy as np
import plotly.graph_objects as go

from digits.charts import BLUE, GREY, ORANGE, style
from digits.settings import CLASSES
from digits.words import probability as in_words
from lesson.arithmetic import (
    EXAMPLE_DIGIT,
    POINTS_X,
    POINTS_Y,
    START,
    VALLEY,
    Floats,
    bowl,
    cross_entropy,
    mean_squared_error,
    one_hot,
    outputs_giving,
)

GREEN = "#009E73"
GUESS = 1 / CLASSES


def squares_figure(slope: float, height: float) -> go.Figure:
    """Points, a line through them, and the square of each difference as a square.

    Args:
        slope: of the line.
        height: of the line at x = 0.
    """
    line = slope * POINTS_X + height
    corners_x: list[float | None] = []
    corners_y: list[float | None] = []
    for x, y, foot in zip(POINTS_X, POINTS_Y, line, strict=True):
        side = abs(y - foot)
        corners_x += [x, x, x + side, x + side, x, None]
        corners_y += [y, foot, foot, y, y, None]
    figure = go.Figure()
    figure.add_scatter(
        name="squared differences",
        x=corners_x,
        y=corners_y,
        mode="lines",
        fill="toself",
        fillcolor="rgba(213, 94, 0, 0.28)",
        line={"color": ORANGE, "width": 1},
        hoverinfo="skip",
    )
    figure.add_scatter(
        name="line",
        x=[-1, 11],
        y=[height - slope, height + 11 * slope],
        mode="lines",
        line={"color": BLUE, "width": 2.5},
        hoverinfo="skip",
    )
    figure.add_scatter(
        name="points",
        x=POINTS_X.tolist(),
        y=POINTS_Y.tolist(),
        mode="markers",
        marker={"color": GREY, "size": 11, "line": {"color": "#ffffff", "width": 1.5}},
        hovertemplate="(%{x}, %{y})<extra></extra>",
    )
    style(figure, 330)
    figure.update_xaxes(range=[0, 9.6], constrain="domain", dtick=2)
    figure.update_yaxes(range=[0, 6], scaleanchor="x", constrain="domain", tickvals=[2, 4, 6])
    return figure


def outputs_figure(outputs: Floats) -> go.Figure:
    """Ten outputs as bars beside the one-hot target of the example digit.

    Args:
        outputs: [10], summing to 1.
    """
    digits = [str(digit) for digit in range(CLASSES)]
    figure = go.Figure()
    figure.add_bar(
        name="target",
        x=digits,
        y=one_hot(EXAMPLE_DIGIT).tolist(),
        marker={"color": "rgba(0,0,0,0)", "line": {"color": ORANGE, "width": 2.5}},
        hoverinfo="skip",
    )
    figure.add_bar(
        name="output",
        x=digits,
        y=outputs.tolist(),
        marker={"color": BLUE},
        width=0.5,
        hovertext=[in_words(output) for output in outputs],
        hovertemplate="digit %{x}: %{hovertext}<extra></extra>",
    )
    style(figure, 270)
    figure.update_layout(barmode="overlay", hovermode="closest", bargap=0.2)
    figure.update_xaxes(type="category", title="digit", showgrid=False)
    figure.update_yaxes(range=[0, 1.05], tickformat=".0%", hoverformat=".0%", tickvals=[0, 0.5, 1])
    return figure


def two_losses_figure(probability: float) -> go.Figure:
    """Cross-entropy and squared error over the probability of the right digit.

    Each is drawn relative to what guessing costs, so that their shapes can be compared.
    """
    target, guess = one_hot(EXAMPLE_DIGIT), outputs_giving(GUESS)
    shares = np.concatenate([np.geomspace(0.001, 0.05, 40), np.linspace(0.06, 0.999, 60)])
    cases = [outputs_giving(share) for share in [*shares, probability]]
    entropy = [
        cross_entropy(case, EXAMPLE_DIGIT) / cross_entropy(guess, EXAMPLE_DIGIT) for case in cases
    ]
    squared = [
        mean_squared_error(case, target) / mean_squared_error(guess, target) for case in cases
    ]
    figure = go.Figure()
    for name, values, color, dash in (
        ("cross-entropy", entropy, BLUE, "solid"),
        ("mean squared error", squared, ORANGE, "dash"),
    ):
        figure.add_scatter(
            name=name,
            x=shares.tolist(),
            y=values[:-1],
            mode="lines",
            line={"color": color, "width": 2.5, "dash": dash},
            hovertemplate="%{x:.1%}: %{y:.2f}",
        )
        figure.add_scatter(
            x=[probability],
            y=[values[-1]],
            mode="markers",
            cliponaxis=False,
            marker={"color": color, "size": 12, "line": {"color": "#ffffff", "width": 1.5}},
            showlegend=False,
            hoverinfo="skip",
        )
    style(figure, 270)
    figure.update_xaxes(
        hoverformat=".1%",
        range=[0, 1],
        tickvals=[0, 0.5, 1],
        ticktext=["0%", "50%", "100%"],
        title="probability of the right digit",
    )
    figure.update_layout(margin_r=24)  # or the last of its numbers would not be shown
    figure.update_yaxes(range=[0, 3.1], dtick=1, title="guessing = 1")
    return figure


def descent_figure(weights: Floats) -> go.Figure:
    """The bowl, and the way that gradient descent took in it.

    Args:
        weights: [steps + 1], the weight before the first and after each step.
    """
    curve = np.linspace(VALLEY - 10, VALLEY + 10, 120)
    figure = go.Figure()
    figure.add_scatter(
        name="loss",
        x=curve.tolist(),
        y=bowl(curve).tolist(),
        mode="lines",
        line={"color": GREY, "width": 2.5},
        hoverinfo="skip",
    )
    seen = weights[np.abs(weights - VALLEY) < 100]  # the picture ends long before
    figure.add_scatter(
        name="steps",
        x=seen.tolist(),
        y=bowl(seen).tolist(),
        mode="lines+markers",
        line={"color": BLUE, "width": 1.5},
        marker={"color": BLUE, "size": 8, "symbol": "circle"},
        hovertemplate="weight %{x:.3f}: loss %{y:.3f}<extra></extra>",
    )
    for name, at, color, symbol in (
        ("start", START, ORANGE, "diamond"),
        ("end", float(weights[-1]), GREEN, "square"),
    ):
        figure.add_scatter(
            name=name,
            x=[at],
            y=bowl(np.array([at])).tolist(),
            mode="markers",
            marker={
                "color": color,
                "size": 13,
                "symbol": symbol,
                "line": {"color": "#ffffff", "width": 1.5},
            },
            hovertemplate=f"{name}: weight %{{x:.3f}}, loss %{{y:.3f}}<extra></extra>",
        )
    style(figure, 310)
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(range=[VALLEY - 9.5, VALLEY + 9.5], title="weight W")
    figure.update_yaxes(range=[-2, 42], title="loss l")
    return figure


def descent_loss_figure(weights: Floats) -> go.Figure:
    """The loss after each step of a descent, in powers of ten."""
    losses = np.maximum(bowl(weights), 1e-8)  # what lies beneath is the same to the eye
    figure = go.Figure()
    figure.add_scatter(
        x=list(range(len(losses))),
        y=losses.tolist(),
        mode="lines+markers",
        cliponaxis=False,
        line={"color": BLUE, "width": 2},
        marker={"size": 7},
        hovertemplate="step %{x}: %{y:.4g}<extra></extra>",
    )
    style(figure, 310)
    figure.update_layout(showlegend=False)
    figure.update_xaxes(range=[-0.5, max(len(losses) - 0.5, 5)], title="step")
    figure.update_yaxes(
        type="log",
        range=[-8, 6],
        dtick=2,
        exponentformat="power",
        title="loss l",
        tickfont={"size": 11},
    )
    figure.update_layout(margin_l=64)  # powers of ten are wide
    return figure
