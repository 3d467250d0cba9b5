"""What the views of Inside compute in the page, beside NumPy and SciPy."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Route
from scipy import ndimage
from sklearn.manifold import trustworthiness

from digits.dataset import load_test_images
from digits.inference import FloatArray, forward
from ui.shared.in_page.weights import as_bytes

ROOT = Path(__file__).parents[2]
ADDRESS = "http://in-page.test"
WIDTHS = (784, 12, 9, 10)
COUNT = 60
SAME_IMAGES = {"turn": 0, "right": 0, "down": 0, "bolder": 0, "blur": 0, "cover": 0}
SAME_WEIGHTS = {"noise": 0, "bits": 32, "pruned": 0}

Ask = Callable[[str, str, Any], Any]

PROGRAM = """async ([file, name, given]) => {
  const module = await import(`/inside/in_page/${file}.js`)
  const { Network } = await import("/shared/in_page/forward.js")
  const laboratory = given.pixels && {
    images: given.pixels.map(pixels => Uint8Array.from(pixels)),
    labels: Uint8Array.from(given.labels),
    parameters: Float32Array.from(given.parameters),
    widths: given.widths, activation: given.activation,
    network: new Network(Float32Array.from(given.parameters), given.widths, given.activation),
  }
  const plain = value => ArrayBuffer.isView(value) ? [...value].map(plain)
    : Array.isArray(value) ? value.map(plain)
    : value && typeof value === "object"
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)])) : value
  if (name === "imageChanger") {
    return plain(module.imageChanger(given.changes)(Uint8Array.from(given.image)))
  }
  if (name === "changedWeights") {
    const parameters = Float32Array.from(given.parameters)
    return plain(module.changedWeights(parameters, given.widths, given.changes))
  }
  if (name === "leadGradient") {
    laboratory.network.read(laboratory.images[0], 1)
    return plain(module.leadGradient(laboratory.network, 3, 5))
  }
  if (name === "principalComponents") {
    return plain(module.principalComponents(Float32Array.from(given.rows), given.width, 2))
  }
  return plain([...module[name](laboratory, given.question)].at(-1))
}"""


@pytest.fixture(scope="module")
def ask(chromium: Browser) -> Iterator[Ask]:
    """A function that calls one of a module, and returns what it returns, or yields last."""
    page = chromium.new_page()

    def send(route: Route) -> None:
        name = route.request.url.removeprefix(f"{ADDRESS}/")
        if name:
            route.fulfill(path=ROOT / "ui" / name, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    page.route(f"{ADDRESS}/**", send)
    page.goto(ADDRESS)
    yield lambda file, name, given: page.evaluate(
        PROGRAM, [file, name, json.loads(json.dumps(given))]
    )
    page.close()


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    digits = load_test_images(ROOT / "data" / "mnist")
    assert digits
    return digits[0][:COUNT]


@pytest.fixture(scope="module")
def weights() -> list[FloatArray]:
    random = np.random.default_rng(0)
    made = []
    for inputs, units in pairwise(WIDTHS):
        made.append(random.normal(0, 0.1, (inputs, units)).astype(np.float32))
        made.append(random.normal(0, 0.1, units).astype(np.float32))
    made[1][3] = -1000  # with ReLU this unit is dead
    return made


def parameters(weights: list[FloatArray]) -> list[float]:
    return [float(number) for number in np.frombuffer(as_bytes(weights), "<f4")]


def laboratory(weights: list[FloatArray], images: np.ndarray, question: Any) -> dict[str, Any]:
    return {
        "pixels": images.reshape(len(images), -1).tolist(),
        "labels": (np.arange(len(images)) % 10).tolist(),
        "parameters": parameters(weights),
        "widths": WIDTHS,
        "activation": "relu",
        "question": question,
    }


def turned(image: np.ndarray, degrees: float, right: int, down: int) -> np.ndarray:
    """Turned clockwise around the middle, then shifted."""
    angle = np.deg2rad(degrees)
    inverse = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([13.5, 13.5])
    offset = middle - inverse @ (middle + np.array([down, right]))
    return np.asarray(ndimage.affine_transform(image, inverse, offset, order=1, mode="constant"))


CROSS = ndimage.generate_binary_structure(2, 1)
BOLDER = {"footprint": CROSS, "mode": "constant", "cval": 0}
CHANGES: dict[str, tuple[dict[str, float], Callable[[np.ndarray], np.ndarray]]] = {
    "turned": ({"turn": 30}, lambda image: turned(image, 30, 0, 0)),
    "shifted": ({"right": 3, "down": -5}, lambda image: ndimage.shift(image, (-5, 3), order=1)),
    "both": ({"turn": -75, "right": 2}, lambda image: turned(image, -75, 2, 0)),
    "bolder": ({"bolder": 1}, lambda image: ndimage.grey_dilation(image, **BOLDER)),
    "thinner": ({"bolder": -1}, lambda image: ndimage.grey_erosion(image, **BOLDER)),
    "blurred": (
        {"blur": 1.5},
        lambda image: ndimage.gaussian_filter(image, 1.5, mode="constant", radius=5),
    ),
    "as it is": ({}, lambda image: image),
}


@pytest.mark.parametrize("name", CHANGES)
def test_images_are_changed_as_scipy_does(ask: Ask, images: np.ndarray, name: str) -> None:
    changes, expected = CHANGES[name]
    for image in images[:6]:
        given = {"changes": {**SAME_IMAGES, **changes}, "image": image.ravel().tolist()}
        found = np.array(ask("image_changes", "imageChanger", given)).reshape(28, 28)
        assert np.abs(found - expected(image.astype(np.float64))).max() <= 1


def test_a_cover_leaves_the_edge_alone(ask: Ask, images: np.ndarray) -> None:
    given = {"changes": {**SAME_IMAGES, "cover": 10}, "image": images[0].ravel().tolist()}
    found = np.array(ask("image_changes", "imageChanger", given)).reshape(28, 28)
    expected = images[0].copy()
    expected[9:19, 9:19] = 0
    assert (found == expected).all()


def changed(ask: Ask, weights: list[FloatArray], **changes: float) -> list[np.ndarray]:
    """The kernels after a change; the biases stay what they were."""
    given = {
        "parameters": parameters(weights),
        "widths": WIDTHS,
        "changes": {**SAME_WEIGHTS, **changes},
    }
    numbers = np.array(ask("weight_changes", "changedWeights", given), np.float32)
    ends = np.cumsum([array.size for array in weights])[:-1]
    parts = np.split(numbers, ends)
    for part, array in zip(parts[1::2], weights[1::2], strict=True):
        assert (part == array).all()
    return [part.reshape(array.shape) for part, array in zip(parts[::2], weights[::2], strict=True)]


def test_the_smallest_weights_are_taken_out(ask: Ask, weights: list[FloatArray]) -> None:
    for found, kernel in zip(changed(ask, weights, pruned=0.3), weights[::2], strict=True):
        gone = found == 0
        assert gone.mean() == pytest.approx(0.3, abs=0.01)
        assert np.abs(kernel[gone]).max() < np.abs(kernel[~gone]).min()
        assert (found[~gone] == kernel[~gone]).all()


@pytest.mark.parametrize("bits", [1, 2, 3, 8])
def test_rounded_weights_have_as_many_values_as_their_bits_tell_apart(
    ask: Ask, weights: list[FloatArray], bits: int
) -> None:
    for found, kernel in zip(changed(ask, weights, bits=bits), weights[::2], strict=True):
        assert len(np.unique(found)) <= 2**bits
        if bits == 1:
            assert np.abs(found) == pytest.approx(np.abs(kernel).mean(), rel=1e-4)
        else:
            step = np.abs(kernel).max() / (2 ** (bits - 1) - 1)
            assert np.abs(found - kernel).max() <= 0.5001 * step


def test_noise_is_as_large_as_it_says_and_the_same_each_time(
    ask: Ask, weights: list[FloatArray]
) -> None:
    kernel, found = weights[0], changed(ask, weights, noise=0.5)[0]
    noise = found - kernel
    assert noise.std() == pytest.approx(0.5 * kernel.std(), rel=0.03)
    assert abs(noise.mean()) < 0.02 * kernel.std()
    assert (changed(ask, weights, noise=0.5)[0] == found).all()


def test_what_was_switched_off_is_off(
    ask: Ask, weights: list[FloatArray], images: np.ndarray
) -> None:
    question = {"weights": SAME_WEIGHTS, "images": SAME_IMAGES, "off": [[], [0, 5], [2]]}
    found = ask("accuracy", "measureAccuracy", laboratory(weights, images, question))
    spoilt = [array.copy() for array in weights]
    spoilt[2][[0, 5]] = 0  # what leaves a unit that says 0
    spoilt[4][2] = 0
    answers = forward(spoilt, "relu", images)[-1].argmax(axis=1)
    assert found["right"] == (answers == np.arange(COUNT) % 10).sum()
    assert found["count"] == COUNT
    assert [each["answer"] for each in found["examples"]] == answers[:12].tolist()


def test_how_much_units_matter_and_which_are_dead(
    ask: Ask, weights: list[FloatArray], images: np.ndarray
) -> None:
    given = laboratory(weights, images, {"most": COUNT})
    found = ask("unit_statistics", "measureUnits", given)
    hidden = forward(weights, "relu", images)[1:-1]
    for layer, values, kernel in zip(found["layers"], hidden, weights[2::2], strict=True):
        moved = np.abs(values[:, :, None] * kernel).sum(axis=2).mean(axis=0)
        np.testing.assert_allclose(layer["importance"], moved, rtol=1e-4, atol=1e-6)
        assert layer["isDead"] == (np.ptp(values, axis=0) == 0).astype(int).tolist()
    assert found["layers"][0]["isDead"][3] == 1


def principal(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places along the first two components, and the shares of the variance, by SVD."""
    left, sizes, _ = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    return (left * sizes)[:, :2], sizes[:2] ** 2 / (sizes**2).sum()


