"""The arithmetic of the Learn page, its drawings, and the code that it shows."""

import math
import runpy
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from config.environment import Config
from digits.dataset import Mnist
from digits.settings import TrainingSettings
from digits.training import train
from lesson import arithmetic, figures, network_figures, text
from lesson.arithmetic import Graph
from lesson.glossary import GLOSSARY
from lesson.graph import graph_drawing, graph_in_words, number
from lesson.tape import gradients_by_tape
from model_store.store import open_store
from trainer.service import TrainingService, WorkersBusy

GRAPHS = [
    Graph(2, 0.2, 0.5, 1.5),
    Graph(-3, 2, -5, -5),
    Graph(0, -2, 1, 0),
    Graph(1.3, 0.7, 2.2, -0.4),
]


def test_guessing_costs_ln_10() -> None:
    assert arithmetic.cross_entropy(arithmetic.outputs_giving(0.1), 7) == pytest.approx(
        math.log(10)
    )


def test_outputs_are_probabilities() -> None:
    outputs = arithmetic.outputs_giving(0.73)
    assert outputs.sum() == pytest.approx(1)
    assert outputs[arithmetic.EXAMPLE_DIGIT] == pytest.approx(0.73)


def test_squared_error_of_a_confident_mistake() -> None:
    wrong, right = arithmetic.one_hot(3), arithmetic.one_hot(7)
    assert arithmetic.mean_squared_error(wrong, right) == pytest.approx(0.2)
    assert arithmetic.mean_squared_error(right, right) == 0


@pytest.mark.parametrize("probability", [0.001, 0.1, 0.5, 0.999])
def test_pushes_are_slopes_along_the_logit(probability: float) -> None:
    outputs = arithmetic.outputs_giving(probability)
    logits = tf.Variable(np.log(outputs))
    with tf.GradientTape(persistent=True) as tape:
        shares = tf.nn.softmax(logits)
        squared = tf.reduce_mean((shares - arithmetic.one_hot(7)) ** 2)
        entropy = -tf.math.log(shares[7])
    expected = [-float(tape.gradient(loss, logits)[7]) for loss in (squared, entropy)]
    assert arithmetic.pushes(outputs, 7) == pytest.approx(expected, rel=1e-9)


def test_no_line_is_better_than_the_best() -> None:
    heights, slopes = np.meshgrid(np.linspace(0, 4, 41), np.linspace(-0.5, 1.2, 86))
    errors = [
        arithmetic.mean_squared_error(slope * arithmetic.POINTS_X + height, arithmetic.POINTS_Y)
        for slope, height in zip(slopes.flat, heights.flat, strict=True)
    ]
    assert arithmetic.best_line_error() <= min(errors) < arithmetic.best_line_error() + 0.01


@pytest.mark.parametrize(
    ("rate", "steps", "verdict"),
    [
        (0.05, 12, "Creeping:"),
        (0.2, 12, "Getting there:"),
        (0.4, 12, "Arriving."),
        (1.0, 12, "after 1 step."),
        (1.8, 12, "Overshooting, from side to side:"),
        (1.5, 12, "Overshooting, but arriving."),
        (2.0, 12, "Back and forth"),
        (2.2, 12, "Running away."),
    ],
)
def test_what_a_learning_rate_does(rate: float, steps: int, verdict: str) -> None:
    weights = arithmetic.descend(rate, steps)
    assert len(weights) == steps + 1
    assert verdict in arithmetic.descent_in_words(rate, weights)
    np.testing.assert_allclose(
        weights - arithmetic.VALLEY,
        (arithmetic.START - arithmetic.VALLEY) * (1 - rate) ** np.arange(steps + 1),
    )


@pytest.mark.parametrize("graph", GRAPHS)
def test_the_chain_rule_is_the_slope(graph: Graph) -> None:
    slopes, nudge = arithmetic.backward(graph), 1e-6
    for name, slope in (("w1", slopes.w1), ("w2", slopes.w2)):
        losses = [
            arithmetic.forward(graph._replace(**{name: getattr(graph, name) + side})).loss
            for side in (nudge, -nudge)
        ]
        assert slope == pytest.approx((losses[0] - losses[1]) / (2 * nudge), abs=1e-5)


@pytest.mark.parametrize("graph", GRAPHS)
def test_the_tape_agrees_with_the_chain_rule(graph: Graph) -> None:
    slopes = arithmetic.backward(graph)
    found = gradients_by_tape(**graph._asdict())
    assert found == pytest.approx({"w1": slopes.w1, "w2": slopes.w2}, rel=1e-6, abs=3e-6)


def test_the_code_shown_runs_by_itself() -> None:
    shown: dict[str, Any] = {}
    exec(arithmetic.tape_source(), shown)
    assert shown["gradients_by_tape"](2.0, 0.2, 0.5, 1.5) == gradients_by_tape(2.0, 0.2, 0.5, 1.5)


def test_a_short_step_lowers_the_loss() -> None:
    graph = GRAPHS[0]
    after = arithmetic.one_step(graph, 0.1)
    assert after.w1 == pytest.approx(graph.w1 - 0.1 * arithmetic.backward(graph).w1)
    assert arithmetic.forward(after).loss < arithmetic.forward(graph).loss


@pytest.mark.parametrize("graph", GRAPHS)
def test_formulas_are_complete(graph: Graph) -> None:
    formulas = [formula for _, formula in arithmetic.chain_rule(graph)]
    formulas += arithmetic.products(graph) + arithmetic.updates(graph, 0.1)
    for formula in formulas:
        assert formula.count("{") == formula.count("}")
        assert "-0.000" not in formula
        assert "- -" not in formula


