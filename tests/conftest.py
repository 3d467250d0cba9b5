"""What all tests share: the real MNIST, read once."""

from pathlib import Path

import pytest

from digits.dataset import Mnist, load_mnist

MNIST_FOLDER = Path(__file__).parents[1] / "data" / "mnist"


@pytest.fixture(scope="session")
def mnist() -> Mnist:
    """Return all 70,000 images."""
    return load_mnist(MNIST_FOLDER)


@pytest.fixture(scope="session")
def small_mnist(mnist: Mnist) -> Mnist:
    """Return 4,000 images to train on and 1,000 to test with."""
    return Mnist(
        mnist.train_images[:4000],
        mnist.train_labels[:4000],
        mnist.test_images[:1000],
        mnist.test_labels[:1000],
    )
