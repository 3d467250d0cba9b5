"""The arithmetic of the Learn page: losses, descent, the chain rule, and how sure a score is."""

import inspect
import json
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.settings import CLASSES
from digits.words import counted
from lesson.tape import gradients_by_tape

Floats = NDArray[np.float64]

POINTS_X: Floats = np.array([0.8, 2.0, 3.4, 4.6, 6.0, 7.2])
POINTS_Y: Floats = np.array([1.6, 1.3, 2.9, 2.6, 4.2, 3.9])
EXAMPLE_DIGIT = 7
START = -4.0
VALLEY = 3.0
AS_GOOD_AS_THERE = "Less than 1% of the way is left"
SCRIPT = Path(__file__).with_name("keras_example.py")
RECORD = Path(__file__).parents[1] / "shipped" / "first_epoch.json"


def mean_squared_error(outputs: Floats, targets: Floats) -> float:
    """Mean of the squared differences of two arrays of one shape."""
    return float(np.mean((outputs - targets) ** 2))


def best_line_error() -> float:
    """Mean squared error of the best of all lines through the example's points."""
    slope, height = np.polyfit(POINTS_X, POINTS_Y, 1)
    return mean_squared_error(slope * POINTS_X + height, POINTS_Y)


def cross_entropy(probabilities: Floats, digit: int) -> float:
    """Minus the natural logarithm of the probability that was given to the right digit."""
    return float(-np.log(probabilities[digit]))


def one_hot(digit: int) -> Floats:
    """The target [10] for a digit: 1 in its place, 0 elsewhere."""
    target: Floats = np.zeros(CLASSES)
    target[digit] = 1
    return target


def outputs_giving(probability: float, digit: int = EXAMPLE_DIGIT) -> Floats:
    """Ten outputs that give `digit` this probability and share the rest evenly."""
    outputs = np.full(CLASSES, (1 - probability) / (CLASSES - 1))
    outputs[digit] = probability
    return outputs


def pushes(probabilities: Floats, digit: int) -> tuple[float, float]:
    """How strongly each loss asks for a larger logit of the right digit.

    Args:
        probabilities: [10], the softmax of the logits.
        digit: the right one.

    Returns:
        Minus the slope of the squared error, and of the cross-entropy, along that logit.
    """
    slopes = 2 * (probabilities - one_hot(digit)) / CLASSES
    through_softmax = probabilities * (slopes - probabilities @ slopes)
    return float(-through_softmax[digit]), float(1 - probabilities[digit])


def bowl(weight: Floats) -> Floats:
    """The loss of the one-weight example: a bowl whose lowest point is at `VALLEY`."""
    return (weight - VALLEY) ** 2 / 2


def bowl_slope(weight: float) -> float:
    """The slope of the bowl, by which gradient descent decides."""
    return weight - VALLEY


def descend(rate: float, steps: int) -> Floats:
    """The weight before the first and after each step of gradient descent, [steps + 1]."""
    weights = [START]
    for _ in range(steps):
        weights.append(weights[-1] - rate * bowl_slope(weights[-1]))
    return np.array(weights)


def descent_in_words(rate: float, weights: Floats) -> str:
    """What became of a descent in the bowl, in one or two sentences."""
    distances = np.abs(weights - VALLEY)
    left = distances[-1] / distances[0]
    arrived = np.flatnonzero(distances < 0.01 * distances[0])
    if math.isclose(rate, 2):
        return "**Back and forth, for ever.** Each step lands as high on the other side."
    if rate > 2:
        return (
            "**Running away.** Each step jumps over the valley and lands higher than it started: "
            f"the weight is now {left:,.1f} times as far off as at first."
        )
    if not len(arrived):
        return f"**{_pace(rate, left)}:** {left:.0%} of the way is still to go."
    steps = counted(int(arrived[0]), "step")
    if rate > 1:
        return f"**Overshooting, but arriving.** {AS_GOOD_AS_THERE} after {steps}."
    return f"**Arriving.** {AS_GOOD_AS_THERE} after {steps}."


def _pace(rate: float, left: float) -> str:
    if rate > 1:
        return "Overshooting, from side to side"
    return "Creeping" if left > 0.2 else "Getting there"


class Graph(NamedTuple):
    """What the two-layer graph is fed: an input, the target, and the weights of L1 and L2."""

    x: float
    target: float
    w1: float
    w2: float


class Forward(NamedTuple):
    """What flows forward: out of L1, out of the sigmoid, out of L2, and the loss."""

    z: float
    a: float
    y: float
    loss: float


class Slopes(NamedTuple):
    """What flows backward: the slope of the loss along each number of the graph."""

    y: float
    w2: float
    a: float
    z: float
    w1: float


def forward(graph: Graph) -> Forward:
    """Feed the graph: z = w1 x, a = sigmoid(z), y = w2 a, loss = (y - target)^2."""
    z = graph.w1 * graph.x
    a = (1 + math.tanh(z / 2)) / 2
    y = graph.w2 * a
    return Forward(z, a, y, (y - graph.target) ** 2)