def assert_same_places(found: dict[str, Any], rows: np.ndarray) -> None:
    places, shares = principal(rows.astype(np.float64))
    np.testing.assert_allclose(found["shares"], shares, rtol=1e-3)
    ours = np.array(found["places"]).reshape(-1, 2)
    for axis in (0, 1):  # each may point the other way
        sign = np.sign(ours[:, axis] @ places[:, axis])
        np.testing.assert_allclose(sign * ours[:, axis], places[:, axis], atol=0.03 * places.std())


def test_the_map_is_that_of_the_principal_components(
    ask: Ask, weights: list[FloatArray], images: np.ndarray
) -> None:
    random = np.random.default_rng(1)
    rows = random.normal(0, [5, 3, 1, 1, 0.5, 0], (50, 6)) @ random.normal(0, 1, (6, 6))
    given = {"rows": rows.ravel().tolist(), "width": 6}
    found = ask("principal_components", "principalComponents", given)
    assert_same_places(found, rows)
    along = (rows - found["means"]) @ np.transpose(found["directions"])
    places = np.array(found["places"]).reshape(-1, 2)
    np.testing.assert_allclose(along, places, atol=1e-3, err_msg="as another row would be placed")
    layers = forward(weights, "relu", images)
    for layer in (0, 1):
        question = {"layer": layer, "count": COUNT}
        found = ask("placement", "placeImages", laboratory(weights, images, question))
        assert_same_places(found, layers[layer])


