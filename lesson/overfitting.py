"""A run that overfits, as it was recorded: what it learned by heart, and what it lost by that."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from digits.charts import BLUE, ORANGE, style
from digits.recipes import notebook_but

RECORD = Path(__file__).parents[1] / "shipped" / "overfitting.json"
# Few images and many weights: there is room to learn each image by heart.
OVERFITTING = notebook_but(hidden_layers=(512, 256), images_used=500, batch_size=16, epochs=50)


class Overfitting(NamedTuple):
    """Losses after each epoch, [epochs]; accuracies after the last one."""

    training: NDArray[np.float32]
    validation: NDArray[np.float32]
    training_accuracy: float
    validation_accuracy: float

    @property
    def best_epoch(self) -> int:
        """The epoch with the lowest validation loss; the first is 1."""
        return int(self.validation.argmin()) + 1


def overfitting() -> Overfitting:
    """The run of `OVERFITTING`, as `python -m scripts.make_overfitting` recorded it."""
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    training, validation = (
        np.array(record[name], np.float32) for name in ("training", "validation")
    )
    return Overfitting(
        training, validation, record["training_accuracy"], record["validation_accuracy"]
    )


def overfitting_figure(run: Overfitting) -> go.Figure:
    """Both losses over the epochs, each named at its end, and where they part."""
    epochs = list(range(1, len(run.training) + 1))
    figure = go.Figure()
    for name, losses, color, dash in (
        ("images it learns from", run.training, BLUE, "solid"),
        ("images held back", run.validation, ORANGE, "dash"),
    ):
        figure.add_scatter(
            name=name,
            x=epochs,
            y=losses.tolist(),
            mode="lines+text",
            text=[*[""] * (len(epochs) - 1), name],
            textposition="top left",
            line={"color": color, "width": 2.5, "dash": dash},
            hovertemplate=f"{name} %{{y:.3f}}<extra></extra>",
        )
    lowest = run.best_epoch
    figure.add_scatter(
        x=[lowest],
        y=[float(run.validation[lowest - 1])],
        mode="markers+text",
        marker={"color": ORANGE, "size": 13, "symbol": "diamond-open", "line": {"width": 2}},
        text=[f"best here: epoch {lowest}"],
        textposition="bottom right",
        hoverinfo="skip",
    )
    style(figure, 300)
    figure.update_layout(showlegend=False)
    figure.update_xaxes(range=[0, len(epochs) + 0.5], title="epoch")
    figure.update_yaxes(rangemode="tozero", title="loss")
    return figure
