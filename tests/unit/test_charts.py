"""The running mean of the live figures, as the page says it in words."""

import gzip
import re
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from digits import charts
from digits.changes import Change
from digits.charts import MEAN_WINDOW, end_of_curve
from digits.course import Course
from digits.live_figures import LIVE_FIGURES
from digits.settings import TrainingSettings
from lesson import arithmetic, figures


def course(batches: float) -> Course:
    """A run with so many batches in each epoch."""
    return Course(TrainingSettings(batch_size=100), [], round(100 * batches))


def test_the_curve_ends_with_the_mean_of_a_quarter_of_an_epoch() -> None:
    steps = np.arange(1, 201, dtype=np.int32)
    values = np.where(steps > 200 - MEAN_WINDOW * 100, 0.5, 9.0).astype(np.float32)
    assert end_of_curve(steps, values, course(100.0)) == 0.5


def test_the_last_batch_of_an_epoch_counts_as_much_as_it_has_images() -> None:
    steps = np.array([1, 2, 3], np.int32)
    values = np.array([0, 0, 1], np.float32)
    assert end_of_curve(steps, values, course(11.5)) == pytest.approx(1 / 3)
    steps = np.array([10, 11, 12], np.int32)
    assert end_of_curve(steps, values, course(11.5)) == pytest.approx(0.5 / 2.5)


def test_one_step_an_epoch_is_its_own_mean() -> None:
    steps = np.array([1, 2, 3], np.int32)
    assert end_of_curve(steps, np.array([3, 2, 1], np.float32), course(0.9)) == 1.0


def test_a_step_at_the_edge_is_out() -> None:
    steps = np.arange(1, 71, dtype=np.int32)  # 14 in an epoch, of which 3.5 are asked for
    values = np.where(steps > 67, 0.5, 9.0).astype(np.float32)
    epochs = Course(TrainingSettings(batch_size=4096), [], 54_000)
    assert end_of_curve(steps, values, epochs) == 0.5


def test_larger_batches_count_as_much_as_they_have_images() -> None:
    settings = TrainingSettings(batch_size=20, epochs=2)
    half_as_large = Course(settings, [Change(5, {"batch_size": 10})], 100)
    steps = np.array([4, 5, 6], np.int32)
    values = np.array([9, 0, 3], np.float32)  # the last two are 30 images, of 25 that are asked for
    assert end_of_curve(steps, values, half_as_large) == pytest.approx((20 * 0 + 10 * 3) / 30)


ROOT = Path(__file__).parents[2]
FIGURES = [
    *(charts.live_figure(row, 5, 844) for row in LIVE_FIGURES),
    figures.squares_figure(0.1, 2.6),
    figures.two_losses_figure(0.1),
    figures.descent_figure(arithmetic.descend(0.4, 12)),
    figures.descent_loss_figure(arithmetic.bowl(arithmetic.descend(0.4, 12))),
]


@pytest.mark.parametrize("figure", FIGURES)
def test_what_stands_under_the_pointer_has_as_many_digits_as_mean_something(figure) -> None:
    assert figure.layout.xaxis.hoverformat, "Plotly would say 20.5348"
    for trace in figure.data:
        for said in re.findall(r"%\{([xy][^}]*)\}", trace.hovertemplate or ""):
            values = trace[said[0]]
            assert ":" in said or all(value == round(value, 4) for value in values), said


def test_no_bar_is_said_to_be_all_or_nothing():
    sure = np.zeros(10, np.float32)
    sure[7] = 1
    figure = charts.probability_figure(sure)
    (bars,) = figure["data"]
    said = [*bars["text"], *bars["hovertext"]]
    assert not {"0.0%", "<b>100.0%</b>", "100.0%"} & set(said)
    assert bars["hovertext"][7] == "over 99.9%"
    assert bars["text"][7] == "<b>&gt; 99.9%</b>"
    outputs = figures.outputs_figure(sure.astype(np.float64)).data[1]
    assert outputs.hovertext[7] == "over 99.9%"


def test_chosen_ticks_are_shares_whatever_hover_says():
    for layout in (
        charts.probability_figure(np.full(10, 0.1, np.float32))["layout"],
        figures.outputs_figure(np.ones(10) / 10).to_dict()["layout"],
        figures.two_losses_figure(0.5).to_dict()["layout"],
    ):
        for axis in (layout["xaxis"], layout["yaxis"]):
            if axis.get("tickformat") == ".0%":
                assert axis["hoverformat"].endswith("%")


def test_all_that_is_drawn_is_in_the_basic_bundle_of_plotly():
    drawn = [trace.type for figure in FIGURES for trace in figure.data]
    drawn += [
        bars["type"] for bars in charts.probability_figure(np.ones((2, 10), np.float32))["data"]
    ]
    assert set(drawn) == {"scatter", "bar"}


def test_the_bundle_is_of_the_version_that_the_package_makes_figures_for():
    [bundle] = (ROOT / "ui/shared/third_party").glob("plotly-basic-*.min.js.gz")
    with gzip.open(bundle, "rt") as file:
        basic = file.read(200)
    whole = (files("plotly") / "package_data" / "plotly.min.js").read_bytes()[:200].decode()
    versions = [re.search(r"plotly\.js.* v([\d.]+)", said) for said in (basic, whole)]
    assert versions[0]
    assert versions[1]
    assert versions[0][1] == versions[1][1]
    assert f"-{versions[0][1]}.min" in bundle.name