@pytest.mark.parametrize("graph", GRAPHS)
def test_the_drawing_is_sound_and_told_in_words(graph: Graph) -> None:
    drawing = graph_drawing(graph)
    row, column = ElementTree.fromstring(f"<div>{drawing}</div>")
    slope = number(arithmetic.backward(graph).w1)
    for picture in (row, column):
        assert any(slope in (text.text or "") for text in picture.iter("text"))
    assert f"along w1 {slope}" in graph_in_words(graph)


def test_minus_nothing_is_nothing() -> None:
    assert number(-0.0001) == "0.000"
    assert number(-1) == "\N{MINUS SIGN}1.000"


def test_likely_range() -> None:
    assert arithmetic.likely_range(62, 64) == pytest.approx((0.8930, 0.9914), abs=1e-3)
    assert arithmetic.likely_range(64, 64)[1] == pytest.approx(1)


def test_the_recorded_epoch_can_be_repeated(mnist: Mnist) -> None:
    *_, last = train(TrainingSettings(epochs=1), mnist)
    recorded = arithmetic.first_epoch()
    assert last.epoch
    assert last.epoch.validation
    assert len(recorded.accuracies) == last.step
    assert recorded.accuracy == pytest.approx(last.epoch.accuracy, abs=0.003)
    assert recorded.validation_accuracy == pytest.approx(last.epoch.validation.accuracy, abs=0.005)
    assert recorded.accuracy < recorded.accuracies[-100:].mean() < recorded.validation_accuracy


def test_the_keras_script_learns(
    small_mnist: Mnist, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(name: str, split: list[str], as_supervised: bool) -> list[tf.data.Dataset]:
        images, labels = small_mnist.train_images[..., None], small_mnist.train_labels
        parts = (slice(0, 3600), slice(3600, None), slice(0, 400))
        return [tf.data.Dataset.from_tensor_slices((images[at], labels[at])) for at in parts]

    monkeypatch.setattr(tfds, "load", load)
    ran = runpy.run_path(str(arithmetic.SCRIPT))
    settings = TrainingSettings()
    assert ran["network"].count_params() == settings.parameter_count
    assert (ran["BATCH_SIZE"], ran["EPOCHS"]) == (settings.batch_size, settings.epochs)
    assert ran["accuracy"] > 0.85
    assert "of the test images read correctly" in capsys.readouterr().out


def test_the_exercise_is_one_line_of_the_script() -> None:
    line = text.EXERCISE_LINE
    longer = arithmetic.keras_script().replace("(64, activation", f"(64, activation)\n{line}", 1)
    assert line.replace("32", "64") in arithmetic.keras_script()
    assert longer.count("Dense(") == arithmetic.keras_script().count("Dense(") + 1


def test_every_figure_can_be_sent() -> None:
    weights = arithmetic.descend(2.5, 30)
    made = [
        figures.squares_figure(0.4, 1.0),
        figures.outputs_figure(arithmetic.outputs_giving(0.5)),
        figures.two_losses_figure(0.5),
        figures.descent_figure(weights),
        figures.descent_loss_figure(weights),
        network_figures.epoch_figure(np.full(844, 0.9, np.float32), 0.95),
        network_figures.epoch_figure(np.full(7, 0.9, np.float32), 0.95),
        network_figures.certainty_figure([(62, 64), (64, 64)]),
        network_figures.weights_figure([784, 128, 10]),
    ]
    assert all(figure.layout.height and figure.to_json() for figure in made)


def test_the_texts_name_the_numbers_of_the_app() -> None:
    assert "844 steps" in text.EPOCHS
    assert "48 images" in text.EPOCHS
    for said in (text.DESCENT_BEYOND, text.BACKPROPAGATION, text.TAPE):
        assert "109,386" in said
        assert "784-128-64-10" in said, "whose number it is, for the lesson shows another network"
    assert "a little too kind" in text.SPLIT
    assert list(GLOSSARY) == sorted(GLOSSARY)


class InThisProcess:
    """A client whose work is done at once, or never."""

    def __init__(self, is_busy: bool) -> None:
        self.is_busy = is_busy
        self.cancelled = False

    def submit(self, function: Any, numbers: dict[str, float], **options: Any) -> "InThisProcess":
        self.work = function, numbers
        return self

    def result(self, timeout: float) -> dict[str, float]:
        if self.is_busy:
            raise TimeoutError
        function, numbers = self.work
        slopes: dict[str, float] = function(numbers)
        return slopes

    def cancel(self) -> None:
        self.cancelled = True


@pytest.fixture
def service(tmp_path: Path) -> Iterator[TrainingService]:
    place = Config(f"sqlite:///{tmp_path / 'runs.db'}", str(tmp_path), tmp_path, None)
    with open_store(place.database_url, place.artifacts_url) as store:
        yield TrainingService(store, place)


def engine(client: InThisProcess) -> Any:
    return SimpleNamespace(client=client)


def test_the_service_lets_tensorflow_find_the_slopes(service: TrainingService) -> None:
    service._supervisor.dask_client = engine(InThisProcess(is_busy=False))
    slopes = arithmetic.backward(GRAPHS[0])
    found = service.gradients(GRAPHS[0]._asdict())
    assert found == pytest.approx({"w1": slopes.w1, "w2": slopes.w2}, abs=1e-6)


def test_a_busy_engine_is_not_waited_for(service: TrainingService) -> None:
    with pytest.raises(WorkersBusy, match="warming up"):
        service.gradients(GRAPHS[0]._asdict())
    client = InThisProcess(is_busy=True)
    service._supervisor.dask_client = engine(client)
    with pytest.raises(WorkersBusy, match="training at the moment"):
        service.gradients(GRAPHS[0]._asdict())
    assert client.cancelled