def test_rows_that_are_all_the_same_have_a_place(ask: Ask) -> None:
    given = {"rows": [1.0] * 12, "width": 4}
    found = ask("principal_components", "principalComponents", given)
    assert (found["places"], found["shares"]) == ([0] * 6, [0, 0])
    assert found["means"] == [1] * 4, "what places another row"


def test_umap_keeps_neighbours(ask: Ask, weights: list[FloatArray], images: np.ndarray) -> None:
    question = {"layer": 0, "count": COUNT}
    found = ask("neighbour_map", "placeNeighbours", laboratory(weights, images, question))
    assert found["share"] == 1
    places = np.array(found["places"]).reshape(COUNT, 2)
    assert np.isfinite(places).all()
    kept = trustworthiness(images.reshape(COUNT, -1) / 255, places, n_neighbors=10)
    shuffled = np.random.default_rng(0).permutation(places)
    assert kept > 0.75 > 0.65 > trustworthiness(images.reshape(COUNT, -1), shuffled, n_neighbors=10)
    again = ask("neighbour_map", "placeNeighbours", laboratory(weights, images, question))
    assert again == found, "the same for everybody"


TENSORFLOWS = """
import json, sys
import numpy as np
import tensorflow as tf

from digits.network import build_network, dense_layers
from digits.settings import TrainingSettings

given = json.load(sys.stdin)
network = build_network(TrainingSettings(hidden_layers=(12, 9), activation=given["activation"]))
arrays = [np.array(array, np.float32) for array in given["weights"]]
for layer, kernel, bias in zip(dense_layers(network), arrays[::2], arrays[1::2]):
    layer.set_weights([kernel, bias])
image = tf.constant(given["image"], tf.float32)[None]
logits = tf.keras.Model(network.inputs, network.get_layer("logits").output)
with tf.GradientTape() as tape:
    tape.watch(image)
    said = logits(image)
    lead = said[0, 3] - said[0, 5]
print("found", json.dumps(tape.gradient(lead, image).numpy().ravel().tolist()))
"""


@pytest.mark.parametrize("activation", ["relu", "gelu", "tanh"])
def test_the_gradient_is_tensorflows(
    ask: Ask, weights: list[FloatArray], images: np.ndarray, activation: str
) -> None:
    given = {
        "weights": [array.tolist() for array in weights],
        "activation": activation,
        "image": (images[0] / 255).tolist(),
    }
    ended = subprocess.run(
        [sys.executable, "-c", TENSORFLOWS],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    expected = json.loads(ended.stdout.rpartition("found")[2])
    question = {**laboratory(weights, images[:1], None), "activation": activation}
    found = ask("fooling", "leadGradient", question)
    np.testing.assert_allclose(found, expected, rtol=2e-3, atol=1e-5)


def test_few_dots_turn_an_answer(ask: Ask, weights: list[FloatArray], images: np.ndarray) -> None:
    given = laboratory(weights, images, {"indices": [4]})
    found = ask("fooling", "foolWithSome", given)["found"]
    image = images[4].ravel().copy()
    assert forward(weights, "relu", image[None])[-1].argmax() == found["before"]
    assert found["added"] or found["erased"]
    assert (image[found["added"]] < 128).all()
    assert (image[found["erased"]] >= 128).all()
    image[found["added"]], image[found["erased"]] = 255, 0
    assert forward(weights, "relu", image[None])[-1].argmax() == found["after"] != found["before"]
