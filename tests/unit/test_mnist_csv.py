"""Images as CSV, read back."""

import io

import numpy as np

from digits.dataset import Mnist
from digits.mnist_csv import to_mnist_csv


def test_real_images_come_back_from_csv(mnist: Mnist) -> None:
    images, labels = mnist.test_images[:50], mnist.test_labels[:50]
    rows = np.loadtxt(io.StringIO(to_mnist_csv(images, labels)), delimiter=",", dtype=int)
    assert rows.shape == (50, 785)
    assert np.array_equal(rows[:, 0], labels)
    assert np.array_equal(rows[:, 1:].reshape(50, 28, 28), images)