def backward(graph: Graph) -> Slopes:
    """The slopes of the loss by the chain rule, from the loss back to the first weight."""
    _, a, y, _ = forward(graph)
    along_y = 2 * (y - graph.target)
    along_a = along_y * graph.w2
    along_z = along_a * a * (1 - a)
    return Slopes(along_y, along_y * a, along_a, along_z, along_z * graph.x)


def one_step(graph: Graph, rate: float) -> Graph:
    """The graph after one step of gradient descent on both weights."""
    slopes = backward(graph)
    return graph._replace(w1=graph.w1 - rate * slopes.w1, w2=graph.w2 - rate * slopes.w2)


def chain_rule(graph: Graph) -> list[tuple[str, str]]:
    """Every factor of the chain rule with its number of the moment.

    Returns:
        Pairs: whose slope it is, and its formula in TeX.
    """
    numbers, slopes = forward(graph), backward(graph)
    difference = rf"({_tex(numbers.y)} - {_bracketed(graph.target)})"
    return [
        (
            "The loss, along the output",
            rf"{_slope('l', 'y')} = 2\,(y - t) = 2\,{difference} = {_tex(slopes.y)}",
        ),
        ("L2, along its weight", rf"{_slope('y', 'w_2')} = a = {_tex(numbers.a)}"),
        ("L2, along its input", rf"{_slope('y', 'a')} = w_2 = {_tex(graph.w2)}"),
        (
            "The sigmoid, along its input",
            rf"{_slope('a', 'z')} = a\,(1 - a) = {_tex(numbers.a * (1 - numbers.a))}",
        ),
        ("L1, along its weight", rf"{_slope('z', 'w_1')} = x = {_tex(graph.x)}"),
    ]


def products(graph: Graph) -> list[str]:
    """The two slopes that a step needs, as products of those factors, in TeX."""
    numbers, slopes = forward(graph), backward(graph)
    sigmoid_slope = numbers.a * (1 - numbers.a)
    to_w2 = [_slope("l", "y"), _slope("y", "w_2")]
    to_w1 = [_slope("l", "y"), _slope("y", "a"), _slope("a", "z"), _slope("z", "w_1")]
    return [
        _aligned(
            rf"{_slope('l', 'w_2')} &= {_times(to_w2)}",
            f" &= {_factors(slopes.y, numbers.a)}",
            rf" &= \mathbf{{{_tex(slopes.w2)}}}",
        ),
        _aligned(
            rf"{_slope('l', 'w_1')} &= {_times(to_w1)}",
            f" &= {_factors(slopes.y, graph.w2, sigmoid_slope, graph.x)}",
            rf" &= \mathbf{{{_tex(slopes.w1)}}}",
        ),
    ]


def updates(graph: Graph, rate: float) -> list[str]:
    """The step of both weights in TeX: new weight = weight - learning rate times slope."""
    slopes, after = backward(graph), one_step(graph, rate)
    steps = (("w_2", graph.w2, slopes.w2, after.w2), ("w_1", graph.w1, slopes.w1, after.w1))
    return [
        _aligned(
            rf"{name}' &= {name} - \alpha\,{_slope('l', name)}",
            rf" &= {_tex(weight)} - {rate:g}\cdot{_bracketed(slope)}",
            rf" &= \mathbf{{{_tex(new)}}}",
        )
        for name, weight, slope, new in steps
    ]


def _slope(of: str, along: str) -> str:
    return rf"\frac{{\partial {of}}}{{\partial {along}}}"


def _aligned(*lines: str) -> str:
    rows = r"\\".join(lines)
    return rf"\begin{{aligned}}{rows}\end{{aligned}}"


def _times(factors: list[str]) -> str:
    return r"\cdot".join(factors)


def _factors(*values: float) -> str:
    return _times([_tex(values[0]), *map(_bracketed, values[1:])])


def _bracketed(value: float) -> str:
    text = _tex(value)
    return f"({text})" if text.startswith("-") else text


def _tex(value: float) -> str:
    text = f"{value:.3f}"
    return text.removeprefix("-") if float(text) == 0 else text


def likely_range(right: int, count: int) -> tuple[float, float]:
    """Wilson's 95% interval for the accuracy behind `right` answers of `count`.

    Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference,
    1927.
    """
    z = 1.96
    share = right / count
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    spread = math.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    half = spread * z / (1 + z**2 / count)
    return middle - half, middle + half


class FirstEpoch(NamedTuple):
    """One epoch: accuracy of each batch, their mean over the images, and the validation after."""

    accuracies: NDArray[np.float32]
    accuracy: float
    validation_accuracy: float


def first_epoch() -> FirstEpoch:
    """The first epoch of a run with the default settings, as it was recorded."""
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    accuracies = np.array(record["accuracies"], np.float32)
    return FirstEpoch(accuracies, record["accuracy"], record["validation_accuracy"])


def tape_source() -> str:
    """The code of the function that lets TensorFlow find the slopes, as it is executed."""
    return inspect.getsource(gradients_by_tape)


def keras_script() -> str:
    """The whole script that trains 784-128-64-10 with Keras."""
    return SCRIPT.read_text(encoding="utf-8")
