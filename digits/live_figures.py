"""The live charts of a run, one row each; `digits/charts.py` draws them, the browser fills them."""

from typing import Literal, NamedTuple

# How a curve looks: every batch, faint; the running mean of the batches; one point an epoch.
# `lowest` and `highest` are no curve: the best and the last point of one are marked; `rings` stand
# for themselves, one an epoch.
Look = Literal["batches", "mean", "epochs", "rings", "line", "lowest", "highest"]


class Curve(NamedTuple):
    """A curve of a live chart.

    Attributes:
        series: what it shows, of `digits.progress.Progress.series` or of an epoch's record.
        name: what it is called under the pointer, and in a file.
        look: how it is drawn.
        label: what stands at its end, where it is told from another one by that.
    """

    series: str
    name: str
    look: Look
    label: str = ""


class LiveFigure(NamedTuple):
    """A live chart.

    Attributes:
        name: names it on the page, where its container is `NAME_figure`, and in the browser.
        title: what it shows, above it.
        words: what that is, beside the title.
        description: what it shows, for those who cannot see it.
        curves: from the lowest to the uppermost.
        ticks, hover: how Plotly writes a number, at the axis and under the pointer.
        top: where the axis ends at first; None leaves the axis to Plotly.
        chance: what guessing gives, in words, at which height, and on which side of the line.
        height: in pixels.
        with_changing_rate: it is shown only where the learning rate changes on the way.
    """

    name: str
    title: str
    words: str
    description: str
    curves: tuple[Curve, ...]
    ticks: str = "~g"
    hover: str = ".3f"
    top: float | None = None
    chance: tuple[str, float, str] | None = None
    height: int = 300
    with_changing_rate: bool = False


def _curves(series: str, best: Look) -> tuple[Curve, ...]:
    return (
        Curve(series, "each batch", "batches"),
        Curve(f"validation_{series}", "validation", "epochs", "validation"),
        Curve(series, "training, mean of ¼ epoch", "mean", "training"),
        Curve(f"validation_{series}", "best and last", best),
        Curve(f"training_{series}", "training, after the epoch", "rings"),
    )


CHANCE_LOSS = 2.302585092994046  # ln 10
_SAID = (
    "of every batch, its running mean, and after each epoch. "
    "A table has the figures by epoch at the end."
)
LIVE_FIGURES = (
    LiveFigure(
        name="loss",
        title="Loss",
        words="how wrong it is; lower is better",
        description=f"Loss {_SAID}",
        curves=_curves("loss", "lowest"),
        top=2.6,
        chance=(f"guessing: {CHANCE_LOSS:.2f}", CHANCE_LOSS, "bottom"),
    ),
    LiveFigure(
        name="accuracy",
        title="Accuracy",
        words="the share it gets right; higher is better",
        description=f"Accuracy {_SAID}",
        curves=_curves("accuracy", "highest"),
        ticks="~%",
        hover=".1%",
        top=1.02,
        chance=("guessing: 10%", 0.1, "top"),
    ),
    LiveFigure(
        name="learning_rate",
        title="Learning rate",
        words="how large a step is",
        description="Learning rate of every batch.",
        curves=(Curve("learning_rate", "learning rate", "line"),),
        hover=".3~g",
        height=190,
        with_changing_rate=True,
    ),
)


class Mark(NamedTuple):
    """Moments of a run that are marked on its loss.

    Attributes:
        series: names them, as for a curve.
        name: what stands under the pointer.
        symbol: of Plotly's, so that they are told apart without colours.
        is_good: whether they are blue, or else orange.
    """

    series: str
    name: str
    symbol: str
    is_good: bool


# Of the drawing that travels with a run, two moments: of all its changes they would hide the curve.
# Right is what somebody has said that it is, or else the answer of now.
DRAWING_MARKS = {
    "change": (
        Mark("read_first", "drawing: first read as now", "star", True),
        Mark("read_last", "drawing: last change", "square", True),
    ),
    "right": (
        Mark("read_first", "drawing: first right", "star", True),
        Mark("read_last", "drawing: right since", "square", True),
        Mark("read_wrong", "drawing: wrong since", "x", False),
    ),
}
DRAWING_MARKS_IN_WORDS = {
    "change": "Star: the drawing is first read as it is now; square: the answer changes last.",
    "right": "Star: the drawing is first read right; square: right from here on; cross: wrong.",
}
