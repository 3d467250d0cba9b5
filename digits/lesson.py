"""The arithmetic of the Learn page: losses, descent, the chain rule, and how sure a score can be."""

import inspect
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.settings import CLASSES
from digits.tape import gradients_by_tape

Floats = NDArray[np.float64]

POINTS_X: Floats = np.array([0.8, 2.0, 3.4, 4.6, 6.0, 7.2])
POINTS_Y: Floats = np.array([1.6, 1.3, 2.9, 2.6, 4.2, 3.9])
EXAMPLE_DIGIT = 7
START = -4.0
VALLEY = 3.0
SCRIPT = Path(__file__).with_name("keras_example.py")


def mean_squared_error(outputs: Floats, targets: Floats) -> float:
    """Mean of the squared differences of two arrays of one shape."""
    return float(np.mean((outputs - targets) ** 2))


def cross_entropy(probabilities: Floats, digit: int) -> float:
    """Minus the natural logarithm of the probability that was given to the right digit."""
    return float(-np.log(probabilities[digit]))


def one_hot(digit: int) -> Floats:
    """The target [10] for a digit: 1 in its place, 0 elsewhere."""
    return np.eye(CLASSES)[digit]


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
        how = "**Overshooting.** It jumps from side to side" if rate > 1 else "**Creeping**"
        return f"{how}: {left:.0%} of the way is still to go. Give it more steps, or another rate."
    steps = f"{arrived[0]} step{'s' if arrived[0] > 1 else ''}"
    if rate > 1:
        return f"**Overshooting, but arriving.** Each jump is shorter; it is there after {steps}."
    return f"**Arriving.** It is within 1% of the valley after {steps}."


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
        Pairs: what the factor says, and its formula in TeX.
    """
    numbers, slopes = forward(graph), backward(graph)
    a, y = _tex(numbers.a), _tex(numbers.y)
    sigmoid_slope = numbers.a * (1 - numbers.a)
    return [
        (
            "The loss along the output",
            rf"\frac{{\partial l}}{{\partial y}} = 2\,(y - t) = 2\,({y} - {_tex(graph.target)})"
            rf" = {_tex(slopes.y)}",
        ),
        ("L2 along its weight", rf"\frac{{\partial y}}{{\partial w_2}} = a = {a}"),
        ("L2 along its input", rf"\frac{{\partial y}}{{\partial a}} = w_2 = {_tex(graph.w2)}"),
        (
            "The sigmoid along its input",
            rf"\frac{{\partial a}}{{\partial z}} = a\,(1 - a) = {_tex(sigmoid_slope)}",
        ),
        ("L1 along its weight", rf"\frac{{\partial z}}{{\partial w_1}} = x = {_tex(graph.x)}"),
    ]


def products(graph: Graph) -> list[str]:
    """The two slopes that a step needs, as products of those factors, in TeX."""
    numbers, slopes = forward(graph), backward(graph)
    sigmoid_slope = numbers.a * (1 - numbers.a)
    first = _factors(slopes.y, numbers.a)
    second = _factors(slopes.y, graph.w2, sigmoid_slope, graph.x)
    return [
        rf"\begin{{aligned}}\frac{{\partial l}}{{\partial w_2}} &= \frac{{\partial l}}{{\partial y}}"
        rf"\cdot\frac{{\partial y}}{{\partial w_2}}\\ &= {first} = \mathbf{{{_tex(slopes.w2)}}}"
        r"\end{aligned}",
        rf"\begin{{aligned}}\frac{{\partial l}}{{\partial w_1}} &= \frac{{\partial l}}{{\partial y}}"
        r"\cdot\frac{\partial y}{\partial a}\cdot\frac{\partial a}{\partial z}"
        rf"\cdot\frac{{\partial z}}{{\partial w_1}}\\ &= {second}\\"
        rf" &= \mathbf{{{_tex(slopes.w1)}}}\end{{aligned}}",
    ]


def updates(graph: Graph, rate: float) -> list[str]:
    """The step of both weights in TeX: new weight = weight - learning rate times slope."""
    slopes, after = backward(graph), one_step(graph, rate)
    steps = (("w_2", graph.w2, slopes.w2, after.w2), ("w_1", graph.w1, slopes.w1, after.w1))
    return [
        rf"\begin{{aligned}}{name}' &= {name} - \alpha\,\frac{{\partial l}}{{\partial {name}}}\\"
        rf" &= {_tex(weight)} - {rate:g}\cdot{_bracketed(slope)}"
        rf" = \mathbf{{{_tex(new)}}}\end{{aligned}}"
        for name, weight, slope, new in steps
    ]


def _factors(*values: float) -> str:
    return r"\cdot ".join([_tex(values[0]), *map(_bracketed, values[1:])])


def _bracketed(value: float) -> str:
    text = _tex(value)
    return f"({text})" if text.startswith("-") else text


def _tex(value: float) -> str:
    return f"{value + 0.0:.3f}"


def likely_range(right: int, count: int) -> tuple[float, float]:
    """Wilson's 95% interval for the accuracy behind `right` answers of `count`.

    Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, 1927.
    """
    z = 1.96
    share = right / count
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    spread = math.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    half = spread * z / (1 + z**2 / count)
    return middle - half, middle + half


def tape_source() -> str:
    """The code of the function that lets TensorFlow find the slopes, as it is executed."""
    return inspect.getsource(gradients_by_tape)


def keras_script() -> str:
    """The whole script that trains 784-128-64-10 with Keras."""
    return SCRIPT.read_text(encoding="utf-8")


GLOSSARY = {
    "Activation": "what a unit passes on: its weighted sum, bent by a function such as ReLU.",
    "Accuracy": "the share of images that are read correctly.",
    "Adam": "an optimizer that gives every weight a step length of its own.",
    "Backpropagation": "the chain rule, applied from the loss back to every weight.",
    "Batch": "the images that are looked at together before one step.",
    "Bias": "a number that a unit adds to its weighted sum.",
    "Cross-entropy": "minus the logarithm of the probability given to the right answer.",
    "Dense layer": "a layer in which every unit is connected to every unit before it.",
    "Epoch": "one pass through all the training images.",
    "Forward pass": "from the image through all layers to the answer.",
    "Gradient": "the slopes of the loss along all weights, taken together.",
    "Hidden layer": "a layer between the pixels and the answer.",
    "Hyperparameter": "what you choose before training, such as the learning rate.",
    "Learning rate": "α, how far a step goes for a given slope.",
    "Logits": "the ten scores before softmax makes probabilities of them.",
    "Loss": "one number for how wrong the answers are; training makes it small.",
    "One-hot": "ten numbers for a digit: a 1 in its place and nine zeros.",
    "Optimizer": "the rule that turns gradients into steps.",
    "Overfitting": "learning the training images by heart instead of what they have in common.",
    "Parameters": "the weights and biases: all that training changes.",
    "ReLU": "passes on what is positive, and 0 for the rest.",
    "Sigmoid": "squeezes any number to between 0 and 1.",
    "Softmax": "makes ten probabilities, which sum to 1, of ten scores.",
    "Step": "one small change of all weights, after one batch.",
    "Test images": "images used only once, at the end, to measure what was learned.",
    "Validation images": "images held back from training to watch how it goes with unseen ones.",
    "Weight": "the strength of one connection between two units.",
}
