"""Nearest neighbours in 16 bits are those that brute force finds in 32."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from digits.dataset import CACHE_NAME, Mnist
from digits.neighbours import last_hidden, nearest, rounded_activations
from digits.training_images import open_training_images

RANDOM = np.random.default_rng(1)


def network(*widths: int) -> list[np.ndarray]:
    weights = []
    for inputs, units in pairwise(widths):
        weights.append(RANDOM.normal(0, (2 / inputs) ** 0.5, (inputs, units)).astype(np.float32))
        weights.append(RANDOM.normal(0, 0.1, units).astype(np.float32))
    return weights


@pytest.mark.parametrize("widths", [(784, 10), (784, 24, 10), (784, 64, 200, 10)])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_they_are_equal_to_brute_force(small_mnist: Mnist, widths, activation) -> None:
    weights = network(*widths)
    images = small_mnist.train_images
    exact = last_hidden(weights, activation, images)
    rounded = rounded_activations(weights, activation, images)
    brute = NearestNeighbors(n_neighbors=10, algorithm="brute").fit(exact.astype(np.float64))
    for image in small_mnist.test_images[:30]:
        wanted = last_hidden(weights, activation, image[np.newaxis])[0]
        found = nearest(rounded, wanted, 10, lambda indices: exact[indices])
        distances, _ = brute.kneighbors(wanted[np.newaxis].astype(np.float64))
        assert np.linalg.norm(exact[found] - wanted, axis=1) == pytest.approx(distances[0], 1e-4)


def test_rounding_alone_would_find_others() -> None:
    exact = np.linspace(1, 1 + 2**-12, 50, dtype=np.float32).reshape(-1, 1)
    rounded = exact.astype(np.float16)
    assert len(np.unique(rounded)) < 3, "they are not told apart in 16 bits"
    found = nearest(rounded, exact[30], 5, lambda indices: exact[indices])
    assert sorted(found) == [28, 29, 30, 31, 32]


def test_of_fewer_rows_than_wanted_all_are_found() -> None:
    rows = np.array([[3], [1], [2]], np.float32)
    found = nearest(rows.astype(np.float16), np.zeros(1, np.float32), 10, lambda at: rows[at])
    assert found.tolist() == [1, 2, 0]


def test_training_images_are_read_as_they_are(tmp_path: Path, small_mnist: Mnist) -> None:
    np.savez(tmp_path / CACHE_NAME, **small_mnist._asdict())
    images = open_training_images(tmp_path)
    assert images
    assert np.array_equal(images.labels, small_mnist.train_labels)
    assert np.array_equal(images.read(7, 3), small_mnist.train_images[7:10].reshape(3, 784))


@pytest.mark.parametrize("content", [None, b"", b"nothing of the kind"])
def test_without_a_sound_cache_there_are_none(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / CACHE_NAME).write_bytes(content)
    assert open_training_images(tmp_path) is None
