"""One network with three learning rates, as it was recorded: too small, right and too large."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from digits.charts import BLUE, GREY, ORANGE, style
from digits.settings import TrainingSettings

RECORD = Path(__file__).parents[1] / "shipped" / "learning_rates.json"
# Plain gradient descent, as the lesson has it: the rate is all that decides how long a step is.
START = TrainingSettings(hidden_layers=(32,), optimizer="sgd", images_used=6000, epochs=3)
RATES = {"too small": 0.0005, "right": 0.1, "too large": 1.5}
STEPS_OF_A_POINT = 3
HIGHEST_SHOWN = 4  # a leap of the rate that is too large goes beyond it
ABOVE = 22  # pixels, of a curve's name from its end
_LOOKS = {"too small": (GREY, "dot"), "right": (BLUE, "solid"), "too large": (ORANGE, "dash")}


class LearningRates(NamedTuple):
    """Losses of each run by its name, [points]: means of some steps, which end at `steps`."""

    steps: list[int]
    losses: dict[str, NDArray[np.float32]]

    def in_words(self) -> str:
        """What the three curves show, with their numbers."""
        small, right, large = (self.losses[name] for name in RATES)
        return (
            f"Too small ({RATES['too small']:g}): it creeps from {small[0]:.2f} to {small[-1]:.2f} "
            f"in {self.steps[-1]} steps, nearly a level line, and goes on falling as slowly. "
            f"Right ({RATES['right']:g}): it falls steeply, then levels off, at {right[-1]:.2f}. "
            f"Too large ({RATES['too large']:g}): it leaps up to {large.max():.2f}, beyond the "
            f"picture, jumps up and down, and ends at {large[-1]:.2f}, little better than the 2.30 "
            "of guessing."
        )


def settings_with(name: str, start: TrainingSettings = START) -> TrainingSettings:
    """The settings of the run of that name, one of `RATES`."""
    return start.model_copy(update={"learning_rate": RATES[name]})


def learning_rates() -> LearningRates:
    """The runs of `RATES`, as `python -m scripts.make_learning_rates` recorded them."""
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    losses = {name: np.array(record["losses"][name], np.float32) for name in RATES}
    return LearningRates(record["steps"], losses)


def learning_rates_figure(runs: LearningRates) -> go.Figure:
    """The three losses over the steps, each named at its end."""
    figure = go.Figure()
    for name, losses in runs.losses.items():
        color, dash = _LOOKS[name]
        words = f"{name}: {RATES[name]:g}"
        figure.add_scatter(
            name=words,
            x=runs.steps,
            y=losses.tolist(),
            mode="lines",
            line={"color": color, "width": 2.5, "dash": dash},
            hovertemplate=f"{words}, loss %{{y:.3f}}<extra></extra>",
        )
        figure.add_annotation(
            text=words,
            x=runs.steps[-1],
            y=float(losses[-1]),
            xanchor="right",
            yshift=-ABOVE if name == "too large" else ABOVE,
            showarrow=False,
        )
    style(figure, 300)
    figure.update_layout(showlegend=False)
    figure.update_xaxes(range=[0, runs.steps[-1]], title="step")
    figure.update_yaxes(range=[0, HIGHEST_SHOWN], title="loss")
    return figure
